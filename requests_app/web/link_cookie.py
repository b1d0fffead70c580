"""The cookie that holds a private link: bound to its request's page, so that no other page of the site gets it."""

from http.cookies import Morsel

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import override

from requests_app import links
from requests_app.models import ServiceRequest


def set_link_cookie(response: HttpResponse, token: str, service_request: ServiceRequest) -> None:
    _set(response, token, service_request.reference)


def delete_link_cookie(response: HttpResponse, reference: str) -> None:
    _set(response, "", reference)


def _set(response: HttpResponse, token: str, reference: str) -> None:
    """One cookie for the page's address in each language, since a cookie is bound to one path. An empty token deletes it."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            path = reverse("requests_app:track", args=[reference])
        morsel: Morsel[str] = Morsel()
        morsel.set(links.COOKIE, token, token)
        flags = {"httponly": True, "secure": settings.SESSION_COOKIE_SECURE}
        for attribute, value in {"path": path, "samesite": "Lax", **flags, **({} if token else {"max-age": 0})}.items():
            morsel[attribute] = value
        # set_cookie() keeps one cookie per name, but these differ only in their path.
        response.cookies[f"{links.COOKIE} {path}"] = morsel
