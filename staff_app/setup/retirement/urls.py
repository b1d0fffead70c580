"""URLs of retiring a service."""

from django.urls import URLPattern, path

from staff_app.setup.retirement import retire_service

urlpatterns: list[URLPattern] = [
    path("setup/services/<str:service_code>/retire/", retire_service.retire_service, name="retire_service"),
    path("setup/services/<str:service_code>/bring-back/", retire_service.bring_back_service, name="bring_back_service"),
]
