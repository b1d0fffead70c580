"""The cookie that holds a private link: bound to its request's page, so that no other page of the site gets it."""

from django.http import HttpResponse

from requests_app import links
from requests_app.models import ServiceRequest
from requests_app.web.page_cookie import set_page_cookie


def set_link_cookie(response: HttpResponse, token: str, service_request: ServiceRequest) -> None:
    set_page_cookie(response, links.COOKIE, token, "requests_app:track", service_request.reference)


def delete_link_cookie(response: HttpResponse, reference: str) -> None:
    set_page_cookie(response, links.COOKIE, "", "requests_app:track", reference)
