"""A batch of reports and readings, and what became of each."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from requests_app.api.framework.fields import IntegerField, Strict, TextField
from requests_app.api.framework.idempotency import KEY_MAX
from requests_app.api.framework.parsers import BatchParser
from requests_app.api.framework.schema import example_of_serializer
from requests_app.api.framework.serializers import AnswerSerializer, BodySerializer
from requests_app.api.v1.examples import BATCHED
from requests_app.api.v1.problem_serializers import ProblemSerializer
from requests_app.api.v1.reading_serializers import NewReadingSerializer, ReadingSerializer
from requests_app.api.v1.report_serializers import NewReportSerializer, ReceiptSerializer


class _UnreadField(Strict, serializers.DictField):
    """An object. It is read as a single one is."""

    what = _("an object")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        return data


@extend_schema_field(NewReportSerializer)
class _UnreadReportField(_UnreadField):
    pass


@extend_schema_field(NewReadingSerializer)
class _UnreadReadingField(_UnreadField):
    pass


class NewBatchReportSerializer(BodySerializer):
    """A report, or a sensor’s reading in its place."""

    # One of them.
    schema = {
        "if": {"required": ["reading"], "properties": {"reading": {"type": "object"}}},
        "then": {"properties": {"report": {"type": "null"}}},
        "else": {"required": ["report"], "properties": {"report": {"type": "object"}}},
    }

    idempotency_key = TextField(
        max_length=KEY_MAX,
        help_text="As the header of a single report: it takes effect once within 14 days.",
        example=BATCHED["idempotency_key"],
    )
    report = _UnreadReportField(required=False, example=BATCHED["report"])
    reading = _UnreadReadingField(required=False, help_text="Needs the scope `readings`. Its time is its key, too.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # An empty one was sent, too.
        if (self.initial_data.get("reading") is None) == (self.initial_data.get("report") is None):
            raise ValidationError({"report": [ErrorDetail(str(_("Send a report or a reading.")), "missing")]})
        return attrs


class _UnreadReportsField(Strict, serializers.ListField):
    """A list of what may be reports: each is refused alone."""

    default_error_messages = {"count": _("%(name)s must have between 1 and %(most)s reports.")}
    what = _("a list of reports")

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("invalid")
        if not 1 <= len(data) <= BatchParser.times:
            self.fail("count", most=BatchParser.times)
        return data


class NewBatchSerializer(BodySerializer):
    """Up to a hundred reports and readings."""

    reports = _UnreadReportsField(
        child=NewBatchReportSerializer(), min_length=1, max_length=BatchParser.times, example=[BATCHED]
    )


RECEIPT = example_of_serializer(ReceiptSerializer(), is_answer=True)


class BatchResultSerializer(AnswerSerializer):
    """What became of one: its receipt, or what the reading did, or its problem."""

    status = IntegerField(help_text="201, or 200 if it came before; else the status of the problem.", example=201)
    receipt = ReceiptSerializer(allow_null=True, example=RECEIPT)
    reading = ReadingSerializer(allow_null=True)
    problem = ProblemSerializer(allow_null=True)


class BatchSerializer(AnswerSerializer):
    """What became of each report."""

    results = BatchResultSerializer(many=True)
