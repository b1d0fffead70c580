"""Approving what a service needs before residents can use it, passing its test requests, going live and off again."""

import datetime as dt

from django.db import transaction

from requests_app.actions import setup_changes
from requests_app.actions.search_index import index_catalog
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, Retirement, Service, ServiceApproval, ServiceTest, User
from requests_app.rules import golive
from requests_app.rules.written_catalog import written_services


@transaction.atomic
def approve_emergency(service: Service, *, review_by: dt.date, seen: dict[str, object], actor: User) -> bool:
    """Approves the emergency check. Returns False if it isn't as the approver has `seen` it anymore."""
    service = _locked(service)
    words = golive.emergency_words(written_services([service])[service.pk])
    if words != seen:
        return False
    _approve(service, ServiceApproval.Kind.EMERGENCY, actor, review_by=review_by, approved=words)
    return True


@transaction.atomic
def set_no_article(service: Service, *, needs_none: bool, actor: User) -> None:
    """Says that this service needs no article, or that it does."""
    service = _locked(service)
    kind = ServiceApproval.Kind.NO_ARTICLE
    approval = ServiceApproval.objects.filter(service=service, kind=kind).first()
    if needs_none and approval is None:
        _approve(service, kind, actor)
    elif not needs_none and approval is not None:
        _record(service, actor, before={str(kind): True}, after={str(kind): False})
        approval.delete()


@transaction.atomic
def pass_test(test: ServiceTest, *, actor: User) -> None:
    service = _locked(test.service)
    if ServiceTest.objects.filter(pk=test.pk, passed_at=None).update(passed_at=app_now()):
        _record(service, actor, before={"passed_test": None}, after={"passed_test": test.service_request.reference})


class NotReady(Exception):
    """Something on the list is missing, or the service was retired."""


@transaction.atomic
def set_offered(service: Service, *, offered: bool, actor: User) -> None:
    """Offers the service to residents, or takes it offline: open requests go on. Raises NotReady."""
    service = _locked(service)
    if service.active == offered:
        return
    if offered and (golive.missing(service) or Retirement.objects.filter(service=service).exists()):
        raise NotReady
    service.active = offered
    service.save(update_fields=["active"])
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


def _locked(service: Service) -> Service:
    rows = Service.objects.select_for_update(of=("self",)).select_related(
        "jurisdiction", "current__category", "current__department", "current__service"
    )
    return rows.get(pk=service.pk)


def _approve(
    service: Service,
    kind: ServiceApproval.Kind,
    actor: User,
    *,
    review_by: dt.date | None = None,
    approved: dict[str, object] | None = None,
) -> None:
    columns = {"user": actor, "at": app_now(), "review_by": review_by, "approved": approved or {}}
    before = ServiceApproval.objects.filter(service=service, kind=kind).first()
    ServiceApproval.objects.update_or_create(service=service, kind=kind, defaults=columns)
    _record(
        service,
        actor,
        before={str(kind): bool(before), **_review(before.review_by if before else None)},
        after={str(kind): True, **_review(review_by)},
    )


def _review(day: dt.date | None) -> dict[str, str | None]:
    return {"review_by": day.isoformat() if day else None}


def _record(service: Service, actor: User, *, before: dict[str, object], after: dict[str, object]) -> None:
    city: Jurisdiction = service.jurisdiction
    name = str(service.current or service.service_code)
    setup_changes.record(
        city, "service", service.service_code, actor=actor, name=name, before=before, after=after, action="approved"
    )
