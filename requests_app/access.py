"""Staff pages load a service request through `get_request_or_404`, which checks permission first."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from requests_app import references
from requests_app.clock import AppNow
from requests_app.core.prepared import Parameter, Prepared
from requests_app.models import Event, Jurisdiction, ServiceRequest, User
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from requests_app.rules.shared import directory, jurisdictions

# Few have an owner or came from a program; these are read when they are asked for.
RELATED = ("assignee",)


def with_last_event(service_requests: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    """Adds `last_event_id`, in the same statement as the rows, so that a page doesn't claim to show what happened after it.
    And `loaded_at`, the time of the statement."""
    newest = Event.objects.filter(service_request=OuterRef("pk")).order_by("-id").values("id")[:1]
    added = {"last_event_id": Coalesce(Subquery(newest), 0), "loaded_at": AppNow()}
    return service_requests.annotate(**added)


def _numbered() -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.filter(jurisdiction=Parameter("city"), reference=Parameter("reference"))


def numbered(**annotations: Any) -> Prepared[ServiceRequest]:
    """A statement for get_request_or_404() that reads more with the request, and who it is assigned to."""
    return Prepared(lambda: with_last_event(_numbered()).select_related(*RELATED).annotate(**annotations))


NUMBERED = Prepared(lambda: with_last_event(_numbered()))
_WITHOUT_LAST_EVENT = Prepared(_numbered)


def fill(service_requests: Collection[ServiceRequest], jurisdiction: Jurisdiction) -> None:
    """Sets what needn't be joined: the jurisdiction, whose boundary may be a megabyte, and what the directory knows."""
    jurisdictions.remember(jurisdiction)
    for service_request in service_requests:
        service_request.jurisdiction = jurisdiction
    directory.of(jurisdiction).fill(service_requests)


def get_request_or_404(
    user: User | AnonymousUser,
    reference: str,
    action: str = "view",
    *,
    jurisdiction: Jurisdiction,
    statement: Prepared[ServiceRequest] = NUMBERED,
) -> ServiceRequest:
    """Returns the request if this member of staff may do `action` with it. statement: of numbered(), if more is needed.

    For identity-blind staff its texts are redacted (rules.redaction). Raises Http404 if they may not know that it exists,
    permissions.Denied (403) if they may view it but not do this.
    """
    found = statement.rows(city=jurisdiction.pk, reference=references.parse(reference) or "")
    fill(found, jurisdiction)
    service_request = found[0] if found else None
    # 404, not 403: a 403 would tell a stranger that this request exists.
    if service_request is None or not permissions.can(user, "view", service_request):
        raise Http404
    if not permissions.can(user, action, service_request):
        raise permissions.Denied(action)
    redaction.redact_for(user, [service_request])
    return service_request


def find(user: User | AnonymousUser, typed: str, *, jurisdiction: Jurisdiction) -> ServiceRequest | None:
    """The request with this reference number, in any spelling, if the user may view it.

    Asked of the row, which is cheaper than to plan a statement with the user's permissions in it.
    """
    found = _WITHOUT_LAST_EVENT.rows(city=jurisdiction.pk, reference=references.parse(typed) or "")
    fill(found, jurisdiction)
    return next((one for one in found if permissions.can(user, "view", one)), None)


def numbered_pair(**annotations: Any) -> Prepared[ServiceRequest]:
    """A statement for get_pair_or_404() that reads more with each of the two."""

    def pair() -> QuerySet[ServiceRequest]:
        wanted = [Parameter("reference"), Parameter("other")]
        found = ServiceRequest.objects.filter(jurisdiction=Parameter("city"), reference__in=wanted)
        return with_last_event(found).annotate(**annotations)

    return Prepared(pair)


def get_pair_or_404(
    user: User | AnonymousUser,
    reference: str,
    other: str,
    *,
    jurisdiction: Jurisdiction,
    statement: Prepared[ServiceRequest],
) -> tuple[ServiceRequest, ServiceRequest]:
    """Two requests that this member of staff may view, redacted as by get_request_or_404(). Raises Http404."""
    wanted = [references.parse(reference) or "", references.parse(other) or ""]
    found = statement.rows(city=jurisdiction.pk, reference=wanted[0], other=wanted[1])
    fill(found, jurisdiction)
    visible = {one.reference: one for one in found if permissions.can(user, "view", one)}
    if len(visible) < 2:
        raise Http404
    redaction.redact_for(user, visible.values())
    return visible[wanted[0]], visible[wanted[1]]
