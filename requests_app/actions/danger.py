"""The emergency question: shown, answered with no, or followed by a call. Counted by day, with no link to any person."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction

from requests_app.actions import drafts
from requests_app.clock import app_now
from requests_app.models import Draft, Jurisdiction, ScreeningCount, ServiceRequest, ServiceVersion
from requests_app.rules.report_path import Path

Step = ScreeningCount.Step
# How long a draft that stopped at the question is kept: long enough for a call and what follows.
STOPPED_KEPT = dt.timedelta(hours=24)
# If there are several reasons, the first of these is counted.
WEIGHT = ("answer", "phrase", "service", "always")

COUNT = """
INSERT INTO requests_app_screeningcount AS counted (jurisdiction_id, day, service_code, reason, step, value)
VALUES (%s, %s, %s, %s, %s, 1)
ON CONFLICT (jurisdiction_id, day, service_code, reason, step) DO UPDATE SET value = counted.value + 1
"""


@transaction.atomic
def question_shown(draft: Draft) -> None:
    """Records that the question page was shown. An unanswered draft is deleted after a day."""
    if not _lock(draft) or not (path := Path(draft)).warnings:
        return
    asked = set(draft.typed.get("asked", []))
    new = set(path.warnings) - asked
    draft.warning = "shown"
    drafts.save(draft, asked=sorted(asked | new))
    _keep_until(draft, min(app_now() + STOPPED_KEPT, draft.created_at + drafts.EXPIRES_AFTER))
    if new:
        _count(draft.jurisdiction, path.version, Step.ASKED, new)


@transaction.atomic
def answer_no(draft: Draft, reasons: Iterable[str]) -> None:
    """Records that nobody is in danger, for these reasons. The request will be marked as submitted after the question."""
    if not _lock(draft):
        return
    warned, asked = set(draft.typed.get("warned", [])), set(draft.typed.get("asked", []))
    new = set(reasons) - warned
    if not new:
        return
    path = Path(draft)
    if new - asked:
        # The question was asked on a device without a network, where it could not be counted.
        _count(draft.jurisdiction, path.version, Step.ASKED, new - asked)
    _count(draft.jurisdiction, path.version, Step.WENT_ON, new)
    draft.warning = "went_on"
    drafts.save(draft, warned=sorted(warned | new), asked=sorted(asked | new))
    _keep_until(draft, draft.created_at + drafts.EXPIRES_AFTER)


@transaction.atomic
def clear_warning(draft: Draft) -> None:
    """The text or answer behind the question was changed, so the draft no longer stops at it."""
    if _lock(draft) and draft.warning == "shown" and not Path(draft).warnings:
        draft.warning = "went_on" if draft.typed.get("warned") else ""
        drafts.save(draft)
        _keep_until(draft, draft.created_at + drafts.EXPIRES_AFTER)


@transaction.atomic
def called(draft: Draft) -> None:
    """Records a call to the emergency number, at most once a draft."""
    if _lock(draft) and (path := Path(draft)).warnings and not draft.typed.get("called"):
        drafts.save(draft, called=True)
        _count(draft.jurisdiction, path.version, Step.CALLED, path.warnings)


def question_shown_for_edit(service_request: ServiceRequest, reasons: Iterable[str]) -> None:
    """Counts an edit of a submitted report for which the question page is shown. Nothing is changed yet."""
    _count(service_request.jurisdiction, service_request.service_version, Step.ASKED, reasons)


def answer_no_for_edit(service_request: ServiceRequest, reasons: Iterable[str]) -> None:
    """Counts an edit saved after its author answered that nobody is in danger."""
    _count(service_request.jurisdiction, service_request.service_version, Step.WENT_ON, reasons)


def _lock(draft: Draft) -> bool:
    """Locks and reloads the draft, so that a double click counts once. Returns False if it no longer exists."""
    locked = Draft.objects.select_for_update(of=("self",)).filter(pk=draft.pk, service_request=None).first()
    if locked is None:
        return False
    draft.typed, draft.warning = locked.typed, locked.warning
    return True


def _keep_until(draft: Draft, at: dt.datetime) -> None:
    draft.expires_at = at
    draft.save(update_fields=["expires_at"])


def _count(jurisdiction: Jurisdiction, version: ServiceVersion | None, step: Step, reasons: Iterable[str]) -> None:
    kinds = {reason.partition(":")[0] for reason in reasons}
    day = app_now().astimezone(jurisdiction.zone).date()
    # Only the city's own codes: anything else in a draft is user input.
    code = version.service.service_code if version else ""
    with connection.cursor() as cursor:
        reason = next(kind for kind in WEIGHT if kind in kinds)
        cursor.execute(COUNT, [jurisdiction.pk, day, code, reason, step.value])
