"""URLs of API keys: asking for one, and a developer's own."""

from django.urls import URLPattern, path

from requests_app.web.keys import keys, own_keys

urlpatterns: list[URLPattern] = [
    path("developers/keys/", keys.developer_keys, name="developer_keys"),
    path("developers/keys/live/", keys.live_key, name="live_key"),
    path("developers/account/", own_keys.own_keys, name="own_keys"),
    path("developers/account/<int:key_id>/", own_keys.own_key, name="own_key"),
    path("developers/account/<int:key_id>/replace/", own_keys.replace_own_key, name="replace_own_key"),
    path("developers/account/<int:key_id>/end/", own_keys.end_own_key, name="end_own_key"),
]
