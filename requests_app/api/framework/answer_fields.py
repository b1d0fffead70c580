"""Fields of answers alone: each says how its value is made of a row, besides what fields.py's say."""

from typing import Any

from rest_framework import serializers

from requests_app import links
from requests_app.api.framework.fields import NumberField, TextField, UrlField
from requests_app.core.localized import localized


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


class SiteUrlField(UrlField):
    """An address on the city's site. path: with what of the row it is made of, like /articles/{0.code}/.

    The city is in the context, or its view's.
    """

    def __init__(self, path: str, **kwargs: Any) -> None:
        self.path_pattern = path
        super().__init__(source="*", **kwargs)

    def to_representation(self, value: Any) -> str:
        city = self.context["city"] if "city" in self.context else self.context["view"].jurisdiction
        return links.base_url(city) + self.path_pattern.format(value)


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
