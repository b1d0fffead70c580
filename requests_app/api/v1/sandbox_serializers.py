"""What a test key does to its own test requests."""

from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty

from requests_app.actions.programs import sandbox
from requests_app.api.framework.fields import ChoiceField, TextField, unknown_value
from requests_app.api.framework.serializers import BodySerializer
from requests_app.models import Department, Owner
from requests_app.rules.shared.intake import DESCRIPTION_MAX

CODE_MOST, NUMBER_MOST = 60, 40
# Which actions need a field.
NEEDED = {"text": sandbox.WITH_TEXT, "into": {"merge"}, "department": {"transfer"}, "owner": {"hand_over"}}


class TestStepSerializer(BodySerializer):
    """What happens to a test request."""

    action = ChoiceField(
        list(sandbox.ACTIONS),
        required=False,
        help_text="What to do. Defaults to the usual next step. A new request is routed first.",
        example="resolve",
    )
    text = TextField(
        lines=True,
        required=False,
        max_length=DESCRIPTION_MAX,
        help_text="The city’s text. Required for `comment`, `ask` and `transfer`; optional for `resolve`, `hand_over` and "
        "`reopen`.",
        example="We filled it this morning.",
    )
    outcome = ChoiceField(
        [outcome.value for outcome in sandbox.OUTCOMES],
        default=sandbox.OUTCOMES[0].value,
        help_text="The outcome, for `resolve`.",
        example="fixed",
    )
    into = TextField(
        required=False, max_length=NUMBER_MOST, help_text="The number of another of your test requests, for `merge`."
    )
    department = TextField(required=False, max_length=CODE_MOST, help_text="The code of a department, for `transfer`.")
    owner = TextField(
        required=False,
        max_length=CODE_MOST,
        help_text="The code of another owner, for `hand_over`. They get no email.",
    )

    def run_validation(self, data: Any = empty) -> Any:
        action = data.get("action") if isinstance(data, Mapping) else None
        for name, actions in NEEDED.items():
            if isinstance(action, str) and action in actions:
                field: Any = self.fields[name]
                field.required, field.allow_blank = True, False
        return super().run_validation(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """With the rows that the codes name, or None: to_department and to_owner."""
        city = self.context["view"].jurisdiction
        departments = Department.objects.filter(jurisdiction=city, active=True)
        owners = Owner.objects.filter(jurisdiction=city)
        named = {
            name: rows.filter(code=attrs[name]).first() if attrs.get(name) else None
            for name, rows in (("department", departments), ("owner", owners))
        }
        unknown = [name for name, row in named.items() if attrs.get(name) and row is None]
        if unknown:
            raise ValidationError({name: unknown_value(name) for name in unknown})
        return attrs | {f"to_{name}": row for name, row in named.items()}
