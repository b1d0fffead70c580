"""URLs of a crew's day."""

from django.urls import URLPattern, path

from staff_app.crew import day, sheet, stop

urlpatterns: list[URLPattern] = [
    path("crew/", day.crew_day, name="crew_day"),
    path("crew/sheet/", sheet.crew_sheet, name="crew_sheet"),
    path("crew/<str:reference>/", stop.crew_stop, name="crew_stop"),
]
