"""Reporters' corrections of text, answers and place, allowed until work begins. Earlier versions are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from requests_app import events
from requests_app.actions.publication import publication
from requests_app.actions.report import emergency_question, submission
from requests_app.actions.routing import routing
from requests_app.actions.shared import request_place
from requests_app.actions.work import progress
from requests_app.clock import app_now
from requests_app.models import Answer, Owner, Person, QuestionVersion, ServiceRequest, TextRevision
from requests_app.places import ownership
from requests_app.rules.publication.publication import words_of
from requests_app.rules.report import corrections, key_sentence
from requests_app.rules.shared import intake, question_kinds

Field = TextRevision.Field
# Shown where an answer was removed.
NO_ANSWER = "—"


class EditConflict(Exception):
    """The report was changed in another window or on another device since the page was loaded."""


@dataclass(frozen=True)
class Correction:
    """The report as it should be. place: None if unchanged; owner: of the land there, if not the city.

    answers: text answers by question code; omitted questions stay unchanged. said_no: the kind of danger (EmergencyPhrase.Kind)
    that the reporter was asked about and denied; empty if they weren't asked. was: the fingerprint of the report when the page
    was loaded. was_asked: a page showed the reporter the personal data in it, and they left it in.
    """

    text: str
    note: str
    place: submission.Place | None = None
    owner: Owner | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    said_no: str = ""
    was: str = ""
    was_asked: bool = False


@transaction.atomic
def correct(pk: int, correction: Correction, *, actor: Person) -> bool:
    """Returns False if nothing changes. Raises progress.TooLate, ChangedMeanwhile and submission.Refused."""
    # Lock first: staff who accept the report at the same time must not end up with a different one.
    service_request = ServiceRequest.objects.locked(pk)
    if corrections.too_late(service_request):
        raise progress.TooLate
    told_before = words_of(service_request).told
    is_current = correction.was in ("", corrections.fingerprint(service_request))
    place = correction.place
    if place is not None and place.point is not None:
        if not ownership.inside(service_request.jurisdiction, place.point):
            message = submission.outside_message(service_request.jurisdiction, place.point)
            raise submission.Refused({"place": message}, code="outside")
    elif place is not None and not place.address and service_request.service_version.place_required:
        raise submission.Refused({"place": _("Tell us where it is: an address, a corner or a park.")}, code="place")
    changed = [
        _change_text(service_request, intake.clean_text(correction.text)[: intake.DESCRIPTION_MAX], actor),
        _change_answers(service_request, correction.answers, actor),
        _change_place(service_request, place, correction.owner, intake.clean_text(correction.note)[:300], actor),
    ]
    if not any(changed):
        return False
    if not is_current:
        raise EditConflict
    service_request.updated_at = app_now()
    service_request.after_warning = service_request.after_warning or bool(correction.said_no)
    service_request.save(update_fields=["updated_at", "after_warning"])
    if correction.said_no:
        emergency_question.answer_no_for_edit(service_request, correction.said_no)
    publication.screen_later_words(
        service_request, words_of(service_request), before=told_before, was_asked=correction.was_asked
    )
    routing.reroute_edited(pk)
    return True


def _change_text(service_request: ServiceRequest, text: str, actor: Person) -> bool:
    before = service_request.description
    if text == before:
        return False
    service_request.description = text
    service_request.key_sentence_at = key_sentence.start_in(service_request)
    service_request.save(update_fields=["description", "key_sentence_at"])
    _record_edit(service_request, Field.DESCRIPTION, before, text, actor)
    return True


def _change_answers(service_request: ServiceRequest, texts: Mapping[str, str], actor: Person) -> bool:
    answers = {
        answer.question_version.code: answer for answer in service_request.answers.select_related("question_version")
    }
    values = {code: answer.value for code, answer in answers.items()}
    changed = False
    for question in corrections.text_questions(service_request, values):
        if question.code not in texts:
            continue
        text = intake.clean_text(texts[question.code])[: question_kinds.ANSWER_MAX]
        answer = answers.get(question.code)
        before = str(answer.value) if answer else ""
        if text == before:
            continue
        answer = _save_answer(service_request, question, answer, text)
        is_public = question.visibility == QuestionVersion.Visibility.PUBLIC
        _record_edit(service_request, Field.ANSWER, before, text, actor, answer=answer, is_public=is_public)
        changed = True
    return changed


def _save_answer(
    service_request: ServiceRequest, question: QuestionVersion, answer: Answer | None, text: str
) -> Answer:
    """Saves an answer. The row of a removed answer stays, because its earlier text refers to it."""
    if answer is not None:
        answer.value, answer.value_text = text, text or NO_ANSWER
        answer.save(update_fields=["value", "value_text"])
        return answer
    return Answer.objects.create(
        service_request=service_request,
        question_version=question,
        question_text=question.text.get(service_request.language) or question.text.get("en", ""),
        value=text,
        value_text=text,
    )


def _change_place(
    service_request: ServiceRequest, place: submission.Place | None, owner: Owner | None, note: str, actor: Person
) -> bool:
    before = service_request.place_note
    is_same = place is None or (
        place.point == service_request.point
        and place.address == service_request.address
        and place.asset == service_request.asset
    )
    if place is not None and not is_same:
        service_request.place_source, service_request.place_confidence = place.source, place.confidence
        service_request.asset, service_request.owner = place.asset, owner
        request_place.move(
            service_request,
            point=place.point,
            address=place.address,
            note=note,
            actor=actor,
            and_save=["place_source", "place_confidence", "asset", "owner"],
        )
        return True
    if note == before:
        return False
    service_request.place_note = note
    service_request.save(update_fields=["place_note"])
    _record_edit(service_request, Field.PLACE_NOTE, before, note, actor, is_public=False)
    return True


def _record_edit(
    service_request: ServiceRequest,
    field: str,
    before: str,
    after: str,
    actor: Person,
    *,
    answer: Answer | None = None,
    is_public: bool = True,
) -> None:
    """is_public: the text is public, so followers are notified that it changed (but never shown the earlier text)."""
    revision = TextRevision.objects.create(
        service_request=service_request,
        field=field,
        answer=answer,
        before=before,
        after=after,
        reason="edited",
        person=actor,
    )
    kind = "edited" if is_public else "edited_privately"
    events.record(service_request, kind, actor=actor, field=field, revision_id=revision.pk)
