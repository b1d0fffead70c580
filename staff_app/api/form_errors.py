"""The mistakes of a dashboard’s form in a program’s terms: the names of fields and values, instead of labels and boxes."""

from collections.abc import Callable

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail

from staff_app.request.forms import AWAY, FOREIGN

# Of Django's codes for a form's mistakes.
CODES = {"required": "missing", "invalid_choice": "unknown-value", "max_length": "too-long"}


def details(form: forms.BaseForm, path: str = "", name_of: Callable[[str], str] = str) -> dict[str, list[ErrorDetail]]:
    """The form's mistakes by field. path: of the object that has the fields, like "place."; name_of: what the API calls a field."""
    found: dict[str, list[ErrorDetail]] = {}
    for field, mistakes in {} if form.is_valid() else form.errors.as_data().items():
        name = "" if field == NON_FIELD_ERRORS else name_of(field)
        found.setdefault(name, []).extend(
            ErrorDetail(
                _message(mistake, f"{path}{name}", form.fields.get(field)), CODES.get(mistake.code or "", "invalid")
            )
            for mistake in mistakes
        )
    return found


def _message(mistake: ValidationError, name: str, field: forms.Field | None) -> str:
    message = " ".join(mistake.messages)
    match mistake.code:
        case "required":
            return _("%(name)s is required.") % {"name": name}
        case "invalid_choice":
            return _("%(name)s was not found.") % {"name": name}
        case "max_length" if isinstance(field, forms.CharField):
            return _("%(name)s is longer than %(most)s characters.") % {"name": name, "most": field.max_length}
        case "invalid" if isinstance(field, forms.DateField) and message == str(field.error_messages["invalid"]):
            return _("%(name)s must be a date like 2026-06-09.") % {"name": name}
        case code if code == FOREIGN:
            words = _("The text must be in the reporter’s language, %(language)s. If it is, send %(name)s: true.")
            return words % {**(mistake.params or {}), "name": name}
        case code if code == AWAY:
            words = _("%(name)s is away until %(day)s. Choose someone else, or send although_away: true.")
            return words % (mistake.params or {})
    return _("%(name)s: %(message)s") % {"name": name, "message": message} if name else message
