"""URLs of the audit."""

from django.urls import URLPattern, path

from staff_app.setup.audit import audit, export

urlpatterns: list[URLPattern] = [
    path("audit/", audit.audit, name="audit"),
    path("audit/csv/", export.audit_csv, name="audit_csv"),
    path("audit/changes/<int:change_id>/", audit.audit_change, name="audit_change"),
]
