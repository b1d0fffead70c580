"""The staff's addresses."""

from django.urls import URLPattern, path

from staff_app.views import (
    act,
    api_keys,
    detail,
    emergency_words,
    held,
    moderate,
    moderation_words,
    outbox,
    profile,
    queue,
    signs,
)

app_name = "staff_app"
urlpatterns: list[URLPattern] = [
    path("", queue.queue, name="queue"),
    path("mine/", queue.mine, name="mine"),
    path("r/<str:reference>/", detail.detail, name="detail"),
    path("r/<str:reference>/reporter/", detail.reporter, name="reporter"),
    path("r/<str:reference>/read/", act.read, name="read"),
    path("r/<str:reference>/moderate/", moderate.moderate, name="moderate"),
    path("r/<str:reference>/texts/<int:revision_id>/back/", moderate.put_back, name="put_back"),
    path("r/<str:reference>/photos/<int:photo_id>/hide/", moderate.hide_photo, name="hide_photo"),
    path("r/<str:reference>/photos/<int:photo_id>/show/", moderate.show_photo, name="show_photo"),
    path("r/<str:reference>/<slug:verb>/", act.act, name="act"),
    path("held/", held.held, name="held"),
    path("held/several/", held.look_at_several, name="look_at_several"),
    path("held/<str:reference>/", held.look, name="look"),
    path("moderation/words/", moderation_words.moderation_words, name="moderation_words"),
    path(
        "moderation/words/<int:term_id>/remove/", moderation_words.remove_moderation_word, name="remove_moderation_word"
    ),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:row_id>/retry/", outbox.retry, name="outbox_retry"),
    path("api-keys/", api_keys.api_keys, name="api_keys"),
    path("api-keys/<int:key_id>/revoke/", api_keys.revoke, name="api_key_revoke"),
    path("signs/", signs.signs, name="signs"),
    path("signs/print/", signs.print_signs, name="signs_print"),
    path("signs/<int:sign_id>/end/", signs.end, name="sign_end"),
    path("emergency-words/", emergency_words.emergency_words, name="emergency_words"),
    path("emergency-words/<int:phrase_id>/", emergency_words.emergency_phrase, name="emergency_phrase"),
    path(
        "emergency-words/<int:phrase_id>/remove/",
        emergency_words.remove_emergency_phrase,
        name="remove_emergency_phrase",
    ),
    path("emergency-counts/", emergency_words.emergency_counts, name="emergency_counts"),
    path("profile/", profile.profile, name="profile"),
]
