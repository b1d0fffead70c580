"""Text that a city writes is stored as JSON by language, {"en": …, "es": …}; this picks the reader's language."""

from collections.abc import Mapping

from django.utils.translation import get_language

LocalizedText = Mapping[str, str]


def localized(texts: LocalizedText | None, language: str | None = None) -> str:
    """The text in `language` (default: the active one), else in English, else in any language, else ""."""
    if not texts:
        return ""
    language = language or get_language() or "en"
    for code in (language, language.split("-")[0], "en"):
        if texts.get(code):
            return texts[code]
    return next(iter(texts.values()))
