"""The devices on which somebody has signed in before: strangers' wrong passwords don't count against them.

Otherwise everybody who knows an address could lock its owner out with wrong passwords. A device comes to be known by signing in,
also with the emailed link for a new password, which asks for none.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from requests_app.models import User

COOKIE = "device"
KEPT_S = 180 * 24 * 3600
# Of the counter at a front desk, where several sign in.
PEOPLE_MOST = 20


def known_id(request: HttpRequest, user: User | None) -> str:
    """The device's own id if this person has signed in here before; "" otherwise."""
    device = _read(request)
    return str(device["id"]) if user is not None and user.pk in device["people"] else ""


def remember(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    device = _read(request)
    people = [pk for pk in device["people"] if pk != user.pk]
    device["people"] = [*people, user.pk][-PEOPLE_MOST:]
    response.set_cookie(
        COOKIE,
        signing.dumps(device, salt=COOKIE),
        max_age=KEPT_S,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        device: dict[str, Any] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=KEPT_S)
    except signing.BadSignature:
        return {"id": secrets.token_hex(8), "people": []}
    return device
