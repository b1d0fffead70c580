"""The offline page and its catalog: the same for every reader, since a service worker caches them."""

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import get_language_info
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from requests_app import photos
from requests_app.city_request import CityRequest
from requests_app.models import EmergencyPhrase
from requests_app.rules.alarms.hotlines import help_for
from requests_app.rules.report.device_catalog import device_catalog
from requests_app.rules.setup.offered_services import offered_versions
from requests_app.rules.shared.jurisdictions import page_languages
from requests_app.visitor import get_visitor, set_visitor_cookie
from requests_app.web.offline.script_text import offline_words


@require_safe
@cache_control(max_age=30, public=True)
def offline(request: CityRequest) -> HttpResponse:
    languages = [
        (code, get_language_info(code)["name_local"].capitalize()) for code in page_languages(request.jurisdiction)
    ]
    context = {
        "most_photos": photos.PHOTOS_MAX,
        "languages": languages,
        "script_text": offline_words(request.jurisdiction),
        "dangers": [help_for(request.jurisdiction, kind) for kind in EmergencyPhrase.Kind.values],
    }
    return render(request, "requests_app/offline/page.html", context)


@require_safe
@cache_control(max_age=30, public=True)
def offline_catalog(request: CityRequest) -> JsonResponse:
    return JsonResponse(device_catalog(request.jurisdiction, offered_versions(request.jurisdiction)))


@never_cache
@require_safe
def offline_token(request: CityRequest) -> HttpResponse:
    """Returns a CSRF token, since a cached page has no fresh one, and sets the visitor cookie before a device first sends a report.

    If the response to the first try set the cookie and were lost, the second try would look like another visitor's."""
    return set_visitor_cookie(JsonResponse({"token": get_token(request)}), get_visitor(request))
