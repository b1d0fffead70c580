"""Retiring a service, or merging it into another one: at once for residents, and batch by batch for its open requests.

And bringing it back, with what belonged to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from requests_app import outbox
from requests_app.actions.routing import versions
from requests_app.actions.setup import go_live
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.search_index import index_catalog
from requests_app.actions.work import assignment
from requests_app.clock import app_now
from requests_app.models import (
    Article,
    Department,
    OutboxRow,
    PublicState,
    Retirement,
    Service,
    ServiceRequest,
    ShortLink,
    User,
)
from requests_app.models.service_request import ServiceRequestQuerySet
from requests_app.rules.routing.routing import rules_in_use, tidy
from requests_app.rules.setup.go_live import Check, NotReady
from requests_app.rules.setup.retirements import Restored, last_successor, moved_rules, moves_since, restored_rules
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
        service=service,
        successor=successor,
        moves_requests=moves_requests,
        user=actor,
        started_at=app_now(),
        kept=_kept(service, successor, was_active=was_active),
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


# --- Bringing it back -------------------------------------------------------------------------------------------------------


class NotRetired(Exception):
    """Somebody else has brought it back."""


@dataclass(frozen=True)
class BroughtBack:
    """is_live: whether residents can use it again; missing: else what the gate to residents asks for, if they could use it before.

    links: how many short links and signs lead to it again; lost_articles: the codes of those that are gone.
    """

    is_live: bool
    rules: Restored
    links: int
    missing: Sequence[Check] = ()
    lost_articles: Sequence[str] = ()


def _kept(service: Service, successor: Service | None, *, was_active: bool) -> dict[str, object]:
    theirs = set(successor.articles.values_list("code", flat=True)) if successor else set()
    return {
        "was_active": was_active,
        "rules": rules_in_use(service.jurisdiction_id),
        "links": list(ShortLink.objects.filter(service=service).order_by("pk").values_list("pk", flat=True)),
        "articles": {code: code in theirs for code in service.articles.values_list("code", flat=True)},
    }


def rules_to_restore(retirement: Retirement) -> Restored:
    """What bringing the service back would do to the routing rules now."""
    city = retirement.service.jurisdiction_id
    now = [tidy(rule) for rule in rules_in_use(city)]
    before = [tidy(rule) for rule in (retirement.kept or {}).get("rules", [])]
    departments = set(Department.objects.filter(jurisdiction=city, active=True).values_list("code", flat=True))
    return restored_rules(now, before, moves_since(retirement), departments)


@transaction.atomic
def bring_back(service: Service, *, actor: User) -> BroughtBack:
    """Undoes a retirement: the service's rules, links and articles come back, and it's offered again if the gate lets it.

    Requests that were moved stay where they are, and those that were to follow no longer do. What somebody changed since stays.
    Raises NotRetired.
    """
    # The worker that moves its requests holds this row, and then looks at services.
    retirement = (
        Retirement.objects.select_for_update(of=("self",))
        .select_related("service__jurisdiction", "service__current")
        .filter(service=service)
        .first()
    )
    if retirement is None:
        raise NotRetired
    city, kept = retirement.service.jurisdiction, retirement.kept or {}
    service = Service.objects.select_for_update(of=("self",), no_key=True).get(pk=service.pk)
    rules, holder = rules_to_restore(retirement), last_successor(retirement)
    successor = retirement.successor
    before = {"active": service.active, "successor": successor.service_code if successor else None}
    retirement.delete()
    if rules.names:
        versions.publish(city, rules.rules, actor=actor, note=service.service_code)
    links = ShortLink.objects.filter(pk__in=kept.get("links", []), service=holder)
    lost = _bring_back_articles(service, holder, kept.get("articles", {}))
    brought = BroughtBack(False, rules, links.update(service=service), lost_articles=lost)
    brought = _offer_again(brought, service, was_active=kept.get("was_active", False))
    index_catalog(city)
    setup_changes.record(
        city,
        "service",
        service.service_code,
        actor=actor,
        name=str(service.current or service.service_code),
        before=before,
        after={"active": brought.is_live},
        action="brought_back",
    )
    return brought


def _offer_again(brought: BroughtBack, service: Service, *, was_active: bool) -> BroughtBack:
    if not was_active:
        return brought
    try:
        go_live.switch(service, offered=True)
    except NotReady as refused:
        return replace(brought, missing=refused.checks)
    return replace(brought, is_live=True)


def _bring_back_articles(service: Service, holder: int | None, kept: dict[str, bool]) -> list[str]:
    """The codes of those that are gone. kept: whether the successor had it before, by code."""
    articles = {one.code: one for one in Article.objects.filter(jurisdiction=service.jurisdiction_id, code__in=kept)}
    for code, was_theirs in kept.items():
        if code in articles:
            articles[code].services.add(service)
            if holder is not None and not was_theirs:
                articles[code].services.remove(holder)
    return [code for code in kept if code not in articles]
