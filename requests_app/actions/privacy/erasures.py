"""Erasing people on request. Events stay; they contain no names."""

from django.db import transaction
from django.db.models import F, Q

from requests_app import events, outbox, photos
from requests_app.actions.contacts import retention
from requests_app.actions.publication import moderation
from requests_app.actions.report import confirm_report
from requests_app.actions.shared.search_index import index_request
from requests_app.actions.work import endings
from requests_app.clock import app_now
from requests_app.models import (
    AccessLink,
    Comment,
    ContactPoint,
    Draft,
    Erasure,
    IdempotencyKey,
    Jurisdiction,
    Message,
    OutboxRow,
    Participation,
    Person,
    Photo,
    PublicState,
    ServiceRequest,
    SurveyAnswer,
    TextRevision,
)
from requests_app.rules.people import my_requests
from requests_app.rules.shared import question_kinds

# A report with other people in these roles is not erased.
KEEPING_ROLES = (Participation.Role.REPORTER, Participation.Role.CALLER, Participation.Role.AFFECTED)


@transaction.atomic
def erase(contact_point: ContactPoint, *, reports_too: bool) -> None:
    """Erases the holder of this address; with reports_too, also what they reported and wrote. The worker erases each request in
    a transaction of its own. Idempotent."""
    people = list(my_requests.people(contact_point).select_for_update().order_by("id"))
    _erase_drafts(contact_point, people)
    erase_people(people, reports_too=reports_too)


@transaction.atomic
def erase_people(people: list[Person], *, reports_too: bool) -> None:
    """The same for these rows, whatever addresses they have; drafts with their addresses stay."""
    _note(people, reports_too=reports_too)
    participations = list(Participation.objects.filter(person__in=people).select_related("person", "service_request"))
    for participation in participations:
        service_request = participation.service_request
        if service_request.public_state == PublicState.UNCONFIRMED:
            # Its link could not be used any more.
            confirm_report.delete_unconfirmed(service_request.pk)
        elif reports_too:
            outbox.enqueue(
                "erase",
                lane="database",
                service_request=service_request,
                dedupe_key=f"erase:{participation.person_id}:{service_request.pk}",
                ordering_key=f"request:{service_request.pk}",
            )
        elif participation.role in Participation.OWN:
            events.record(service_request, "erased", actor=participation.person, what="contact")
    retention.forget_people(people)
    _empty(people)


def _note(people: list[Person], *, reports_too: bool) -> None:
    """For the list outside the database, from which a restore erases them again."""
    rows = [Erasure(person_id=one.pk, person_created_at=one.created_at, reports_too=reports_too) for one in people]
    Erasure.objects.bulk_create(rows)


def _erase_drafts(contact_point: ContactPoint, people: list[Person]) -> None:
    """Deletes drafts that they submitted, and drafts with this address."""
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


def _empty(people: list[Person]) -> None:
    """Empties the rows, which events refer to, and deletes everything that identifies the person or signs them in."""
    AccessLink.objects.filter(person__in=people).update(generation=F("generation") + 1)
    Participation.objects.filter(person__in=people).update(contact_point=None, unsubscribed_at=app_now())
    SurveyAnswer.objects.filter(person__in=people).update(person=None)
    Message.objects.filter(person__in=people).delete()
    # Cascades to subscriptions, digest items, verification links and pending email.
    ContactPoint.objects.filter(person__in=people).delete()
    Person.objects.filter(pk__in=[person.pk for person in people]).update(
        name="", postal_address="", may_be_called=False, erased_at=app_now()
    )


def erase_row(row: OutboxRow) -> None:
    if row.service_request_id is not None:
        erase_request(row.service_request_id, person_id=int(row.dedupe_key.split(":")[1]))


@transaction.atomic
def erase_request(pk: int, *, person_id: int) -> None:
    """Erases what a person reported: all text, photos and places. In other people's requests, only what they wrote.

    A report that others joined continues for them without this person's text and photos.
    """
    service_request = ServiceRequest.objects.locked(pk)
    person = Person.objects.get(pk=person_id)
    people = service_request.participations.filter(role__in=KEEPING_ROLES)
    is_own = people.filter(person=person, role__in=Participation.OWN).exists()
    if service_request.public_state == PublicState.ERASED:
        return
    if not is_own:
        _erase_comments(service_request, person)
    elif people.filter(person__erased_at=None).exists():
        _erase_words(service_request, person, choices_too=False)
        events.record(service_request, "erased", actor=person, what="words")
    else:
        if service_request.is_open:
            endings.withdraw(pk, actor=person)
            service_request = ServiceRequest.objects.locked(pk)
        _erase_words(service_request, person, choices_too=True)
        _erase_place(service_request)
        moderation.set_state(service_request, PublicState.ERASED)
        events.record(service_request, "erased", actor=person, what="report")
    index_request(pk)


def _erase_words(service_request: ServiceRequest, person: Person, *, choices_too: bool) -> None:
    """choices_too: also erases answers chosen from a list, which a crew may need while others are waiting."""
    for photo in service_request.photos.filter(kind=Photo.Kind.REPORT):
        _remove_files(photo)
        photo.delete()
    retention.forget_request(service_request)
    _erase_comments(service_request, person)
    # Answers by phone, entered by a call taker for this person.
    Comment.objects.filter(service_request=service_request, kind=Comment.Kind.ANSWER, person=None).delete()
    # Revisions contain the text before it was edited or hidden.
    TextRevision.objects.filter(service_request=service_request, comment=None).delete()
    answers = service_request.answers.all()
    (answers if choices_too else answers.filter(question_version__kind__in=question_kinds.FREE_TEXT)).delete()
    IdempotencyKey.objects.filter(service_request=service_request).delete()
    service_request.description = service_request.place_note = ""
    service_request.has_new_answer = False
    service_request.updated_at = app_now()
    service_request.save(update_fields=["description", "place_note", "has_new_answer", "updated_at"])
    service_request.place_revisions.all().delete()
    # Staff may have copied the reporter's words into them. Which department did its part stays.
    service_request.tasks.update(what="")


def _erase_comments(service_request: ServiceRequest, person: Person) -> None:
    # Cascades to the revisions of these comments.
    Comment.objects.filter(service_request=service_request, person=person).delete()


def _erase_place(service_request: ServiceRequest) -> None:
    """Erases the place. The areas stay, for statistics."""
    service_request.point = service_request.public_point = service_request.asset = None
    service_request.address = service_request.public_address = ""
    service_request.save(update_fields=["point", "public_point", "asset", "address", "public_address"])


def _remove_files(photo: Photo) -> None:
    # After the commit, so that a rollback loses no files. If a crash leaves any, the nightly sweep deletes them.
    transaction.on_commit(lambda: photos.delete_files(photo))
