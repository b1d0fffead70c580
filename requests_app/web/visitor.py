"""Who types a report, as far as we need to know: the browser that began it, by a random cookie of which we keep a hash."""

import datetime as dt
import secrets
import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from requests_app.actions.drafts import KEPT, visitor_hash
from requests_app.clock import app_now
from requests_app.models import Draft

COOKIE = "visitor"
# A little longer than a draft: the page that says "it has ended" must still know whose it was.
COOKIE_KEPT = KEPT + dt.timedelta(days=7)


def visitor_of(request: HttpRequest) -> str:
    """This browser's secret (128 random bits), a new one if it has none; remember() sends it."""
    kept = request.COOKIES.get(COOKIE, "")
    return kept if len(kept) == 32 and kept.isalnum() else secrets.token_hex(16)


def remember(response: HttpResponse, visitor: str) -> HttpResponse:
    response.set_cookie(
        COOKIE,
        visitor,
        max_age=int(COOKIE_KEPT.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def drafts_of(request: HttpRequest) -> list[Draft]:
    """The drafts of this browser that are not sent, newest first; at most a few."""
    kept = request.COOKIES.get(COOKIE, "")
    if not kept:
        return []
    return list(
        Draft.objects.filter(
            jurisdiction=request.jurisdiction,  # type: ignore[attr-defined]
            visitor_hash=visitor_hash(kept),
            service_request=None,
            expires_at__gt=app_now(),
        ).order_by("-created_at")[:5]
    )


def every_draft_of(request: HttpRequest) -> list[Draft]:
    """All that this browser began in this city, sent or not."""
    kept = request.COOKIES.get(COOKIE, "")
    if not kept:
        return []
    city = request.jurisdiction  # type: ignore[attr-defined]
    drafts = Draft.objects.filter(jurisdiction=city, visitor_hash=visitor_hash(kept))
    return list(drafts.select_related("service_request"))


def own_draft(request: HttpRequest, draft_id: uuid.UUID) -> Draft | None:
    """The draft, if this browser began it; also an expired one (see has_expired)."""
    kept = request.COOKIES.get(COOKIE, "")
    if not kept:
        return None
    draft = (
        Draft.objects.select_related("service_request")
        .filter(
            pk=draft_id,
            jurisdiction=request.jurisdiction,  # type: ignore[attr-defined]
            visitor_hash=visitor_hash(kept),
        )
        .first()
    )
    if draft is not None:
        # The one that the middleware found; not a second query.
        draft.jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    return draft


def has_expired(draft: Draft) -> bool:
    return draft.expires_at <= app_now()
