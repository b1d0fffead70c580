"""Small pages in the city's own words, its colors, and what crawlers may read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
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
    return _own_words(request, _("Privacy"), "privacy")


@require_safe
@cache_control(max_age=30, public=True)
def accessibility(request: HttpRequest) -> HttpResponse:
    return _own_words(request, _("Accessibility"), "accessibility")


@require_safe
@cache_control(max_age=30, public=True)
def theme(request: HttpRequest) -> HttpResponse:
    """The city's colors, as a stylesheet of its own: the content security policy allows no inline style."""
    return render(request, "requests_app/theme.css", content_type="text/css")


@require_safe
@cache_control(max_age=30, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    """Public pages may be found; reports in the making, private links and the staff's pages need not be asked for."""
    closed = [reverse("requests_app:report"), "/l/", "/r/", "/staff/", "/accounts/", "/demo/", "/photos/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), *(f"Disallow: /es{path}" for path in closed)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
