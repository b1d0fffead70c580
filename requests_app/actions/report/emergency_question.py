"""The emergency question and block: shown, answered with no, or followed by a call. Counted by day, with no link to any person."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction

from requests_app.actions.report import drafts
from requests_app.clock import app_now
from requests_app.models import Draft, EmergencyPhrase, ScreeningCount, ServiceRequest, ServiceVersion
from requests_app.rules.report.path import Path

Step = ScreeningCount.Step
# How long a draft that stopped at the question is kept: long enough for a call and what follows.
STOPPED_KEPT = dt.timedelta(hours=24)

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
        _count(draft, path.version, Step.ASKED, _counted(new, path.screening.kind))


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
        _count(draft, path.version, Step.ASKED, _counted(new - asked, path.screening.kind))
    _count(draft, path.version, Step.WENT_ON, _counted(new, path.screening.kind))
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
    """Records a call from the question page or the block, at most once a draft."""
    if not _lock(draft) or draft.typed.get("called"):
        return
    path = Path(draft)
    reasons = path.warnings or path.screening.hints
    if reasons:
        drafts.save(draft, called=True)
        _count(draft, path.version, Step.CALLED, _counted(reasons, path.screening.kind))


@transaction.atomic
def block_shown(draft: Draft, page: str) -> None:
    """Records that the block is at the top of this page (its path without the language), for what it hasn't asked about yet."""
    if not _lock(draft) or not (hints := (path := Path(draft)).hints):
        return
    kind = path.screening.kind
    drafts.save(draft, hinted=sorted({*draft.typed.get("hinted", []), *hints}), hint_on={"page": page, "kind": kind})
    _count(draft, path.version, Step.BLOCK, kind)


def block_shown_for(service_request: ServiceRequest, kind: str) -> None:
    """Counts a message or an edit of a submitted report after which the emergency numbers are shown."""
    _count(service_request, service_request.service_version, Step.BLOCK, kind)


def question_shown_for_edit(service_request: ServiceRequest, kind: str) -> None:
    """Counts an edit of a submitted report for which the question page is shown. Nothing is changed yet."""
    _count(service_request, service_request.service_version, Step.ASKED, kind)


def answer_no_for_edit(service_request: ServiceRequest, kind: str) -> None:
    """Counts an edit saved after its author answered that nobody is in danger."""
    _count(service_request, service_request.service_version, Step.WENT_ON, kind)


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


def _counted(reasons: Iterable[str], kind: str) -> str:
    """What these reasons are counted as: an answer, the kind of danger in the words, the service or the city's setting."""
    named = {reason.partition(":")[0] for reason in reasons}
    if "answer" in named:
        return "answer"
    if named & {"phrase", "words"}:
        # A phrase that was taken off the list in the meantime has no kind any more.
        return kind or EmergencyPhrase.Kind.RED_FLAG.value
    return "service" if "service" in named else "always"


def _count(of: Draft | ServiceRequest, version: ServiceVersion | None, step: Step, reason: str) -> None:
    if of.tester_id is not None or of.typed.get("is_practice") if isinstance(of, Draft) else of.is_test:
        return
    jurisdiction = of.jurisdiction
    day = app_now().astimezone(jurisdiction.zone).date()
    # Only the city's own codes: anything else in a draft is user input.
    code = version.service.service_code if version else ""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [jurisdiction.pk, day, code, reason, step.value])
