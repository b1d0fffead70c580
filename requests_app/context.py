"""What every page's template knows: the city, whether this is a demo, and the same page in the other languages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language, get_language_info


def city(request: HttpRequest) -> dict[str, Any]:
    jurisdiction = getattr(request, "jurisdiction", None)
    language = get_language() or "en"
    languages = jurisdiction.languages if jurisdiction else ["en"]
    others = [
        {
            "code": code,
            "label": get_language_info(code)["name_local"].capitalize(),
            "url": translate_url(request.get_full_path(), code),
        }
        for code in languages
        # A city may prepare words in a language that this site's own words are not in yet.
        if code != language and code in dict(settings.LANGUAGES)
    ]
    return {
        "city": jurisdiction,
        "demo": settings.DEMO,
        "other_languages": others,
        "other_language": others[0] if others else None,
    }
