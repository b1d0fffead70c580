"""A batch of reports, and what became of each."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from requests_app.api.framework.fields import IntegerField, Strict, TextField
from requests_app.api.framework.idempotency import KEY_MAX
from requests_app.api.framework.parsers import BatchParser
from requests_app.api.framework.schema import example_of_serializer
from requests_app.api.framework.serializers import AnswerSerializer, BodySerializer
from requests_app.api.v1.examples import BATCHED
from requests_app.api.v1.problem_serializers import ProblemSerializer
from requests_app.api.v1.report_serializers import NewReportSerializer, ReceiptSerializer


@extend_schema_field(NewReportSerializer)
class _UnreadReportField(Strict, serializers.DictField):
    """An object. It is read as a single report is."""

    what = _("an object")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("invalid")
        return data


class NewBatchReportSerializer(BodySerializer):
    """A report."""

    idempotency_key = TextField(
        max_length=KEY_MAX,
        help_text="As the header of a single report: it takes effect once within 14 days.",
        example=BATCHED["idempotency_key"],
    )
    report = _UnreadReportField(example=BATCHED["report"])


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
    """Up to a hundred reports."""

    reports = _UnreadReportsField(
        child=NewBatchReportSerializer(), min_length=1, max_length=BatchParser.times, example=[BATCHED]
    )


RECEIPT = example_of_serializer(ReceiptSerializer(), is_answer=True)


class BatchResultSerializer(AnswerSerializer):
    """What became of one: its receipt or its problem."""

    status = IntegerField(help_text="201, or 200 if it came before; else the status of the problem.", example=201)
    receipt = ReceiptSerializer(allow_null=True, example=RECEIPT)
    problem = ProblemSerializer(allow_null=True)


class BatchSerializer(AnswerSerializer):
    """What became of each report."""

    results = BatchResultSerializer(many=True)
