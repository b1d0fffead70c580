"""The emergency question: asked, answered with "no", or called for. Each is counted by day, without any person behind it."""

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction

from requests_app.actions import drafts
from requests_app.clock import app_now
from requests_app.models import Draft, Jurisdiction, ScreeningCount, ServiceRequest, ServiceVersion
from requests_app.rules.report_path import Path

Step = ScreeningCount.Step
# What stops at the question is kept as long as a call and its consequences may take.
STOPPED_KEPT = dt.timedelta(hours=24)
# Of several reasons the one that weighs most is counted.
WEIGHT = ("answer", "phrase", "service", "always")

COUNT = """
INSERT INTO requests_app_screeningcount AS counted (jurisdiction_id, day, service_code, reason, step, value)
VALUES (%s, %s, %s, %s, %s, 1)
ON CONFLICT (jurisdiction_id, day, service_code, reason, step) DO UPDATE SET value = counted.value + 1
"""


@transaction.atomic
def ask(draft: Draft) -> None:
    """What was typed leads to the question page. Nobody is waited for: what stays unanswered goes after a day."""
    if not _lock(draft) or not (path := Path(draft)).warnings:
        return
    asked = set(draft.typed.get("asked", []))
    new = set(path.warnings) - asked
    draft.warning = "shown"
    drafts.keep(draft, asked=sorted(asked | new))
    _keep_until(draft, min(app_now() + STOPPED_KEPT, draft.created_at + drafts.KEPT))
    if new:
        _count(draft.jurisdiction, path.version, Step.ASKED, new)


@transaction.atomic
def continue_anyway(draft: Draft, reasons: Iterable[str]) -> None:
    """Of these reasons it was answered that no one is in danger. The request will say that it was sent after the question."""
    if not _lock(draft):
        return
    warned, asked = set(draft.typed.get("warned", [])), set(draft.typed.get("asked", []))
    new = set(reasons) - warned
    if not new:
        return
    path = Path(draft)
    if new - asked:
        # It was asked where we could not count: on a device without network.
        _count(draft.jurisdiction, path.version, Step.ASKED, new - asked)
    _count(draft.jurisdiction, path.version, Step.WENT_ON, new)
    draft.warning = "went_on"
    drafts.keep(draft, warned=sorted(warned | new), asked=sorted(asked | new))
    _keep_until(draft, draft.created_at + drafts.KEPT)


@transaction.atomic
def settle(draft: Draft) -> None:
    """The words or the answer that the question was asked about were changed: the draft does not wait before it any more."""
    if _lock(draft) and draft.warning == "shown" and not Path(draft).warnings:
        draft.warning = "went_on" if draft.typed.get("warned") else ""
        drafts.keep(draft)
        _keep_until(draft, draft.created_at + drafts.KEPT)


@transaction.atomic
def call(draft: Draft) -> None:
    """The number was pressed. A draft counts once, however often that is."""
    if _lock(draft) and (path := Path(draft)).warnings and not draft.typed.get("called"):
        drafts.keep(draft, called=True)
        _count(draft.jurisdiction, path.version, Step.CALLED, path.warnings)


def ask_about_edit(service_request: ServiceRequest, reasons: Iterable[str]) -> None:
    """New words of a report that was sent before speak of danger: the question page comes, and nothing is changed yet."""
    _count(service_request.jurisdiction, service_request.service_version, Step.ASKED, reasons)


def continued_edit(service_request: ServiceRequest, reasons: Iterable[str]) -> None:
    """Answered with "no": the words are taken, and the report says at the top of the queue that they came after the question."""
    _count(service_request.jurisdiction, service_request.service_version, Step.WENT_ON, reasons)


def _lock(draft: Draft) -> bool:
    """A double click must count once. The draft is read again, since another tab may have changed it; False if it is no more."""
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
    # Only a code of the city's own: what else a draft may hold in its place was typed by somebody.
    code = version.service.service_code if version else ""
    with connection.cursor() as cursor:
        reason = next(one for one in WEIGHT if one in kinds)
        cursor.execute(COUNT, [jurisdiction.pk, day, code, reason, step.value])
