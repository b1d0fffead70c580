"""Retiring a service, or merging it into another one: at once for residents, and batch by batch for its open requests."""

from django.db import transaction

from requests_app import outbox
from requests_app.actions.routing import versions
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.search_index import index_catalog
from requests_app.actions.work import assignment
from requests_app.clock import app_now
from requests_app.models import (
    OutboxRow,
    PublicState,
    Retirement,
    Service,
    ServiceRequest,
    ShortLink,
    User,
)
from requests_app.models.service_request import ServiceRequestQuerySet
from requests_app.rules.routing.routing import rules_in_use
from requests_app.rules.setup.retirement import moved_rules
from requests_app.rules.shared.lifecycle import IllegalTransition

KIND = "retire_service"
# Requests in one transaction. A worker that is killed repeats at most these.
BATCH = 50


class CannotRetire(Exception):
    """It is retired already, or the successor can't take over. reason: retired, successor or itself."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def requests_to_move(service: Service) -> ServiceRequestQuerySet:
    """Its open requests, except tests and those that wait for their reporter's confirmation."""
    of_service = ServiceRequest.objects.filter(service=service, is_test=False)
    return of_service.open().exclude(public_state=PublicState.UNCONFIRMED)


@transaction.atomic
def retire(service: Service, *, successor: Service | None, moves_requests: bool, actor: User) -> Retirement:
    """Takes the service from residents, moves its rules, signs and articles, and starts to move its open requests.

    Without a successor, requests stay until they are closed, signs lead to the first page of a report, and rules about this service
    alone end. Raises CannotRetire.
    """
    # Lock in order of id, so that two that retire into each other cannot deadlock, and the second sees what the first did.
    ids = sorted({service.pk, *([successor.pk] if successor else [])})
    locked = {
        one.pk: one
        for one in Service.objects.select_for_update(of=("self",))
        .select_related("jurisdiction", "current")
        .filter(pk__in=ids)
        .order_by("pk")
    }
    service, successor = locked[service.pk], locked[successor.pk] if successor else None
    if Retirement.objects.filter(service=service).exists():
        raise CannotRetire("retired")
    if successor is not None:
        if successor.pk == service.pk:
            raise CannotRetire("itself")
        if not successor.active or successor.current is None or successor.jurisdiction_id != service.jurisdiction_id:
            raise CannotRetire("successor")
    elif moves_requests:
        raise CannotRetire("successor")
    city, was_active = service.jurisdiction, service.active
    service.active = False
    service.save(update_fields=["active"])
    retirement = Retirement.objects.create(
        service=service, successor=successor, moves_requests=moves_requests, user=actor, started_at=app_now()
    )
    code = successor.service_code if successor else None
    setup_changes.record(
        city,
        "service",
        service.service_code,
        actor=actor,
        name=str(service.current or service.service_code),
        before={"active": was_active},
        after={"active": False, "successor": code, "moves_requests": moves_requests},
        action="retired",
    )
    _move_rules(service, successor, actor)
    ShortLink.objects.filter(service=service).update(service=successor)
    _move_articles(service, successor)
    index_catalog(city)
    if moves_requests:
        _enqueue(retirement)
    else:
        retirement.done_at = app_now()
        retirement.save(update_fields=["done_at"])
    return retirement


def retire_row(row: OutboxRow) -> None:
    """Moves the next batch. In the transaction that finishes the row, so each batch is done once even if a worker is killed."""
    retirement = (
        Retirement.objects.select_for_update(of=("self",))
        .select_related("successor__current__service", "user", "service")
        .filter(pk=int(row.dedupe_key.split(":")[1]), done_at=None)
        .first()
    )
    if retirement is None or retirement.successor is None or retirement.successor.current is None:
        return
    version = retirement.successor.current
    # What was moved is no longer among them, so there is no place to remember. In order of id, as everybody locks.
    ids = list(requests_to_move(retirement.service).order_by("pk").values_list("pk", flat=True)[:BATCH])
    for pk in ids:
        try:
            assignment.change_service(pk, version=version, actor=retirement.user)
        except IllegalTransition:
            # Closed in the meantime.
            continue
        retirement.moved += 1
    retirement.batches += 1
    if ids:
        _enqueue(retirement)
    else:
        retirement.done_at = app_now()
    retirement.save(update_fields=["moved", "batches", "done_at"])


def _enqueue(retirement: Retirement) -> None:
    outbox.enqueue(
        KIND,
        lane=OutboxRow.Lane.DATABASE,
        jurisdiction_id=retirement.service.jurisdiction_id,
        dedupe_key=f"{KIND}:{retirement.pk}:{retirement.batches}",
    )


def _move_rules(service: Service, successor: Service | None, actor: User) -> None:
    before = rules_in_use(service.jurisdiction_id)
    after = moved_rules(before, service.service_code, successor.service_code if successor else "")
    if after != before:
        versions.publish(service.jurisdiction, after, actor=actor, note=service.service_code)


def _move_articles(service: Service, successor: Service | None) -> None:
    for article in service.articles.all():
        article.services.remove(service)
        if successor is not None:
            article.services.add(successor)
