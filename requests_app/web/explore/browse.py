"""The list of services: searched in your own words, or by category."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests_app.city_request import CityRequest
from requests_app.models import Category
from requests_app.rules.alarms.hotlines import help_in
from requests_app.rules.answers import suggestions
from requests_app.rules.setup.offered_services import offered_versions
from requests_app.web.report.start import UNKNOWN, by_category
from requests_app.web.search_counts import count_unmatched

WORDS_MAX = 200
# More than in the report form, since people compare here.
SERVICES, ARTICLES = 6, 4


@require_safe
def services(request: CityRequest) -> HttpResponse:
    """?q= searches services and articles; the full list stays below. In danger, who can help comes first instead."""
    return services_page(request)


def services_page(request: CityRequest, *, unknown: bool = False) -> HttpResponse:
    """unknown: the URL named a service that the city doesn't have."""
    q = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:WORDS_MAX]
    versions = offered_versions(request.jurisdiction)
    context: dict[str, Any] = {"q": q, "q_max": WORDS_MAX, "groups": by_category(versions), "is_unknown": unknown}
    if q:
        context["danger_help"] = help_in(request.jurisdiction, q)
        context["results"] = suggestions.Suggestions()
        if context["danger_help"] is None:
            context["results"] = suggestions.suggest(
                request.jurisdiction, q, request.LANGUAGE_CODE, services=SERVICES, articles=ARTICLES
            )
            if not context["results"].ranked:
                count_unmatched(request, q)
        context["unknown"] = next((version for version in versions if version.service.service_code == UNKNOWN), None)
    return render(request, "requests_app/explore/services.html", context, status=404 if unknown else 200)


@require_safe
def category(request: CityRequest, code: str) -> HttpResponse:
    chosen = Category.objects.filter(jurisdiction=request.jurisdiction, code=code.replace("\x00", "\ufffd")).first()
    if chosen is None:
        raise Http404
    versions = [version for version in offered_versions(request.jurisdiction) if version.category_id == chosen.pk]
    return render(request, "requests_app/explore/services.html", {"category": chosen, "groups": [(chosen, versions)]})
