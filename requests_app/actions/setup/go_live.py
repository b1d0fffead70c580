"""Approving what a service needs before residents can use it, passing its test requests, going live and off again."""

import datetime as dt

from django.db import transaction

from requests_app import outbox
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.search_index import index_catalog
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, OutboxRow, Service, ServiceApproval, ServiceTest, User
from requests_app.rules.people import permissions
from requests_app.rules.setup import go_live
from requests_app.rules.setup.catalog_rows import written_services
from requests_app.rules.setup.go_live import NotReady

# The email about approvals that end.
ENDINGS = "mail_approvals_end"


@transaction.atomic
def approve_emergency(
    service: Service, *, approver: str, review_by: dt.date, seen: dict[str, object], actor: User
) -> bool:
    """Stores that the approver, at the 911 center, approves the emergency check that residents read.

    Returns False if it isn't as the actor has `seen` it anymore. Raises NotReady if it can't be approved as it is written.
    """
    service = _locked(service)
    written = written_services([service])[service.pk]
    approval = new_approval(service, approver=approver, review_by=review_by, approved=seen, actor=actor)
    if go_live.emergency_words(written, service.jurisdiction) != seen:
        return False
    check = go_live.emergency_check(service, written, approval)
    if not check.done:
        raise NotReady([check])
    store_approval(approval)
    return True


def new_approval(
    service: Service,
    *,
    approver: str,
    review_by: dt.date,
    approved: dict[str, object],
    actor: User | None,
    is_shipped: bool = False,
) -> ServiceApproval:
    """Of an emergency check, not stored yet: it may be about words that are to be published with it."""
    return ServiceApproval(
        service=service,
        kind=ServiceApproval.Kind.EMERGENCY,
        approver=approver,
        review_by=review_by,
        approved=approved,
        user=actor,
        is_shipped=is_shipped,
    )


def store_approval(approval: ServiceApproval) -> None:
    """In place of the earlier one of its kind, which the log of setup keeps."""
    service, kind = approval.service, approval.kind
    before = ServiceApproval.objects.filter(service=service, kind=kind).first()
    approval.at, approval.notified_on, approval.pk = app_now(), None, before.pk if before else None
    approval.save()
    _record(
        service,
        approval.user,
        before={str(kind): bool(before), **_terms(before)},
        after={str(kind): True, **_terms(approval)},
    )


@transaction.atomic
def set_no_article(service: Service, *, needs_none: bool, actor: User | None) -> None:
    """Says that this service needs no article, or that it does."""
    service = _locked(service)
    kind = ServiceApproval.Kind.NO_ARTICLE
    approval = ServiceApproval.objects.filter(service=service, kind=kind).first()
    if needs_none and approval is None:
        store_approval(ServiceApproval(service=service, kind=kind, user=actor))
    elif not needs_none and approval is not None:
        _record(service, actor, before={str(kind): True}, after={str(kind): False})
        approval.delete()


@transaction.atomic
def pass_test(test: ServiceTest, *, actor: User) -> None:
    """Marks that it came out right. It counts as long as the service asks the same questions."""
    service, made = _locked(test.service), test.service_request
    if made is None:
        return
    version = test.service_version_id or made.service_version_id
    unpassed = ServiceTest.objects.filter(pk=test.pk, passed_at=None)
    if unpassed.update(passed_at=app_now(), service_version=version):
        _record(service, actor, before={"passed_test": None}, after={"passed_test": made.reference})


@transaction.atomic
def set_offered(service: Service, *, offered: bool, actor: User) -> None:
    """Offers the service to residents, or takes it offline: open requests go on. Raises NotReady."""
    service = _locked(service)
    if not switch(service, offered=offered):
        return
    index_catalog(service.jurisdiction)
    setup_changes.record(
        service.jurisdiction,
        "service",
        service.service_code,
        actor=actor,
        name=str(service.current or service.service_code),
        before={"active": not offered},
        after={"active": offered},
    )


def switch(service: Service, *, offered: bool) -> bool:
    """Offers a locked service, or takes it offline, without a log; returns whether it changed. Raises NotReady."""
    if service.active == offered:
        return False
    if offered and (found := go_live.obstacles(service, written_services([service])[service.pk])):
        raise NotReady(found)
    service.active = offered
    service.save(update_fields=["active"])
    return True


@transaction.atomic
def notify_of_endings(city: Jurisdiction) -> None:
    """Enqueues, for each administrator, an email about the approvals that end in two weeks or tomorrow, once for each date.

    A day that was missed is made up for.
    """
    today = app_now().astimezone(city.zone).date()
    approvals = ServiceApproval.objects.select_for_update(of=("self",)).filter(
        kind=ServiceApproval.Kind.EMERGENCY,
        service__jurisdiction=city,
        service__active=True,
        review_by__range=(today, today + max(go_live.NOTIFIED_BEFORE)),
    )
    ending = [one.pk for one in approvals.order_by("pk") if go_live.is_notice_due(one, city)]
    administrators = list(permissions.administrators(city)) if ending else []
    # A city without an administrator gets the email once there is one.
    if not administrators:
        return
    ServiceApproval.objects.filter(pk__in=ending).update(notified_on=today)
    rows = [
        outbox.new_row(
            ENDINGS,
            lane=OutboxRow.Lane.OUTSIDE,
            jurisdiction_id=city.pk,
            dedupe_key=f"{ENDINGS}:{city.pk}:{today}:{user.pk}",
        )
        for user in administrators
    ]
    outbox.enqueue_rows(rows, lane=OutboxRow.Lane.OUTSIDE)


def _locked(service: Service) -> Service:
    rows = Service.objects.select_for_update(of=("self",)).select_related(
        "jurisdiction", "current__category", "current__department", "current__service"
    )
    return rows.get(pk=service.pk)


def _terms(approval: ServiceApproval | None) -> dict[str, str | None]:
    day = approval.review_by if approval else None
    approver = {"approver": approval.approver} if approval and approval.approver else {}
    return {"review_by": day.isoformat() if day else None, **approver}


def _record(service: Service, actor: User | None, *, before: dict[str, object], after: dict[str, object]) -> None:
    city: Jurisdiction = service.jurisdiction
    name = str(service.current or service.service_code)
    setup_changes.record(
        city, "service", service.service_code, actor=actor, name=name, before=before, after=after, action="approved"
    )
