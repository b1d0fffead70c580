"""What counts as on time. Only work that was done, one request at a time, can be.

Joining with another report, handing over, withdrawing and closing in bulk end a request without doing what was asked, so they never
count, however early they come.
"""

import datetime as dt
from typing import Any

from requests_app.models import Disposition, Event

# Where an answer is the service, "answered" is what was asked for; elsewhere it isn't "fixed".
DONE = frozenset({Disposition.FIXED, Disposition.ACTION_TAKEN})
ANSWERED = frozenset({Disposition.ANSWERED})


def is_bulk(event: Event | dict[str, Any]) -> bool:
    """Whether a `resolved` event, or its data, came from closing many requests at once."""
    data = event.data if isinstance(event, Event) else event
    return bool(data.get("bulk_job_id"))


def can_be_on_time(disposition: str, *, in_bulk: bool, answer_is_the_service: bool = False) -> bool:
    return not in_bulk and (disposition in DONE or (answer_is_the_service and disposition in ANSWERED))


def is_on_time(
    disposition: str,
    *,
    in_bulk: bool,
    due_at: dt.datetime | None,
    ended_at: dt.datetime,
    answer_is_the_service: bool = False,
) -> bool:
    """due_at: of its resolve clock; None: it has no target, and then nothing is on time or late."""
    if due_at is None or ended_at > due_at:
        return False
    return can_be_on_time(disposition, in_bulk=in_bulk, answer_is_the_service=answer_is_the_service)
