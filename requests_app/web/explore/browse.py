"""What one may ask the city for: found by one's own words, or by category."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests_app.models import Category
from requests_app.rules import suggestions
from requests_app.web.city_request import CityRequest
from requests_app.web.report.start import UNKNOWN, by_category, offered_versions

WORDS_MAX = 200
# More than on the way to a report: who searches here compares.
SERVICES, ARTICLES = 6, 4


@require_safe
def services(request: CityRequest) -> HttpResponse:
    """?q= finds services and articles; the whole list stays below."""
    return services_page(request)


def services_page(request: CityRequest, *, unknown: bool = False) -> HttpResponse:
    """unknown: the address named a service that the city does not have."""
    q = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:WORDS_MAX]
    versions = offered_versions(request.jurisdiction)
    context: dict[str, Any] = {"q": q, "q_max": WORDS_MAX, "groups": by_category(versions), "is_unknown": unknown}
    if q:
        context["found"] = suggestions.suggest(
            request.jurisdiction, q, request.LANGUAGE_CODE, services=SERVICES, articles=ARTICLES
        )
        context["unknown"] = next((one for one in versions if one.service.service_code == UNKNOWN), None)
    return render(request, "requests_app/explore/services.html", context, status=404 if unknown else 200)


@require_safe
def category(request: CityRequest, code: str) -> HttpResponse:
    chosen = Category.objects.filter(jurisdiction=request.jurisdiction, code=code.replace("\x00", "\ufffd")).first()
    if chosen is None:
        raise Http404
    versions = [one for one in offered_versions(request.jurisdiction) if one.category_id == chosen.pk]
    return render(request, "requests_app/explore/services.html", {"category": chosen, "groups": [(chosen, versions)]})
