"""The body of each action, made from the form of its page: a new field there is one here, in the check and in the document.

A serializer reads types and refuses what is unknown; the form checks the values by the page's rules, and its mistakes are said in
the API's terms (form_errors).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from requests_app.api.framework import fields
from requests_app.api.framework.serializers import BodySerializer
from requests_app.forms.fields import PhotosField
from requests_app.models import Disposition, ServiceRequest, User
from staff_app.api import form_errors
from staff_app.request.actions import ACTION_BY_VERB, ACTIONS, Action
from staff_app.request.forms import ActionForm

CHECKED = "personal_data_checked"
ME = "me"
# The forms' fields as the API names them.
NAMES = {
    "disposition": "outcome",
    "words": "text",
    "question": "text",
    "version": "service",
    "latitude": "lat",
    "longitude": "long",
    "vouched": "language_checked",
}
NAMES_OF_VERB = {
    "hold": {"number": "waits_for"},
    "merge": {"reference": "into"},
    "hand_over": {"number": "owner_number"},
}
# What a row is named by.
KEYS = {"department": "code", "owner": "code", "version": "service__service_code"}
# Of buttons on the page.
NOT_FOR_PROGRAMS = {"cannot_now"}
# What the document says, where the label on the page isn't enough for a program.
HELP = {
    "assignee": "The id of a member of staff, or `me`. Null: nobody.",
    "although_away": "Even if they are away.",
    "department": "The code of a department.",
    "owner": "The code of an owner.",
    "service": "The code of a service.",
    "names_nobody": "That it names nobody, so it may become public.",
    "priority": "1 (danger to people) to 4 (can wait).",
    "waits_for": "The number of the request that it waits for.",
    "into": "The number of the earlier request.",
    "tell": "A colleague’s @handle.",
    "visited": "Whether someone visited.",
    "no_evidence": "The code of why there is no photo or visit.",
    "lat": "Degrees north (WGS84).",
    "long": "Degrees east (WGS84).",
    "until": "A day after today.",
    "on": "Today or a later day.",
    "language_checked": "Confirms that the text is in the reporter’s language, if that isn’t the staff member’s language.",
}
EXAMPLES = {"priority": 2, "assignee": ME, "address": "12 Elm St"}
# What the form offers depends on the request, and is one of these.
VALUES = {"outcome": tuple(Disposition.values)}


@dataclass(frozen=True)
class FilledAction:
    """An action with its valid form. path: where its fields are in the body."""

    action: Action
    form: ActionForm
    path: str = ""


def name_of(verb: str, field: str) -> str:
    return NAMES_OF_VERB.get(verb, {}).get(field) or NAMES.get(field, field)


# --- Fields: the type is checked here, the value by the form -------------------------------------------------------------


class FormText(fields.TextField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(data)


class FormChoice(FormText):
    """values: the codes that it may be, where they are the same for each request."""

    def __init__(self, *, values: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        listed = {"enum": [*values, *([] if self.required else [None])]} if (values := tuple(values)) else {}
        self._spectacular_annotation = {"field": {"type": "string", **listed}}


class FormDay(FormText):
    _spectacular_annotation: ClassVar[dict[str, Any]] = {"field": {"type": "string", "format": "date"}}


class DayField(fields.TextField):
    """Of an answer: a day like 2026-06-09."""

    _spectacular_annotation: ClassVar[dict[str, Any]] = FormDay._spectacular_annotation


class FormNumber(fields.NumberField):
    def to_internal_value(self, data: Any) -> float:
        if not isinstance(data, int | float) or isinstance(data, bool):
            self.fail("invalid")
        return data


class FormInteger(fields.IntegerField):
    what = gettext_lazy("a number")

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return int(data)


def field_of(verb: str, name: str, field: forms.Field, **more: Any) -> serializers.Field[Any, Any, Any, Any]:
    """The serializer's field for a form's. more: instead of what the form says."""
    shown = name_of(verb, name)
    options = {"required": field.required, "help_text": HELP.get(shown) or field.label, **more}
    options["example"] = EXAMPLES.get(shown)
    match field:
        case forms.BooleanField():
            return fields.FlagField(**options)
        case _ if name == "visited":
            return fields.FlagField(**options)
        case forms.TypedChoiceField():
            numbers = [int(value) for value in values_of(field)]
            return FormInteger(min_value=min(numbers), max_value=max(numbers), **options)
        case forms.ModelChoiceField():
            return FormChoice(**options)
        case forms.ChoiceField():
            return FormChoice(values=VALUES.get(shown, values_of(field)), **options)
        case forms.FloatField():
            return FormNumber(min_value=field.min_value, max_value=field.max_value, **options)
        case forms.IntegerField():
            return FormInteger(min_value=field.min_value, max_value=field.max_value, **options)
        case forms.DateField():
            return FormDay(**options)
        case forms.CharField():
            return FormText(lines=isinstance(field.widget, forms.Textarea), max_length=field.max_length, **options)
    raise TypeError(f"The API has no field for {verb}.{name}, a {type(field).__name__}.")


def values_of(field: Any) -> tuple[str, ...]:
    return tuple(str(value) for value, _label in field.choices if value != "")


def kind_of(field: Any) -> str:
    """The type, as the list of possible actions names it."""
    kinds = {fields.FlagField: "boolean", FormInteger: "integer", FormNumber: "number", FormDay: "date"}
    return kinds.get(type(field), "string")


def form_fields(action: Action) -> dict[str, forms.Field]:
    """Those that a program sends as JSON, by their name in the form."""
    declared = {
        name: field
        for name, field in action.form.base_fields.items()
        if not isinstance(field, PhotosField) and name not in NOT_FOR_PROGRAMS
    }
    return declared | ({"vouched": forms.BooleanField(required=False)} if action.form.to_reporter else {})


def serializer_fields(action: Action) -> dict[str, Any]:
    return {
        name_of(action.verb, name): field_of(action.verb, name, field) for name, field in form_fields(action).items()
    }


# --- Bodies -----------------------------------------------------------------------------------------------------------


class ActionSerializer(BodySerializer):
    """context: service_request, user, and files. filled: the action with its form, once it is valid."""

    action: ClassVar[Action]
    filled: FilledAction

    def _read(self, data: Mapping[str, Any], mistakes: dict[str, Any]) -> dict[str, Any]:
        """What is missing is said by the form, in its order."""
        read = super()._read(data, mistakes)
        for name in [name for name, details in mistakes.items() if [one.code for one in details] == ["missing"]]:
            del mistakes[name]
            read[name] = None
        return read

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        path = f"{self.path}." if self.path else ""
        filled, mistakes = fill(self.action, attrs, path, self.context)
        # Null is nobody; nothing at all is a mistake.
        if self.action.verb == "assign" and "assignee" not in self.initial_data:
            mistakes["assignee"] = [ErrorDetail(_("%(name)s is required.") % {"name": f"{path}assignee"}, "missing")]
        # What could not be read has its mistake already.
        unread = self.fields.keys() - attrs.keys()
        if mistakes := {name: details for name, details in mistakes.items() if name not in unread}:
            raise ValidationError(mistakes)
        self.filled = filled
        return attrs


def fill(
    action: Action, sent: Mapping[str, Any], path: str, context: Mapping[str, Any]
) -> tuple[FilledAction, dict[str, list[ErrorDetail]]]:
    """The action with its form, and the form's mistakes by the API's name of the field."""
    service_request: ServiceRequest = context["service_request"]
    user: User = context["user"]
    files: MultiValueDict[str, Any] = context.get("files") or MultiValueDict()
    data = {
        name: _as_typed(name, value, user)
        for name in form_fields(action)
        if (value := sent.get(name_of(action.verb, name))) is not None
    }
    form = action.form(data, files, service_request=service_request, user=user)
    for name, key in KEYS.items():
        if isinstance(choice := form.fields.get(name), forms.ModelChoiceField):
            choice.to_field_name = key
    mistakes = form_errors.details(form, path, lambda name: name_of(action.verb, name))
    for name in sorted(files.keys() - action.form.base_fields.keys()):
        mistakes[name] = [ErrorDetail(_("Unknown field: %(name)s.") % {"name": name}, "unknown")]
    return FilledAction(action, form, path), mistakes


def _as_typed(field: str, value: Any, user: User) -> Any:
    """As the page's form would send it."""
    if field == "visited":
        return "yes" if value else "no"
    if field == "assignee" and value == ME:
        return str(user.pk)
    return value if isinstance(value, bool) else str(value)


def personal_data_checked() -> fields.FlagField:
    words = "Confirms that the text may name someone. Without it, text that looks like personal data is an error."
    return fields.FlagField(required=False, help_text=words)


@cache
def body_of(action: Action) -> type[ActionSerializer]:
    name = "".join(word.capitalize() for word in action.verb.split("_"))
    with override("en"):
        members: dict[str, Any] = {"__doc__": f"{action.label}.", "action": action}
    members |= {**serializer_fields(action), CHECKED: personal_data_checked()}
    if action.verb == "assign":
        members["schema"] = {"required": ["assignee"]}
    return type(f"{name}ActionSerializer", (ActionSerializer,), members)


class StaffActionBodySerializer(BodySerializer):
    """The body of one action."""


class OneOfTheActions(OpenApiSerializerExtension):
    target_class = StaffActionBodySerializer

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        bodies = [auto_schema.resolve_serializer(body_of(action), direction).ref for action in ACTIONS]
        return {"description": "The body of the action that the URL names.", "anyOf": bodies}


# --- A change of several fields ---------------------------------------------------------------------------------------

# Each field of a change is an action. A new service brings its own priority, so it comes first.
EDITS = {"service": "change_service", "priority": "set_priority", "assignee": "assign", "place": "correct_place"}


def _edited(name: str) -> Any:
    verb = EDITS[name]
    in_form, field = next(
        (one, field) for one, field in form_fields(ACTION_BY_VERB[verb]).items() if name_of(verb, one) == name
    )
    return field_of(verb, in_form, field, required=False, help_text=f"The action `{verb}`. {HELP[name]}")


class PlaceEditSerializer(ActionSerializer):
    """The action `correct_place`."""

    action = ACTION_BY_VERB[EDITS["place"]]

    def get_fields(self) -> dict[str, Any]:
        return serializer_fields(self.action)


class StaffRequestEditSerializer(BodySerializer):
    """The changes. Each field is an action, and either all of them are done or none."""

    priority = _edited("priority")
    service = _edited("service")
    assignee = _edited("assignee")
    place = PlaceEditSerializer(required=False)
    personal_data_checked = personal_data_checked()
    filled: list[FilledAction]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        self.filled = []
        mistakes: dict[str, Any] = {}
        for name in (name for name in EDITS if name in self.initial_data):
            if isinstance(place := self.fields[name], PlaceEditSerializer):
                self.filled += [place.filled] if hasattr(place, "filled") else []
            elif name in attrs:
                sent = {name: attrs[name]} if self.initial_data[name] is not None else {}
                filled, wrong = fill(ACTION_BY_VERB[EDITS[name]], sent, "", self.context)
                self.filled.append(filled)
                mistakes |= wrong
        if mistakes:
            raise ValidationError(mistakes)
        return attrs
