"""The requests of an email address: all that were sent, joined or followed with it, on any device."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from requests_app.models import (
    ContactPoint,
    Jurisdiction,
    Participation,
    Person,
    PublicState,
    RelatedRequest,
    ServiceRequest,
    Subscription,
)
from requests_app.rules.people import permissions


def contact_points(jurisdiction: Jurisdiction, email: str) -> QuerySet[ContactPoint]:
    """All rows of this address in the city, since each report sent without signing in made a new one."""
    return ContactPoint.objects.filter(
        kind="email", normalized=email.strip().lower(), person__jurisdiction=jurisdiction
    )


def same_address(contact_point: ContactPoint) -> QuerySet[ContactPoint]:
    return contact_points(contact_point.person.jurisdiction, contact_point.normalized)


def people(contact_point: ContactPoint) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=same_address(contact_point).values("person"))


def requests(contact_point: ContactPoint) -> QuerySet[ServiceRequest]:
    """Requests they may read: their own in any state, others while public, none that are erased or not sent yet."""
    parts = Participation.objects.filter(person__in=same_address(contact_point).values("person"))
    own = parts.filter(role__in=Participation.OWN).values("service_request")
    return (
        ServiceRequest.objects.filter(pk__in=parts.values("service_request"))
        .exclude(public_state__in=permissions.INVISIBLE)
        .filter(Q(public_state=PublicState.PUBLIC) | Q(pk__in=own))
    )


def sent_together(contact_point: ContactPoint, service_requests: Iterable[ServiceRequest]) -> dict[int, list[str]]:
    """Of each of these requests that they sent together with others: the references of the others, oldest first."""
    pks = [one.pk for one in service_requests]
    parts = Participation.objects.filter(
        person__in=same_address(contact_point).values("person"), role__in=Participation.OWN
    )
    own = (
        ServiceRequest.objects.filter(pk__in=parts.values("service_request"))
        .exclude(public_state__in=permissions.INVISIBLE)
        .values("pk")
    )
    pairs = RelatedRequest.objects.filter(
        Q(earlier__in=pks) | Q(later__in=pks), user=None, earlier__in=own, later__in=own
    )
    together: dict[int, list[str]] = defaultdict(list)
    for earlier, later, reference, other in pairs.order_by("earlier", "later").values_list(
        "earlier", "later", "earlier__reference", "later__reference"
    ):
        together[earlier].append(other)
        together[later].append(reference)
    return together


def subscriptions(contact_point: ContactPoint) -> QuerySet[Subscription]:
    return Subscription.objects.filter(contact_point__in=same_address(contact_point), unsubscribed_at=None)
