"""Reads a JSON body field by field and gathers every mistake, so that one answer names them all."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.request import Request

from requests_app.api.framework.parsers import Unreadable, read_json
from requests_app.api.framework.problems import FieldError, invalid_body
from requests_app.rules.shared import intake


class Body:
    """An object of the body. path: where it is, like `place.`; errors: those of the whole body."""

    def __init__(self, data: Any, path: str = "", errors: list[FieldError] | None = None) -> None:
        self.path, self.errors = path, [] if errors is None else errors
        self.read: set[str] = set()
        self.data: dict[str, Any] = {}
        if isinstance(data, dict):
            self.data = data
        else:
            self.errors.append(FieldError(path.rstrip("."), "wrong-type", _("Send a JSON object.")))

    def refuse(self, name: str, code: str, message: str) -> None:
        self.errors.append(FieldError(f"{self.path}{name}", code, message))

    def value(self, name: str, kind: type | tuple[type, ...], expected: str, *, required: bool = False) -> Any:
        """None for what is missing, null, or not of this type. expected: what it must be."""
        self.read.add(name)
        value = self.data.get(name)
        if value is None:
            if required:
                self.refuse(name, "missing", _("%(name)s is required.") % {"name": f"{self.path}{name}"})
            return None
        # True is an int in Python.
        if not isinstance(value, kind) or isinstance(value, bool):
            self.refuse(
                name, "wrong-type", _("%(name)s must be %(what)s.") % {"name": f"{self.path}{name}", "what": expected}
            )
            return None
        return value

    def text(self, name: str, most: int, *, required: bool = False, lines: bool = False) -> str:
        """Cleaned as everywhere. lines: whether it may have several."""
        value = self.value(name, str, _("a string"), required=required)
        text = intake.clean_text(value or "")
        text = text if lines else " ".join(text.split())
        if value is not None and required and not text:
            self.refuse(name, "missing", _("%(name)s is required.") % {"name": f"{self.path}{name}"})
        if len(text) > most:
            message = _("%(name)s is longer than %(most)s characters.") % {"name": f"{self.path}{name}", "most": most}
            self.refuse(name, "too-long", message)
            return ""
        return text

    def flag(self, name: str) -> bool | None:
        self.read.add(name)
        value = self.data.get(name)
        if value is None or isinstance(value, bool):
            return value
        words = _("%(name)s must be %(what)s.")
        self.refuse(name, "wrong-type", words % {"name": f"{self.path}{name}", "what": _("true or false")})
        return None

    def number(self, name: str, low: float, high: float) -> float | None:
        value = self.value(name, (int, float), _("a number"))
        if value is not None and not low <= value <= high:
            message = _("%(name)s must be a number from %(low)s to %(high)s.")
            self.refuse(
                name, "invalid", message % {"name": f"{self.path}{name}", "low": f"{low:g}", "high": f"{high:g}"}
            )
            return None
        return None if value is None else float(value)

    def choice(self, name: str, values: list[Any], default: Any) -> Any:
        value = self.value(name, (str, int), _("a string"))
        if value is None:
            return default
        if value not in values:
            message = _("%(name)s must be one of: %(values)s.")
            self.refuse(
                name, "invalid", message % {"name": f"{self.path}{name}", "values": ", ".join(map(str, values))}
            )
            return default
        return value

    def email(self, name: str, *, required: bool = False) -> str:
        email = self.text(name, 254, required=required)
        try:
            if email:
                validate_email(email)
        except ValidationError:
            self.refuse(name, "invalid", _("Enter an email address like name@example.com."))
            return ""
        return email

    def texts(self, name: str, most: int) -> list[str]:
        value = self.value(name, list, _("a list of strings")) or []
        if len(value) > most or not all(isinstance(one, str) and len(one) <= 200 for one in value):
            self.refuse(
                name,
                "invalid",
                _("%(name)s must be a list of at most %(most)s strings.")
                % {"name": f"{self.path}{name}", "most": most},
            )
            return []
        return list(dict.fromkeys(value))

    def inner(self, name: str) -> "Body":
        value = self.data.get(name)
        self.read.add(name)
        return Body({} if value is None else value, f"{self.path}{name}.", self.errors)

    def no_others(self) -> None:
        for name in sorted(self.data.keys() - self.read):
            self.refuse(name[:60], "unknown", _("Unknown field: %(name)s.") % {"name": f"{self.path}{name[:60]}"})

    def check(self) -> None:
        """Raises a 422 problem with all mistakes."""
        if self.errors:
            raise invalid_body(self.errors)


def json_part(request: Request, name: str) -> Any:
    """The JSON in this part of a multipart body, which has no other part but files; or the JSON body itself."""
    if not isinstance(request.data, QueryDict):
        return request.data
    parts = request.data.getlist(name)
    texts = {part for part, values in request.data.lists() if any(isinstance(value, str) for value in values)}
    if len(parts) != 1 or not isinstance(parts[0], str) or texts != {name}:
        message = _("Send the form field %(name)s once, with the JSON, and no other fields but files.")
        raise Unreadable(message % {"name": name})
    return read_json(parts[0])


def canonical(data: Any) -> str:
    """What makes two bodies the same body, whatever the order of their fields and whether a number is written 69 or 69.0."""
    return json.dumps(_with_plain_numbers(data), sort_keys=True, ensure_ascii=False)


def _with_plain_numbers(data: Any) -> Any:
    match data:
        case dict():
            return {name: _with_plain_numbers(value) for name, value in data.items()}
        case list():
            return [_with_plain_numbers(value) for value in data]
        case float() if data.is_integer():
            return int(data)
    return data
