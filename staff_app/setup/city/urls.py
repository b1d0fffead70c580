"""URLs of the city's own pages."""

from django.urls import URLPattern, path

from staff_app.setup.city import city

urlpatterns: list[URLPattern] = [
    path("setup/city/", city.city, name="city"),
    path("setup/city/<slug:part>/", city.city_part, name="city_part"),
]
