"""Small pages that the city can word itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(max_age=30, public=True)
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "requests_app/site/privacy.html")


@require_safe
@cache_control(max_age=30, public=True)
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "requests_app/site/accessibility.html")
