"""URLs of stopped clocks, and of the watches."""

from django.urls import URLPattern, path

from staff_app.setup.suspensions import suspensions, watch

urlpatterns: list[URLPattern] = [
    path("", suspensions.suspensions, name="suspensions"),
    path("new/", suspensions.new_suspension, name="new_suspension"),
    path("<int:suspension_id>/", suspensions.suspension, name="suspension"),
    path("<int:suspension_id>/end/", suspensions.end_suspension, name="end_suspension"),
    path("watch/", watch.watch, name="watch"),
]
