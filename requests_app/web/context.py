"""Context of every page: the city, whether this is a demo, the page in other languages, its canonical URL."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language, get_language_info

from requests_app import branding, links
from requests_app.models import Jurisdiction
from requests_app.rules.shared.jurisdictions import page_languages

# Pages that search engines may show. Reports aren't among them; see web/site/crawlers.py.
TO_BE_FOUND = {
    f"requests_app:{name}"
    for name in (
        "home", "report", "find", "address", "services", "category", "article", "public_list", "map", "privacy",
        "accessibility", "areas", "area", "area_year", "about_service",
    )
}  # fmt: skip


def city(request: HttpRequest) -> dict[str, Any]:
    jurisdiction = getattr(request, "jurisdiction", None)
    language = get_language() or "en"
    languages = page_languages(jurisdiction) if jurisdiction else ["en"]
    others = [
        {
            "code": code,
            "label": get_language_info(code)["name_local"].capitalize(),
            "url": translate_url(request.get_full_path(), code),
        }
        for code in languages
        if code != language
    ]
    return {
        "city": jurisdiction,
        "seal_url": branding.seal_url(jurisdiction),
        "logo_url": branding.image_url(jurisdiction, "logo"),
        "theme_url": branding.theme_url(jurisdiction) if jurisdiction else "",
        "demo": settings.DEMO,
        "other_languages": others,
        "other_language": others[0] if others else None,
        **(addresses_of(request, jurisdiction) if jurisdiction else {}),
    }


def addresses_of(request: HttpRequest, jurisdiction: Jurisdiction) -> dict[str, Any]:
    """canonical: the page's URL for search engines, empty if they shouldn't show it; alternates: its (language, URL) pairs."""
    match = getattr(request, "resolver_match", None)
    if match is None or match.view_name not in TO_BE_FOUND:
        return {"canonical": "", "alternates": []}
    # Of all query parameters, only the service makes a different page.
    service = request.GET.get("service", "")
    path = request.path + ("?" + urlencode({"service": service}) if service and match.url_name == "report" else "")
    site = links.base_url(jurisdiction)
    codes = page_languages(jurisdiction)
    alternates = [(code, site + translate_url(path, code)) for code in codes] if len(codes) > 1 else []
    card = branding.image_url(jurisdiction, "card")
    return {"canonical": site + path, "alternates": alternates, "card_url": site + card if card else ""}
