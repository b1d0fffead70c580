"""Open311's addresses. A name ends with its format; a second slash is forgiven, since some clients send one."""

from django.urls import URLPattern, re_path

from requests_app.api.open311 import catalogue, reading, writing
from requests_app.api.open311.door import door, not_found

_FORMAT = r"\.(?P<format>xml|json)$"

urlpatterns: list[URLPattern] = [
    re_path(r"^/*(?:v2/+)?discovery" + _FORMAT, door(get=catalogue.discovery), name="open311_discovery"),
    re_path(r"^/*v2/+services" + _FORMAT, door(get=catalogue.services), name="open311_services"),
    re_path(
        r"^/*v2/+services/+(?P<service_code>[^/]+)" + _FORMAT, door(get=catalogue.definition), name="open311_service"
    ),
    re_path(r"^/*v2/+requests" + _FORMAT, door(get=reading.many, post=writing.create), name="open311_requests"),
    re_path(r"^/*v2/+requests/+(?P<number>[^/]+)" + _FORMAT, door(get=reading.one), name="open311_request"),
    re_path(r"^/*v2/+tokens/+(?P<token>[^/]+)" + _FORMAT, door(get=reading.by_token), name="open311_token"),
    re_path(r"^(?P<rest>.*)$", not_found, name="open311_not_found"),
]
