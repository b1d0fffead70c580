"""Joining and following requests, and unsubscribing from their updates."""

import uuid

from django.db import transaction

from requests_app import events
from requests_app.actions.people.reporters import Reporter, create_participant
from requests_app.actions.report import drafts, submission
from requests_app.actions.work import conversation
from requests_app.clock import app_now
from requests_app.links import DigestLink
from requests_app.models import (
    AccessLink,
    Cadence,
    ContactPoint,
    DigestItem,
    Draft,
    Participation,
    Person,
    RequestVote,
    ServiceRequest,
)
from requests_app.rules.following import votes
from requests_app.rules.people import blocked_addresses
from requests_app.rules.report.path import Path


class NotJoinable(Exception):
    """The request is closed or no longer public."""


@transaction.atomic
def join(
    pk: int,
    *,
    reporter: Reporter,
    language: str,
    role: str = Participation.Role.AFFECTED,
    on_call: int | None = None,
) -> tuple[Person, AccessLink]:
    """ "Affects me too", or follow: adds a person to the request. Priority and due date do not change.

    on_call: the contact (id) in which a call taker adds them.
    Raises NotJoinable, and Refused for a blocked address.
    """
    # Lock first: it may be closed, merged or hidden at the same time.
    service_request = ServiceRequest.objects.select_for_update(of=("self",)).select_related("jurisdiction").get(pk=pk)
    if not (service_request.is_open and service_request.is_public):
        raise NotJoinable
    if blocked_addresses.is_blocked(service_request.jurisdiction, reporter.email):
        raise submission.Refused({"email": blocked_addresses.refusal(service_request.jurisdiction)}, code="contact")
    participation, link = create_participant(service_request, reporter, language, role=role)
    if role == Participation.Role.AFFECTED:
        service_request.people_count += 1
        service_request.save(update_fields=["people_count"])
    participation.person.on_call = on_call
    events.record(service_request, "joined", actor=participation.person, role=role)
    return participation.person, link


@transaction.atomic
def follow(draft_id: uuid.UUID, pk: int, *, email: str = "", with_words: bool = False) -> None:
    """Follows an earlier request instead of submitting this draft. Raises NotJoinable and drafts.Incomplete.

    with_words: adds the draft's text, for the city to read. The rest of the draft is deleted, as the page said.
    """
    # Lock first: a double click must wait here and then find that it follows already.
    draft = Draft.objects.select_for_update(of=("self",)).select_related("jurisdiction").get(pk=draft_id)
    if draft.service_request_id is not None:
        return
    if draft.tester_id is not None:
        raise NotJoinable
    # Following an earlier report does not help someone in danger now.
    if Path(draft).warnings:
        raise drafts.Incomplete("emergency")
    service_request = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=pk)
    own = _own_link(draft, service_request)
    person, link = (own.person, own) if own else (None, None)
    voted = votes.vote_of(draft.visitor_hash, RequestVote.Kind.ME_TOO, [pk])
    if person is None or email:
        person, link = join(
            pk,
            reporter=Reporter(email=email, language=draft.language),
            language=draft.language,
            # They count once: as a reporter, even if they want email at another address now, or by “Me too.”
            role=Participation.Role.FOLLOWER if own or voted else Participation.Role.AFFECTED,
        )
    if with_words and (words := _text_of(draft)):
        language = draft.typed.get("text_language") or draft.language
        conversation.add_message(pk, text=words, actor=person, language=language)
    drafts.remove_photos(draft)
    drafts.finish(draft, service_request, link, "follows_already" if own else "followed")


def _own_link(draft: Draft, service_request: ServiceRequest) -> AccessLink | None:
    """This browser's own link to the request, which it submitted or follows.

    By browser, not by address: otherwise an unchanged count would reveal to anyone that an address follows this request.
    """
    earlier = Draft.objects.filter(visitor_hash=draft.visitor_hash, service_request=service_request)
    return next((link for link in map(drafts.private_link, earlier.order_by("created_at")) if link is not None), None)


def _text_of(draft: Draft) -> str:
    note = (draft.typed.get("place") or {}).get("note", "")
    return "\n\n".join(part for part in (draft.typed.get("text", ""), note) if part)


@transaction.atomic
def unsubscribe(service_request: ServiceRequest, *, actor: Person) -> bool:
    """Stops email about this request, and about the one it was merged into. Returns False if there was none."""
    requests = [service_request.pk, service_request.duplicate_of_id]
    participations = Participation.objects.select_for_update().filter(
        person=actor, service_request__in=[pk for pk in requests if pk], unsubscribed_at=None
    )
    ids = list(participations.values_list("pk", flat=True))
    if not ids:
        return False
    Participation.objects.filter(pk__in=ids).update(unsubscribed_at=app_now())
    events.record(service_request, "unsubscribed", actor=actor)
    return True


@transaction.atomic
def set_cadence(service_request: ServiceRequest, cadence: str, *, actor: Person) -> None:
    """Sets how often updates are sent, also for the request it was merged into. Updates already in a digest stay there."""
    requests = [service_request.pk, service_request.duplicate_of_id]
    Participation.objects.filter(person=actor, service_request__in=[pk for pk in requests if pk]).update(
        cadence=cadence
    )


@transaction.atomic
def unsubscribe_digest(link: DigestLink) -> None:
    """Stops digests of this address's own reports. Immediate updates continue."""
    contact_point = ContactPoint.objects.filter(pk=link.contact_point).first()
    if contact_point is None or not link.is_of(contact_point):
        return
    Participation.objects.filter(contact_point=contact_point, unsubscribed_at=None).exclude(
        cadence=Cadence.AT_ONCE
    ).update(unsubscribed_at=app_now())
    DigestItem.objects.filter(contact_point=contact_point, subscription=None, sent_at=None).delete()
