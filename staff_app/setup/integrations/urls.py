"""URLs of the integrations."""

from django.urls import URLPattern, path

from staff_app.setup.integrations import integrations

urlpatterns: list[URLPattern] = [path("setup/integrations/", integrations.integrations, name="integrations")]
