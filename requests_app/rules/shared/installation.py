"""Whether this database belongs to this installation, and what its last restore lost."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from requests_app.clock import app_now
from requests_app.models import Installation

# A staff page may show for this long what no longer holds. What is sent asks each time.
KEPT_S = 30
KEY = "installation:copy_from"
# For so long, pages of unknown links and numbers say which hours were lost.
LOST_HOURS_SHOWN = dt.timedelta(days=14)
# For so long after a restore, no photo file is deleted for want of a row: the files may be newer than the rows.
FILES_WAIT = dt.timedelta(days=7)


@dataclass(frozen=True)
class LostHours:
    since: dt.datetime
    until: dt.datetime


def is_copy() -> bool:
    """Whether the database is another installation's. Without INSTALLATION_ID in the settings, none is."""
    if not settings.INSTALLATION_ID:
        return False
    row = Installation.objects.first()
    return row is not None and row.installation_id != settings.INSTALLATION_ID


def copy_from() -> dt.datetime | None:
    """About when the copy was taken; None if the database is no copy."""
    if not settings.INSTALLATION_ID:
        return None
    copied_at: dt.datetime | str | None = cache.get(KEY)
    if copied_at is None:
        row = Installation.objects.exclude(installation_id=settings.INSTALLATION_ID).first()
        copied_at = row.marked_at if row is not None else ""
        cache.set(KEY, copied_at, KEPT_S)
    return copied_at if isinstance(copied_at, dt.datetime) else None


def lost_hours() -> LostHours | None:
    """What the last restore lost, for two weeks."""
    row = _restored_since(LOST_HOURS_SHOWN)
    if row is None or row.restored_to is None or row.lost_until is None:
        return None
    return LostHours(row.restored_to, row.lost_until)


def keeps_all_files() -> bool:
    return _restored_since(FILES_WAIT) is not None


def _restored_since(length: dt.timedelta) -> Installation | None:
    if not settings.INSTALLATION_ID:
        return None
    return Installation.objects.filter(restored_at__gt=app_now() - length).first()
