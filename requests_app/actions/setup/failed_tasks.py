"""Rows of the outbox that were given up, as a city's staff see them; retrying or settling those of one kind and cause together."""

from django.db import transaction
from django.db.models import Q, QuerySet

from requests_app import outbox
from requests_app.actions.shared import setup_changes
from requests_app.models import Jurisdiction, OutboxRow, User

KIND = "outbox"


def own(city: Jurisdiction) -> Q:
    """Rows about the city's requests, people and setup, and what is done for all cities together, such as recounting."""
    for_all = Q(jurisdiction=None, service_request=None, recipient=None)
    of_people = Q(recipient__person__jurisdiction=city)
    return Q(jurisdiction=city) | Q(service_request__jurisdiction=city) | of_people | for_all


def of_city(city: Jurisdiction) -> QuerySet[OutboxRow]:
    # By id, so that it can be updated without its joins.
    return OutboxRow.objects.filter(
        pk__in=OutboxRow.objects.filter(own(city), dead_at__isnull=False).values("pk"), dead_at__isnull=False
    )


def of_group(city: Jurisdiction, *, kind: str, error: str) -> QuerySet[OutboxRow]:
    return of_city(city).filter(kind=kind, last_error=error)


@transaction.atomic
def retry(city: Jurisdiction, *, kind: str, error: str, note: str, actor: User) -> int:
    """Tries all of the group again. Returns how many."""
    count = outbox.retry(of_group(city, kind=kind, error=error))
    _record(city, kind, error, "retried", count, note, actor)
    return count


@transaction.atomic
def settle(city: Jurisdiction, *, kind: str, error: str, note: str, actor: User) -> int:
    """Takes all of the group off the list without doing them. Returns how many."""
    count = outbox.settle(of_group(city, kind=kind, error=error))
    _record(city, kind, error, "settled", count, note, actor)
    return count


def record_addresses_shown(city: Jurisdiction, *, kind: str, error: str, count: int, actor: User) -> None:
    """Each look at residents' addresses is on record."""
    _record(city, kind, error, "addresses_shown", count, "", actor)


def _record(city: Jurisdiction, kind: str, error: str, action: str, count: int, note: str, actor: User) -> None:
    if not count:
        return
    name = f"{kind}, {error or '–'} ({count})"
    setup_changes.record(city, KIND, kind, actor=actor, name=name, before=None, after=None, action=action, note=note)
