"""URLs of the city's notices, and of who wants to be called."""

from django.urls import URLPattern, path

from requests_app.web.site import call_back, pages, status

urlpatterns: list[URLPattern] = [
    path("privacy/", pages.privacy, name="privacy"),
    path("call-back/", call_back.call_back, name="call_back"),
    path("status/", status.status, name="status"),
    path("accessibility/", pages.accessibility, name="accessibility"),
]
