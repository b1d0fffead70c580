"""Text that a city writes is stored as JSON by language, {"en": …, "es": …}; this declares it, and picks the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import get_language

LocalizedText = Mapping[str, str]


class LocalizedField(models.JSONField):
    """A column that holds such texts, or lists of phrases by language.

    at: where in the value they are; "*" stands for each part of an object and each row of a list: "*.label". Empty: the value
    itself. What hasn't been translated is found by this declaration alone (imports/translated_texts.py).
    """

    def __init__(self, *args: Any, at: Sequence[str] = ("",), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def deconstruct(self) -> Any:
        # For the database it is a JSONField like others.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def clone(self) -> "LocalizedField":
        field = super().clone()
        field.at = self.at
        return field


def localized(texts: LocalizedText | None, language: str | None = None) -> str:
    """The text in `language` (default: the active one), else in English, else in any language, else ""."""
    if not texts:
        return ""
    language = language or get_language() or "en"
    for code in (language, language.split("-")[0], "en"):
        if texts.get(code):
            return texts[code]
    return next(iter(texts.values()))
