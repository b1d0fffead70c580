"""Continuing a draft on another device, with a link by email."""

from django.db import transaction

from requests_app import outbox
from requests_app.actions.report.drafts import visitor_hash
from requests_app.clock import app_now
from requests_app.models import Draft

# For each draft, so that nobody can use us to flood a stranger's inbox.
LINKS_MAX = 3


class TooManyLinks(Exception):
    """No more links are sent for this draft."""


@transaction.atomic
def send_link(draft: Draft, *, email: str) -> None:
    """Emails the link. The address is stored in the draft only, and deleted with it. Raises TooManyLinks."""
    locked = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if locked.service_request_id is not None:
        return
    if locked.tester is not None:
        email = locked.tester.email
    count = int(locked.typed.get("links_mailed", 0)) + 1
    if count > LINKS_MAX:
        raise TooManyLinks
    locked.typed = {**locked.typed, "mail_link_to": email, "links_mailed": count}
    locked.language = draft.language
    locked.save(update_fields=["typed", "language"])
    draft.typed = locked.typed
    outbox.enqueue(
        "mail_draft",
        lane="outside",
        jurisdiction_id=draft.jurisdiction_id,
        dedupe_key=f"mail_draft:{draft.pk}:{count}",
    )


@transaction.atomic
def resume(draft: Draft, *, visitor: str) -> None:
    """Moves the draft to this browser, so that two browsers never share it."""
    # Lock first: the other browser may be submitting it at the same time.
    locked = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    draft.service_request_id = locked.service_request_id
    if locked.service_request_id is None and locked.expires_at > app_now():
        locked.visitor_hash = draft.visitor_hash = visitor_hash(visitor)
        locked.save(update_fields=["visitor_hash"])
