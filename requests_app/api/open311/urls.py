"""Open311's addresses. A name ends with its format; a second slash is forgiven, since some clients send one."""

from django.urls import URLPattern, re_path

from requests_app.api.open311 import views
from requests_app.api.open311.errors import not_found
from requests_app.core.secret_addresses import secret

_FORMAT = r"\.(?P<format>xml|json)$"

urlpatterns: list[URLPattern] = [
    re_path(r"^/*(?:v2/+)?discovery" + _FORMAT, views.Discovery.as_view(), name="open311_discovery"),
    re_path(r"^/*v2/+services" + _FORMAT, views.Services.as_view(), name="open311_services"),
    re_path(
        r"^/*v2/+services/+(?P<service_code>[^/]+)" + _FORMAT, views.ServiceDefinition.as_view(), name="open311_service"
    ),
    re_path(r"^/*v2/+requests" + _FORMAT, views.ServiceRequests.as_view(), name="open311_requests"),
    re_path(r"^/*v2/+requests/+(?P<number>[^/]+)" + _FORMAT, views.ServiceRequest.as_view(), name="open311_request"),
    re_path(
        r"^/*v2/+servicerequestupdates" + _FORMAT,
        views.ServiceRequestUpdates.as_view(),
        name="open311_updates",
    ),
    secret(re_path(r"^/*v2/+tokens/+(?P<token>[^/]+)" + _FORMAT, views.Token.as_view(), name="open311_token")),
    # A dot matches a line break, too.
    re_path(r"^(?P<rest>(?s:.*))$", not_found, name="open311_not_found"),
]
