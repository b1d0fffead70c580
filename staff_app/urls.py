"""The staff's addresses: one file for each room."""

from django.urls import URLPattern, path

from staff_app import profile
from staff_app.moderation.urls import urlpatterns as moderation
from staff_app.queue.urls import urlpatterns as queue
from staff_app.request.urls import urlpatterns as request
from staff_app.setup.urls import urlpatterns as setup

app_name = "staff_app"
urlpatterns: list[URLPattern] = [
    *queue,
    # Before `r/<reference>/<verb>/`, which would take "moderate" for a verb.
    *moderation,
    *request,
    *setup,
    path("profile/", profile.profile, name="profile"),
]
