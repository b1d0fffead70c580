"""Wrong passwords for one account, so many in a day that its owner is notified."""

import time

from django.db import transaction

from requests_app import outbox
from requests_app.core.limits import DAY
from requests_app.models import OutboxRow, User


@transaction.atomic
def notify(user: User) -> None:
    """Once a day, however many more come."""
    day = int(time.time()) // DAY
    first = user.memberships.order_by("pk").first()
    outbox.enqueue(
        "mail_password_guesses",
        lane=OutboxRow.Lane.OUTSIDE,
        jurisdiction_id=first.jurisdiction_id if first else None,
        dedupe_key=f"mail_password_guesses:{user.pk}:{day}",
    )
