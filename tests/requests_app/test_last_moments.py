"""What works until a moment, or from one on: at the moment itself, and a millionth of a second before and after it."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pgtrigger
import pytest
from django.db import transaction
from django.db.models import Model

from requests_app.actions.people import invitations
from requests_app.actions.programs import webhooks
from requests_app.actions.promises import escalation
from requests_app.actions.report import offline_submission, resume_draft, submission
from requests_app.actions.shared import verify_email
from requests_app.actions.work import bulk_jobs, department_links, safety_notes, staff_texts
from requests_app.clock import app_now
from requests_app.core import sealed
from requests_app.links import DepartmentLink
from requests_app.messages import limits
from requests_app.models import (
    BulkJob,
    Clock,
    Comment,
    Draft,
    Event,
    IdempotencyKey,
    Invitation,
    Message,
    OneTimeLink,
    SafetyNote,
    ServiceRequest,
    TypicalTime,
    Webhook,
)
from requests_app.rules.programs import api_keys
from requests_app.rules.promises import expected
from requests_app.rules.work import reopenings
from tests.planted import VISITOR, Planted, kept_for_a_module

WALKED = ("requests_app/actions", "requests_app/rules", "requests_app/messages")
S, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
MOMENT = dt.timedelta(microseconds=1)
NOW = dt.timedelta(0)
KEY = uuid.UUID(int=7)


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


@dataclass(frozen=True)
class Case:
    """of: the row; column: the time in it, so long ago; asked: what then works, or is over; at: which, at the moment itself."""

    of: Callable[[Planted], Model]
    column: str
    ago: dt.timedelta
    asked: Callable[[Planted, Any], object]
    at: str = "over"


def works(call: Callable[..., object], *refusals: type[Exception], **more: Any) -> Callable[[Planted, Any], bool]:
    """Whether an action takes the row."""

    def asked(planted: Planted, row: Any) -> bool:
        try:
            call(row, **{name: value(planted) for name, value in more.items()})
        except refusals:
            return False
        return True

    return asked


def sue(planted: Planted) -> Any:
    return planted.staff["sue"]


def link(planted: Planted, event: Any) -> DepartmentLink:
    return DepartmentLink(event, planted.cast.streets, "done")


def routed(planted: Planted) -> Event:
    return Event.objects.filter(service_request=planted.public, kind__in=["routed", "transferred"]).latest("pk")


def own_comment(planted: Planted) -> Comment:
    return Comment.objects.create(service_request=planted.public, user=sue(planted), text="We will come.", public=True)


def done_job(planted: Planted) -> BulkJob:
    BulkJob.objects.update(undo_asked_at=None, done=1)
    return BulkJob.objects.get()


def first_email(planted: Planted) -> Message:
    """Of as many as an unproved address may get in an hour."""
    point = planted.subscription.contact_point
    type(point).objects.filter(normalized=point.normalized).update(verified_at=None)
    Message.objects.filter(contact_point__normalized=point.normalized).delete()
    emails = [
        Message.objects.create(
            jurisdiction=planted.cast.city, contact_point=point, person=point.person, channel="email",
            kind=f"link_{number}", sent_at=app_now(),
        )
        for number in range(limits.AN_HOUR)
    ]  # fmt: skip
    return emails[0]


def remembered(planted: Planted) -> IdempotencyKey:
    return IdempotencyKey.objects.create(scope="s", key="k", body_hash="h", service_request=planted.public)


def overlap(planted: Planted) -> Webhook:
    Webhook.objects.update(secret=sealed.seal("new"), previous_secret=sealed.seal("old"))
    return planted.webhook


def offline_draft(planted: Planted) -> Draft:
    draft = planted.drafts["details"]
    Draft.objects.filter(pk=draft.pk).update(idempotency_key=KEY)
    return draft


def resumes(planted: Planted, draft: Any) -> bool:
    resume_draft.resume(draft, visitor="another")
    return bool(Draft.objects.get(pk=draft.pk).visitor_hash != planted.drafts["details"].visitor_hash)


def by_previous(planted: Planted, key: Any) -> bool:
    key.by_previous, key.now = True, app_now()
    return api_keys.refusal(key, "203.0.113.9") != api_keys.REPLACED


def is_unexpired(planted: Planted, key: Any) -> bool:
    key.by_previous, key.now = False, app_now()
    return api_keys.refusal(key, "203.0.113.9") != api_keys.EXPIRED


def clock_with_a_step(planted: Planted) -> Clock:
    clock = Clock.objects.filter(met_at=None, service_request=planted.requests["coarse"]).earliest("id")
    Clock.objects.exclude(pk=clock.pk).update(step_at=None)
    Clock.objects.filter(pk=clock.pk).update(due_at=app_now() + DAY, paused_at=None, step=0)
    return clock


def has_told(planted: Planted, clock: Any) -> bool:
    Clock.objects.filter(pk=clock.pk).update(due_at=app_now() + 30 * DAY)
    escalation.take_due_steps()
    return Event.objects.filter(service_request=clock.service_request_id, kind="due_soon").exists()


CASES = {
    "invitation": Case(
        lambda planted: Invitation.objects.get(), "expires_at", NOW, lambda planted, row: not invitations.is_expired(row)
    ),
    "one-time link": Case(
        lambda planted: OneTimeLink.objects.filter(used_at=None).latest("pk"),
        "expires_at",
        NOW,
        works(verify_email._use_up, verify_email.LinkExpired),
    ),
    "link of a department": Case(
        routed, "at", 30 * DAY, lambda planted, row: department_links.why_ended(link(planted, row), planted.public) != "expired",
        at="works",
    ),
    "withdrawing a text": Case(
        own_comment, "created_at", 30 * S,
        works(lambda row, actor: staff_texts.withdraw(row.pk, actor=actor), staff_texts.TooLateToWithdraw, actor=sue),
        at="works",
    ),
    "undoing a bulk job": Case(
        done_job, "finished_at", bulk_jobs.UNDO_FOR, lambda planted, row: bulk_jobs.may_undo(row), at="works"
    ),
    "earlier secret of a webhook": Case(
        overlap, "previous_until", NOW, lambda planted, row: len(webhooks.plain_secrets(row, app_now())) == 2
    ),
    "earlier key of a program": Case(lambda planted: planted.api_key, "previous_until", NOW, by_previous),
    "key of a program": Case(lambda planted: planted.api_key, "expires_at", NOW, is_unexpired),
    "draft on another device": Case(lambda planted: planted.drafts["details"], "expires_at", NOW, resumes),
    "draft of an offline device": Case(
        offline_draft, "expires_at", NOW,
        lambda planted, row: offline_submission.find(planted.cast.city, visitor=VISITOR, key=KEY) is not None,
    ),
    "the same report again": Case(
        remembered, "created_at", 100 * S,
        lambda planted, row: submission.earlier_use(submission.Idempotency("s", "k", "h", window_s=100)) is not None,
        at="works",
    ),
    "reopening": Case(
        lambda planted: planted.requests["ended"], "resolved_at", 30 * DAY,
        lambda planted, row: reopenings.is_in_time(row), at="works",
    ),
    "emails of an hour": Case(
        first_email, "sent_at", dt.timedelta(hours=1), lambda planted, row: limits.is_over(row.contact_point)
    ),
    "safety note": Case(
        lambda planted: SafetyNote.objects.get(), "ends_at", NOW,
        works(lambda row: safety_notes._locked(row.pk), safety_notes.AlreadyOver),
    ),
    "a warning": Case(clock_with_a_step, "step_at", 2 * DAY, has_told),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_at_its_last_moment(planted: Planted, db: None, name: str) -> None:
    case = CASES[name]
    answers = {}
    for when, shift in (("before", MOMENT), ("at", NOW), ("after", -MOMENT)):
        with transaction.atomic():
            row = case.of(planted)
            rows = type(row)._default_manager.filter(pk=row.pk)
            # Events are never changed otherwise.
            with pgtrigger.ignore():
                rows.update(**{case.column: app_now() - case.ago + shift})
            answers[when] = bool(case.asked(planted, rows.get()))
            transaction.set_rollback(True)
    assert answers == {"before": True, "at": case.at == "works", "after": False}


def test_what_others_took_lasts_until_it_is_past(planted: Planted, db: None) -> None:
    coarse = ServiceRequest.objects.get(pk=planted.requests["coarse"].pk)
    coarse.scheduled_for, coarse.status = None, "routed"
    usual = TypicalTime(half=DAY, most=2 * DAY)
    ends = coarse.submitted_at + 2 * DAY
    assert [expected.finished_by(coarse, usual, ends + shift) for shift in (-MOMENT, NOW)] == [ends, None]
    coarse.status = "on_hold"
    assert expected.finished_by(coarse, usual, coarse.submitted_at) is None
