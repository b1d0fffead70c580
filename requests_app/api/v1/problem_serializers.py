"""What is answered when something went wrong, as framework/problems.py makes it."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from requests_app.api.framework.fields import IntegerField, MomentField, TextField, TextsField, UrlField
from requests_app.api.framework.schema import PROBLEM_EXAMPLES
from requests_app.api.framework.serializers import AnswerSerializer
from requests_app.api.v1.reporting_serializers import EmergencySerializer

EXAMPLE = PROBLEM_EXAMPLES["invalid-body"]["answer"]


class FieldErrorSerializer(AnswerSerializer):
    """One mistake."""

    field = TextField(
        help_text="A parameter, or the path of a field of the body, like `place.lat`.", example="place.lat"
    )
    code = TextField(help_text="The kind of error, for programs.", example="invalid")
    message = TextField(
        help_text="For people, in the requested language.", example="place.lat must be a number from -90 to 90."
    )


class ProblemChangeSerializer(AnswerSerializer):
    """What happened to the request."""

    at = MomentField(help_text="When.")
    text = TextField(help_text="What happened, in the requested language.")
    by = TextField(allow_null=True, help_text="Who did it. Only staff read names.")


@extend_schema_field({"type": "string", "format": "uri-reference"})
class _PathField(TextField):
    """An address without its host."""


class ProblemSerializer(AnswerSerializer):
    """What went wrong (RFC 9457)."""

    type = UrlField(help_text="The URL of a page that explains this problem.", example=EXAMPLE["type"])
    title = TextField(help_text="The kind of problem, in the requested language.", example=EXAMPLE["title"])
    status = IntegerField(min_value=400, max_value=599, example=EXAMPLE["status"])
    detail = TextField(help_text="What to do about it, in the requested language.", example=EXAMPLE["detail"])
    instance = _PathField(help_text="The path of the call.", example=EXAMPLE["instance"])
    request_id = TextField(
        help_text="The same as the header X-Request-Id. Quote it when you ask for help.", example=EXAMPLE["request_id"]
    )
    errors: serializers.BaseSerializer = FieldErrorSerializer(  # type: ignore[assignment]
        many=True, help_text="Each error, if there are several."
    )
    possible_actions = TextsField(
        child=serializers.CharField(),
        required=False,
        help_text="Verbs. Only for `action-not-possible`: the actions that are possible.",
    )
    changes = ProblemChangeSerializer(
        many=True,
        required=False,
        help_text="Only for `precondition-failed`: what has changed since the version in If-Match, oldest first.",
    )
    emergency = EmergencySerializer(required=False, help_text="Only for `emergency`: whom to call.")
