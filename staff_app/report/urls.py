"""URLs of staff's own reports."""

from django.urls import URLPattern, path

from staff_app.report import report, step

urlpatterns: list[URLPattern] = [
    path("report/", report.staff_report, name="staff_report"),
    path("report/photo/", report.staff_report_photo, name="staff_report_photo"),
    path("report/<uuid:draft_id>/", step.staff_report_step, name="staff_report_step"),
]
