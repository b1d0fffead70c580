"""Query parameters: each knows its JSON Schema, which the OpenAPI document shows, and how to read what was sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.http import QueryDict
from django.utils.translation import gettext as _

from requests_app.api.framework.parsers import NOT_TEXT
from requests_app.api.framework.problems import FieldError, invalid_parameter

_DEGREES = r"[+-]?\d{1,3}(\.\d{1,12})?"
_POINT = re.compile(rf"({_DEGREES}),({_DEGREES})", re.ASCII)
_CIRCLE = re.compile(rf"({_DEGREES}),({_DEGREES}),(\d{{1,6}}(\.\d{{1,3}})?)", re.ASCII)
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)


class Unfit(ValueError):
    """str(): what the value must be, in the reader's language."""


@dataclass(frozen=True)
class Parameter:
    """Any text of at most `most` characters. required: 400 without it."""

    name: str
    description: str
    example: Any = None
    required: bool = False
    default: Any = None
    most: int = 200

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.most}

    def read(self, value: str) -> Any:
        """Raises Unfit."""
        if len(value) > self.most:
            raise Unfit(_("%(name)s is longer than %(most)s characters.") % {"name": self.name, "most": self.most})
        return value


@dataclass(frozen=True)
class Choice(Parameter):
    values: Sequence[str] = ()

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.values)}

    def read(self, value: str) -> str:
        if value not in self.values:
            raise Unfit(
                _("%(name)s must be one of: %(values)s.") % {"name": self.name, "values": ", ".join(self.values)}
            )
        return value


@dataclass(frozen=True)
class Names(Choice):
    """Several of the values, with commas between them."""

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "enum": list(self.values)}, "minItems": 1}

    def read(self, value: str) -> Any:
        names = list(dict.fromkeys(value.split(",")))
        if len(names) > len(self.values) or not set(names) <= set(self.values):
            raise Unfit(
                _("%(name)s must be a comma-separated list of: %(values)s.")
                % {"name": self.name, "values": ", ".join(self.values)}
            )
        return names


@dataclass(frozen=True)
class Several(Parameter):
    """Several texts with commas between them."""

    most: int = 1000
    most_values: int = 50

    @property
    def schema(self) -> dict[str, Any]:
        items = {"type": "string", "minLength": 1, "maxLength": 140}
        return {"type": "array", "items": items, "minItems": 1, "maxItems": self.most_values}

    def read(self, value: str) -> Any:
        values = list(dict.fromkeys(part.strip() for part in super().read(value).split(",")))
        if "" in values or len(values) > self.most_values:
            raise Unfit(
                _("%(name)s must be a comma-separated list of at most %(most)s values.")
                % {"name": self.name, "most": self.most_values}
            )
        return values


@dataclass(frozen=True)
class Integer(Parameter):
    low: int = 1
    high: int = 100

    @property
    def schema(self) -> dict[str, Any]:
        schema = {"type": "integer", "minimum": self.low, "maximum": self.high}
        return schema if self.default is None else {**schema, "default": self.default}

    def read(self, value: str) -> int:
        if not re.fullmatch(r"\d{1,9}", value, re.ASCII) or not self.low <= int(value) <= self.high:
            raise Unfit(
                _("%(name)s must be a whole number from %(low)s to %(high)s.")
                % {"name": self.name, "low": self.low, "high": self.high}
            )
        return int(value)


@dataclass(frozen=True)
class Spot(Parameter):
    """latitude,longitude as a Point."""

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_POINT.pattern}$"}

    def read(self, value: str) -> Any:
        match = _POINT.fullmatch(value)
        if match is None or not is_on_earth(float(match[1]), float(match[3])):
            raise Unfit(_("%(name)s must be latitude,longitude in degrees.") % {"name": self.name})
        return Point(float(match[3]), float(match[1]), srid=4326)


@dataclass(frozen=True)
class Circle(Parameter):
    """latitude,longitude,meters, as the filters of the website write it; the text as it was sent."""

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_CIRCLE.pattern}$"}

    def read(self, value: str) -> str:
        match = _CIRCLE.fullmatch(value)
        if match is None or not is_on_earth(float(match[1]), float(match[3])) or not float(match[5]) > 0:
            raise Unfit(_("%(name)s must be latitude,longitude,meters.") % {"name": self.name})
        return value


@dataclass(frozen=True)
class Month(Parameter):
    """A month like 2026-06."""

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_MONTH.pattern}$"}

    def read(self, value: str) -> str:
        if not _MONTH.fullmatch(value):
            raise Unfit(_("%(name)s must be a month like 2026-06.") % {"name": self.name})
        return value


def is_on_earth(latitude: float, longitude: float) -> bool:
    return abs(latitude) <= 90 and abs(longitude) <= 180


# What was sent, by name. Parameters that were not sent have their default.
Query = Mapping[str, Any]


def read_query(parameters: Sequence[Parameter], sent: QueryDict) -> Query:
    """Raises a 400 problem that names each parameter that is unknown, sent twice, missing or not valid."""
    errors, values = [], {parameter.name: parameter.default for parameter in parameters}
    by_name = {parameter.name: parameter for parameter in parameters}
    for name, several in sent.lists():
        parameter = by_name.get(name)
        shown = NOT_TEXT.sub("\ufffd", name)[:60]
        if parameter is None:
            errors.append(FieldError(shown, "unknown", _("Unknown parameter: %(name)s.") % {"name": shown}))
            continue
        if len(several) > 1:
            errors.append(FieldError(name, "repeated", _("Send %(name)s only once.") % {"name": name}))
            continue
        # Without what a query string loses on its way: "\ufffd" stands for bytes that are not UTF-8.
        value = several[0].strip()
        if NOT_TEXT.search(value) or "\ufffd" in value:
            message = _("%(name)s contains invalid characters.") % {"name": name}
            errors.append(FieldError(name, "not-text", message))
        elif not value:
            errors.append(FieldError(name, "empty", _("%(name)s is empty. Leave it out.") % {"name": name}))
        else:
            try:
                values[name] = parameter.read(value)
            except Unfit as unfit:
                errors.append(FieldError(name, "invalid", str(unfit)))
    errors += [
        FieldError(one.name, "missing", _("%(name)s is required.") % {"name": one.name})
        for one in parameters
        if one.required and one.name not in sent
    ]
    if errors:
        raise invalid_parameter(errors)
    return values
