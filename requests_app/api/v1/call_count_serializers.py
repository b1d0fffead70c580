"""How many calls a line of the desk had in half an hour, as the telephone system counted them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from requests_app.actions.contacts.call_counts import NUMBER_MAX, OPTIONAL
from requests_app.api.framework.fields import IntegerField, MomentField, Strict, TextField
from requests_app.api.framework.serializers import AnswerSerializer, BodySerializer
from requests_app.api.v1.examples import CALL_COUNT

# Three weeks of one line.
ROWS_MAX = 1008
CALLS: dict[str, Any] = {"min_value": 0, "max_value": NUMBER_MAX}


def _optional(name: str, help_text: str, **options: Any) -> IntegerField:
    return IntegerField(
        **{**CALLS, **options}, required=False, initial=OPTIONAL[name], help_text=help_text, example=CALL_COUNT[name]
    )


class NewCallCountSerializer(BodySerializer):
    """A line's calls in half an hour."""

    line = TextField(max_length=100, help_text="Number or name of a line of the desk.", example=CALL_COUNT["line"])
    starts_at = TextField(
        max_length=40,
        help_text="When the half hour begins, in the city’s time or with an offset.",
        example=CALL_COUNT["starts_at"],
    )
    offered = IntegerField(**CALLS, help_text="Calls that came.", example=CALL_COUNT["offered"])
    answered = IntegerField(**CALLS, help_text="Of these, answered.", example=CALL_COUNT["answered"])
    abandoned = IntegerField(**CALLS, help_text="Of these, abandoned.", example=CALL_COUNT["abandoned"])
    seconds = _optional("seconds", "How much of the half hour is counted so far.", min_value=1, max_value=1800)
    abandoned_early = _optional("abandoned_early", "Abandoned in the first 5 seconds.")
    answered_in_time = _optional("answered_in_time", "Answered within `target_s`.")
    target_s = _optional("target_s", "The target, in seconds.")
    wait_s = _optional("wait_s", "Seconds that the answered calls waited, all together.")
    handle_s = _optional("handle_s", "Seconds that the answered calls took, all together.")


class _CountsField(Strict, serializers.ListField):
    """A list of objects; what is in each is checked as in a file."""

    default_error_messages = {"count": _("%(name)s must have between 1 and %(most)s half hours.")}
    what = _("a list of objects")

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
            self.fail("invalid")
        if not 1 <= len(data) <= ROWS_MAX:
            self.fail("count", most=ROWS_MAX)
        return data


class NewCallCountsSerializer(BodySerializer):
    """Half hours, of one line or several."""

    counts = _CountsField(child=NewCallCountSerializer(), min_length=1, max_length=ROWS_MAX, example=[CALL_COUNT])


class CallCountGapSerializer(AnswerSerializer):
    """Half hours between two others that nobody counted, though the line was open."""

    line = TextField(help_text="The line’s number.", example="311")
    begins = MomentField(help_text="When the gap begins.", example="2026-12-01T09:00:00-05:00")
    ends = MomentField(help_text="When it ends.", example="2026-12-01T10:00:00-05:00")


class CallCountsReceiptSerializer(AnswerSerializer):
    """What was stored."""

    added = IntegerField(help_text="Half hours that weren’t there before.", example=1)
    replaced = IntegerField(help_text="Half hours that were sent before.", example=0)
    gaps = CallCountGapSerializer(many=True, help_text="At most ten.")
