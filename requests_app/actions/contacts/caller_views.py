"""The log of whose reports a taker saw because of a call: `reporter_viewed`, with the contact as its reason."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from requests_app import events
from requests_app.models import Contact, Event, User
from requests_app.rules.contacts import callers
from requests_app.rules.contacts.callers import OwnRequest

# The reason: their reporter was, or might have been, on the phone.
ON_CALL = "call"


@transaction.atomic
def log_shown(contact: Contact, *, actor: User) -> None:
    """Whose reports the taker sees by the caller's number, or because they were checked."""
    log(contact, callers.of_contact(contact, actor).shown, actor=actor)


@transaction.atomic
def log(contact: Contact, shown: Iterable[OwnRequest], *, actor: User) -> None:
    """Once in a call for each report."""
    about = {own.service_request.pk: own.service_request for own in shown}
    logged = _logged(contact, actor).filter(service_request__in=about).values_list("service_request", flat=True)
    new = [about[pk] for pk in about.keys() - set(logged)] if about else []
    if new:
        data = {"reason": ON_CALL, "contact_id": contact.pk}
        events.record_together([(one, "reporter_viewed", data) for one in new], actor=actor)


@transaction.atomic
def log_opened(contact: Contact, own: OwnRequest, *, actor: User) -> None:
    """Each time that the taker opens one."""
    events.record(own.service_request, "reporter_viewed", actor=actor, reason=ON_CALL, contact_id=contact.pk)


def is_logged(contact: Contact, own: OwnRequest, *, actor: User) -> bool:
    return _logged(contact, actor).filter(service_request=own.service_request).exists()


def _logged(contact: Contact, actor: User) -> QuerySet[Event]:
    return Event.objects.filter(kind="reporter_viewed", user=actor, data__contact_id=contact.pk)
