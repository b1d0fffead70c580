"""What a database needs after a restore: rows that may have been done in the lost hours are paused, and it gets a new owner."""

import datetime as dt

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet

from requests_app import outbox
from requests_app.clock import AppNow
from requests_app.models import Installation, OutboxRow
from requests_app.models.outbox import LEAVING, PENDING


def begin_installation() -> None:
    """Notes the installation's id in a database that has none yet. One that has another id is a copy, and stays one."""
    if settings.INSTALLATION_ID and not Installation.objects.exists():
        Installation.objects.create(installation_id=settings.INSTALLATION_ID)


def mark() -> None:
    """Notes that the installation itself is about to back up its database. A copy never does."""
    Installation.objects.filter(installation_id=settings.INSTALLATION_ID).update(marked_at=AppNow())


def leaving() -> QuerySet[OutboxRow]:
    """What isn't done yet, and reaches people or programs outside."""
    return OutboxRow.objects.filter(PENDING, lane__in=LEAVING)


def paused() -> QuerySet[OutboxRow]:
    """What a restore paused."""
    return OutboxRow.objects.filter(done_at=None, paused_at__isnull=False)


@transaction.atomic
def settle(*, restored_to: dt.datetime, lost_until: dt.datetime) -> int:
    """Pauses what leaves, and makes the database this installation's. Returns how many rows were paused."""
    count = outbox.pause(leaving())
    adopt(restored_to=restored_to, lost_until=lost_until, restored_at=AppNow())
    return count


def adopt(**columns: object) -> None:
    """Makes the database this installation's."""
    _row, _made = Installation.objects.update_or_create(
        defaults={"installation_id": settings.INSTALLATION_ID, **columns}, pk=_pk()
    )
    # What Redis has is of another database.
    transaction.on_commit(cache.clear)


def _pk() -> int:
    row = Installation.objects.first()
    return row.pk if row is not None else 1
