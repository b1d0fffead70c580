"""Fields of answers alone: each says how its value is made of a row, besides what fields.py's say."""

from typing import Any

from rest_framework import serializers

from requests_app import links
from requests_app.api.framework.fields import FlagField, NumberField, TextField, UrlField
from requests_app.core.localized import localized
from requests_app.models import Jurisdiction


def city_of(part: serializers.Field[Any, Any, Any, Any]) -> Jurisdiction:
    """The city in the context of a field or a serializer, or its view's."""
    city: Jurisdiction = part.context["city"] if "city" in part.context else part.context["view"].jurisdiction
    return city


class LocalizedField(TextField):
    """A text that the city wrote, in the reader's language. With allow_null, an empty one is null.

    A value that isn't by language is one that was picked already.
    """

    def to_representation(self, value: Any) -> Any:
        text = value if isinstance(value, str) else localized(value)
        return text or (None if self.allow_null else "")


class EmptyAsNullField(TextField):
    """A text that may be missing: null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> Any:
        return value or None


class IsSetField(FlagField):
    """Whether there is a value, such as the time when something happened."""

    def get_attribute(self, instance: Any) -> bool:
        return super().get_attribute(instance) is not None


class SiteUrlField(UrlField):
    """An address on the city's site. path: with what of the row it is made of, like /articles/{0.code}/."""

    def __init__(self, path: str, **kwargs: Any) -> None:
        self.path_pattern = path
        super().__init__(source="*", **kwargs)

    def to_representation(self, value: Any) -> str:
        return links.base_url(city_of(self)) + self.path_pattern.format(value)


class RoundedField(NumberField):
    """digits: after the point."""

    def __init__(self, digits: int, **kwargs: Any) -> None:
        self.digits = digits
        super().__init__(**kwargs)

    def to_representation(self, value: float) -> float:
        return round(value, self.digits)


class MethodField(serializers.SerializerMethodField):
    """Made by the serializer's get_… method, whose annotation is the type."""

    def __init__(self, *args: Any, example: Any = None, **kwargs: Any) -> None:
        self.example = example
        super().__init__(*args, **kwargs)
        # Of answers alone, so nothing more is said of it in the document.
        self.read_only, self.required = False, True
