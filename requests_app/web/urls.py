"""The residents' addresses: one file for each journey."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from requests_app.web.account.urls import urlpatterns as account
from requests_app.web.developers.urls import urlpatterns as developers
from requests_app.web.explore.urls import urlpatterns as explore
from requests_app.web.keys.urls import urlpatterns as keys
from requests_app.web.offline.urls import urlpatterns as offline
from requests_app.web.report.urls import urlpatterns as report
from requests_app.web.request.urls import urlpatterns as request
from requests_app.web.site.urls import urlpatterns as site

app_name = "requests_app"
# What an email, a feed or a sign may still hold.
MOVED: list[URLPattern] = [
    path("r/<str:reference>/change/", RedirectView.as_view(pattern_name="requests_app:edit", permanent=True)),
    path(
        "things/<path:number>/",
        RedirectView.as_view(pattern_name="requests_app:asset", permanent=True, query_string=True),
    ),
]
# Order matters: `report/offline/` before `report/…`, and the report form before the public pages.
urlpatterns: list[URLPattern] = [*offline, *report, *request, *account, *developers, *keys, *explore, *site, *MOVED]
