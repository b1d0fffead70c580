"""Residents' changes of their phone number, and of their email address after verifying the new one."""

from django.db import transaction
from django.db.models import QuerySet

from requests_app.actions.people.reporters import normalized_phone
from requests_app.actions.shared import verify_email
from requests_app.clock import app_now
from requests_app.models import ContactPoint, OneTimeLink, Participation, Person, Subscription
from requests_app.rules.people import blocked_addresses, my_requests


@transaction.atomic
def set_phone(contact_point: ContactPoint, number: str) -> None:
    """Sets the phone number for everything reported with this address; an empty number removes it."""
    set_phone_of(my_requests.people(contact_point), number)


@transaction.atomic
def set_phone_of(these: QuerySet[Person], number: str) -> None:
    """The same for these persons, whose updates by phone go to the new number."""
    people = list(these.select_for_update().order_by("id"))
    by_phone = Participation.objects.filter(person__in=people, contact_point__kind=ContactPoint.Kind.PHONE)
    parts = list(by_phone.values_list("pk", "person"))
    ContactPoint.objects.filter(person__in=people, kind=ContactPoint.Kind.PHONE).delete()
    if number:
        normalized = normalized_phone(number)
        points = ContactPoint.objects.bulk_create(
            ContactPoint(person=person, kind=ContactPoint.Kind.PHONE, value=number.strip(), normalized=normalized)
            for person in people
        )
        by_person = {point.person_id: point for point in points}
        for pk, person_id in parts:
            Participation.objects.filter(pk=pk).update(contact_point=by_person[person_id])
    Person.objects.filter(pk__in=[person.pk for person in people]).update(may_be_called=bool(number))


@transaction.atomic
def request_email_change(contact_point: ContactPoint, email: str, *, language: str, visitor_hash: str) -> ContactPoint:
    """Sends a verification link to the new address. Nothing changes until it is used while signed in with the old one.

    Raises verify_email.AddressBlocked.
    """
    if blocked_addresses.is_blocked(contact_point.person.jurisdiction, email):
        raise verify_email.AddressBlocked
    new = verify_email.get_contact_point(contact_point.person.jurisdiction, email, language=language)
    verify_email.send_link(new, OneTimeLink.Purpose.CHANGE, visitor_hash=visitor_hash)
    return new


@transaction.atomic
def change_email(contact_point: ContactPoint, link: OneTimeLink) -> ContactPoint:
    """Replaces the old address by the new one everywhere. Raises verify_email.UsedUp."""
    new = verify_email.use(link)
    if new.normalized == contact_point.normalized:
        return new
    rows = list(my_requests.same_address(contact_point).select_for_update(of=("self",)).order_by("id"))
    # Links sent to the old address must not sign in to, or verify, the new one.
    mailed = OneTimeLink.objects.filter(contact_point__in=rows, used_at=None)
    mailed.filter(purpose__in=[OneTimeLink.Purpose.SIGN_IN, OneTimeLink.Purpose.CHANGE]).update(expires_at=app_now())
    for old in rows:
        existing = ContactPoint.objects.filter(person=old.person_id, kind=old.kind, normalized=new.normalized).first()
        if existing is None:
            # Update the same row, so that pending email goes to the new address.
            old.value, old.normalized = new.value, new.normalized
            old.verified_at, old.bounced_at = new.verified_at, None
            old.save(update_fields=["value", "normalized", "verified_at", "bounced_at"])
        else:
            Participation.objects.filter(contact_point=old).update(contact_point=existing)
            Subscription.objects.filter(contact_point=old).update(contact_point=existing)
            old.delete()
    return new
