"""v1's addresses. Each ends with a slash."""

from django.urls import URLPattern, path

from requests_app.api.v1 import views

urlpatterns: list[URLPattern] = [
    path("requests/", views.Requests.as_view(), name="v1_requests"),
    path("requests/<str:reference>/", views.OneRequest.as_view(), name="v1_request"),
]
