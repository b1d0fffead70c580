"""Finding contacts: by their number, a taker's open ones, and the last ones of a caller's number; how one seems to have ended."""

from collections.abc import Collection

from django.db.models import QuerySet

from requests_app import references
from requests_app.models import Contact, ContactRequest, Jurisdiction, Person, ServiceRequest, User
from requests_app.models.service_request import ServiceRequestQuerySet
from requests_app.rules.shared import directory

LAST = 5
# Of one contact, to who knows its number.
SHOWN_MAX = 10
# What counts most comes first.
OUTCOMES_BY_ROLE = {
    ContactRequest.Role.MADE: Contact.Outcome.REQUEST_MADE,
    ContactRequest.Role.JOINED: Contact.Outcome.JOINED,
    ContactRequest.Role.ASKED: Contact.Outcome.STATUS_GIVEN,
}


def find(jurisdiction: Jurisdiction, typed: str) -> Contact | None:
    """The contact whose number was typed, in any spacing; None if there is none in this city."""
    number = references.parse_contact(typed)
    contact = Contact.objects.filter(jurisdiction=jurisdiction, number=number).first() if number else None
    if contact is not None:
        contact.jurisdiction = jurisdiction
    return contact


def requests_of(jurisdiction: Jurisdiction, typed: str) -> ServiceRequestQuerySet:
    """The requests of the contact whose number was typed, in any spacing: callers filter those that their reader may see."""
    number = references.parse_contact(typed)
    if not number:
        return ServiceRequest.objects.none()
    linked = ContactRequest.objects.filter(
        contact__jurisdiction=jurisdiction, contact__number=number, contact__is_practice=False
    )
    return ServiceRequest.objects.in_jurisdiction(jurisdiction).filter(pk__in=linked.values("service_request"))


def public_requests(jurisdiction: Jurisdiction, number: str) -> list[ServiceRequest]:
    """What everybody may read of the requests of this contact; none for an unknown number, and for private ones."""
    rows = list(requests_of(jurisdiction, number).public().order_by("-submitted_at", "-id")[:SHOWN_MAX])
    for row in rows:
        row.jurisdiction = jurisdiction
    directory.of(jurisdiction).fill(rows)
    return rows


def open_of(taker: User, jurisdiction: Jurisdiction) -> QuerySet[Contact]:
    """The taker's contacts without an outcome, parked ones included, oldest first."""
    return Contact.objects.filter(jurisdiction=jurisdiction, taker=taker, closed_at=None).order_by("started_at", "id")


def of_same_number(contact: Contact) -> QuerySet[Contact]:
    """The last five other contacts that showed its caller's number, newest first. A number alone says nothing about who it was."""
    if not contact.caller_phone:
        return Contact.objects.none()
    same = Contact.objects.filter(
        jurisdiction=contact.jurisdiction_id,
        caller_phone=contact.caller_phone,
        is_practice=contact.is_practice,
        by_relay=False,
    )
    return same.exclude(pk=contact.pk).order_by("-started_at", "-id")[:LAST]


def outcome_of(roles: Collection[str]) -> str:
    """How a contact ended, by the roles of the requests that it's linked to; empty if there are none."""
    return next((outcome for role, outcome in OUTCOMES_BY_ROLE.items() if role in roles), "")


def of_people(contact: Contact, people: Collection[Person]) -> QuerySet[Contact]:
    """The last five other contacts of these persons, newest first."""
    theirs = Contact.objects.filter(jurisdiction=contact.jurisdiction_id, person__in=people)
    return theirs.exclude(pk=contact.pk).order_by("-started_at", "-id")[:LAST]
