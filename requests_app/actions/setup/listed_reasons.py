"""Editing the lists of reasons: why the city can't do something, what a request waits for, why there is no photo."""

import datetime as dt
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from requests_app.actions.shared.setup_rows import Columns, SetupRow, State
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import Event, Jurisdiction, ListedReason, SetupChange, User

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


def state_of(reason: ListedReason) -> State:
    return {
        "kind": reason.kind,
        "words": reason.words,
        "appeal": reason.appeal,
        "order": reason.order,
        "active": reason.active,
    }


def _lookup(change: SetupChange) -> Columns:
    kind = (change.after or change.before or {}).get("kind")
    return {"jurisdiction": change.jurisdiction_id, "kind": kind, "code": change.key}


REASON = SetupRow(
    "reason",
    gettext_lazy("Reason"),
    ListedReason,
    state_of,
    name=lambda reason: localized(reason.words),
    columns=lambda _city, state: {name: state[name] for name in ("words", "appeal", "active")},
    # It may be removed for a day only (remove).
    stays=True,
    key=attrgetter("code"),
    lookup=_lookup,
    unedited=("order",),
)


@transaction.atomic
def add(
    jurisdiction: Jurisdiction, kind: str, *, text: dict[str, str], appeal: dict[str, str], actor: User
) -> ListedReason:
    """At the end of its list."""
    _lock(jurisdiction)
    others = ListedReason.objects.filter(jurisdiction=jurisdiction, kind=kind)
    taken = set(others.values_list("code", flat=True))
    stem = slugify(text.get("en") or localized(text))[: CODE_MAX - 4].strip("-") or "reason"
    reason = ListedReason(
        jurisdiction=jurisdiction,
        kind=kind,
        code=next(one for one in (stem, *(f"{stem}-{number}" for number in range(2, 999))) if one not in taken),
        order=max(others.values_list("order", flat=True), default=0) + 1,
    )
    return REASON.add(reason, actor=actor, words=text, appeal=appeal)


@transaction.atomic
def change(pk: int, *, active: bool, seen: str | None, actor: User, **columns: Any) -> ListedReason:
    """seen: the fingerprint that the form carried. Raises ChangedMeanwhile."""
    action = "switched_off" if _locked(pk).active and not active else ""
    return REASON.change(pk, actor=actor, seen=seen, action=action, active=active, **columns)


@transaction.atomic
def move(pk: int, *, up: bool, actor: User) -> ListedReason:
    """One place in its list; the first one stays where it is."""
    reason = _locked(pk)
    every = list(ListedReason.objects.filter(jurisdiction=reason.jurisdiction, kind=reason.kind))
    place = [one.pk for one in every].index(reason.pk)
    other = place + (-1 if up else 1)
    if 0 <= other < len(every):
        before = state_of(reason)
        every[place], every[other] = every[other], every[place]
        for order, one in enumerate(every, start=1):
            if one.order != order:
                one.order = order
                one.save(update_fields=["order"])
        reason.refresh_from_db()
        REASON.record(reason, actor=actor, before=before, after=state_of(reason))
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
    REASON.remove(pk, actor=actor)


def added_at(reason: ListedReason) -> dt.datetime | None:
    """When a reason that may still be removed was added; None for older ones."""
    added = SetupChange.objects.filter(
        jurisdiction=reason.jurisdiction_id,
        kind=REASON.kind,
        key=reason.code,
        action="added",
        at__gte=app_now() - REMOVABLE_FOR,
    )
    return added.order_by("-id").values_list("at", flat=True).first()


def _lock(jurisdiction: Jurisdiction) -> None:
    # Lock first: two administrators who add or move at once must not make two of the same position.
    Jurisdiction.objects.select_for_update(of=("self",)).only("pk").get(pk=jurisdiction.pk)


def _locked(pk: int) -> ListedReason:
    reason = ListedReason.objects.select_related("jurisdiction").get(pk=pk)
    _lock(reason.jurisdiction)
    reason.refresh_from_db()
    return reason
