"""The city itself, and what people answered after their reports ended."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework.serializers import CharField, FloatField, ListField

from requests_app import photos
from requests_app.api.framework.answer_fields import MethodField, SiteUrlField
from requests_app.api.framework.fields import ChoiceField, FlagField, IntegerField, NumberField, TextField, TextsField
from requests_app.api.framework.query_fields import MonthParameter
from requests_app.api.framework.schema import SITE
from requests_app.api.framework.serializers import AnswerSerializer, QuerySerializer
from requests_app.api.v1.base import LIMIT_MAX
from requests_app.api.v1.request_serializers import NamedSerializer
from requests_app.models import Jurisdiction
from requests_app.rules.shared import intake
from requests_app.rules.shared.jurisdictions import is_demo
from requests_app.rules.truth.survey_numbers import Row


class MapViewSerializer(AnswerSerializer):
    """The initial map view: center and bounds (longitude first), and zoom."""

    center = ListField(child=FloatField(), required=False)
    zoom = NumberField(required=False)
    bounds = ListField(child=FloatField(), required=False)


class LimitsSerializer(AnswerSerializer):
    """The maximum accepted."""

    description_characters = IntegerField()
    photos = IntegerField()
    photo_bytes = IntegerField()
    page = IntegerField()


class CitySerializer(AnswerSerializer):
    """The city."""

    name = TextField(help_text="Its name.", example="Rivermark")
    jurisdiction_id = TextField(help_text="Its name in Open311.", example="rivermark.example")
    html_url = SiteUrlField("/", help_text="Its website.", example=f"{SITE}/")
    is_demo = MethodField(help_text="Nobody acts on reports to a demo.", example=False)
    languages = TextsField(child=CharField(), help_text="The first one is the city’s own.", example=["en", "es"])
    time_zone = TextField(help_text="Used for all times in this API.", example="America/New_York")
    units = ChoiceField(["us", "metric"], help_text="The units of its residents.", example="us")
    emergency_number = TextField(help_text="The number to call in an emergency.", example="911")
    phone_numbers = MethodField(help_text="The city’s 311 desk.", example=["311", "555-0100"])
    map = MethodField(example={"center": [-69.0, 40.5], "zoom": 12.2, "bounds": [-69.1, 40.4, -68.9, 40.6]})
    limits = MethodField(example={"description_characters": 4000, "photos": 5, "photo_bytes": 12582912, "page": 200})

    def get_is_demo(self, city: Jurisdiction) -> bool:
        return is_demo(city)

    def get_phone_numbers(self, city: Jurisdiction) -> list[str]:
        return list(filter(None, [city.desk_number, city.desk_long_number]))

    @extend_schema_field(MapViewSerializer)
    def get_map(self, city: Jurisdiction) -> dict[str, Any]:
        # As it was set, whole numbers included.
        return {name: city.map_view[name] for name in ("center", "zoom", "bounds") if name in city.map_view}

    @extend_schema_field(LimitsSerializer)
    def get_limits(self, city: Jurisdiction) -> dict[str, int]:
        return {
            "description_characters": intake.DESCRIPTION_MAX,
            "photos": photos.PHOTOS_MAX,
            "photo_bytes": settings.PHOTO_MAX_BYTES,
            "page": LIMIT_MAX,
        }


# --- Figures ------------------------------------------------------------------------------------------------------------


class StatisticsQuerySerializer(QuerySerializer):
    since = MonthParameter(help_text="The first month.", example="2026-01")
    until = MonthParameter(help_text="The last month, at most 24 months later.", example="2026-06")


def count(example: int | None = None) -> IntegerField:
    return IntegerField(allow_null=True, min_value=0, help_text="Null if it is too small to show.", example=example)


class TallySerializer(AnswerSerializer):
    """The answers to one question."""

    yes = count(41)
    partly = count(7)
    no = count()
    answered = IntegerField(min_value=0, help_text="The sum of the numbers shown.", example=48)
    is_whole = FlagField(help_text="Whether that is all of them.", example=False)


class AnsweredSerializer(AnswerSerializer):
    """The answers about one service. Null for all services with too few answers, taken together."""

    service = MethodField(allow_null=True, example={"code": "pothole", "name": "Pothole"})
    fixed = TallySerializer()
    treated_well = TallySerializer()

    @extend_schema_field(NamedSerializer)
    def get_service(self, row: Row) -> Any:
        service = row.service
        if service is None or service.current is None:
            return None
        return NamedSerializer({"code": service.service_code, "name": service.current.name}).data


class MonthSerializer(AnswerSerializer):
    """A month with answers."""

    month = MethodField(help_text="Like 2026-06.", example="2026-06")
    total = AnsweredSerializer()
    services = AnsweredSerializer(many=True, source="rows")

    def get_month(self, month: Any) -> str:
        return f"{month.month:%Y-%m}"


class StatisticsSerializer(AnswerSerializer):
    """What people answered after their reports ended."""

    since = TextField(help_text="The first month.", example="2026-06")
    until = TextField(help_text="The last month.", example="2026-06")
    smallest_number = IntegerField(help_text="Smaller numbers are null.", example=5)
    months = MonthSerializer(many=True, help_text="Newest first.")
