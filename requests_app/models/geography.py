"""Geography: areas, other owners' land, the gazetteer, assets, and the basemap made from the city's own layers."""

import re

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models.functions import Upper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from requests_app.models.jurisdiction import Jurisdiction

# A name of its own has a word in it: "Ward 5", "Old Mill"; "5" and "A-12" have none.
WORD = re.compile(r"[^\W\d_]{2}")


# The names of areas that are numbered, by their layer.
NUMBERED = {
    "council_district": gettext_noop("Council District %(name)s"),
    "neighborhood": gettext_noop("Neighborhood %(name)s"),
    "police_district": gettext_noop("Police District %(name)s"),
    "ward": gettext_noop("Ward %(name)s"),
    "works_district": gettext_noop("Public Works District %(name)s"),
    "zip": gettext_noop("ZIP Code %(name)s"),
}


def area_label(layer: str, name: str) -> str:
    """An area's name for people, in their language: "Ward 5" for 5, and for "Ward 5" itself. A name of its own stays."""
    words = NUMBERED.get(layer, "")
    number = name.removeprefix(words.partition("%")[0])
    if WORD.search(number):
        return name
    if words:
        return _(words) % {"name": number}
    return f"{layer.replace('_', ' ').capitalize()} {name}"


class Area(models.Model):
    """A polygon of a layer: a ward, district or neighborhood. attributes: facts for the address card (collection day …)."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="areas")
    layer = models.SlugField(max_length=40)
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    attributes = models.JSONField(default=dict, blank=True)
    # False for areas outside the city (neighboring towns). Requests are never counted there.
    is_ours = models.BooleanField(default=True)
    polygon = models.MultiPolygonField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "layer", "code"], name="area_code_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return area_label(self.layer, self.name)


class Owner(models.Model):
    """Who is responsible for land that is not the city's: the State, a railroad, a utility, a neighboring town."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="owners")
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    kind = models.SlugField(max_length=40)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    url = models.URLField(blank=True)
    # The codes of the services it accepts; empty: all of its kind.
    takes = models.JSONField(default=list, blank=True)
    words = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="owner_code_unique")]

    def __str__(self) -> str:
        return self.name


class OwnerArea(models.Model):
    """A piece of land and its owner. Lines are street segments, of which the nearest decides. No owner: the city's."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="owner_areas")
    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, null=True, blank=True, related_name="owner_areas")
    is_segment = models.BooleanField(default=False)
    name = models.CharField(max_length=200, blank=True)
    shape = models.GeometryField(geography=False)


class GazetteerEntry(models.Model):
    """An address, intersection or landmark in the address search."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="gazetteer")
    label = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, default="address")
    house_number = models.CharField(max_length=20, blank=True)
    street = models.CharField(max_length=120, blank=True)
    cross_street = models.CharField(max_length=120, blank=True)
    zip_code = models.CharField(max_length=12, blank=True)
    # The normalized label: lower case, no accents or punctuation, street types abbreviated (see places/addresses.py).
    search_key = models.CharField(max_length=200)
    point = models.PointField()

    class Meta:
        indexes = [
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="gazetteer_trgm"),
            models.Index(OpClass("search_key", name="text_pattern_ops"), name="gazetteer_prefix"),
        ]

    def __str__(self) -> str:
        return self.label


class Asset(models.Model):
    """Something the city owns that has an id on it: a street light, hydrant, tree or litter bin."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="assets")
    asset_id = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    point = models.PointField()

    class Meta:
        constraints = [models.UniqueConstraint(Upper("asset_id"), "jurisdiction", name="asset_id_unique")]

    def __str__(self) -> str:
        return self.label


class BasemapFeature(models.Model):
    """One shape of the basemap (streets, water, parks, labels), in Web Mercator for tiles."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="basemap")
    layer = models.CharField(max_length=40)
    # The lowest zoom at which it is drawn, decided at import from layer and class (places/basemap.py).
    min_zoom = models.PositiveSmallIntegerField(default=8)
    # For the style: class, name, rank, kind, ref …
    properties = models.JSONField(default=dict)
    shape = models.GeometryField(srid=3857)

    class Meta:
        indexes = [models.Index(fields=["jurisdiction", "layer", "min_zoom"], name="basemap_layer_zoom")]
