"""URLs of one request: its page, its reporter, and its actions."""

from django.urls import URLPattern, path

from staff_app.request import action, alarm, detail, macro, text, triage, undo

urlpatterns: list[URLPattern] = [
    path("r/<str:reference>/", detail.detail, name="detail"),
    path("r/<str:reference>/reporter/", detail.reporter, name="reporter"),
    path("r/<str:reference>/macro/<int:macro_id>/", macro.run_macro, name="run_macro"),
    path("r/<str:reference>/read/", action.mark_read, name="mark_read"),
    path("r/<str:reference>/suggested-services/", triage.suggested_services, name="suggested_services"),
    path("undo/<int:event_id>/", undo.undo, name="undo"),
    path("r/<str:reference>/texts/<int:comment_id>/edit/", text.edit_text, name="edit_text"),
    path("r/<str:reference>/texts/<int:comment_id>/withdraw/", text.withdraw_text, name="withdraw_text"),
    path("alarms/<int:alarm_id>/accept/", alarm.accept_alarm, name="accept_alarm"),
    path("alarms/<int:alarm_id>/needless/", alarm.needless_alarm, name="needless_alarm"),
    path("r/<str:reference>/<slug:verb>/", action.action, name="action"),
]
