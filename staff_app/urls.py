"""URLs for the staff dashboard, collected from each folder's urls.py."""

from django.urls import URLPattern, URLResolver, path

from staff_app import hand_over, invitation, profile, second_step, single_sign_on
from staff_app.checks.urls import urlpatterns as checks
from staff_app.moderation.urls import urlpatterns as moderation
from staff_app.queue.urls import urlpatterns as queue
from staff_app.request.urls import urlpatterns as request
from staff_app.setup.urls import urlpatterns as setup

app_name = "staff_app"
urlpatterns: list[URLPattern | URLResolver] = [
    *queue,
    # Before `r/<reference>/<verb>/`, which would match "moderate" as a verb.
    *moderation,
    *checks,
    *request,
    *setup,
    path("profile/", profile.profile, name="profile"),
    path("sign-in/", single_sign_on.single_sign_on, name="single_sign_on"),
    path("sign-in/done/", single_sign_on.single_sign_on_done, name="single_sign_on_done"),
    path("sign-in/logout/", single_sign_on.back_channel_logout, name="back_channel_logout"),
    path("second-step/", second_step.second_step, name="second_step"),
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("switch/<int:jurisdiction_id>/", hand_over.switch_city, name="switch_city"),
    path("arrive/<str:token>/", hand_over.arrive, name="arrive"),
]
