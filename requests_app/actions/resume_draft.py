"""Going on with a draft elsewhere: its writer has a link mailed, and the browser that opens it takes the draft over."""

from django.db import transaction

from requests_app import outbox
from requests_app.actions.drafts import visitor_hash
from requests_app.clock import app_now
from requests_app.models import Draft

# For one draft, whoever asks: a stranger's mailbox must not be filled through us.
LINKS_MAX = 3


class TooManyLinks(Exception):
    """No further mail is sent for this draft."""


@transaction.atomic
def mail_link(draft: Draft, *, email: str) -> None:
    """The address stays in the draft and goes with it; the outbox names the draft alone. Raises TooManyLinks."""
    locked = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if locked.service_request_id is not None:
        return
    count = int(locked.typed.get("links_mailed", 0)) + 1
    if count > LINKS_MAX:
        raise TooManyLinks
    locked.typed = {**locked.typed, "mail_link_to": email, "links_mailed": count}
    locked.language = draft.language
    locked.save(update_fields=["typed", "language"])
    draft.typed = locked.typed
    outbox.enqueue("mail_draft", lane="outside", dedupe_key=f"mail_draft:{draft.pk}:{count}")


@transaction.atomic
def resume(draft: Draft, *, visitor: str) -> None:
    """From now on it is this browser's, and no other's: whoever holds the link can take it, and two never hold it at once."""
    # Lock first: the browser that had it may be sending it at this moment.
    locked = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    draft.service_request_id = locked.service_request_id
    if locked.service_request_id is None and locked.expires_at > app_now():
        locked.visitor_hash = draft.visitor_hash = visitor_hash(visitor)
        locked.save(update_fields=["visitor_hash"])
