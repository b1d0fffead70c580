"""Editing the lists of reasons: why the city can't do something, what a request waits for, why there is no photo."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.edits import ChangedMeanwhile
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import Event, Jurisdiction, ListedReason, SetupChange, User

Written = dict[str, Any]
KIND = "reason"
CODE_MAX = 40
# A reason older than this may be anywhere in the past; looking would mean reading years of events.
REMOVABLE_FOR = dt.timedelta(days=1)
# The events that name a reason of each list, and where.
NAMED_IN = {
    ListedReason.Kind.CANNOT_DO: ("resolved", "reason"),
    ListedReason.Kind.HOLD: ("put_on_hold", "reason"),
    ListedReason.Kind.NO_EVIDENCE: ("resolved", "no_evidence"),
}


class InUse(Exception):
    """Requests may name it, so it can only be switched off."""


def written(reason: ListedReason) -> Written:
    return {
        "kind": reason.kind,
        "words": reason.words,
        "appeal": reason.appeal,
        "order": reason.order,
        "active": reason.active,
    }


@transaction.atomic
def add(
    jurisdiction: Jurisdiction, kind: str, *, words: dict[str, str], appeal: dict[str, str], actor: User
) -> ListedReason:
    """At the end of its list."""
    _lock(jurisdiction)
    others = ListedReason.objects.filter(jurisdiction=jurisdiction, kind=kind)
    taken = set(others.values_list("code", flat=True))
    stem = slugify(words.get("en") or localized(words))[: CODE_MAX - 4].strip("-") or "reason"
    reason = ListedReason.objects.create(
        jurisdiction=jurisdiction,
        kind=kind,
        code=next(one for one in (stem, *(f"{stem}-{number}" for number in range(2, 999))) if one not in taken),
        words=words,
        appeal=appeal,
        order=max(others.values_list("order", flat=True), default=0) + 1,
    )
    _record(reason, None, actor)
    return reason


@transaction.atomic
def change(
    pk: int, *, words: dict[str, str], appeal: dict[str, str], active: bool, seen: Written, actor: User
) -> ListedReason:
    """seen: the reason as its editor opened it. Raises ChangedMeanwhile."""
    reason = _locked(pk)
    before = written(reason)
    # Its position is not on the form.
    if {**before, "order": 0} != {**seen, "order": 0}:
        raise ChangedMeanwhile(before, 0)
    reason.words, reason.appeal, reason.active = words, appeal, active
    reason.save(update_fields=["words", "appeal", "active"])
    _record(reason, before, actor, action="switched_off" if before["active"] and not active else "")
    return reason


@transaction.atomic
def move(pk: int, *, up: bool, actor: User) -> ListedReason:
    """One place in its list; the first one stays where it is."""
    reason = _locked(pk)
    every = list(ListedReason.objects.filter(jurisdiction=reason.jurisdiction, kind=reason.kind))
    place = [one.pk for one in every].index(reason.pk)
    other = place + (-1 if up else 1)
    if 0 <= other < len(every):
        before = written(reason)
        every[place], every[other] = every[other], every[place]
        for order, one in enumerate(every, start=1):
            if one.order != order:
                one.order = order
                one.save(update_fields=["order"])
        reason.refresh_from_db()
        _record(reason, before, actor)
    return reason


@transaction.atomic
def remove(pk: int, *, actor: User) -> None:
    """Only if it is new and no request names it. Raises InUse."""
    reason = _locked(pk)
    since = added_at(reason)
    kind, name = NAMED_IN[ListedReason.Kind(reason.kind)]
    if (
        since is None
        or Event.objects.filter(
            jurisdiction=reason.jurisdiction, kind=kind, at__gte=since, **{f"data__{name}": reason.code}
        ).exists()
    ):
        raise InUse
    before = written(reason)
    reason.delete()
    setup_changes.record(
        reason.jurisdiction, KIND, reason.code, actor=actor, name=localized(reason.words), before=before, after=None
    )


def added_at(reason: ListedReason) -> dt.datetime | None:
    """When a reason that may still be removed was added; None for older ones."""
    added = SetupChange.objects.filter(
        jurisdiction=reason.jurisdiction_id,
        kind=KIND,
        key=reason.code,
        action="added",
        at__gte=app_now() - REMOVABLE_FOR,
    )
    return added.order_by("-id").values_list("at", flat=True).first()


def _record(reason: ListedReason, before: Written | None, actor: User, action: str = "") -> None:
    setup_changes.record(
        reason.jurisdiction,
        KIND,
        reason.code,
        actor=actor,
        name=localized(reason.words),
        before=before,
        after=written(reason),
        action=action,
    )


def _lock(jurisdiction: Jurisdiction) -> None:
    # Lock first: two administrators who add or move at once must not make two of the same position.
    Jurisdiction.objects.select_for_update(of=("self",)).only("pk").get(pk=jurisdiction.pk)


def _locked(pk: int) -> ListedReason:
    reason = ListedReason.objects.select_related("jurisdiction").get(pk=pk)
    _lock(reason.jurisdiction)
    reason.refresh_from_db()
    return reason
