"""The city's own words are kept as JSON by language, {"en": …, "es": …}; this says them in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import get_language

Words = Mapping[str, str]


def localized(words: Words | None, language: str | None = None) -> str:
    """The words in `language` (default: the page's), else in English, else in whatever language there is; "" for none."""
    if not words:
        return ""
    language = language or get_language() or "en"
    for code in (language, language.split("-")[0], "en"):
        if words.get(code):
            return words[code]
    return next(iter(words.values()))
