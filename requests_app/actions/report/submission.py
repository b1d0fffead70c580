"""Submits a report: one submission creates one request, whatever is clicked, reloaded or retried."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from requests_app import events, references
from requests_app.actions.alarms import alarms
from requests_app.actions.people.reporters import Reporter, create_participant
from requests_app.actions.shared import clocks, counters, verify_email
from requests_app.clock import app_now
from requests_app.core import transactions
from requests_app.models import (
    FROM_911,
    PRIVATE_REASONS,
    AccessLink,
    Alarm,
    Answer,
    ApiKey,
    Area,
    Asset,
    Channel,
    Clock,
    Comment,
    IdempotencyKey,
    Jurisdiction,
    OneTimeLink,
    Owner,
    Participation,
    Person,
    Photo,
    PublicState,
    RequestArea,
    ServiceRequest,
    ServiceVersion,
    User,
)
from requests_app.places import ownership
from requests_app.places.public_place import public_place
from requests_app.rules.alarms import alarms as alarm_rules
from requests_app.rules.alarms import screening
from requests_app.rules.people import blocked_addresses
from requests_app.rules.publication import public_words, publication, review
from requests_app.rules.report import key_sentence, paper
from requests_app.rules.setup import offer_dates
from requests_app.rules.shared import intake

T = TypeVar("T")
# Without a key, the same body from the same client within this time is a retry; later, it is a new report.
RETRY_WINDOW_S = 60
# How often a report is stored again, with another number.
REFERENCE_TRIES = 5


@dataclass(frozen=True)
class Place:
    """A point (WGS84), an address, or both. source: pin, address, gps, asset or api."""

    point: Point | None = None
    address: str = ""
    note: str = ""
    source: str = ""
    confidence: float | None = None
    asset: Asset | None = None


@dataclass(frozen=True)
class SpamSignals:
    """by_robot: sent as only a bot would; over_limit: the network or the person is over a limit."""

    by_robot: bool = False
    over_limit: bool = False


NO_SPAM_SIGNALS = SpamSignals()


@dataclass(frozen=True)
class Idempotency:
    """scope: who chose the key (draft, API key, client); window_s: seconds that it counts, None for as long as it is stored.

    is_locked: the caller has locked it already.
    """

    scope: str
    key: str
    body_hash: str
    window_s: int | None = None
    is_locked: bool = False


@dataclass(frozen=True)
class SubmissionResult:
    """repeated: the same submission came earlier, and this is the request it created."""

    service_request: ServiceRequest
    link: AccessLink | None
    repeated: bool = False

    @property
    def made_at(self) -> dt.datetime | None:
        """When this call made the request; None if an earlier one did."""
        return None if self.repeated else self.service_request.submitted_at


class Refused(Exception):
    """The report is not acceptable as it is. problems: field → message in the reader's language."""

    def __init__(self, problems: Mapping[str, str], *, code: str = "invalid") -> None:
        self.problems, self.code = dict(problems), code
        super().__init__("; ".join(problems.values()))


class IdempotencyConflict(Exception):
    """The key was already used with another body."""


class ReferenceTaken(Exception):
    """Another request has the new number (one in a billion)."""


def outside_source(key: ApiKey | None) -> str:
    """What the numbers of a 911 center belong to: its program, or the form. Imports have names of their own, without a colon."""
    return f"key:{key.pk}" if key is not None else FROM_911


def body_hash(*parts: object) -> str:
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()


@dataclass(frozen=True)
class NewReport:
    """A report that passed its form or parser.

    answers: from intake.read_answers(). owner: the land's owner, to whom the resident asked to forward it. may_be_outside: the
    owner may be the neighbor outside the boundary. spam_signals: they may send the report to review before it is public
    (rules.review), but never stop work on it. visitor_hash: of the browser's cookie, if it has one. api_key: of the program that
    sends it. photo_links: addresses of photos elsewhere, for staff. is_transfer: a 911 center passed it on, or it was left as
    voicemail; outside_number: the number of the center's event. priority: as the member of staff chose it, instead of the
    service's. was_asked: a page showed the writer the personal data in it, and they left it in. is_for_another: the reporter is
    not who called, but whom they called for. received_on: the day on which it came on paper; late_reason: for staff, why it is
    entered so much later.
    """

    jurisdiction: Jurisdiction
    version: ServiceVersion
    description: str
    language: str
    place: Place
    answers: intake.Answers
    reporter: Reporter
    channel: str = Channel.WEB
    owner: Owner | None = None
    photos: Iterable[Photo] = ()
    after_warning: bool = False
    is_test: bool = False
    may_be_outside: bool = False
    spam_signals: SpamSignals = NO_SPAM_SIGNALS
    visitor_hash: str = ""
    api_key: ApiKey | None = None
    photo_links: Sequence[str] = ()
    outside_number: str = ""
    is_transfer: bool = False
    priority: int | None = None
    was_asked: bool = False
    is_for_another: bool = False
    received_on: dt.date | None = None
    late_reason: str = ""


def submit(report: NewReport, *, actor: User | None = None, idempotency: Idempotency | None = None) -> SubmissionResult:
    """Stores the report with its answers, people, areas, clocks and photos; the worker routes it from there.

    actor: the member of staff who typed it for somebody, or who reports what they saw themselves (channel staff): then it has no
    reporter and no private link. Where the service demands it, the report waits until the link in an email is used: until then
    nobody sees it, and nothing of what follows a report happens (see confirm_report.py). It does not wait where the address was
    proved before, a member of staff took it, or somebody may be in danger. If its words surely tell of danger, or an answer makes
    it urgent, it raises an alarm.
    Raises Refused (nothing is stored) and IdempotencyConflict.
    """
    return in_transaction(lambda: submit_here(report, actor=actor, idempotency=idempotency))


def in_transaction(submit_once: Callable[[], T]) -> T:
    """Calls it in a transaction with a scope, for submit_here(): in another one if the new number was taken."""
    for _attempt in range(REFERENCE_TRIES - 1):
        with suppress(ReferenceTaken), transaction.atomic(), transactions.scope():
            return submit_once()
    with transaction.atomic(), transactions.scope():
        return submit_once()


def submit_here(
    report: NewReport, *, actor: User | None = None, idempotency: Idempotency | None = None
) -> SubmissionResult:
    """As submit(), but in a transaction that in_transaction() began. Raises ReferenceTaken, too."""
    before = earlier(idempotency) if idempotency is not None else None
    if before is not None:
        return SubmissionResult(before, _link_of(before), repeated=True)
    return _submit(report, actor, idempotency)


def _submit(report: NewReport, actor: User | None, idempotency: Idempotency | None) -> SubmissionResult:
    version, reporter = report.version, report.reporter
    _check(report)
    photos = list(report.photos)
    words = _texts_of(report, photos)
    lists = review.ModerationLists(report.jurisdiction, words.typed, email=reporter.email)
    # Who works here is known: the event names them, and the report has no reporter.
    is_of_staff = report.channel == Channel.STAFF and actor is not None
    if not is_of_staff:
        check_reporter(report.jurisdiction, version, reporter, is_blocked=lists.is_blocked)
    verdict = publication.judge(
        report.jurisdiction,
        words,
        was_asked=report.was_asked,
        is_transfer=report.is_transfer,
        by_robot=report.spam_signals.by_robot,
        over_limit=report.spam_signals.over_limit,
        lists=lists,
    )
    alarm_reason = _alarm_reason(report, verdict.danger)
    must_wait = version.must_confirm and not (
        reporter.email_is_verified or actor or report.after_warning or report.is_test or alarm_reason
    )
    service_request = _new_request(report, verdict=verdict, must_wait=must_wait)
    _raise_priority(service_request, alarm_reason)
    point = report.place.point
    areas = ownership.areas_at(report.jurisdiction, point) if point else []
    # Its clocks begin when it is confirmed.
    started = [] if must_wait else _planned_clocks(service_request, report.answers, [area.pk for area in areas])
    _save_with_reference(service_request)
    Clock.objects.bulk_create(started)
    _store_areas_and_answers(service_request, report, areas)
    participation: Participation | None = None
    link: AccessLink | None = None
    if not is_of_staff:
        if not version.identity_words:
            reporter = replace(reporter, postal_address="")
        is_caller = actor is not None and not report.is_for_another
        role = Participation.Role.CALLER if is_caller else Participation.Role.REPORTER
        participation, link = create_participant(service_request, reporter, report.language, role=role)
    for photo in photos:
        photo.draft = None
        photo.service_request = service_request
        photo.is_private = report.answers.private_photos
    if photos:
        Photo.objects.bulk_update(photos, ["draft", "service_request", "is_private"])
    for text in filter(None, ["\n".join(report.photo_links), report.late_reason]):
        # No event: nobody is notified.
        Comment.objects.create(
            service_request=service_request,
            kind=Comment.Kind.NOTE,
            audience=Comment.Audience.EVERYONE,
            text=text,
            language=report.language,
        )
    if must_wait and participation is not None and participation.contact_point is not None:
        verify_email.send_link(
            participation.contact_point,
            OneTimeLink.Purpose.CONFIRM,
            service_request=service_request,
            visitor_hash=report.visitor_hash,
        )
    else:
        _record(service_request, actor=actor or (participation.person if participation is not None else None))
        if alarm_reason:
            alarms.raise_alarm(service_request, reason=alarm_reason)
    if idempotency is not None:
        used = IdempotencyKey(
            scope=idempotency.scope,
            key=idempotency.key,
            body_hash=idempotency.body_hash,
            service_request=service_request,
            created_at=app_now(),
        )
        # One that counts no more is replaced.
        IdempotencyKey.objects.bulk_create(
            [used],
            update_conflicts=True,
            unique_fields=["scope", "key"],
            update_fields=["body_hash", "service_request", "created_at"],
        )
    return SubmissionResult(service_request, link)


def planned(report: NewReport) -> ServiceRequest:
    """The request that submit() would make of it now, with its due dates, for what is promised before it's sent. Stores nothing."""
    danger = screening.find_danger(report.jurisdiction, _texts_of(report, list(report.photos)).told)
    service_request = _new_request(report, verdict=publication.Verdict("", "", danger), must_wait=False)
    _raise_priority(service_request, _alarm_reason(report, danger))
    areas = ownership.areas_at(report.jurisdiction, report.place.point) if report.place.point else []
    _planned_clocks(service_request, report.answers, [area.pk for area in areas])
    return service_request


def _raise_priority(service_request: ServiceRequest, alarm_reason: str) -> None:
    if alarm_reason and service_request.priority != 1:
        service_request.priority, service_request.priority_reason = 1, alarms.DANGER


def _alarm_reason(report: NewReport, assessment: screening.Assessment) -> str:
    """Why somebody must know of it now (Alarm.Reason); empty if nobody must. assessment: the danger in its words."""
    if assessment.danger is not None and assessment.danger.level == screening.Level.SURE:
        return Alarm.Reason.WORDS
    return Alarm.Reason.ANSWER if alarm_rules.is_urgent_answer(report.answers) else ""


def _texts_of(report: NewReport, photos: list[Photo]) -> publication.Words:
    place, answered, alts = report.place, report.answers.answered, [photo.alt for photo in photos]
    public = public_words.words_for_everyone(
        report.version,
        text=report.description,
        point=place.point,
        address=place.address,
        answers=[(question, str(value)) for question, value, _words in answered],
    )
    if public and not report.answers.private_photos:
        public |= {f"photo:{number}": alt for number, alt in enumerate(alts)}
    return publication.Words(
        told=screening.own_words(report.description, place.address, place.note, answered, alts),
        typed=[
            report.description, report.reporter.name, place.address, place.note,
            *(words for _question, _value, words in answered), *alts,
        ],
        public=public,
        labels={f"answer:{question.code}": public_words.label_of(question) for question, _value, _words in answered},
    )  # fmt: skip


def _new_request(report: NewReport, *, verdict: publication.Verdict, must_wait: bool) -> ServiceRequest:
    """The unsaved row."""
    version, place, answers = report.version, report.place, report.answers
    # A confidential service's report needs no decision; a listed threat warns those who read it.
    needs_none = version.is_confidential and verdict.reason in PRIVATE_REASONS
    review_reason = verdict.listed if needs_none else verdict.reason
    description = intake.clean_text(report.description)[: intake.DESCRIPTION_MAX]
    public_state = review.public_state_of(version, is_test=report.is_test, review_reason=review_reason)
    public_point, public_address = public_place(version.visibility, place.point, place.address)
    owner = report.owner
    if verdict.reason in PRIVATE_REASONS:
        # What only some of City Hall may read doesn't leave it.
        owner, public_point, public_address = None, None, ""
    now = app_now()
    return ServiceRequest(
        jurisdiction=report.jurisdiction,
        service=version.service,
        service_version=version,
        description=description,
        key_sentence_at=key_sentence.start_of(report.jurisdiction, description, report.language, version.service_id),
        language=report.language,
        channel=report.channel,
        point=place.point,
        address=place.address[:300],
        place_note=place.note[:300],
        place_source=place.source,
        place_confidence=place.confidence,
        asset=place.asset,
        public_point=public_point,
        public_address=public_address[:300],
        public_state=PublicState.UNCONFIRMED if must_wait else public_state,
        review_reason=review_reason,
        is_test=report.is_test,
        api_key=report.api_key,
        priority=report.priority or intake.priority_of(version, answers),
        priority_reason="staff" if report.priority else answers.priority_reason or "service",
        external_source=outside_source(report.api_key) if report.outside_number else "",
        external_id=report.outside_number,
        photos_private=answers.private_photos,
        after_warning=report.after_warning,
        owner=owner,
        submitted_at=paper.received_at(report.jurisdiction, report.received_on) if report.received_on else now,
        updated_at=now,
    )


def _planned_clocks(service_request: ServiceRequest, answers: intake.Answers, areas: list[int] | None) -> list[Clock]:
    return clocks.planned(
        service_request,
        department=service_request.service_version.department,
        at=service_request.submitted_at,
        resolve_target=answers.resolve_target,
        areas=areas,
    )


def _store_areas_and_answers(service_request: ServiceRequest, report: NewReport, areas: Iterable[Area]) -> None:
    RequestArea.objects.bulk_create(
        RequestArea(
            area=area,
            service_request=service_request,
            submitted_at=service_request.submitted_at,
            public_state=service_request.public_state,
        )
        for area in areas
    )
    Answer.objects.bulk_create(
        Answer(
            service_request=service_request,
            question_version=question,
            question_text=question.text.get(report.language) or question.text.get("en", ""),
            value=value,
            value_text=words,
        )
        for question, value, words in report.answers.answered
    )


def record_submission(service_request: ServiceRequest, *, answers: intake.Answers, actor: User | Person) -> None:
    """Starts the clocks and records the event of a stored report that was confirmed."""
    Clock.objects.bulk_create(_planned_clocks(service_request, answers, None))
    service_request.save(update_fields=clocks.DUE_FIELDS)
    _record(service_request, actor=actor)


def _record(service_request: ServiceRequest, *, actor: User | Person | None) -> None:
    events.record(
        service_request,
        "submitted",
        actor=actor,
        channel=service_request.channel,
        service_code=service_request.service.service_code,
        after_warning=service_request.after_warning,
    )
    if review.awaits_review(service_request):
        events.record(service_request, "pending_review", actor=None, reason=service_request.review_reason)
    counters.submitted(service_request)


def check_reporter(
    jurisdiction: Jurisdiction, version: ServiceVersion, reporter: Reporter, *, is_blocked: bool | None = None
) -> None:
    """Raises Refused if the address is blocked or the service requires contact details that are missing.

    is_blocked: None if nobody looked it up yet.
    """
    if is_blocked is None:
        is_blocked = blocked_addresses.is_blocked(jurisdiction, reporter.email)
    if is_blocked:
        raise Refused({"email": blocked_addresses.refusal(jurisdiction)}, code="contact")
    missing = intake.who_problems(
        version, name=reporter.name, postal_address=reporter.postal_address, email=reporter.email
    )
    if missing:
        raise Refused(missing, code="contact")


def _check(report: NewReport) -> None:
    jurisdiction, version, point = report.jurisdiction, report.version, report.place.point
    if version.service.jurisdiction_id != jurisdiction.pk or not (version.service.active or report.is_test):
        raise Refused({"service": _("We no longer offer this service. Choose another one.")}, code="service")
    if not (report.is_test or offer_dates.offered_today([version], jurisdiction.zone)):
        raise Refused({"service": offer_dates.not_offered(version)}, code="service")
    if report.received_on is not None:
        _check_day(report, report.received_on)
    if report.answers.stopped_by is not None:
        raise Refused({report.answers.stopped_by.code: _("Call 911 now. This form can’t send help.")}, code="emergency")
    if report.answers.problems:
        raise Refused(report.answers.problems, code="answers")
    if point is None and not report.place.address and version.place_required:
        raise Refused({"place": _("Tell us where it is: an address, a corner or a park.")}, code="place")
    if point is not None and not ownership.inside(jurisdiction, point):
        neighbor = report.owner if report.may_be_outside else None
        if neighbor is not None and neighbor.email and neighbor == ownership.neighbor_at(jurisdiction, point):
            return
        raise Refused({"place": outside_message(jurisdiction, point)}, code="outside")


def _check_day(report: NewReport, day: dt.date) -> None:
    if paper.problem(day, today=paper.today(report.jurisdiction), reason=report.late_reason):
        raise Refused({"received_on": _("Begin again, with the day on which it came.")}, code="received_on")


def outside_message(jurisdiction: Jurisdiction, point: Point) -> str:
    """The message for a place outside the city, with the neighbor it may belong to."""
    neighbor = ownership.neighbor_at(jurisdiction, point)
    if neighbor is None:
        return _("This place is outside %(city)s. Choose a place inside the city.") % {"city": jurisdiction.name}
    return _("This place is outside %(city)s. It may belong to %(neighbor)s. You can call them at %(phone)s.") % {
        "city": jurisdiction.name,
        "neighbor": neighbor.name,
        "phone": neighbor.phone,
    }


def earlier(idempotency: Idempotency) -> ServiceRequest | None:
    """The request that this key created earlier. Raises IdempotencyConflict."""
    record = earlier_use(idempotency)
    return record.service_request if record is not None else None


def earlier_use(idempotency: Idempotency) -> IdempotencyKey | None:
    """What this key did earlier. Two calls with the same key wait for each other here. Raises IdempotencyConflict.

    Reads the time along with the lock.
    """
    now = app_now() if idempotency.is_locked else _lock(idempotency)
    record = (
        IdempotencyKey.objects.select_related("service_request__service_version", "service_request__jurisdiction")
        .filter(scope=idempotency.scope, key=idempotency.key)
        .first()
    )
    if record is None:
        return None
    if idempotency.window_s is not None and (now - record.created_at).total_seconds() > idempotency.window_s:
        return None
    if record.body_hash != idempotency.body_hash:
        raise IdempotencyConflict
    return record


def _lock(idempotency: Idempotency) -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 311)), app_now()",
            [f"{idempotency.scope}|{idempotency.key}"],
        )
        now: dt.datetime = cursor.fetchone()[1]
    if (scope := transactions.current()) is not None:
        scope.now = now
    return now


def remember(idempotency: Idempotency, service_request: ServiceRequest) -> bool:
    """For what is added to a request: whether this key is new, which is then stored. Call it in the action's transaction.

    Raises IdempotencyConflict.
    """
    if earlier(idempotency) is not None:
        return False
    store_use(idempotency, service_request)
    return True


def store_use(
    idempotency: Idempotency, service_request: ServiceRequest, answer: Mapping[str, Any] | None = None
) -> None:
    """answer: what to say again when the same call comes."""
    IdempotencyKey.objects.update_or_create(
        scope=idempotency.scope,
        key=idempotency.key,
        defaults={
            "body_hash": idempotency.body_hash,
            "service_request": service_request,
            "answer": answer or {},
            "created_at": app_now(),
        },
    )


def _link_of(service_request: ServiceRequest) -> AccessLink | None:
    return service_request.access_links.filter(purpose="follow").order_by("id").first()


def _save_with_reference(service_request: ServiceRequest) -> None:
    """Raises ReferenceTaken, which ends the transaction: a savepoint for it would cost each report two statements."""
    service_request.reference = references.new_reference()
    try:
        service_request.save(force_insert=True)
    except IntegrityError as error:
        if "reference" not in str(error):
            raise
        raise ReferenceTaken from error


def to_answers(version: ServiceVersion, answers: Mapping[str, Any]) -> intake.Answers:
    """Validates raw answers against the version's questions."""
    return intake.read_answers(intake.questions_of(version), answers)
