"""What can be brought back, by the log of setup: a role that was changed or removed, and a person whose access was ended."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from requests_app.clock import app_now
from requests_app.models import Department, Jurisdiction, Membership, Role, SetupChange, Team, User

# For so long, a person's access is brought back. People who come later are invited.
BACK_WITHIN = dt.timedelta(days=30)
LOOKED_AT = 50
SHOWN = 5


# --- A role ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Holder:
    """Somebody who had a role that was removed, and works here still. value: what the form sends."""

    user: User
    department: Department | None

    @property
    def value(self) -> str:
        return f"{self.user.pk}:{self.department.pk if self.department else ''}"


def role_changes(city: Jurisdiction) -> list[SetupChange]:
    """The newest change of each role that could be undone, the newest first. An action finds out if the role is still so."""
    logged = SetupChange.objects.filter(jurisdiction=city, kind="role").exclude(action="seen_as").select_related("user")
    newest: dict[str, SetupChange] = {}
    for change in logged.order_by("-id")[:LOOKED_AT]:
        newest.setdefault(change.key, change)
    return [change for change in newest.values() if change.before is not None][:SHOWN]


def holders(change: SetupChange) -> list[Holder]:
    """Those from whom a removed role was taken in the month before it was removed. A role that somebody has can't be removed."""
    if change.after is not None:
        return []
    city = change.jurisdiction_id
    logged = SetupChange.objects.filter(
        jurisdiction=city, kind="person", id__lt=change.pk, at__gt=change.at - BACK_WITHIN
    )
    lost: dict[tuple[int, str], None] = {}
    for one in logged.order_by("id"):
        if not one.key.isdecimal():
            continue
        before, after = (_places(state, change.key) for state in (one.before, one.after))
        for place in before - after:
            lost[int(one.key), place] = None
        for place in after:
            lost.pop((int(one.key), place), None)
    works_here = Membership.objects.filter(jurisdiction=city).values("user")
    users = User.objects.filter(pk__in=works_here, is_active=True).in_bulk([pk for pk, _place in lost])
    departments = {one.code: one for one in Department.objects.filter(jurisdiction=city, active=True)}
    return [
        Holder(users[pk], departments.get(place))
        for pk, place in lost
        if pk in users and (not place or place in departments)
    ]


def _places(state: dict[str, object] | None, role_code: str) -> set[str]:
    """The codes of the departments in which somebody had this role; "" for the whole city."""
    roles = (state or {}).get("roles")
    places = [read_place(str(text)) for text in roles] if isinstance(roles, list) else []
    return {department for code, department in places if code == role_code}


def read_place(text: str) -> tuple[str, str]:
    """The codes of a role and of its department, as the log has them: "crew (PW)", or "crew" in the whole city."""
    match = re.fullmatch(r"(\S+)(?: \((.*)\))?", text)
    return (match[1], match[2] or "") if match else (text, "")


# --- A person ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Access:
    """What comes back of somebody's access, and what doesn't, as the log had it. is_switched_on: the account works again, too."""

    roles: list[tuple[Role, Department | None]] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    is_switched_on: bool = False


def ended(user: User, city: Jurisdiction) -> SetupChange | None:
    """The end of somebody's access, if it can be undone: within BACK_WITHIN, by an administrator, and nothing since."""
    newest = (
        SetupChange.objects.filter(jurisdiction=city, kind="person", key=str(user.pk)).select_related("user").last()
        if not Membership.objects.filter(user=user, jurisdiction=city).exists()
        else None
    )
    return newest if newest is not None and _is_end(newest) else None


def ends(city: Jurisdiction) -> list[tuple[User, SetupChange]]:
    """The people whose access can be brought back, the newest first."""
    logged = SetupChange.objects.filter(
        jurisdiction=city, kind="person", after__isnull=True, before__has_key="roles", at__gt=app_now() - BACK_WITHIN
    ).select_related("user")
    newest: dict[str, SetupChange] = {}
    for change in logged.order_by("-id")[:LOOKED_AT]:
        if change.key.isdecimal():
            newest.setdefault(change.key, change)
    works_here = Membership.objects.filter(jurisdiction=city).values("user")
    users = User.objects.exclude(pk__in=works_here).in_bulk([int(key) for key in newest])
    return [(users[int(key)], change) for key, change in newest.items() if int(key) in users and _is_end(change)]


def _is_end(change: SetupChange) -> bool:
    # Without a user it was the city's single sign-on, whose word an administrator doesn't overrule here.
    is_end = change.after is None and bool((change.before or {}).get("roles")) and change.user_id is not None
    return is_end and change.at > app_now() - BACK_WITHIN


def access_of(user: User, change: SetupChange) -> Access:
    """What bringing them back would do now: roles and departments may be gone, too."""
    city, before = change.jurisdiction_id, change.before or {}
    roles = {one.code: one for one in Role.objects.filter(jurisdiction=city)}
    departments = {one.code: one for one in Department.objects.filter(jurisdiction=city, active=True)}
    teams = {
        f"{one.department.code}/{one.code}": one
        for one in Team.objects.filter(
            department__jurisdiction=city, department__active=True, active=True
        ).select_related("department")
    }
    by_group = set(before.get("by_group", []))
    access = Access(is_switched_on=not user.is_active)
    for text in before.get("roles", []):
        code, place = read_place(text)
        if text in by_group or code not in roles or (place and place not in departments):
            access.lost.append(text)
        else:
            access.roles.append((roles[code], departments.get(place)))
    for text in before.get("teams", []):
        if text in teams:
            access.teams.append(teams[text])
        else:
            access.lost.append(text)
    return access


def written_teams(teams: Sequence[Team]) -> list[str]:
    return sorted(f"{one.department.code}/{one.code}" for one in teams)
