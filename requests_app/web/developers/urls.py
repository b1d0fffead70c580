"""URLs of pages for developers."""

from django.urls import URLPattern, path

from requests_app.web.developers import keys

urlpatterns: list[URLPattern] = [path("developers/keys/", keys.developer_keys, name="developer_keys")]
