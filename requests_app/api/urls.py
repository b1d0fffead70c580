"""Everything below /api/: v1, the document that describes both APIs, what telephone systems send, and a 404 that is no page."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from requests_app.api import openapi
from requests_app.api.framework.problems import not_found

urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.<str:format>", openapi.Document.as_view(), name="api_document"),
    path("", include("requests_app.api.telephone.urls")),
    path("v1/", include("requests_app.api.v1.urls")),
    re_path(r"^(?P<rest>(?s:.*))$", not_found, name="api_not_found"),
]
