"""Names of languages, as the queue and the request page show them."""

from django.utils.translation import get_language_info


def language_name(code: str) -> str:
    """The language's name in the active language; the code itself if Django does not know it."""
    try:
        return str(get_language_info(code)["name_translated"]).capitalize()
    except KeyError:
        return code
