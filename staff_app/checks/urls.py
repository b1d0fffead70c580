"""URLs of checks, the truth rate, and requests without an update."""

from django.urls import URLPattern, path

from staff_app.checks import checks, silence, truth_rate

urlpatterns: list[URLPattern] = [
    path("checks/", checks.checks, name="checks"),
    path("checks/<int:check_id>/", checks.check, name="check"),
    path("checks/truth-rate/", truth_rate.truth_rate, name="truth_rate"),
    path("checks/truth-rate.csv", truth_rate.truth_rate_csv, name="truth_rate_csv"),
    path("silent/", silence.silent, name="silent"),
    path("silent/<str:reference>/", silence.answer_silence, name="answer_silence"),
]
