"""A report that waits for the link in its mail: sent by it, once; mailed again; taken away; forgotten if nobody ever presses.

Until then it has no history: no event, no clock, no count, no word in the index. So nothing of it need be undone.
"""

import datetime as dt

from django.db import transaction

from requests_app import events, photos
from requests_app.actions import submission, verify_email
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
from requests_app.rules import blocked_addresses, review

KEPT = dt.timedelta(days=30)
FORGOTTEN_AT_ONCE = 1000


@transaction.atomic
def confirm(link: OneTimeLink) -> ServiceRequest | None:
    """The report is sent now; one that was sent already, by another mail's link, stays as it is.

    Raises proving.UsedUp and proving.Banned. None: it was taken away at this moment.
    """
    service_request, contact_point = _locked(link.service_request_id), verify_email.use(link)
    if service_request is None or service_request.public_state != PublicState.UNCONFIRMED:
        return service_request
    version = service_request.service_version
    # It came to us at this moment: the promises, the lists and the counts go by it.
    service_request.submitted_at = service_request.updated_at = app_now()
    service_request.public_state = review.public_state_of(
        version, is_test=False, review_reason=service_request.review_reason
    )
    service_request.save(update_fields=["submitted_at", "updated_at", "public_state"])
    RequestArea.objects.filter(service_request=service_request).update(
        submitted_at=service_request.submitted_at, public_state=service_request.public_state
    )
    given = {one.question_version.code: one.value for one in service_request.answers.select_related("question_version")}
    submission.record_submission(
        service_request, answers=submission.as_answers(version, given), actor=contact_point.person
    )
    events.record(service_request, "confirmed", actor=contact_point.person)
    return service_request


@transaction.atomic
def mail_again(pk: int, *, email: str, visitor_hash: str = "") -> bool:
    """The link once more; to another address if the first was mistyped, whose link then does nothing any more.

    False: it needs no link any more. Raises submission.Refused.
    """
    service_request = _locked(pk)
    if service_request is None or service_request.public_state != PublicState.UNCONFIRMED:
        return False
    if blocked_addresses.is_blocked(service_request.jurisdiction, email):
        raise submission.Refused({"email": blocked_addresses.refusal(service_request.jurisdiction)}, code="contact")
    own = service_request.participations.select_related("person", "contact_point").get(role=Participation.Role.REPORTER)
    if own.contact_point is None or own.contact_point.normalized != email.strip().lower():
        _leave_address(own.person, service_request)
        own.contact_point = ContactPoint.objects.create(
            person=own.person, kind="email", value=email.strip(), normalized=email.strip().lower()
        )
        own.save(update_fields=["contact_point"])
    verify_email.mail_link(
        own.contact_point,
        OneTimeLink.Purpose.CONFIRM,
        service_request=service_request,
        visitor_hash=visitor_hash,
    )
    return True


@transaction.atomic
def refuse(link: OneTimeLink) -> None:
    """ "That was not me": a report that was not sent is taken away. Raises proving.UsedUp, also for one that was sent."""
    service_request = _locked(link.service_request_id)
    verify_email.refuse(link)
    if service_request is None or service_request.public_state != PublicState.UNCONFIRMED:
        raise verify_email.UsedUp
    _leave_address(link.contact_point.person, service_request)
    take_away(service_request.pk)


def _leave_address(person: Person, service_request: ServiceRequest) -> None:
    """The address is nobody's now, until the sweep forgets it a month later. Its mails stay counted (see messages.limits): else
    the count would begin anew with each other address that is typed in between.

    Its links go: whoever got one by mistake can neither send the report nor take it away.
    """
    left = list(person.contact_points.filter(kind=ContactPoint.Kind.EMAIL))
    OneTimeLink.objects.filter(contact_point__in=left, service_request=service_request).delete()
    for contact_point in left:
        contact_point.person = Person.objects.create(jurisdiction_id=person.jurisdiction_id, language=person.language)
        contact_point.save(update_fields=["person"])
        contact_point.messages.update(person=contact_point.person, service_request=None)


def forget_old() -> int:
    """Those that nobody confirmed. How many went."""
    old = ServiceRequest.objects.filter(
        public_state=PublicState.UNCONFIRMED, submitted_at__lt=app_now() - KEPT
    ).order_by("submitted_at", "id")
    found = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    for pk in found:
        with transaction.atomic():
            take_away(pk)
    return len(found)


def take_away(pk: int) -> bool:
    """With all that belongs to it. False: it was sent, or is gone."""
    service_request = _locked(pk)
    if service_request is None or service_request.public_state != PublicState.UNCONFIRMED:
        return False
    people = list(service_request.participations.values_list("person_id", flat=True))
    for photo in service_request.photos.all():
        # After the commit: a change that is taken back must not have lost files.
        transaction.on_commit(lambda photo=photo: photos.remove_files(photo))  # type: ignore[misc]
    # A draft without its request would look as if it could be sent again.
    Draft.objects.filter(service_request=service_request).delete()
    service_request.delete()
    Person.objects.filter(pk__in=people).delete()
    return True


def _locked(pk: int | None) -> ServiceRequest | None:
    # Lock first, and before its links: two may be used at once, or one while old ones are swept or go with their address.
    return ServiceRequest.objects.for_update().filter(pk=pk).first() if pk is not None else None
