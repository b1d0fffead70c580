"""Reports of what somebody who works here saw themselves. The device chooses a key, so that one sent twice makes one request."""

import uuid
from typing import Any

from django.utils.crypto import salted_hmac

from requests_app.actions.report import drafts, offline_submission
from requests_app.clock import app_now
from requests_app.models import Channel, Draft, Jurisdiction, User

LISTED = 10


def visitor_of(user: User, jurisdiction: Jurisdiction) -> str:
    """The secret of their drafts here, in place of a browser's. No browser has it."""
    return salted_hmac("staff_reports", f"{jurisdiction.pk}:{user.pk}", algorithm="sha256").hexdigest()


def begin(jurisdiction: Jurisdiction, *, user: User, key: uuid.UUID, language: str) -> Draft:
    """Their draft with this key, or a new one. They get updates on it as staff, so nobody asks how to reach them."""
    draft = offline_submission.create_draft(
        jurisdiction,
        visitor=visitor_of(user, jurisdiction),
        key=key,
        language=language,
        taker=user,
        channel=Channel.STAFF,
    )
    draft.taker = user
    if "contact" not in draft.typed:
        drafts.save(draft, contact={"language": language})
    return draft


def find(jurisdiction: Jurisdiction, *, user: User, key: uuid.UUID) -> Draft | None:
    """Their unexpired draft with this key, sent or not."""
    draft = offline_submission.find(jurisdiction, visitor=visitor_of(user, jurisdiction), key=key)
    if draft is not None:
        draft.taker = user
    return draft


def get(jurisdiction: Jurisdiction, *, user: User, pk: uuid.UUID) -> Draft | None:
    """Their unexpired draft with this id."""
    return next((draft for draft in _own(jurisdiction, user, pk=pk)), None)


def recent(jurisdiction: Jurisdiction, *, user: User) -> list[Draft]:
    """Their newest ones of the last 7 days, sent or not."""
    return _own(jurisdiction, user)[:LISTED]


def _own(jurisdiction: Jurisdiction, user: User, **columns: Any) -> list[Draft]:
    own = Draft.objects.select_related("service_request__service_version").filter(
        jurisdiction=jurisdiction,
        visitor_hash=drafts.visitor_hash(visitor_of(user, jurisdiction)),
        expires_at__gt=app_now(),
        **columns,
    )
    newest = list(own.order_by("-created_at")[:LISTED])
    for draft in newest:
        draft.jurisdiction, draft.taker = jurisdiction, user
    return newest
