"""URLs for the staff dashboard, collected from each folder's urls.py."""

from django.urls import URLPattern, URLResolver, path

from staff_app import profile
from staff_app.moderation.urls import urlpatterns as moderation
from staff_app.queue.urls import urlpatterns as queue
from staff_app.request.urls import urlpatterns as request
from staff_app.setup.urls import urlpatterns as setup

app_name = "staff_app"
urlpatterns: list[URLPattern | URLResolver] = [
    *queue,
    # Before `r/<reference>/<verb>/`, which would match "moderate" as a verb.
    *moderation,
    *request,
    *setup,
    path("profile/", profile.profile, name="profile"),
]
