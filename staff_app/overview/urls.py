"""URLs of the overview."""

from django.urls import URLPattern, path

from staff_app.overview import counts, overview, settings

urlpatterns: list[URLPattern] = [
    path("overview/", overview.overview, name="overview"),
    path("overview/today/", overview.today, name="today"),
    path("overview/counts/", counts.overview_counts, name="overview_counts"),
    path("overview/settings/", settings.overview_settings, name="overview_settings"),
]
