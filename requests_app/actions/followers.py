"""Who hears of a request: an earlier one is followed instead of sending one's own, and its mails may be stopped."""

import uuid

from django.db import transaction

from requests_app import events, links
from requests_app.actions import conversation, drafts, submission
from requests_app.actions.reporter import Reporter, person_of, take_part
from requests_app.clock import app_now
from requests_app.models import AccessLink, Cadence, DigestItem, Draft, Participation, Person, ServiceRequest
from requests_app.rules import blocked_addresses
from requests_app.rules.report_path import Path


class CannotJoin(Exception):
    """It ended, or is not shown to everybody any more."""


@transaction.atomic
def join(
    pk: int, *, reporter: Reporter, language: str, role: str = Participation.Role.AFFECTED
) -> tuple[Person, AccessLink]:
    """ "Affects me too" (or only follows): one more person on the request. It changes neither priority nor due date by itself.

    Raises CannotJoin, and Refused for an address that may not take part.
    """
    # Lock first: it may be closed, joined with another one or hidden at this moment.
    service_request = ServiceRequest.objects.select_for_update(of=("self",)).select_related("jurisdiction").get(pk=pk)
    if not (service_request.is_open and service_request.is_public):
        raise CannotJoin
    if blocked_addresses.is_blocked(service_request.jurisdiction, reporter.email):
        raise submission.Refused({"email": blocked_addresses.refusal(service_request.jurisdiction)}, code="contact")
    person = person_of(service_request.jurisdiction, reporter, language)
    take_part(person, service_request, role=role)
    if role == Participation.Role.AFFECTED:
        service_request.people_count += 1
        service_request.save(update_fields=["people_count"])
    events.record(service_request, "joined", actor=person, role=role)
    return person, links.link_for(person, service_request)


@transaction.atomic
def follow(draft_id: uuid.UUID, pk: int, *, email: str = "", with_words: bool = False) -> None:
    """ "Yes, follow this one": no new request; one more person on the earlier one. Raises CannotJoin
    and drafting.NotReady.

    with_words: what was typed goes along, for the city to read. The rest of the draft goes, as the page said.
    """
    # Lock first: a double click must wait here and then find that it follows.
    draft = Draft.objects.select_for_update(of=("self",)).select_related("jurisdiction").get(pk=draft_id)
    if draft.service_request_id is not None:
        return
    # An earlier report does not help who is in danger now.
    if Path(draft).warnings:
        raise drafts.NotReady("emergency")
    service_request = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=pk)
    own = _own_link(draft, service_request)
    person, link = (own.person, own) if own else (None, None)
    if person is None or email:
        person, link = join(
            pk,
            reporter=Reporter(email=email, language=draft.language),
            language=draft.language,
            # One person counts once, though they now want mails to another address.
            role=Participation.Role.FOLLOWER if own else Participation.Role.AFFECTED,
        )
    if with_words and (words := _words(draft)):
        language = draft.typed.get("text_language") or draft.language
        conversation.add(pk, text=words, actor=person, language=language)
    drafts.remove_photos(draft)
    drafts.finish(draft, service_request, link, "follows_already" if own else "followed")


def _own_link(draft: Draft, service_request: ServiceRequest) -> AccessLink | None:
    """This browser's own link to the request, which it sent or follows.

    By the browser and not by the address: a count that stays still would tell anybody who types an address that it is there.
    """
    earlier = Draft.objects.filter(visitor_hash=draft.visitor_hash, service_request=service_request)
    return next((link for link in map(drafts.link_of, earlier.order_by("created_at")) if link is not None), None)


def _words(draft: Draft) -> str:
    note = (draft.typed.get("place") or {}).get("note", "")
    return "\n\n".join(part for part in (draft.typed.get("text", ""), note) if part)


@transaction.atomic
def unsubscribe(service_request: ServiceRequest, *, actor: Person) -> bool:
    """No more mails about this request, also where it was joined with another. False: there were none any more."""
    requests = [service_request.pk, service_request.duplicate_of_id]
    wanted = Participation.objects.select_for_update().filter(
        person=actor, service_request__in=[pk for pk in requests if pk], unsubscribed_at=None
    )
    ids = list(wanted.values_list("pk", flat=True))
    if not ids:
        return False
    Participation.objects.filter(pk__in=ids).update(unsubscribed_at=app_now())
    events.record(service_request, "unsubscribed", actor=actor)
    return True


@transaction.atomic
def set_cadence(service_request: ServiceRequest, cadence: str, *, actor: Person) -> None:
    """How often its news comes, also where it was joined with another. What is gathered already comes in its own mail."""
    requests = [service_request.pk, service_request.duplicate_of_id]
    Participation.objects.filter(person=actor, service_request__in=[pk for pk in requests if pk]).update(
        cadence=cadence
    )


@transaction.atomic
def unsubscribe_digest(contact_point_id: int) -> None:
    """No more gathered mails about this address's own reports; what comes at once goes on."""
    Participation.objects.filter(contact_point=contact_point_id, unsubscribed_at=None).exclude(
        cadence=Cadence.AT_ONCE
    ).update(unsubscribed_at=app_now())
    DigestItem.objects.filter(contact_point=contact_point_id, subscription=None, sent_at=None).delete()
