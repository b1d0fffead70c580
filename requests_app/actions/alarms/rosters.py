"""Editing who is on call. Changes apply to the next step of every alarm."""

from typing import Any

from django.db import transaction

from requests_app.actions.shared import setup_changes
from requests_app.models import Jurisdiction, OnCall, User
from requests_app.rules.setup.catalog_rows import written_on_call


@transaction.atomic
def save(entry: OnCall, *, actor: User, **columns: Any) -> OnCall:
    """Adds or changes a line of a roster."""
    before = None
    if entry.pk:
        # The row as it is: the caller's instance may be changed already.
        before = _written(OnCall.objects.select_for_update(of=("self",)).select_related("department").get(pk=entry.pk))
    for name, value in columns.items():
        setattr(entry, name, value)
    entry.save()
    _record(entry, actor, before=before, after=_written(entry))
    return entry


@transaction.atomic
def remove(entry: OnCall, *, actor: User) -> None:
    _record(entry, actor, before=_written(entry), after=None)
    OnCall.objects.filter(pk=entry.pk).delete()


@transaction.atomic
def set_wait(jurisdiction: Jurisdiction, *, actor: User, alarm_minutes: int, desk_night_number: str) -> None:
    """How long an alarm waits before the next person, and the number that is the last to be tried."""
    names = ("alarm_minutes", "desk_night_number")
    before = {name: getattr(jurisdiction, name) for name in names}
    jurisdiction.alarm_minutes, jurisdiction.desk_night_number = alarm_minutes, desk_night_number
    jurisdiction.save(update_fields=names)
    after = {name: getattr(jurisdiction, name) for name in names}
    setup_changes.record(jurisdiction, "on_call", "wait", actor=actor, before=before, after=after)


def _written(entry: OnCall) -> dict[str, Any]:
    roster = {"department": entry.department.code} if entry.department else {"kind": entry.kind} if entry.kind else {}
    return {**written_on_call(entry), **roster, "order": entry.order}


def _record(entry: OnCall, actor: User, *, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    name = str(entry.user or entry.name)
    setup_changes.record(entry.jurisdiction, "on_call", entry.pk, actor=actor, name=name, before=before, after=after)
