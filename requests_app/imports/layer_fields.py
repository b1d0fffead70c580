"""What each kind of map file must tell us, and how its columns are guessed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.core.localized import localized
from requests_app.models import Jurisdiction, LayerImport

Kind = LayerImport.Kind
Text = str | Promise


@dataclass(frozen=True)
class Field:
    """name: ours. guesses: names of columns that usually mean it, lower case."""

    name: str
    label: Text
    guesses: Sequence[str] = ()
    help_text: Text = ""


@dataclass(frozen=True)
class KindOfFile:
    """one_of: of these fields, at least one must be mapped. shape: polygon, land (polygons and street lines) or point."""

    name: Text
    about: Text
    shape: str
    fields: Sequence[Field] = field(default_factory=list)
    one_of: Sequence[str] = ()
    needs_layer: bool = False


KINDS: dict[str, KindOfFile] = {
    Kind.BOUNDARY: KindOfFile(
        _("City boundary"),
        _("The city limits. Reports from outside aren’t accepted; people see whom to contact instead."),
        "polygon",
    ),
    Kind.AREAS: KindOfFile(
        _("Areas"),
        _("Wards, districts and neighborhoods, for routing, lists and “What about my address?”"),
        "polygon",
        [
            Field("code", _("Code"), ("code", "id", "ward", "district", "objectid"), _("What identifies it in rules, like 5.")),
            Field("name", _("Name"), ("name", "label", "title", "ward_name", "neighborhood")),
        ],
        ("code", "name"),
        needs_layer=True,
    ),
    Kind.ADDRESSES: KindOfFile(
        _("Addresses"),
        _("What residents can search for. Without them, they can only use the map."),
        "point",
        [
            Field("label", _("Whole address"), ("full_address", "fulladdr", "address", "full_addr", "label", "addr", "site_addr")),
            Field("house_number", _("House number"), ("house_number", "number", "addr_num", "street_number", "housenumber")),
            Field("street", _("Street"), ("street", "street_name", "streetname", "full_street_name", "st_name")),
            Field("zip", _("ZIP Code"), ("zip", "zip_code", "zipcode", "postcode")),
            Field("kind", _("Kind"), ("kind", "type"), _("address, intersection or landmark. Not needed.")),
        ],
        ("label", "street"),
    ),
    Kind.ASSETS: KindOfFile(
        _("Assets"),
        _("Streetlights, hydrants, trees and anything else with a number on it."),
        "point",
        [
            Field("asset_id", _("Number"), ("asset_id", "id", "number", "pole", "pole_id", "objectid")),
            Field("label", _("Label"), ("label", "name", "description")),
        ],
        ("asset_id",),
        needs_layer=True,
    ),
    Kind.OWNERS: KindOfFile(
        _("Other owners"),
        _("Land and streets that aren’t the city’s: state roads, railroads, neighboring towns."),
        "land",
        [
            Field("owner", _("Owner"), ("owner", "owner_name", "jurisdiction", "maintained_by", "agency")),
            Field("kind", _("Kind of owner"), ("kind", "type"), _("Like state_road or town; services name it.")),
            Field("name", _("Street or place"), ("name", "street", "street_name")),
        ],
        ("owner",),
    ),
}  # fmt: skip
# Where a table's rows are. Map files know.
PLACE_FIELDS = [
    Field("longitude", _("Longitude (x)"), ("longitude", "long", "lon", "lng", "x")),
    Field("latitude", _("Latitude (y)"), ("latitude", "lat", "y")),
]
WKT_FIELD = Field("wkt", _("Shape (WKT)"), ("wkt", "geometry", "geom", "the_geom", "shape"))


def fields_of(layer_import: LayerImport) -> list[Field]:
    """The fields to map: those of the kind, what the address card shows of this layer, and the place if it is a table."""
    kind = KINDS[layer_import.kind]
    fields = list(kind.fields)
    if layer_import.kind == Kind.AREAS:
        fields += card_fields(layer_import.jurisdiction, layer_import.layer)
    if layer_import.found.get("format") == "csv":
        fields += PLACE_FIELDS if kind.shape == "point" else [WKT_FIELD]
    return fields


def card_fields(city: Jurisdiction, layer: str) -> list[Field]:
    parts = [part for part in city.address_card if part.get("layer") == layer]
    return [
        Field(one["key"], localized(one["label"]) if isinstance(one["label"], dict) else one["label"], (one["key"],))
        for part in parts
        for one in part.get("fields", [])
    ]


def guessed(fields: Sequence[Field], columns: Sequence[str]) -> dict[str, str]:
    """Our name to the file's column, each column once."""
    by_name = {column.strip().lower().replace(" ", "_"): column for column in columns}
    mapping: dict[str, str] = {}
    for one in fields:
        column = next((by_name[name] for name in one.guesses if name in by_name), None)
        if column and column not in mapping.values():
            mapping[one.name] = column
    return mapping
