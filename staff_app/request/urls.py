"""URLs of one request: its page, its reporter, and its actions."""

from django.urls import URLPattern, path

from staff_app.request import (
    action,
    alarm,
    compare,
    composer,
    detail,
    folds,
    macro,
    more_from,
    peek,
    text,
    triage,
    undo,
)

urlpatterns: list[URLPattern] = [
    path("r/<str:reference>/", detail.detail, name="detail"),
    path("r/<str:reference>/reporter/", detail.reporter, name="reporter"),
    path("r/<str:reference>/macro/<int:macro_id>/", macro.run_macro, name="run_macro"),
    path("r/<str:reference>/read/", action.mark_read, name="mark_read"),
    path("r/<str:reference>/compare/<str:other>/", compare.compare, name="compare"),
    path("r/<str:reference>/related/", compare.relate, name="relate"),
    path("r/<str:reference>/related/<str:other>/remove/", compare.unrelate, name="unrelate"),
    path("r/<str:reference>/more/", more_from.more_from, name="more_from"),
    path("r/<str:reference>/earlier/<int:event_id>/", folds.earlier, name="earlier"),
    path("r/<str:reference>/public/", folds.public_view, name="public_view"),
    path("r/<str:reference>/routing-and-email/", folds.routing_and_email, name="routing_and_email"),
    path("r/<str:reference>/peek/", peek.peek, name="peek"),
    path("r/<str:reference>/compose/", composer.compose, name="compose"),
    path("r/<str:reference>/suggested-services/", triage.suggested_services, name="suggested_services"),
    path("undo/<int:event_id>/", undo.undo, name="undo"),
    path("r/<str:reference>/texts/<int:comment_id>/edit/", text.edit_text, name="edit_text"),
    path("r/<str:reference>/texts/<int:comment_id>/withdraw/", text.withdraw_text, name="withdraw_text"),
    path("alarms/<int:alarm_id>/accept/", alarm.accept_alarm, name="accept_alarm"),
    path("alarms/<int:alarm_id>/needless/", alarm.needless_alarm, name="needless_alarm"),
    path("r/<str:reference>/<slug:verb>/", action.action, name="action"),
]
