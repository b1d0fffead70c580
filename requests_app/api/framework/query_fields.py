"""The fields of a query, each read from a text: see serializers.QuerySerializer. They take `example`, as those of fields.py do."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn

from django.contrib.gis.geos import Point
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from requests_app.api.framework import fields
from requests_app.api.framework.parsers import NOT_BLANK

_DEGREES = r"[+-]?\d{1,3}(\.\d{1,12})?"
_POINT = re.compile(rf"({_DEGREES}),({_DEGREES})", re.ASCII)
_CIRCLE = re.compile(rf"({_DEGREES}),({_DEGREES}),(\d{{1,6}}(\.\d{{1,3}})?)", re.ASCII)
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)


class Parameter(fields.Strict):
    """What they share. One that may be left out is None, or its default."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "max_length": _("%(name)s is longer than %(most)s characters."),
    }
    initial: Any = None

    def __init__(self, *, help_text: str, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        if "default" in kwargs:
            del kwargs["required"]
        super().__init__(help_text=help_text, **kwargs)

    def fail(self, key: str, **values: Any) -> NoReturn:
        message = self.error_messages[key] % {"name": self.path, **values}
        raise ValidationError(message, code="missing" if key == "required" else "invalid")


class TextParameter(Parameter, serializers.CharField):
    """Any text of at most max_length characters."""

    def __init__(self, *, max_length: int = 200, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, min_length=1, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return serializers.Field.run_validation(self, data)

    def to_internal_value(self, data: str) -> Any:
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", most=self.max_length)
        return data


class ChoiceParameter(Parameter, serializers.ChoiceField):
    default_error_messages: ClassVar[dict[str, Any]] = {"invalid_choice": _("%(name)s must be one of: %(values)s.")}

    def to_internal_value(self, data: str) -> str:
        if data not in self.choices:
            self.fail("invalid_choice", values=", ".join(self.choices))
        return data


class ChoicesParameter(Parameter, serializers.MultipleChoiceField):
    """Several of the choices, with commas between them."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid_choice": _("%(name)s must be a comma-separated list of: %(values)s.")
    }

    def get_initial(self) -> Any:
        return None

    def to_internal_value(self, data: str) -> Any:
        names = list(dict.fromkeys(data.split(",")))
        if len(names) > len(self.choices) or not set(names) <= set(self.choices):
            self.fail("invalid_choice", values=", ".join(self.choices))
        return names


def fields_parameter(names: Sequence[str]) -> ChoicesParameter:
    return ChoicesParameter(
        help_text="Only these fields, comma-separated.", choices=list(names), example=list(names[:2])
    )


class TextsParameter(TextParameter):
    """Several texts with commas between them."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "too_many": _("%(name)s must be a comma-separated list of at most %(most)s values.")
    }
    each_most = 140

    def __init__(self, *, most_values: int = 50, max_length: int = 1000, **kwargs: Any) -> None:
        self.most_values = most_values
        super().__init__(max_length=max_length, **kwargs)

    @property
    def _spectacular_annotation(self) -> dict[str, Any]:
        items = {"type": "string", "minLength": 1, "maxLength": self.each_most, "pattern": NOT_BLANK}
        return {"field": {"type": "array", "items": items, "minItems": 1, "maxItems": self.most_values}}

    def to_internal_value(self, data: str) -> Any:
        values = list(dict.fromkeys(part.strip() for part in super().to_internal_value(data).split(",")))
        if "" in values or len(values) > self.most_values:
            self.fail("too_many", most=self.most_values)
        return values


class IntegerParameter(Parameter, serializers.IntegerField):
    default_error_messages: ClassVar[dict[str, Any]] = {
        "range": _("%(name)s must be a whole number from %(low)s to %(high)s.")
    }

    def to_internal_value(self, data: str) -> int:
        low, high = int(self.min_value or 0), int(self.max_value or 0)
        if not re.fullmatch(r"\d{1,9}", data, re.ASCII) or not low <= int(data) <= high:
            self.fail("range", low=low, high=high)
        return int(data)


class _Pattern(Parameter, serializers.CharField):
    def run_validation(self, data: Any = serializers.empty) -> Any:
        return serializers.Field.run_validation(self, data)


@extend_schema_field({"type": "string", "pattern": f"^{_POINT.pattern}$"})
class PointParameter(_Pattern):
    """latitude,longitude as a Point."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("%(name)s must be latitude,longitude in degrees.")}

    def to_internal_value(self, data: str) -> Any:
        match = _POINT.fullmatch(data)
        if match is None or not is_on_earth(float(match[1]), float(match[3])):
            self.fail("invalid")
        return Point(float(match[3]), float(match[1]), srid=4326)


@extend_schema_field({"type": "string", "pattern": f"^{_CIRCLE.pattern}$"})
class CircleParameter(_Pattern):
    """latitude,longitude,meters, as the filters of the website write it; the text as it was sent."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("%(name)s must be latitude,longitude,meters.")}

    def to_internal_value(self, data: str) -> str:
        match = _CIRCLE.fullmatch(data)
        if match is None or not is_on_earth(float(match[1]), float(match[3])) or not float(match[5]) > 0:
            self.fail("invalid")
        return data


@extend_schema_field({"type": "string", "pattern": f"^{_MONTH.pattern}$"})
class MonthParameter(_Pattern):
    """A month like 2026-06."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("%(name)s must be a month like 2026-06.")}

    def to_internal_value(self, data: str) -> str:
        if not _MONTH.fullmatch(data):
            self.fail("invalid")
        return data


def is_on_earth(latitude: float, longitude: float) -> bool:
    return abs(latitude) <= 90 and abs(longitude) <= 180
