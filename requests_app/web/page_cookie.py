"""A cookie that is bound to one page, in each language, so that no other page of the site gets it."""

from http.cookies import Morsel

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import override


def set_page_cookie(
    response: HttpResponse, name: str, value: str, view: str, *arguments: str, max_age: int | None = None
) -> None:
    """value: only characters that a cookie may have; empty deletes it. max_age: seconds; None: until the browser is closed."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            path = reverse(view, args=arguments)
        morsel: Morsel[str] = Morsel()
        morsel.set(name, value, value)
        attributes = {"path": path, "samesite": "Lax", "httponly": True, "secure": settings.SESSION_COOKIE_SECURE}
        if not value or max_age is not None:
            attributes["max-age"] = max_age if value else 0
        for attribute, content in attributes.items():
            morsel[attribute] = content
        # set_cookie() keeps one cookie per name, but these differ only in their path.
        response.cookies[f"{name} {path}"] = morsel
