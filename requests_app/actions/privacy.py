"""What we know about people: who of the staff looked, and erasing it at their wish. Events stay; they name nobody."""

from django.db import transaction
from django.db.models import F, Q

from requests_app import events, outbox, photos
from requests_app.actions import confirm_report, moderation, progress
from requests_app.actions.search_index import index_request
from requests_app.clock import app_now
from requests_app.models import (
    AccessLink,
    Comment,
    ContactPoint,
    Draft,
    IdempotencyKey,
    Jurisdiction,
    Message,
    OutboxRow,
    Participation,
    Person,
    Photo,
    PublicState,
    QuestionVersion,
    ServiceRequest,
    SurveyAnswer,
    TextRevision,
    User,
)
from requests_app.rules import my_requests

# For whom a report goes on, besides the one who wants it erased.
COMPLAINING = (Participation.Role.REPORTER, Participation.Role.CALLER, Participation.Role.AFFECTED)


@transaction.atomic
def view_reporter(service_request: ServiceRequest, *, actor: User) -> None:
    events.record(service_request, "reporter_viewed", actor=actor)


@transaction.atomic
def erase(contact_point: ContactPoint, *, reports_too: bool) -> None:
    """Who the holder of this address is goes now. With reports_too, so does what they reported and said, request by request: the
    worker does each in a transaction of its own. Safe to do twice."""
    people = list(my_requests.people(contact_point).select_for_update().order_by("id"))
    parts = list(Participation.objects.filter(person__in=people).select_related("person", "service_request"))
    for part in parts:
        service_request = part.service_request
        if service_request.public_state == PublicState.UNCONFIRMED:
            # Nobody could ever press its link.
            confirm_report.take_away(service_request.pk)
        elif reports_too:
            outbox.enqueue(
                "erase",
                lane="database",
                service_request=service_request,
                dedupe_key=f"erase:{part.person_id}:{service_request.pk}",
                ordering_key=f"request:{service_request.pk}",
            )
        elif part.role in Participation.OWN:
            events.record(service_request, "erased", actor=part.person, what="contact")
    _forget_drafts(contact_point, people)
    _forget(people)


def _forget_drafts(contact_point: ContactPoint, people: list[Person]) -> None:
    """Those that were sent by them, and those that would go to this address."""
    city: Jurisdiction = contact_point.person.jurisdiction
    own_links = AccessLink.objects.filter(person__in=people)
    sent = Draft.objects.filter(service_request__in=own_links.values("service_request"))
    sent.filter(typed__link__in=list(own_links.values_list("pk", flat=True))).delete()
    email = contact_point.normalized
    typed = (
        Q(typed__contact__email__iexact=email)
        | Q(typed__contact_typed__email__iexact=email)
        | Q(typed__mail_link_to__iexact=email)
    )
    for draft in Draft.objects.select_for_update().filter(typed, jurisdiction=city, service_request=None):
        for photo in draft.photos.all():
            _remove_files(photo)
        draft.delete()


def _forget(people: list[Person]) -> None:
    """The rows stay, for the events that point at them; with nothing in them that says who it was, and no way in."""
    AccessLink.objects.filter(person__in=people).update(generation=F("generation") + 1)
    Participation.objects.filter(person__in=people).update(contact_point=None, unsubscribed_at=app_now())
    SurveyAnswer.objects.filter(person__in=people).update(person=None)
    Message.objects.filter(person__in=people).delete()
    # With them go their subscriptions, gathered news, mailed links and mails that wait.
    ContactPoint.objects.filter(person__in=people).delete()
    Person.objects.filter(pk__in=[one.pk for one in people]).update(
        name="", postal_address="", may_be_called=False, erased_at=app_now()
    )


def erase_row(row: OutboxRow) -> None:
    if row.service_request_id is not None:
        erase_request(row.service_request_id, person_id=int(row.dedupe_key.split(":")[1]))


@transaction.atomic
def erase_request(pk: int, *, person_id: int) -> None:
    """What an erased person reported, with all its words, photos and places; of what others reported, what they said there.

    A report that others joined goes on for them, without this person's words and photos.
    """
    service_request = ServiceRequest.objects.locked(pk)
    person = Person.objects.get(pk=person_id)
    people = service_request.participations.filter(role__in=COMPLAINING)
    is_own = people.filter(person=person, role__in=Participation.OWN).exists()
    if service_request.public_state == PublicState.ERASED:
        return
    if not is_own:
        _erase_said(service_request, person)
    elif people.filter(person__erased_at=None).exists():
        _erase_words(service_request, person, choices_too=False)
        events.record(service_request, "erased", actor=person, what="words")
    else:
        if service_request.is_open:
            progress.withdraw(pk, actor=person)
            service_request = ServiceRequest.objects.locked(pk)
        _erase_words(service_request, person, choices_too=True)
        _erase_place(service_request)
        moderation.set_state(service_request, PublicState.ERASED)
        events.record(service_request, "erased", actor=person, what="report")
    index_request(pk)


def _erase_words(service_request: ServiceRequest, person: Person, *, choices_too: bool) -> None:
    """choices_too: also the listed answers that were chosen, which a crew may need while others wait for it."""
    for photo in service_request.photos.filter(kind=Photo.Kind.REPORT):
        _remove_files(photo)
        photo.delete()
    _erase_said(service_request, person)
    # What they said on the phone, as the call taker wrote it down for them.
    Comment.objects.filter(service_request=service_request, kind=Comment.Kind.ANSWER, person=None).delete()
    # What was changed or hidden once still holds the words as they were.
    TextRevision.objects.filter(service_request=service_request, comment=None).delete()
    answers = service_request.answers.all()
    (answers if choices_too else answers.filter(question_version__kind=QuestionVersion.Kind.TEXT)).delete()
    IdempotencyKey.objects.filter(service_request=service_request).delete()
    service_request.description = service_request.place_note = ""
    service_request.has_new_answer = False
    service_request.updated_at = app_now()
    service_request.save(update_fields=["description", "place_note", "has_new_answer", "updated_at"])
    service_request.place_revisions.all().delete()


def _erase_said(service_request: ServiceRequest, person: Person) -> None:
    # With the words go their earlier forms.
    Comment.objects.filter(service_request=service_request, person=person).delete()


def _erase_place(service_request: ServiceRequest) -> None:
    """The ward it lay in stays, for the figures."""
    service_request.point = service_request.public_point = service_request.asset = None
    service_request.address = service_request.public_address = ""
    service_request.save(update_fields=["point", "public_point", "asset", "address", "public_address"])


def _remove_files(photo: Photo) -> None:
    # After the commit: a change that is taken back must not have lost files. What a crash leaves, the night sweeps.
    transaction.on_commit(lambda: photos.remove_files(photo))
