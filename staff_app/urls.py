"""URLs for the staff dashboard, collected from each folder's urls.py."""

from django.urls import URLPattern, URLResolver, path

from requests_app.core.secret_addresses import secret
from staff_app import city_switch, invitation, profile, second_step, single_sign_on
from staff_app.articles.urls import urlpatterns as articles
from staff_app.by_email.urls import urlpatterns as by_email
from staff_app.checks.urls import urlpatterns as checks
from staff_app.crew.urls import urlpatterns as crew
from staff_app.desk.urls import urlpatterns as desk
from staff_app.ledger.urls import urlpatterns as ledger
from staff_app.moderation.urls import urlpatterns as moderation
from staff_app.notices.urls import urlpatterns as notices
from staff_app.overview.urls import urlpatterns as overview
from staff_app.queue.urls import urlpatterns as queue
from staff_app.queue.view_urls import urlpatterns as queue_views
from staff_app.report.urls import urlpatterns as report
from staff_app.request.urls import urlpatterns as request
from staff_app.safety_notes.urls import urlpatterns as safety_notes
from staff_app.setup.urls import urlpatterns as setup
from staff_app.tasks.urls import urlpatterns as tasks
from staff_app.value.urls import urlpatterns as value

app_name = "staff_app"
urlpatterns: list[URLPattern | URLResolver] = [
    *queue,
    *queue_views,
    # Before `r/<reference>/<verb>/`, which would match "moderate" as a verb.
    *moderation,
    *tasks,
    *crew,
    *desk,
    *report,
    *overview,
    *value,
    *ledger,
    *safety_notes,
    *articles,
    *checks,
    *request,
    *notices,
    *by_email,
    *setup,
    path("profile/", profile.profile, name="profile"),
    path("sign-in/", single_sign_on.single_sign_on, name="single_sign_on"),
    path("sign-in/done/", single_sign_on.single_sign_on_done, name="single_sign_on_done"),
    path("sign-in/connect/", single_sign_on.connect_account, name="connect_account"),
    path("sign-in/logout/", single_sign_on.back_channel_logout, name="back_channel_logout"),
    path("second-step/", second_step.second_step, name="second_step"),
    secret(path("invitation/<str:token>/", invitation.invitation, name="invitation")),
    path("switch/<int:jurisdiction_id>/", city_switch.switch_city, name="switch_city"),
    secret(path("arrive/<str:token>/", city_switch.arrive, name="arrive")),
]
