"""Reports awaiting confirmation by email: confirmed, sent another link, declined or expired.

Until it is confirmed a report has no events, clocks, counters or search document, so there is nothing to undo.
"""

import datetime as dt

from django.db import transaction

from requests_app import events, photos
from requests_app.actions.report import submission
from requests_app.actions.shared import verify_email
from requests_app.clock import app_now
from requests_app.models import (
    ContactPoint,
    Draft,
    OneTimeLink,
    Participation,
    Person,
    PublicState,
    RequestArea,
    ServiceRequest,
)
from requests_app.rules.people import blocked_addresses
from requests_app.rules.publication import review

EXPIRES_AFTER = dt.timedelta(days=30)
FORGOTTEN_AT_ONCE = 1000


@transaction.atomic
def confirm(link: OneTimeLink) -> ServiceRequest | None:
    """Submits the report. Does nothing if it was already submitted with a link from another email.

    Raises verify_email.UsedUp and verify_email.AddressBlocked. Returns None if the report was deleted meanwhile.
    """
    service_request, contact_point = _locked(link.service_request_id), verify_email.use(link)
    if service_request is None or service_request.public_state != PublicState.UNCONFIRMED:
        return service_request
    version = service_request.service_version
    # It counts as received now, for targets, lists and counters.
    service_request.submitted_at = service_request.updated_at = app_now()
    service_request.public_state = review.public_state_of(
        version, is_test=False, review_reason=service_request.review_reason
    )
    service_request.save(update_fields=["submitted_at", "updated_at", "public_state"])
    RequestArea.objects.filter(service_request=service_request).update(
        submitted_at=service_request.submitted_at, public_state=service_request.public_state
    )
    values = {
        answer.question_version.code: answer.value
        for answer in service_request.answers.select_related("question_version")
    }
    submission.record_submission(
        service_request, answers=submission.to_answers(version, values), actor=contact_point.person
    )
    events.record(service_request, "confirmed", actor=contact_point.person)
    return service_request


@transaction.atomic
def resend_link(pk: int, *, email: str, visitor_hash: str = "") -> bool:
    """Sends the link again. If the first address was mistyped, to another one, and the first link stops working.

    Returns False if the report no longer needs a link. Raises submission.Refused.
    """
    service_request = _locked(pk)
    if service_request is None or service_request.public_state != PublicState.UNCONFIRMED:
        return False
    if blocked_addresses.is_blocked(service_request.jurisdiction, email):
        raise submission.Refused({"email": blocked_addresses.refusal(service_request.jurisdiction)}, code="contact")
    own = service_request.participations.select_related("person", "contact_point").get(role=Participation.Role.REPORTER)
    if own.contact_point is None or own.contact_point.normalized != email.strip().lower():
        _detach_address(own.person, service_request)
        own.contact_point = ContactPoint.objects.create(
            person=own.person, kind="email", value=email.strip(), normalized=email.strip().lower()
        )
        own.save(update_fields=["contact_point"])
    verify_email.send_link(
        own.contact_point,
        OneTimeLink.Purpose.CONFIRM,
        service_request=service_request,
        visitor_hash=visitor_hash,
    )
    return True


@transaction.atomic
def decline(link: OneTimeLink) -> None:
    """ "That wasn't me": deletes the unconfirmed report. Raises verify_email.UsedUp, also if it was already submitted."""
    service_request = _locked(link.service_request_id)
    verify_email.decline(link)
    if service_request is None or service_request.public_state != PublicState.UNCONFIRMED:
        raise verify_email.LinkExpired
    _detach_address(link.contact_point.person, service_request)
    delete_unconfirmed(service_request.pk)


def _detach_address(person: Person, service_request: ServiceRequest) -> None:
    """Detaches the address from the report; the sweep deletes it a month later. Until then email to it still counts against the
    limit (see messages.limits). Otherwise typing a different address each time would reset the count.

    Its links are deleted: someone who got one by mistake can neither submit nor delete the report.
    """
    addresses = list(person.contact_points.filter(kind=ContactPoint.Kind.EMAIL))
    OneTimeLink.objects.filter(contact_point__in=addresses, service_request=service_request).delete()
    for contact_point in addresses:
        contact_point.person = Person.objects.create(jurisdiction_id=person.jurisdiction_id, language=person.language)
        contact_point.save(update_fields=["person"])
        contact_point.messages.update(person=contact_point.person, service_request=None)


def delete_expired() -> int:
    """Deletes old unconfirmed reports. Returns how many."""
    old = ServiceRequest.objects.filter(
        public_state=PublicState.UNCONFIRMED, submitted_at__lt=app_now() - EXPIRES_AFTER
    ).order_by("submitted_at", "id")
    pks = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    for pk in pks:
        with transaction.atomic():
            delete_unconfirmed(pk)
    return len(pks)


def delete_unconfirmed(pk: int) -> bool:
    """Deletes an unconfirmed report and everything attached to it. Returns False if it was submitted or already deleted."""
    service_request = _locked(pk)
    if service_request is None or service_request.public_state != PublicState.UNCONFIRMED:
        return False
    people = list(service_request.participations.values_list("person_id", flat=True))
    for photo in service_request.photos.all():
        # After the commit, so that a rollback loses no files.
        transaction.on_commit(lambda photo=photo: photos.delete_files(photo))  # type: ignore[misc]
    # A draft without its request would look as if it could still be submitted.
    Draft.objects.filter(service_request=service_request).delete()
    service_request.delete()
    Person.objects.filter(pk__in=people).delete()
    return True


def _locked(pk: int | None) -> ServiceRequest | None:
    # Lock the request before its links: two links may be used at once, or while the sweep or an address change deletes them.
    return ServiceRequest.objects.for_update().filter(pk=pk).first() if pk is not None else None
