"""Addresses of the installable page that keeps reports without a network."""

from django.urls import URLPattern, path

from requests_app.web.offline import app, page, submission

urlpatterns: list[URLPattern] = [
    path("report/offline/", page.offline, name="offline"),
    path("report/offline/catalog.json", page.offline_catalog, name="offline_catalog"),
    path("report/offline/token.json", page.offline_token, name="offline_token"),
    path("report/offline/photo/", submission.offline_photo, name="offline_photo"),
    path("report/offline/send/", submission.offline_send, name="offline_send"),
    path("app.webmanifest", app.app_manifest, name="app_manifest"),
]
