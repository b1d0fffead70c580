"""Small pages in the city's own words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app.words import say


def _own_words(request: HttpRequest, heading: str, key: str) -> HttpResponse:
    words = say(request.jurisdiction.branding.get(key))  # type: ignore[attr-defined]
    return render(request, "requests_app/own_words.html", {"heading": heading, "words": words, "key": key})


@require_safe
@cache_control(max_age=30, public=True)
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "requests_app/privacy.html")


@require_safe
@cache_control(max_age=30, public=True)
def accessibility(request: HttpRequest) -> HttpResponse:
    return _own_words(request, _("Accessibility"), "accessibility")
