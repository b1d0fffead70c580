"""Names of languages."""

from django.utils.translation import get_language, get_language_info


def language_name(code: str) -> str:
    """The language's name in the active language; the code itself if Django does not know it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def language_in_sentence(code: str) -> str:
    """As it's written within a sentence: Spanish has no capital letter there."""
    name = language_name(code)
    return name if (get_language() or "en").startswith("en") else name.lower()
