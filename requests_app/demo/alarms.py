"""Demo data for alarms: staff on the rosters, alarms of the past months, one that rings until somebody takes it, the city's own
emergency words, and how often residents were asked about danger."""

import datetime as dt
import random
from dataclasses import dataclass

from django.db import transaction

from requests_app.actions.alarms.emergency_words import PHRASE
from requests_app.demo.moderation import submit_report
from requests_app.demo.staff import demo_user
from requests_app.imports.bulk import copy_rows
from requests_app.models import (
    Alarm,
    AlarmCall,
    EmergencyPhrase,
    Event,
    GazetteerEntry,
    Jurisdiction,
    OnCall,
    ScreeningCount,
    ServiceRequest,
    User,
)
from requests_app.rules.people.leaves import today


@dataclass(frozen=True)
class PastAlarm:
    """minutes: until somebody took it; steps: how many were alerted by then."""

    minutes: int
    steps: int
    is_needless: bool = False


PAST = [
    PastAlarm(3, 1), PastAlarm(6, 1), PastAlarm(4, 1, is_needless=True), PastAlarm(19, 2), PastAlarm(2, 1), PastAlarm(11, 1),
    PastAlarm(34, 3), PastAlarm(5, 1), PastAlarm(8, 1, is_needless=True), PastAlarm(17, 2), PastAlarm(4, 1), PastAlarm(9, 1),
]  # fmt: skip
# The role of the demo bar, and whose roster.
STAFF_ON_CALL = [("triage", "PW"), ("supervisor", "PK")]
WAIT = dt.timedelta(minutes=15)
# Its service, and what tells of the danger.
RINGING = (
    "treehazard",
    "A tree came down on the power line in front of the house and the wire is sparking on the sidewalk.",
)
# A river city's own, by language.
OWN_WORDS = {
    "en": ("through the ice", "over the floodwall"),
    "es": ("se rompió el hielo", "por encima del muro del río"),
}
Step = ScreeningCount.Step
# Why people were asked, and about how often in a week.
ASKED = {"service": 60, "red_flag": 9, "answer": 5, "overdose": 2}
# Of those asked, the share that called, and that went on.
ANSWERED = {Step.CALLED: 0.08, Step.WENT_ON: 0.8}
WEEKS = 8
SEED = 911


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    _put_staff_on_rosters(jurisdiction)
    _add_own_words(jurisdiction)
    _count_questions(jurisdiction)
    if Alarm.objects.filter(jurisdiction=jurisdiction).exists():
        return
    urgent = (
        ServiceRequest.objects.in_jurisdiction(jurisdiction)
        .ended()
        .filter(priority=1, department__on_call_roster__email__gt="")
        .select_related("department")
        .distinct()
    )
    # One every two weeks or so, whenever it was.
    chosen = list(urgent.order_by("-submitted_at", "-id")[: 4 * len(PAST) : 4])
    with transaction.atomic():
        for service_request, past in zip(chosen, PAST, strict=False):
            _add(service_request, past, demo_user(jurisdiction, "triage"))
        service_code, words = RINGING
        place = GazetteerEntry.objects.filter(jurisdiction=jurisdiction, kind="address").order_by("-id").first()
        if place is not None:
            submit_report(jurisdiction, service_code, "en", words, place)


def _put_staff_on_rosters(jurisdiction: Jurisdiction) -> None:
    for role, code in STAFF_ON_CALL:
        user, department = demo_user(jurisdiction, role), jurisdiction.departments.filter(code=code).first()
        if user is not None and department is not None:
            OnCall.objects.get_or_create(
                jurisdiction=jurisdiction, department=department, user=user, defaults={"order": 9}
            )


def _add_own_words(jurisdiction: Jurisdiction) -> None:
    administrator = demo_user(jurisdiction, "administrator")
    if administrator is None or EmergencyPhrase.objects.filter(jurisdiction=jurisdiction).exists():
        return
    for language, phrases in OWN_WORDS.items():
        for phrase in phrases:
            row = EmergencyPhrase(jurisdiction=jurisdiction)
            kind = EmergencyPhrase.Kind.RED_FLAG
            PHRASE.add(row, actor=administrator, phrase=phrase, language=language, kind=kind)


def _count_questions(jurisdiction: Jurisdiction) -> None:
    """By day, as the form counts them, without anybody's visit."""
    if ScreeningCount.objects.filter(jurisdiction=jurisdiction).exists():
        return
    rng = random.Random(SEED)  # noqa: S311 - a story, no secret
    rows = []
    for week in range(WEEKS):
        day = today(jurisdiction) - dt.timedelta(weeks=week)
        for reason, usual in ASKED.items():
            asked = max(1, round(usual * rng.uniform(0.6, 1.4)))
            counts = {Step.ASKED: asked} | {step: round(asked * share) for step, share in ANSWERED.items()}
            rows += [
                ScreeningCount(jurisdiction=jurisdiction, day=day, reason=reason, step=step, value=value)
                for step, value in counts.items()
            ]
    ScreeningCount.objects.bulk_create(rows, ignore_conflicts=True)


def _add(service_request: ServiceRequest, past: PastAlarm, marked_by: User | None) -> None:
    started_at = service_request.submitted_at
    accepted_at = started_at + dt.timedelta(minutes=past.minutes)
    alarm = Alarm.objects.create(
        jurisdiction_id=service_request.jurisdiction_id,
        service_request=service_request,
        reason=Alarm.Reason.ANSWER,
        state=Alarm.State.ACCEPTED,
        started_at=started_at,
        step=past.steps,
        accepted_at=accepted_at,
        needless_at=accepted_at + WAIT if past.is_needless and marked_by else None,
        needless_by=marked_by if past.is_needless else None,
    )
    _record(service_request, "alarm_raised", started_at, alarm_id=alarm.pk, reason=alarm.reason)
    roster = list(OnCall.objects.filter(department=service_request.department, email__gt=""))
    for step in range(past.steps):
        entry = roster[step % len(roster)]
        at = started_at + step * WAIT
        call = AlarmCall.objects.create(
            alarm=alarm,
            step=step,
            round=step // len(roster),
            level=AlarmCall.Level.DEPARTMENT,
            callee_key=entry.email,
            name=entry.name,
            channel=AlarmCall.Channel.EMAIL,
            address=entry.email,
            state=AlarmCall.State.SENT,
            created_at=at,
            sent_at=at,
        )
        _record(service_request, "alarm_sent", at, alarm_id=alarm.pk, call_id=call.pk, channel=call.channel)
        alarm.accepted_call = call
    alarm.save(update_fields=["accepted_call"])
    _record(service_request, "alarm_accepted", accepted_at, alarm_id=alarm.pk, call_id=alarm.accepted_call_id)
    if alarm.needless_at is not None:
        _record(service_request, "alarm_needless", alarm.needless_at, user=marked_by, alarm_id=alarm.pk)


def _record(
    service_request: ServiceRequest, kind: str, at: dt.datetime, *, user: User | None = None, **data: int | str | None
) -> None:
    # Not with events.record(): it happened in the past, and nobody is to be alerted now.
    row = {
        "jurisdiction_id": service_request.jurisdiction_id,
        "service_request_id": service_request.pk,
        "kind": kind,
        "at": at,
        "user_id": user.pk if user else None,
        "data": data,
        "source": Event.Source.DEMO,
    }
    copy_rows(Event, [row])
