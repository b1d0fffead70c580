"""Where things are: areas with their polygons, addresses, and the city's assets."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework.serializers import JSONField

from requests_app.api.framework.answer_fields import MethodField, RoundedField, SiteUrlField, city_of
from requests_app.api.framework.fields import ChoiceField, TextField
from requests_app.api.framework.query_fields import ChoiceParameter, CircleParameter, PointParameter, TextParameter
from requests_app.api.framework.schema import SITE
from requests_app.api.framework.serializers import AnswerSerializer, QuerySerializer
from requests_app.api.v1.base import PageQuerySerializer
from requests_app.api.v1.request_serializers import POSITION, PageSerializer
from requests_app.models import Asset
from requests_app.models.geography import area_label
from requests_app.places import assets

# Digits after the point of a position: 11 centimeters.
DIGITS = 6
RINGS = {"type": "array", "items": {"type": "array", "items": POSITION}}
MULTIPOLYGON = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {"type": {"const": "MultiPolygon"}, "coordinates": {"type": "array", "items": RINGS}},
}


def latitude(source: str) -> RoundedField:
    return RoundedField(
        DIGITS, source=source, min_value=-90, max_value=90, help_text="Degrees north (WGS84).", example=40.5
    )


def longitude(source: str) -> RoundedField:
    return RoundedField(
        DIGITS, source=source, min_value=-180, max_value=180, help_text="Degrees east (WGS84).", example=-69.0
    )


# --- Areas --------------------------------------------------------------------------------------------------------------


class GeoJSONQuerySerializer(QuerySerializer):
    format = ChoiceParameter(
        choices=["json", "geojson"],
        default="json",
        help_text="`geojson` returns GeoJSON (RFC 7946).",
        example="json",
    )


class AreasQuerySerializer(GeoJSONQuerySerializer):
    last = ("format", "lang")
    layer = TextParameter(max_length=40, help_text="Only this layer.", example="ward")
    at = PointParameter(help_text="Only areas that contain this place: `latitude,longitude`.", example="40.5,-69.0")


class AreaRowSerializer(AnswerSerializer):
    """An area."""

    # Of a row of Area's values.
    layer = TextField(help_text="Its layer: `ward`, `neighborhood` …", example="ward")
    code = TextField(help_text="Its code in the layer.", example="5")
    name = MethodField(help_text="Its name.", example="Ward 5")
    url = SiteUrlField(
        "/api/v1/areas/{0[layer]}/{0[code]}/", help_text="Its URL in this API.", example=f"{SITE}/api/v1/areas/ward/5/"
    )
    html_url = SiteUrlField("/areas/{0[layer]}/{0[code]}/", help_text="Its web page.", example=f"{SITE}/areas/ward/5/")

    def get_name(self, row: dict[str, Any]) -> str:
        return area_label(row["layer"], row["name"])


class AreasSerializer(AnswerSerializer):
    """Areas, by layer and code."""

    results = AreaRowSerializer(many=True)


@extend_schema_field(MULTIPOLYGON)
class _PolygonField(JSONField):
    """Also its example: what is asked for as JSON has no polygon."""

    example: Any = {
        "type": "MultiPolygon",
        "coordinates": [[[[-69.0, 40.5], [-68.9, 40.5], [-68.9, 40.6], [-69.0, 40.5]]]],
    }


class AreaFeatureSerializer(AnswerSerializer):
    """An area with its polygon."""

    type = ChoiceField(["Feature"], example="Feature")
    id = TextField(help_text="Its number or code.", example="ward:5")
    geometry = _PolygonField()
    properties = AreaRowSerializer()


class AreaFeaturesSerializer(AnswerSerializer):
    """Areas with their polygons."""

    type = ChoiceField(["FeatureCollection"], example="FeatureCollection")
    features = AreaFeatureSerializer(many=True)


# --- Addresses ----------------------------------------------------------------------------------------------------------


class PlacesQuerySerializer(QuerySerializer):
    q = TextParameter(
        help_text="A search text: an address, a corner, a park or an asset’s number.", example="12 Elm St"
    )
    at = PointParameter(help_text="A place: `latitude,longitude`.", example="40.5,-69.0")


class PlaceSerializer(AnswerSerializer):
    """A place."""

    # Of a Match.
    label = TextField(  # type: ignore[assignment]
        help_text="The address, corner, landmark or asset.", example="12 Elm St"
    )
    kind = TextField(
        help_text="What it is: `address`, `about` (between two known house numbers), `intersection`, `asset`, `town` …",
        example="address",
    )
    lat = latitude("point.y")
    long = longitude("point.x")
    confidence = RoundedField(3, min_value=0, max_value=1, help_text="How well it matches the query.", example=1.0)


class PlacesSerializer(AnswerSerializer):
    """Places, best first."""

    results = PlaceSerializer(many=True)


# --- Assets -------------------------------------------------------------------------------------------------------------


class AssetsQuerySerializer(PageQuerySerializer):
    kind = TextParameter(max_length=40, help_text="Only this kind.", example="street_light")
    near = CircleParameter(
        help_text="Around a place: `latitude,longitude,meters`, at most 1,000 meters.", example="40.5,-69.0,100"
    )


class AssetSerializer(AnswerSerializer):
    """City property with a number on it."""

    number = TextField(source="asset_id", help_text="As on its tag.", example="L00417")
    kind = TextField(help_text="What it is, as a code.", example="street_light")
    name = MethodField(help_text="What it is called.", example="Street light L00417")
    lat = latitude("point.y")
    long = longitude("point.x")
    html_url = SiteUrlField("/assets/{0.asset_id}/", help_text="Its web page.", example=f"{SITE}/assets/L00417/")

    def get_name(self, asset: Asset) -> str:
        return assets.name_of(city_of(self), asset)


class AssetPageSerializer(PageSerializer):
    """One page of assets."""

    results = AssetSerializer(many=True)
