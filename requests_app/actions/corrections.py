"""Its reporter changes a report until somebody works on it: words, answers and place, with what stood there before kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from requests_app import events
from requests_app.actions import danger, moderation, place_corrections, progress, routing, submission
from requests_app.clock import app_now
from requests_app.models import Answer, Owner, Person, QuestionVersion, ServiceRequest, TextRevision
from requests_app.places import ownership
from requests_app.rules import intake, reporter_edits, review

Field = TextRevision.Field
# What readers see where an answer was taken back.
NO_ANSWER = "—"


class ChangedMeanwhile(Exception):
    """It is not any more what the page showed: another window or another device was faster."""


@dataclass(frozen=True)
class Correction:
    """The report as it shall be. place: None where it stays; owner: whose ground that is, if not ours.

    answers: free words by the question's code; what is not named stays. said_no: why we asked whether anybody is in danger,
    where that was answered with no. was: the fingerprint of the report as the page showed it.
    """

    text: str
    note: str
    place: submission.Place | None = None
    owner: Owner | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    said_no: tuple[str, ...] = ()
    was: str = ""


@transaction.atomic
def change(pk: int, wanted: Correction, *, actor: Person) -> bool:
    """False if it says all that already: a second press. Raises progress.TooLate, ChangedMeanwhile and submission.Refused."""
    # Lock first: somebody of the staff may accept it at this moment, and must not have another report in hand.
    service_request = ServiceRequest.objects.locked(pk)
    if reporter_edits.too_late(service_request):
        raise progress.TooLate
    is_of_today = wanted.was in ("", reporter_edits.fingerprint(service_request))
    place = wanted.place
    if place is not None and place.point is not None:
        if not ownership.inside(service_request.jurisdiction, place.point):
            words = submission.outside_words(service_request.jurisdiction, place.point)
            raise submission.Refused({"place": words}, code="outside")
    elif place is not None and not place.address and service_request.service_version.place_required:
        raise submission.Refused({"place": _("Tell us where it is: an address, a corner or a park.")}, code="place")
    changed = [
        _change_text(service_request, intake.clean_text(wanted.text)[: intake.DESCRIPTION_MAX], actor),
        _change_answers(service_request, wanted.answers, actor),
        _change_place(service_request, place, wanted.owner, intake.clean_text(wanted.note)[:300], actor),
    ]
    if not any(changed):
        return False
    if not is_of_today:
        raise ChangedMeanwhile
    service_request.updated_at = app_now()
    service_request.after_warning = service_request.after_warning or bool(wanted.said_no)
    service_request.save(update_fields=["updated_at", "after_warning"])
    if wanted.said_no:
        danger.continued_edit(service_request, wanted.said_no)
    if reason := review.review_reason(service_request.jurisdiction, _all_words(service_request)):
        moderation.send_to_review(pk, reason=reason)
    routing.route_changed(pk)
    return True


def _change_text(service_request: ServiceRequest, text: str, actor: Person) -> bool:
    before = service_request.description
    if text == before:
        return False
    service_request.description = text
    service_request.save(update_fields=["description"])
    _tell(service_request, Field.DESCRIPTION, before, text, actor)
    return True


def _change_answers(service_request: ServiceRequest, wanted: Mapping[str, str], actor: Person) -> bool:
    kept = {one.question_version.code: one for one in service_request.answers.select_related("question_version")}
    given = {code: one.value for code, one in kept.items()}
    changed = False
    for question in reporter_edits.text_questions(service_request, given):
        if question.code not in wanted:
            continue
        words = intake.clean_text(wanted[question.code])[: intake.ANSWER_MAX]
        answer = kept.get(question.code)
        before = str(answer.value) if answer else ""
        if words == before:
            continue
        answer = _answer(service_request, question, answer, words)
        is_public = question.visibility == QuestionVersion.Visibility.PUBLIC
        _tell(service_request, Field.ANSWER, before, words, actor, answer=answer, is_public=is_public)
        changed = True
    return changed


def _answer(service_request: ServiceRequest, question: QuestionVersion, answer: Answer | None, words: str) -> Answer:
    """The answer as it stands now. One that was taken back stays as a row: what stood there before hangs on it."""
    if answer is not None:
        answer.value, answer.value_words = words, words or NO_ANSWER
        answer.save(update_fields=["value", "value_words"])
        return answer
    return Answer.objects.create(
        service_request=service_request,
        question_version=question,
        question_words=question.text.get(service_request.language) or question.text.get("en", ""),
        value=words,
        value_words=words,
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
        place_corrections.move(
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
    _tell(service_request, Field.PLACE_NOTE, before, note, actor, is_public=False)
    return True


def _tell(
    service_request: ServiceRequest,
    where: str,
    before: str,
    after: str,
    actor: Person,
    *,
    answer: Answer | None = None,
    is_public: bool = True,
) -> None:
    """is_public: everybody reads the words, and so hears that they changed; never what stood there before."""
    revision = TextRevision.objects.create(
        service_request=service_request,
        field=where,
        answer=answer,
        before=before,
        after=after,
        reason="edited",
        person=actor,
    )
    kind = "edited" if is_public else "edited_for_staff"
    events.record(service_request, kind, actor=actor, field=where, revision_id=revision.pk)


def _all_words(service_request: ServiceRequest) -> list[str]:
    answers = [str(one.value_words) for one in service_request.answers.all()]
    return [service_request.description, service_request.address, service_request.place_note, *answers]
