"""The staff's addresses."""

from django.urls import URLPattern, path

from staff_app.views import act, api_keys, detail, outbox, profile, queue

app_name = "staff_app"
urlpatterns: list[URLPattern] = [
    path("", queue.queue, name="queue"),
    path("mine/", queue.mine, name="mine"),
    path("r/<str:reference>/", detail.detail, name="detail"),
    path("r/<str:reference>/reporter/", detail.reporter, name="reporter"),
    path("r/<str:reference>/read/", act.read, name="read"),
    path("r/<str:reference>/photos/<int:photo_id>/hide/", act.hide_photo, name="hide_photo"),
    path("r/<str:reference>/<slug:verb>/", act.act, name="act"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:row_id>/retry/", outbox.retry, name="outbox_retry"),
    path("api-keys/", api_keys.api_keys, name="api_keys"),
    path("api-keys/<int:key_id>/revoke/", api_keys.revoke, name="api_key_revoke"),
    path("profile/", profile.profile, name="profile"),
]
