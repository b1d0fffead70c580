"""The address for telephone systems, where those that know Zammad's generic CTI expect it."""

from django.urls import URLPattern, path

from requests_app.api.telephone import views
from requests_app.core.secret_addresses import secret

urlpatterns: list[URLPattern] = [secret(path("v1/cti/<str:token>", views.call_event, name="call_event"))]
