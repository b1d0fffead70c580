"""The fields of bodies and answers: REST framework's, strict about types, refused with our codes and in the reader's language.

Each takes `example`, from which the document's examples are made, and `deprecation`, besides what REST framework's take. A text
of a body is cleaned as everywhere. Null is the same as leaving a field out, in each body: the document allows it where the field
may be left out.
"""

import datetime as dt
import re
from typing import Any, ClassVar, NoReturn

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import empty

from requests_app.api.framework.deprecation import Deprecation
from requests_app.rules.shared import intake

# A time with its zone (RFC 3339).
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
# REST framework's name of a mistake, and the code that programs read. What isn't here has its own name as its code.
CODES = {
    "required": "missing",
    "null": "missing",
    "blank": "missing",
    "invalid": "wrong-type",
    "not_a_list": "wrong-type",
    "max_length": "too-long",
    "range": "invalid",
    "invalid_choice": "invalid",
    "too_many": "invalid",
    "count": "invalid",
    "not_an_email": "invalid",
    "no_digit": "invalid",
    "no_time": "invalid",
    "no_object": "wrong-type",
}
ONE_CHILD_MOST = 200


def path_of(field: Any) -> str:
    """Where a field or an object is in the body, like place.lat."""
    names: list[str] = []
    while field.parent is not None:
        names.append(field.field_name)
        field = field.parent
    return ".".join(reversed([name for name in names if name]))


def unknown_value(name: str) -> list[ErrorDetail]:
    """The mistake of a field that names nothing that there is. name: of the field, or the value."""
    return [ErrorDetail(_("%(name)s was not found.") % {"name": name}, "unknown-value")]


class Strict(serializers.Field):
    """What all of them share. `what`: what a value must be, after “must be”."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("%(name)s is required."),
        "null": _("%(name)s is required."),
        "invalid": _("%(name)s must be %(what)s."),
    }
    what: str | Promise = _("a string")

    def __init__(self, *args: Any, example: Any = None, deprecation: Deprecation | None = None, **kwargs: Any) -> None:
        self.example, self.deprecation = example, deprecation
        super().__init__(*args, **kwargs)

    @property
    def path(self) -> str:
        """Where it is in the body, like place.lat."""
        return path_of(self)

    def fail(self, key: str, **values: Any) -> NoReturn:
        message = self.error_messages[key] % {"name": self.path, "what": self.what, **values}
        raise ValidationError(message, code=CODES.get(key, key))

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return super().validate_empty_values(empty if data is None else data)

    def run_validators(self, value: Any) -> None:
        """to_internal_value() has checked the bounds, in our words. They stay in `validators` for the document."""


class TextField(Strict, serializers.CharField):
    """One line; lines=True: several. Cleaned, so a required one of blanks alone is missing."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "blank": _("%(name)s is required."),
        "max_length": _("%(name)s is longer than %(most)s characters."),
    }

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        self.lines = lines
        kwargs.setdefault("allow_blank", not kwargs.get("required", True))
        super().__init__(**kwargs)

    def run_validation(self, data: Any = empty) -> Any:
        # Not CharField's, which refuses "" where a field may be left out.
        return serializers.Field.run_validation(self, data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = intake.clean_text(data)
        text = text if self.lines else " ".join(text.split())
        if not text and not self.allow_blank:
            self.fail("blank")
        if self.max_length is not None and len(text) > self.max_length:
            self.fail("max_length", most=self.max_length)
        return text


class EmailField(TextField, serializers.EmailField):
    default_error_messages: ClassVar[dict[str, Any]] = {
        "not_an_email": _("Enter an email address like name@example.com.")
    }

    def to_internal_value(self, data: Any) -> str:
        email = super().to_internal_value(data)
        try:
            if email:
                validate_email(email)
        except DjangoValidationError:
            self.fail("not_an_email")
        return email


class UrlField(TextField, serializers.URLField):
    """Of an answer."""


class FlagField(Strict, serializers.BooleanField):
    """true or false. Left out, it is None."""

    what = _("true or false")
    initial: Any = None

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return bool(data)


class NumberField(Strict, serializers.FloatField):
    default_error_messages: ClassVar[dict[str, Any]] = {
        "range": _("%(name)s must be a number from %(low)s to %(high)s.")
    }
    what = _("a number")

    def to_internal_value(self, data: Any) -> float:
        # True is an int in Python.
        if not isinstance(data, int | float) or isinstance(data, bool):
            self.fail("invalid")
        low, high = self.min_value, self.max_value
        if (low is not None and data < low) or (high is not None and data > high):
            self.fail("range", low=f"{low:g}", high=f"{high:g}")
        return float(data)


def _whole(data: Any) -> Any:
    """JSON has one kind of number: 24.0 is 24."""
    return int(data) if isinstance(data, float) and data.is_integer() else data


class IntegerField(Strict, serializers.IntegerField):
    default_error_messages: ClassVar[dict[str, Any]] = {
        "range": _("%(name)s must be a whole number from %(low)s to %(high)s.")
    }
    what = _("a whole number")

    def to_internal_value(self, data: Any) -> int:
        data = _whole(data)
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        low, high = self.min_value, self.max_value
        if (low is not None and data < low) or (high is not None and data > high):
            self.fail("range", low=low, high=high)
        return int(data)


class ChoiceField(Strict, serializers.ChoiceField):
    """Of texts or of numbers, as JSON tells them apart."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid_choice": _("%(name)s must be one of: %(values)s.")}

    def to_internal_value(self, data: Any) -> Any:
        data = _whole(data)
        if not isinstance(data, str | int) or isinstance(data, bool):
            self.fail("invalid")
        if data not in self.choices:
            self.fail("invalid_choice", values=", ".join(map(str, self.choices)))
        return data


class TextsField(Strict, serializers.ListField):
    """A list of texts of at most 200 characters each, every one once."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "not_a_list": _("%(name)s must be %(what)s."),
        "too_many": _("%(name)s must be a list of at most %(most)s strings."),
    }
    what = _("a list of strings")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("child", serializers.CharField(max_length=ONE_CHILD_MOST))
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        if not isinstance(data, list):
            self.fail("not_a_list")
        most = self.max_length
        fits = all(isinstance(text, str) and len(text) <= ONE_CHILD_MOST for text in data)
        if not fits or (most is not None and len(data) > most):
            self.fail("too_many", most=most)
        return list(dict.fromkeys(data))


class TimeField(Strict, serializers.DateTimeField):
    """Of a body: a time with its zone (RFC 3339)."""

    default_error_messages: ClassVar[dict[str, Any]] = {"no_time": _("%(name)s must be a time like %(example)s.")}
    EXAMPLE = "2026-06-03T14:30:00Z"

    def to_internal_value(self, data: Any) -> dt.datetime:
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            # More digits than the database keeps are cut off.
            at = dt.datetime.fromisoformat(data.upper()) if MOMENT.fullmatch(data) else None
        except ValueError:
            at = None
        if at is None:
            self.fail("no_time", example=self.EXAMPLE)
        return at


class MomentField(Strict, serializers.DateTimeField):
    """Of an answer: in the city's time, to the second."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["help_text"] = f"{kwargs.get('help_text', 'When.')} In the city’s time, to the second."
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> Any:
        """value: a time, or one that is written already."""
        return value if isinstance(value, str) else timezone.localtime(value).isoformat(timespec="seconds")


class JSONPartField(TextField):
    """A part of a form that holds JSON (bodies.json_part)."""

    _spectacular_annotation: ClassVar[dict[str, Any]] = {
        "field": {"type": "string", "contentMediaType": "application/json"}
    }


class FileField(Strict, serializers.FileField):
    """One file of a form."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "required": _("Send one file as %(name)s."),
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, str):
            self.fail("required")
        return data
