"""Adding, changing and ending notices."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max

from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.edits import ChangedMeanwhile
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import Jurisdiction, Notice, User
from requests_app.rules.answers import notices

Written = dict[str, Any]
KIND = "notice"


def written(notice: Notice) -> Written:
    return {
        "words": notice.words,
        "shown_on": notice.place,
        "service": notice.service.service_code if notice.service else "",
        "area": f"{notice.area.layer}:{notice.area.code}" if notice.area else "",
        "kind": notice.kind,
        "starts_at": notice.starts_at.isoformat(timespec="minutes"),
        "ends_at": notice.ends_at.isoformat(timespec="minutes"),
    }


@transaction.atomic
def add(jurisdiction: Jurisdiction, *, actor: User, **columns: Any) -> Notice:
    notice = Notice.objects.create(jurisdiction=jurisdiction, created_by=actor, **columns)
    _done(notice, None, actor)
    return notice


@transaction.atomic
def change(pk: int, *, revision: int, actor: User, **columns: Any) -> Notice:
    """Raises ChangedMeanwhile."""
    notice = _locked(pk)
    before = written(notice)
    if notice.revision != revision:
        raise ChangedMeanwhile(before, notice.revision)
    for name, value in columns.items():
        setattr(notice, name, value)
    notice.revision += 1
    notice.save()
    _done(notice, before, actor)
    return notice


@transaction.atomic
def end(pk: int, *, actor: User) -> Notice:
    """Now. One that hasn't begun never will."""
    notice, now = _locked(pk), app_now()
    before = written(notice)
    if notice.ends_at > now:
        notice.ends_at, notice.starts_at = now, min(notice.starts_at, now - dt.timedelta(minutes=1))
        notice.revision += 1
        notice.save(update_fields=["starts_at", "ends_at", "revision"])
        _done(notice, before, actor, "switched_off")
    return notice


def _done(notice: Notice, before: Written | None, actor: User, action: str = "") -> None:
    jurisdiction = notice.jurisdiction
    last = Notice.objects.filter(jurisdiction=jurisdiction).aggregate(last=Max("ends_at"))["last"]
    Jurisdiction.objects.filter(pk=jurisdiction.pk).update(notices_until=last)
    setup_changes.record(
        jurisdiction,
        KIND,
        notice.pk,
        actor=actor,
        name=localized(notice.words),
        before=before,
        after=written(notice),
        action=action,
    )
    transaction.on_commit(lambda: notices.forget(jurisdiction))


def _locked(pk: int) -> Notice:
    related = ("jurisdiction", "service", "area")
    return Notice.objects.select_for_update(of=("self",)).select_related(*related).get(pk=pk)
