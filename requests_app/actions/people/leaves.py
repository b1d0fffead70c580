"""Absences and stand-ins."""

import datetime as dt

from django.db import transaction

from requests_app.actions.shared import setup_changes
from requests_app.models import Jurisdiction, Leave, Membership, User


class StandInAway(Exception):
    """The stand-in is away at that time, too."""

    def __init__(self, leave: Leave) -> None:
        self.leave = leave
        super().__init__(leave.pk)


class Overlaps(Exception):
    """The person is away at that time already."""


class NoColleague(Exception):
    """The stand-in doesn't work for this city, or is the person."""


@transaction.atomic
def add(
    jurisdiction: Jurisdiction,
    user: User,
    *,
    starts_on: dt.date,
    ends_on: dt.date,
    stand_in: User | None,
    actor: User,
) -> Leave:
    """Both days included. Raises StandInAway, Overlaps and NoColleague."""
    # Lock both, in one order: two who name each other at once must not both be away.
    ids = sorted({user.pk, *([stand_in.pk] if stand_in else [])})
    list(User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    meanwhile = Leave.objects.filter(jurisdiction=jurisdiction, starts_on__lte=ends_on, ends_on__gte=starts_on)
    if meanwhile.filter(user=user).exists():
        raise Overlaps
    if stand_in is not None:
        works = Membership.objects.filter(user=stand_in, jurisdiction=jurisdiction, user__is_active=True).exists()
        if stand_in.pk == user.pk or not works:
            raise NoColleague
        if (their := meanwhile.filter(user=stand_in).select_related("user").first()) is not None:
            raise StandInAway(their)
    leave = Leave.objects.create(
        jurisdiction=jurisdiction, user=user, starts_on=starts_on, ends_on=ends_on, stand_in=stand_in
    )
    _record(leave, actor, before=None, after=_logged_fields(leave))
    return leave


@transaction.atomic
def remove(leave: Leave, *, actor: User) -> None:
    before = _logged_fields(leave)
    _record(leave, actor, before=before, after=None)
    leave.delete()


def _logged_fields(leave: Leave) -> dict[str, str]:
    return {
        "away_from": leave.starts_on.isoformat(),
        "away_until": leave.ends_on.isoformat(),
        "stand_in": str(leave.stand_in) if leave.stand_in else "",
    }


def _record(leave: Leave, actor: User, *, before: dict[str, str] | None, after: dict[str, str] | None) -> None:
    setup_changes.record(
        leave.jurisdiction,
        "person",
        leave.user_id,
        actor=actor,
        name=str(leave.user),
        action="changed",
        before=before,
        after=after,
    )
