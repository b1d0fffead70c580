"""The visitor who owns a draft or votes: a browser, known by a random cookie of which only a hash is stored."""

import datetime as dt
import secrets
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from requests_app.actions.report.drafts import visitor_hash
from requests_app.clock import AppNow, app_now
from requests_app.core.prepared import Parameter, Prepared
from requests_app.models import Draft

COOKIE = "visitor"
# So that a device votes once. Much longer than a draft, so that the page about an expired draft still knows whose it was.
COOKIE_KEPT = dt.timedelta(days=365)


def get_visitor(request: HttpRequest) -> str:
    """This browser's secret (128 random bits), or a new one that remember() has to set."""
    secret = request.COOKIES.get(COOKIE, "")
    return secret if len(secret) == 32 and secret.isalnum() else secrets.token_hex(16)


def set_visitor_cookie(response: HttpResponse, visitor: str) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        visitor,
        max_age=int(COOKIE_KEPT.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def open_drafts(request: HttpRequest) -> list[Draft]:
    """This browser's five newest unsent drafts, newest first."""
    secret = request.COOKIES.get(COOKIE, "")
    if not secret:
        return []
    return list(
        Draft.objects.filter(
            jurisdiction=request.jurisdiction,  # type: ignore[attr-defined]
            visitor_hash=visitor_hash(secret),
            service_request=None,
            tester=None,
            expires_at__gt=app_now(),
        )
        .exclude(typed__has_key="referred")
        .order_by("-created_at")[:5]
    )


def all_drafts(request: HttpRequest) -> list[Draft]:
    """All of this browser's drafts in this city, sent or not."""
    secret = request.COOKIES.get(COOKIE, "")
    if not secret:
        return []
    city = request.jurisdiction  # type: ignore[attr-defined]
    drafts = Draft.objects.filter(jurisdiction=city, visitor_hash=visitor_hash(secret))
    return list(drafts.select_related("service_request"))


_READ_AT: dict[str, Any] = {"read_at": AppNow()}
_OWN_DRAFT = Prepared(
    lambda: (
        Draft.objects.select_related("service_request")
        .annotate(**_READ_AT)
        .filter(pk=Parameter("draft"), jurisdiction=Parameter("city"), visitor_hash=Parameter("visitor"))
    )
)


def own_draft(request: HttpRequest, draft_id: uuid.UUID) -> Draft | None:
    """The draft, if it belongs to this browser, even if it has expired (see has_expired). A test needs its tester, too."""
    secret = request.COOKIES.get(COOKIE, "")
    if not secret:
        return None
    city = request.jurisdiction  # type: ignore[attr-defined]
    draft = _OWN_DRAFT.first(draft=draft_id, city=city.pk, visitor=visitor_hash(secret))
    if draft is not None and draft.tester_id is not None and draft.tester_id != request.user.pk:
        return None
    if draft is not None:
        # Reuse the middleware's jurisdiction instead of querying again.
        draft.jurisdiction = city
    return draft


def has_expired(draft: Draft) -> bool:
    # own_draft() read the time along with the draft.
    return draft.expires_at <= (draft.read_at or app_now())
