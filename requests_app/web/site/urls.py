"""URLs of the city's notices."""

from django.urls import URLPattern, path

from requests_app.web.site import pages

urlpatterns: list[URLPattern] = [
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
]
