"""“Send it to them for me”: an email to somebody else who does it. The words go when it's sent; only a count by day is kept."""

from dataclasses import asdict, dataclass

from django.db import connection, transaction

from requests_app import outbox
from requests_app.actions.report import drafts
from requests_app.clock import app_now
from requests_app.models import Draft, OutboxRow
from requests_app.rules.report.referrals import Receiver

# To one receiver, from all residents of a city. Counted in the database, so it also holds without Redis.
TO_ONE_A_DAY = 50

COUNT = """
INSERT INTO requests_app_referralcount AS counted (jurisdiction_id, day, receiver, value)
VALUES (%s, %s, %s, 1)
ON CONFLICT (jurisdiction_id, day, receiver) DO UPDATE SET value = counted.value + 1 WHERE counted.value < %s
RETURNING value
"""


class TooManyReferralsError(Exception):
    """The receiver has got as many emails today as we send in a day."""


@dataclass(frozen=True)
class Letter:
    """The email exactly as its writer has seen it. reply_to: empty if they share no email address. photos: their names."""

    to: str
    subject: str
    body: str
    reply_to: str = ""
    photos: tuple[str, ...] = ()


@transaction.atomic
def send(draft: Draft, letter: Letter, receiver: Receiver) -> None:
    """Sends it once, however often it is called. Raises TooManyReferralsError."""
    # Lock first: the second of a double click must find that it was sent.
    locked = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if locked.service_request_id is not None or "referred" in locked.typed:
        draft.typed = locked.typed
        return
    now = app_now()
    with connection.cursor() as cursor:
        day = now.astimezone(draft.jurisdiction.zone).date()
        cursor.execute(COUNT, [draft.jurisdiction.pk, day, letter.to.lower(), TO_ONE_A_DAY])
        if cursor.fetchone() is None:
            raise TooManyReferralsError
    drafts.remove_photos(locked, but=letter.photos)
    # Somebody else has the same problem everywhere; a second one is another.
    locked.typed["more_places"] = []
    following = drafts.begin_next(locked)
    locked.typed = {
        **({"next_draft": str(following.pk)} if following else {}),
        "letter": asdict(letter),
        "referred": {
            "name": receiver.name,
            "phone": receiver.phone,
            "hours": receiver.hours,
            "at": now.isoformat(),
            "can_reply": bool(letter.reply_to),
        },
    }
    # Longer than the outbox tries (OUTSIDE_GIVEN_UP_AFTER).
    locked.expires_at = now + drafts.EXPIRES_AFTER
    locked.updated_at = now
    locked.save(update_fields=["typed", "expires_at", "updated_at"])
    draft.typed = locked.typed
    outbox.enqueue(
        "mail_referral",
        lane=OutboxRow.Lane.OUTSIDE,
        jurisdiction_id=draft.jurisdiction_id,
        dedupe_key=f"mail_referral:{draft.pk}",
    )


def is_waiting(draft: Draft) -> bool:
    """Whether its email has yet to be sent."""
    return "letter" in draft.typed


def failed_row(row: OutboxRow) -> None:
    """The email could not be delivered: its page says so, and shows the words until the draft expires."""
    draft = draft_of(row)
    if draft is not None and is_waiting(draft):
        draft.typed["referred"]["failed"] = True
        draft.save(update_fields=["typed"])


def draft_of(row: OutboxRow) -> Draft | None:
    """The draft of a row of kind mail_referral, locked; None if it has expired."""
    drafts_of_row = Draft.objects.select_for_update(of=("self",)).select_related("jurisdiction")
    return drafts_of_row.filter(pk=row.dedupe_key.split(":")[1]).first()
