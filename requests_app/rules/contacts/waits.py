"""How long callers of the desk wait right now, from the city's own row, so that no page asks for it."""

import math

from django.utils import timezone

from requests_app.models import Jurisdiction


def minutes(jurisdiction: Jurisdiction | None) -> int | None:
    """0: less than one. None: nothing fresh is known (actions/contacts/call_counts.py)."""
    if jurisdiction is None or jurisdiction.desk_wait_s is None or jurisdiction.desk_wait_until is None:
        return None
    # The server's clock: a page that is about something else doesn't ask the database for the time.
    if jurisdiction.desk_wait_until <= timezone.now():
        return None
    return 0 if jurisdiction.desk_wait_s < 60 else math.ceil(jurisdiction.desk_wait_s / 60)
