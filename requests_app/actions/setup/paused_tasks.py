"""What a restore paused in the outbox, as a city's staff see it: by kind and day, to be sent or discarded together."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from requests_app import outbox
from requests_app.actions.setup.failed_tasks import KIND, own
from requests_app.actions.shared import setup_changes
from requests_app.models import Jurisdiction, OutboxRow, User


@dataclass(frozen=True)
class Group:
    kind: str
    day: dt.date
    count: int


def of_city(city: Jurisdiction) -> QuerySet[OutboxRow]:
    # By id, so that it can be updated without its joins.
    paused = OutboxRow.objects.filter(own(city), done_at=None, paused_at__isnull=False)
    return OutboxRow.objects.filter(pk__in=paused.values("pk"), done_at=None, paused_at__isnull=False)


def groups(city: Jurisdiction) -> list[Group]:
    """By kind and the day in the city on which they were made, newest first."""
    rows = of_city(city).annotate(day=TruncDate("created_at", tzinfo=city.zone)).values("kind", "day")
    counted = rows.annotate(count=Count("pk")).order_by("-day", "kind")
    return [Group(row["kind"], row["day"], row["count"]) for row in counted]


def _of_group(city: Jurisdiction, kind: str, day: dt.date) -> QuerySet[OutboxRow]:
    return of_city(city).annotate(day=TruncDate("created_at", tzinfo=city.zone)).filter(kind=kind, day=day)


@transaction.atomic
def send(city: Jurisdiction, *, kind: str, day: dt.date, actor: User) -> int:
    """Returns how many."""
    count = outbox.retry(_of_group(city, kind, day))
    _record(city, kind, day, "sent", count, actor)
    return count


@transaction.atomic
def discard(city: Jurisdiction, *, kind: str, day: dt.date, actor: User) -> int:
    """Returns how many."""
    count = outbox.discard(OutboxRow.objects.filter(pk__in=_of_group(city, kind, day).values("pk")))
    _record(city, kind, day, "discarded", count, actor)
    return count


def _record(city: Jurisdiction, kind: str, day: dt.date, action: str, count: int, actor: User) -> None:
    if not count:
        return
    name = f"{kind}, {day.isoformat()} ({count})"
    setup_changes.record(city, KIND, kind, actor=actor, name=name, before=None, after=None, action=action)
