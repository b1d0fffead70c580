"""URLs behind the links in email to departments."""

from django.urls import URLPattern, path

from requests_app.core.secret_addresses import secret
from staff_app.by_email import department_link

urlpatterns: list[URLPattern] = [
    secret(path("by-email/<str:token>/", department_link.department_link, name="department_link")),
]
