"""What one may ask the city for, by category."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests_app.models import Category
from requests_app.views.door import CityRequest
from requests_app.views.report import by_category, offered_versions


@require_safe
def services(request: CityRequest) -> HttpResponse:
    return render(
        request, "requests_app/services.html", {"groups": by_category(offered_versions(request.jurisdiction))}
    )


@require_safe
def category(request: CityRequest, code: str) -> HttpResponse:
    chosen = Category.objects.filter(jurisdiction=request.jurisdiction, code=code).first()
    if chosen is None:
        raise Http404
    versions = [one for one in offered_versions(request.jurisdiction) if one.category_id == chosen.pk]
    return render(request, "requests_app/services.html", {"category": chosen, "groups": [(chosen, versions)]})
