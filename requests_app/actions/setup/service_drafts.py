"""Drafts of services: saved, discarded, scheduled, published as the next version; and earlier versions brought back.

A second editor never overwrites what they haven't seen: every action names the revision it was made from, and raises Conflict if
there is a newer one.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from pydantic_core import ErrorDetails

from requests_app import outbox
from requests_app.actions.setup import catalog_versions
from requests_app.actions.setup.go_live import new_approval
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.search_index import index_catalog
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.imports.catalog_file import REFERRED_TO, service_problems
from requests_app.models import (
    Article,
    Calendar,
    Category,
    Department,
    Jurisdiction,
    OutboxRow,
    Service,
    ServiceApproval,
    ServiceDraft,
    ServiceVersion,
    SetupChange,
    User,
)
from requests_app.rules.setup import go_live
from requests_app.rules.setup.catalog_rows import written_question, written_service, written_version

KIND = "service"
# As long as the note of a change of setup may be.
NOTE_MAX = 500
Definition = dict[str, Any]


class Conflict(Exception):
    """Somebody else saved, discarded or published it meanwhile. draft: as it is now, None if there is none."""

    def __init__(self, draft: ServiceDraft | None) -> None:
        self.draft = draft
        super().__init__()


class Incomplete(Exception):
    """It can't be published as it is. problems: see imports.catalog_file.service_problems()."""

    def __init__(self, problems: list[ErrorDetails]) -> None:
        self.problems = problems
        super().__init__(len(problems))


class CodeTaken(Exception):
    """The city has a service, or a draft of one, with this code."""


def known_codes(city: Jurisdiction) -> dict[str, set[str]]:
    """What a service may refer to, by the parts of a catalog file."""
    models: dict[str, Any] = {
        "calendars": Calendar, "departments": Department, "categories": Category, "services": Service, "articles": Article,
    }  # fmt: skip
    active = {"departments": {"active": True}, "services": {"active": True}}
    return {
        part: set(
            model.objects.filter(jurisdiction=city, **active.get(part, {})).values_list(REFERRED_TO[part], flat=True)
        )
        for part, model in models.items()
    }


def problems(city: Jurisdiction, fields: Mapping[str, Any]) -> list[ErrorDetails]:
    return service_problems(fields, city.languages, known_codes(city))


@transaction.atomic
def create(city: Jurisdiction, fields: Definition, *, actor: User) -> ServiceDraft:
    """Starts a new service. Raises CodeTaken."""
    # Lock first: two who start a service of the same code at once must not both get it.
    Jurisdiction.objects.select_for_update().defer("boundary").get(pk=city.pk)
    code = fields["service_code"]
    if (
        Service.objects.filter(jurisdiction=city, service_code=code).exists()
        or ServiceDraft.objects.filter(jurisdiction=city, service_code=code).exists()
    ):
        raise CodeTaken
    draft = ServiceDraft(jurisdiction=city, service_code=code)
    return _store(draft, None, fields, actor)


@transaction.atomic
def save(city: Jurisdiction, code: str, fields: Definition, *, revision: int, base: int, actor: User) -> ServiceDraft:
    """Saves the draft, and starts one from the current version if there is none.

    revision: of the draft that the editor saw, 0 if there was none; base: the number of the current version then. Raises Conflict.
    """
    service, draft = _lock(city, code)
    current = service.current.number if service is not None and service.current is not None else 0
    before: Definition | None
    if draft is None:
        if revision or service is None or base != current:
            raise Conflict(None)
        draft = ServiceDraft(jurisdiction=city, service=service, service_code=code, base=current)
        before = written_service(service)
    elif draft.revision != revision:
        raise Conflict(draft)
    else:
        before = with_current_targets(draft.written, written_service(service) if current and service else None)
    if before == fields:
        # Not stored if it is new: nothing was changed, so there is nothing to publish.
        draft.written = fields
        return draft
    return _store(draft, before, fields, actor)


@transaction.atomic
def discard(city: Jurisdiction, code: str, *, revision: int, actor: User) -> None:
    """Raises Conflict."""
    _service, draft = _lock(city, code)
    if draft is None or draft.revision != revision:
        raise Conflict(draft)
    setup_changes.record(
        city, KIND, code, actor=actor, name=_name(draft.written), before=draft.written, after=None, action="discarded"
    )
    draft.delete()


@transaction.atomic
def publish(
    city: Jurisdiction,
    code: str,
    *,
    revision: int,
    actor: User | None,
    note: str = "",
    approval: ServiceApproval | None = None,
) -> Service:
    """Publishes the draft as the next version. Raises Conflict, Incomplete and NotReady.

    approval: of the emergency check as it is drafted, where residents use the service; one may be kept with the draft already.
    """
    _service, draft = _lock(city, code)
    if draft is None or draft.revision != revision:
        raise Conflict(draft)
    return _publish(draft, actor=actor, action="published", note=note, approval=approval)


@transaction.atomic
def schedule(
    city: Jurisdiction,
    code: str,
    *,
    revision: int,
    publish_at: dt.datetime | None,
    actor: User,
    approval: ServiceApproval | None = None,
) -> ServiceDraft:
    """Sets the time at which a worker publishes the draft; None takes it off again. Raises Conflict, Incomplete and NotReady.

    approval: as in publish(); it is kept with the draft, and must last until that day.
    """
    service, draft = _lock(city, code)
    if draft is None or draft.revision != revision:
        raise Conflict(draft)
    if publish_at is not None and (found := problems(city, draft.written)):
        raise Incomplete(found)
    if approval is not None:
        draft.approval = _kept(approval)
    if publish_at is not None and service is not None and service.active and service.current is not None:
        day = publish_at.astimezone(city.zone).date()
        facts = go_live.facts_of(city, [service.pk], today=day)
        if missing := go_live.obstacles(service, draft.written, approval=kept_approval(draft), facts=facts):
            raise go_live.NotReady(missing)
    draft.publish_at = publish_at
    draft.save(update_fields=["publish_at", "approval"])
    setup_changes.record(
        city,
        KIND,
        code,
        actor=actor,
        name=_name(draft.written),
        before=None,
        after=None,
        action="scheduled" if publish_at else "unscheduled",
        note=publish_at.astimezone(city.zone).isoformat(timespec="minutes") if publish_at else "",
    )
    if publish_at is not None:
        outbox.enqueue(
            "publish_service",
            lane=OutboxRow.Lane.DATABASE,
            jurisdiction_id=city.pk,
            # A later date for the same draft is another row; the earlier one then finds nothing due.
            dedupe_key=f"publish_service:{draft.pk}:{publish_at.isoformat()}",
            due_at=publish_at,
        )
    return draft


def publish_row(row: OutboxRow) -> None:
    """Publishes a draft whose date has come; in the transaction that finishes the row, so once even if a worker is killed.

    A draft that can no longer be published, because its department has closed or the approval of its emergency check has ended,
    stays a draft and loses its date.
    """
    draft_id = int(row.dedupe_key.split(":")[1])
    found = ServiceDraft.objects.select_related("jurisdiction").filter(pk=draft_id).first()
    if found is None:
        return
    _service, draft = _lock(found.jurisdiction, found.service_code)
    if draft is None or draft.pk != draft_id or draft.publish_at is None or draft.publish_at > app_now():
        return
    city, actor = found.jurisdiction, draft.edited_by
    try:
        _publish(draft, actor=actor, action="published")
    except (Incomplete, go_live.NotReady) as refused:
        draft.publish_at = None
        draft.save(update_fields=["publish_at"])
        setup_changes.record(
            city,
            KIND,
            draft.service_code,
            actor=actor,
            name=_name(draft.written),
            before=None,
            after=None,
            action="not_published",
            note=" ".join(refused.sentences)[:NOTE_MAX] if isinstance(refused, go_live.NotReady) else "",
        )


@transaction.atomic
def roll_back(
    city: Jurisdiction,
    code: str,
    *,
    number: int,
    base: int,
    actor: User,
    approval: ServiceApproval | None = None,
) -> Service:
    """Publishes what an earlier version said as the next one. A draft in work stays, and targets too.

    base: the number of the current version that the editor saw. approval: of the earlier version's emergency check, where
    residents use the service. Raises Conflict, Incomplete, NotReady and DoesNotExist.
    """
    service, draft = _lock(city, code)
    if service is None or service.current is None or service.current.number != base:
        raise Conflict(draft)
    earlier = service.versions.select_related("service", "category", "department").get(number=number)
    before = written_service(service)
    written = written_full(earlier) | {key: before[key] for key in ("targets", "active") if key in before}
    if found := problems(city, written):
        raise Incomplete(found)
    catalog_versions.publish(service, written, approval=approval)
    index_catalog(city)
    setup_changes.record(
        city,
        KIND,
        code,
        actor=actor,
        name=_name(written),
        before=before,
        after=written_service(service),
        action="rolled_back",
        note=str(number),
    )
    return service


def with_current_targets(fields: Definition, current: Definition | None) -> Definition:
    """A draft as it would be published: a service keeps its targets, which have a page of their own (actions/promises/targets.py).

    current: the service as it is published, None for a new one.
    """
    if current is None:
        return fields
    rest = {name: value for name, value in fields.items() if name != "targets"}
    return rest | ({"targets": current["targets"]} if "targets" in current else {})


def written_full(version: ServiceVersion) -> Definition:
    """A version with its questions, as written in a catalog file."""
    questions = sorted(version.questions.all(), key=lambda question: question.order)
    return written_version(version) | {"questions": [written_question(question) for question in questions]}


def seen(draft: ServiceDraft | None, service: Service | None, *, revision: int, base: int) -> Definition:
    """The service as an editor saw it who had this revision or, without a draft, this version; empty if it is not known."""
    code = draft.service_code if draft else service.service_code if service else ""
    city = draft.jurisdiction_id if draft else service.jurisdiction_id if service else 0
    if revision:
        change = SetupChange.objects.filter(pk=revision, jurisdiction=city, kind=KIND, key=code).first()
        return (change.after if change else None) or {}
    version = ServiceVersion.objects.filter(service=service, number=base).first() if service else None
    return written_full(version) if version else {}


def _lock(city: Jurisdiction, code: str) -> tuple[Service | None, ServiceDraft | None]:
    # The service first, always: two who start its draft at once must wait for each other.
    service = Service.objects.select_for_update().filter(jurisdiction=city, service_code=code).first()
    draft = ServiceDraft.objects.select_for_update().filter(jurisdiction=city, service_code=code).first()
    return service, draft


def _store(draft: ServiceDraft, before: Definition | None, fields: Definition, actor: User) -> ServiceDraft:
    change = setup_changes.record(
        draft.jurisdiction,
        KIND,
        draft.service_code,
        actor=actor,
        name=_name(fields),
        before=before,
        after=fields,
        action="drafted",
    )
    draft.written, draft.edited_by, draft.edited_at = fields, actor, app_now()
    draft.revision = change.pk if change else 0
    draft.save()
    return draft


def _publish(
    draft: ServiceDraft,
    *,
    actor: User | None,
    action: str,
    note: str = "",
    approval: ServiceApproval | None = None,
) -> Service:
    city, service = draft.jurisdiction, draft.service
    before = written_service(service) if service is not None and service.current is not None else None
    fields = with_current_targets(draft.written, before)
    if found := problems(city, fields):
        raise Incomplete(found)
    if service is None:
        # Residents see it once somebody goes live with it (actions/setup/go_live.py).
        service = Service.objects.create(
            jurisdiction=city, service_code=draft.service_code, order=_last_place(city), active=False
        )
    catalog_versions.publish(service, fields, approval=approval or kept_approval(draft))
    if before is None:
        catalog_versions.set_targets(service, fields.get("targets") or {})
    index_catalog(city)
    setup_changes.record(
        city,
        KIND,
        service.service_code,
        actor=actor,
        name=_name(fields),
        before=before,
        after=written_service(service),
        action=action,
        note=note,
    )
    draft.delete()
    return service


def _kept(approval: ServiceApproval) -> Definition:
    return {
        "approver": approval.approver,
        "review_by": approval.review_by.isoformat() if approval.review_by else None,
        "approved": approval.approved,
        "user": approval.user_id,
    }


def kept_approval(draft: ServiceDraft) -> ServiceApproval | None:
    """What was approved when a date was set for the draft, if the draft says the same today."""
    kept = draft.approval
    if (
        draft.service is None
        or not kept
        or kept["approved"] != go_live.emergency_words(draft.written, draft.jurisdiction)
    ):
        return None
    return new_approval(
        draft.service,
        approver=kept["approver"],
        review_by=dt.date.fromisoformat(kept["review_by"]),
        approved=kept["approved"],
        actor=User.objects.filter(pk=kept["user"]).first(),
    )


def _last_place(city: Jurisdiction) -> int:
    last = Service.objects.filter(jurisdiction=city).order_by("-order").values_list("order", flat=True).first()
    return (last or 0) + 1


def _name(fields: Mapping[str, Any]) -> str:
    return localized(fields.get("name"), "en") or str(fields.get("service_code", ""))
