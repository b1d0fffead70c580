"""URLs of setup: word lists, signs, API keys, the outbox, health."""

from django.urls import URLPattern, URLResolver, include, path

from requests_app.core.secret_addresses import secret
from staff_app.setup import (
    always_ask,
    answered_counts,
    emergency_words,
    first_run,
    health,
    home,
    moderation_words,
    on_call,
    outbox,
    signs,
    unanswered,
)
from staff_app.setup.audit.urls import urlpatterns as audit
from staff_app.setup.city.urls import urlpatterns as city
from staff_app.setup.integrations.urls import urlpatterns as integrations
from staff_app.setup.macros.urls import urlpatterns as macros
from staff_app.setup.people.urls import urlpatterns as people
from staff_app.setup.places.urls import urlpatterns as places
from staff_app.setup.services import urls as services
from staff_app.setup.texts.urls import urlpatterns as texts

urlpatterns: list[URLPattern | URLResolver] = [
    path("setup/", home.setup, name="setup"),
    path("setup/", include("staff_app.setup.departments.urls")),
    path("setup/desk/", include("staff_app.setup.desk.urls")),
    path("setup/targets/", include("staff_app.setup.promises.urls")),
    path("setup/suspensions/", include("staff_app.setup.suspensions.urls")),
    path("setup/routing/", include("staff_app.setup.routing.urls")),
    *people,
    *macros,
    path("moderation-words/", moderation_words.moderation_words, name="moderation_words"),
    path(
        "moderation-words/<int:term_id>/remove/", moderation_words.remove_moderation_word, name="remove_moderation_word"
    ),
    path("emergency-words/", emergency_words.emergency_words, name="emergency_words"),
    path("emergency-words/always/", always_ask.always_ask, name="always_ask"),
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
    path("setup/unanswered/", unanswered.unanswered, name="unanswered"),
    path("setup/unanswered/settle/", unanswered.settle_search, name="settle_search"),
    path("answered-counts/", answered_counts.answered_counts, name="answered_counts"),
    path("health/", health.health, name="health"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/group/", outbox.outbox_group, name="outbox_group"),
    path("outbox/paused/", outbox.paused_outbox_rows, name="paused_outbox_rows"),
    path("outbox/<int:row_id>/retry/", outbox.retry_outbox_row, name="retry_outbox_row"),
    path("api-keys/", include("staff_app.setup.api_keys.urls")),
    path("signs/", signs.signs, name="signs"),
    path("signs/print/", signs.print_signs, name="print_signs"),
    path("signs/<int:sign_id>/end/", signs.remove_sign, name="remove_sign"),
    path("setup/catalog/", include("staff_app.setup.catalog.urls")),
    path("setup/translations/", include("staff_app.setup.translations.urls")),
    path("", include("staff_app.setup.go_live.urls")),
    path("", include("staff_app.setup.retirement.urls")),
    secret(path("first-run/<str:token>/", first_run.first_run, name="first_run")),
    *city,
    *places,
    *audit,
    *integrations,
    *texts,
    *services.urlpatterns,
]
