"""URLs of setup: word lists, signs, API keys, the outbox."""

from django.urls import URLPattern, path

from staff_app.setup import answered_counts, api_keys, emergency_words, home, moderation_words, on_call, outbox, signs
from staff_app.setup.services import urls as services

urlpatterns: list[URLPattern] = [
    path("setup/", home.setup, name="setup"),
    path("moderation-words/", moderation_words.moderation_words, name="moderation_words"),
    path(
        "moderation-words/<int:term_id>/remove/", moderation_words.remove_moderation_word, name="remove_moderation_word"
    ),
    path("emergency-words/", emergency_words.emergency_words, name="emergency_words"),
    path("emergency-words/<int:phrase_id>/", emergency_words.emergency_phrase, name="emergency_phrase"),
    path(
        "emergency-words/<int:phrase_id>/remove/",
        emergency_words.remove_emergency_phrase,
        name="remove_emergency_phrase",
    ),
    path("emergency-counts/", emergency_words.emergency_counts, name="emergency_counts"),
    path("on-call/", on_call.on_call, name="on_call"),
    path("on-call/<int:on_call_id>/", on_call.on_call_entry, name="on_call_entry"),
    path("on-call/<int:on_call_id>/remove/", on_call.remove_on_call, name="remove_on_call"),
    path("answered-counts/", answered_counts.answered_counts, name="answered_counts"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:row_id>/retry/", outbox.retry_outbox_row, name="retry_outbox_row"),
    path("api-keys/", api_keys.api_keys, name="api_keys"),
    path("api-keys/<int:key_id>/revoke/", api_keys.revoke_api_key, name="revoke_api_key"),
    path("signs/", signs.signs, name="signs"),
    path("signs/print/", signs.print_signs, name="print_signs"),
    path("signs/<int:sign_id>/end/", signs.remove_sign, name="remove_sign"),
    *services.urlpatterns,
]
