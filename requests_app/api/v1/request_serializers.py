"""Service requests as everyone may see them. `page` and `rows` answer their dictionaries as they are: see service_requests.py."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from requests_app.api.framework.answer_fields import EmptyAsNullField, LocalizedField
from requests_app.api.framework.fields import (
    ChoiceField,
    FlagField,
    IntegerField,
    MomentField,
    NumberField,
    TextField,
    UrlField,
)
from requests_app.api.framework.schema import SITE, example_of_serializer
from requests_app.api.framework.serializers import AnswerSerializer
from requests_app.models import Disposition, Status

DEGREES = {"type": "number", "minimum": -180, "maximum": 180}
POSITION = {"type": "array", "items": DEGREES, "minItems": 2, "maxItems": 2}
POINT = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {"type": {"const": "Point"}, "coordinates": POSITION},
}


class NamedSerializer(AnswerSerializer):
    """A code and its name."""

    code = TextField(help_text="Never changes.", example="pothole")
    name = LocalizedField(help_text="In the requested language.", example="Pothole")


class AreaNameSerializer(AnswerSerializer):
    """An area."""

    layer = TextField(help_text="Its layer.", example="ward")
    code = TextField(help_text="Its code there.", example="5")
    name = TextField(help_text="Its name.", example="Ward 5")


class PhotoSerializer(AnswerSerializer):
    """A photo as the public sees it, without metadata, at most 2,048 pixels wide or high."""

    id = TextField(help_text="Its name.", example="0b1c2d3e4f5061728394a5b6c7d8e9f0")
    url = UrlField(help_text="The JPEG.", example=f"{SITE}/photos/0b1c2d3e4f5061728394a5b6c7d8e9f0.jpg")
    small_url = UrlField(help_text="A thumbnail.", example=f"{SITE}/photos/0b1c2d3e4f5061728394a5b6c7d8e9f0-small.jpg")
    width = IntegerField(example=2048)
    height = IntegerField(example=1536)
    alt = TextField(help_text="What it shows, if someone described it.", example="A pothole two feet wide")
    kind = ChoiceField(
        ["report", "work"], help_text="Sent with the report, or taken by those who did the work.", example="report"
    )


def _count(words: str, example: int) -> IntegerField:
    return IntegerField(min_value=0, help_text=words, example=example)


def _hours(words: str) -> IntegerField:
    return IntegerField(min_value=0, allow_null=True, help_text=words)


class RequestRowSerializer(AnswerSerializer):
    """A service request in a list."""

    # With `fields`, an answer has only some.
    is_sparse = True

    reference = TextField(help_text="The request’s number, which people write with a hyphen.", example="7K3M-9QWT")
    url = UrlField(help_text="Its URL in this API.", example=f"{SITE}/api/v1/requests/7K3M9QWT/")
    html_url = UrlField(
        help_text="Its web page; for a test, which has none, its URL in this API.", example=f"{SITE}/r/7K3M9QWT/"
    )
    service = NamedSerializer()
    category = NamedSerializer(example={"code": "streets", "name": "Streets and sidewalks"})
    status = ChoiceField(Status.values, help_text="Its status.", example="in_progress")
    is_open = FlagField(help_text="Whether it is open or has ended.", example=True)
    status_text = TextField(help_text="The status in a sentence for people.", example="Scheduled for Tuesday, June 9")
    outcome = ChoiceField(Disposition.values, allow_null=True, help_text="Its outcome.")
    description = TextField(
        allow_null=True,
        help_text="What was reported, without what staff removed. Null while it is pending review.",
        example="A pothole two feet wide.",
    )
    language = TextField(help_text="The language of the description.", example="en")
    department = NamedSerializer(allow_null=True, example={"code": "PW", "name": "Streets"})
    submitted_at = MomentField(help_text="When it was sent.", example="2026-06-03T14:30:00-04:00")
    updated_at = MomentField(help_text="When something public last changed.", example="2026-06-04T09:12:41-04:00")
    resolved_at = MomentField(allow_null=True, help_text="When the work ended.")
    due_at = MomentField(
        allow_null=True, help_text="The target, which isn’t a promise.", example="2026-06-10T16:00:00-04:00"
    )
    expected_at = MomentField(
        allow_null=True,
        help_text="When it will probably be fixed: the target or, if most requests like it miss the target, the time by "
        "which 8 in 10 were fixed. Null if unknown.",
        example="2026-06-10T16:00:00-04:00",
    )
    usual_half_hours = _hours("The hours within which half are fixed. Null if the target is usually met.")
    usual_most_hours = _hours("The same, for 8 in 10. Also null if too many are still open to say.")
    address = TextField(
        allow_null=True, help_text="The public location, which may be only the block.", example="12 Elm St"
    )
    lat = NumberField(min_value=-90, max_value=90, allow_null=True, help_text="Degrees north (WGS84).", example=40.5)
    long = NumberField(min_value=-180, max_value=180, allow_null=True, help_text="Degrees east (WGS84).", example=-69.0)
    people_count = _count("How many people reported it or joined.", 2)
    affected_count = _count("The same, with those who selected “Me too.”", 5)
    thanks_count = _count("How many people thanked the crew.", 0)
    photos = PhotoSerializer(many=True, help_text="The public photos.")


# In the order in which they are answered.
ROW_FIELDS: tuple[str, ...] = tuple(RequestRowSerializer._declared_fields)
REQUEST_ROW = example_of_serializer(RequestRowSerializer(), is_answer=True)


def optional(fields: dict[str, Any]) -> dict[str, Any]:
    """Of an object that has only some of them, with the parameter `fields`."""
    for field in fields.values():
        field.required = False
    return fields


class QuestionAnswerSerializer(AnswerSerializer):
    """A question and its answer."""

    code = TextField(help_text="The question’s code.", example="where")
    question = TextField(help_text="As asked.", example="Where on the street is it?")
    answer = TextField(help_text="As given.", example="In the bike lane")


class TimelineLineSerializer(AnswerSerializer):
    """Something that happened."""

    # Of a timeline.Line.
    at = MomentField(help_text="When.", example="2026-06-04T09:12:41-04:00")
    text = TextField(
        source="sentence", help_text="What happened, in a sentence.", example="Scheduled for Tuesday, June 9"
    )
    comment = EmptyAsNullField(source="text", help_text="What the city wrote.")
    comment_language = EmptyAsNullField(source="language", help_text="Its language.")
    note = EmptyAsNullField(help_text="Says that staff removed part of the comment, and why.")


class RequestSerializer(RequestRowSerializer):
    """One service request."""

    is_shared = True

    is_reviewed = FlagField(help_text="False while it is pending review, when only its status is public.", example=True)
    next_step = TextField(
        help_text="Who acts next and by when, in a sentence. Empty once it has ended.",
        example="Streets plans to work on it that day. This is a plan, not a promise.",
    )
    combined_with = TextField(allow_null=True, help_text="The number of the earlier request that it was merged into.")
    areas = AreaNameSerializer(many=True, help_text="The wards, districts and neighborhoods it lies in.")
    asset = NamedSerializer(allow_null=True)
    answers = QuestionAnswerSerializer(many=True, help_text="The answers that are public.")
    timeline = TimelineLineSerializer(many=True, help_text="Newest first.")


class PageSerializer(AnswerSerializer):
    """The base of a page: a subclass adds what it lists."""

    last = ("next", "previous")
    next = UrlField(allow_null=True, help_text="The next page, or null on the last one.")
    previous = UrlField(allow_null=True, help_text="The previous page, or null on the first one.")


class RequestPageSerializer(PageSerializer):
    """One page of requests."""

    results: serializers.BaseSerializer[Any] = RequestRowSerializer(many=True)


# --- As GeoJSON ---------------------------------------------------------------------------------------------------------


@extend_schema_field(POINT)
class _PointField(serializers.JSONField):
    """What is asked for as JSON has no point."""

    example = {"type": "Point", "coordinates": [-69.0, 40.5]}


class RequestPropertiesSerializer(RequestRowSerializer):
    """As in RequestRow, without the position. With `fields`, only these."""

    lat = None  # type: ignore[assignment]
    long = None  # type: ignore[assignment]

    def get_fields(self) -> dict[str, Any]:
        return optional(super().get_fields())


class RequestFeatureSerializer(AnswerSerializer):
    """A request in GeoJSON (RFC 7946)."""

    type = ChoiceField(["Feature"], example="Feature")
    id = TextField(help_text="Its number.", example="7K3M-9QWT")
    geometry = _PointField(allow_null=True)
    properties = RequestPropertiesSerializer()


class RequestFeaturesSerializer(PageSerializer):
    """One page of requests in GeoJSON."""

    type = ChoiceField(["FeatureCollection"], example="FeatureCollection")
    features = RequestFeatureSerializer(many=True)
