"""URLs of a crew's day."""

from django.urls import URLPattern, path

from staff_app.crew import day, stop

urlpatterns: list[URLPattern] = [
    path("crew/", day.crew_day, name="crew_day"),
    path("crew/<str:reference>/", stop.crew_stop, name="crew_stop"),
]
