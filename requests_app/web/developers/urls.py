"""URLs of pages for developers."""

from django.urls import URLPattern, path

from requests_app.web.developers import changes, pages

urlpatterns: list[URLPattern] = [
    path("developers/", pages.developers, name="developers"),
    path("developers/changes/", changes.developer_changes, name="developer_changes"),
    path("developers/reference/<slug:tag>/", pages.developer_reference, name="developer_reference"),
    path("developers/problems/<slug:code>/", pages.developer_problem, name="developer_problem"),
]
