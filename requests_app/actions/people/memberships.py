"""Roles and memberships of staff, and how somebody's access ends.

Whatever could leave a city without an administrator locks the city's row first, so that two at once can't do it together.
"""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy

from requests_app import api_keys, events, outbox
from requests_app.actions.people import staff_sessions
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_rows import SetupRow, by_code
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import (
    ApiKey,
    CitySwitch,
    Department,
    Invitation,
    Jurisdiction,
    Leave,
    Membership,
    OnCall,
    OutboxRow,
    Role,
    ServiceRequest,
    SignInAccount,
    Team,
    User,
)
from requests_app.models.states import OPEN
from requests_app.rules.people import permissions, ways_back
from requests_app.rules.people.permissions import DEFAULT_ROLES

State = dict[str, Any]


class LastAdministrator(Exception):
    """Without this person or permission, nobody could change the city's setup anymore."""


class RoleInUse(Exception):
    """The role has members, or an invitation or a group of single sign-on gives it."""


# --- Roles ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def get_role(jurisdiction: Jurisdiction, code: str) -> Role | None:
    """The city's role with this code. Creates it if it is one of DEFAULT_ROLES."""
    role = Role.objects.filter(jurisdiction=jurisdiction, code=code).first()
    if role is None and code in DEFAULT_ROLES:
        role = Role.objects.create(jurisdiction=jurisdiction, code=code, **DEFAULT_ROLES[code])
    return role


def written_role(role: Role) -> State:
    """The role as the log of setup keeps it."""
    return {
        "code": role.code,
        "name": role.name,
        "permissions": sorted(role.permissions),
        "requires_second_step": role.requires_second_step,
    }


def _role_columns(_city: Jurisdiction, state: State) -> State:
    return {name: state[name] for name in ("name", "permissions", "requires_second_step")}


# Undone by ways_back.undo_role(), which asks whose role it is.
ROLE = SetupRow(
    "role",
    gettext_lazy("Role"),
    Role,
    written_role,
    name=lambda role: localized(role.name),
    columns=_role_columns,
    key=attrgetter("code"),
    lookup=by_code,
)


@transaction.atomic
def save_role(role: Role, *, granted: list[str], actor: User | None, seen: str | None = None, **columns: Any) -> Role:
    """Adds a role that isn't saved yet, or changes one. columns: name, requires_second_step.

    Raises ChangedMeanwhile, NameTaken and LastAdministrator.
    """
    lock_city(role.jurisdiction)
    administered = role.pk is not None and "administer" in ROLE.locked(role.pk).permissions
    saved = ROLE.save(role, actor=actor, seen=seen, permissions=sorted(granted), **columns)
    if administered:
        _keep_administrator(role.jurisdiction)
    return saved


def record_seen_as(role: Role, department: Department | None, *, actor: User) -> None:
    """That somebody begins to see what the role sees."""
    name = f"{localized(role.name) or role.code}: {department}" if department else localized(role.name) or role.code
    state = written_role(role)
    setup_changes.record(
        role.jurisdiction, "role", role.code, actor=actor, name=name, before=state, after=state, action="seen_as"
    )


@transaction.atomic
def remove_role(role: Role, *, actor: User | None) -> None:
    """Raises RoleInUse."""
    lock_city(role.jurisdiction)
    is_used = role.memberships.exists() or role.sign_in_groups.exists()
    if is_used or role.invitations.filter(Invitation.OPEN).exists():
        raise RoleInUse(role.code)
    role.invitations.all().delete()
    ROLE.remove(role.pk, actor=actor)


# --- Memberships ------------------------------------------------------------------------------------------------------


def lock_city(jurisdiction: Jurisdiction) -> None:
    """For changes that could take its last administrator away. Doesn't wait for, or stop, reports that refer to the row."""
    Jurisdiction.objects.select_for_update(no_key=True).only("pk").get(pk=jurisdiction.pk)


def _keep_administrator(jurisdiction: Jurisdiction) -> None:
    if not permissions.has_administrator(jurisdiction):
        raise LastAdministrator


def written_person(user: User, jurisdiction: Jurisdiction) -> State:
    """The person as the log of setup keeps them: roles by code, with the code of the department."""
    memberships = Membership.objects.filter(user=user, jurisdiction=jurisdiction).select_related("role", "department")
    return {
        "name": user.name,
        "email": user.email,
        "roles": sorted(written_membership(one.role, one.department) for one in memberships),
    }


def written_membership(role: Role, department: Department | None) -> str:
    return f"{role.code} ({department.code})" if department else role.code


@transaction.atomic
def add_membership(
    user: User,
    role: Role,
    department: Department | None,
    *,
    actor: User | None = None,
    is_from_group: bool = False,
) -> Membership:
    """Adds a membership in one department, or in the whole city without one. Does nothing if it exists."""
    jurisdiction = role.jurisdiction
    before = written_person(user, jurisdiction)
    membership = Membership.objects.get_or_create(
        user=user,
        jurisdiction=jurisdiction,
        department=department,
        role=role,
        defaults={"is_from_group": is_from_group},
    )[0]
    _record(user, jurisdiction, before if before["roles"] else None, actor)
    return membership


@transaction.atomic
def remove_membership(membership: Membership, *, actor: User | None) -> None:
    """Takes one role away. The last one goes by end_access(). Raises LastAdministrator."""
    lock_city(membership.jurisdiction)
    user = membership.user
    before = written_person(user, membership.jurisdiction)
    Membership.objects.filter(pk=membership.pk).delete()
    if "administer" in membership.role.permissions:
        _keep_administrator(membership.jurisdiction)
    _record(user, membership.jurisdiction, before, actor)


def _record(user: User, jurisdiction: Jurisdiction, before: State | None, actor: User | None) -> None:
    after = written_person(user, jurisdiction)
    setup_changes.record(
        jurisdiction,
        "person",
        user.pk,
        actor=actor,
        name=str(user),
        before=before,
        after=after if after["roles"] else None,
    )


# --- The end of somebody's access ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ended:
    """unassigned: how many open requests went back to their team or department. keys: how many API keys were revoked."""

    unassigned: int
    keys: int


@transaction.atomic
def end_access(
    user: User, jurisdiction: Jurisdiction, *, actor: User | None, keep_keys: bool = False, check_last: bool = True
) -> Ended:
    """Ends somebody's work for this city: roles, sessions, links, keys and tokens, at once. Open work becomes unassigned.

    The account stays, switched off unless they work for another city, since their comments and decisions refer to it. Raises
    LastAdministrator, unless check_last is False: a person who was removed from single sign-on is out in any case.
    """
    lock_city(jurisdiction)
    user = User.objects.select_for_update().get(pk=user.pk)
    before = _written_access(user, jurisdiction)
    Membership.objects.filter(user=user, jurisdiction=jurisdiction).delete()
    if check_last:
        _keep_administrator(jurisdiction)
    unassigned = _unassign(user, jurisdiction, actor)
    for team in Team.objects.filter(department__jurisdiction=jurisdiction, members=user):
        team.members.remove(user)
    OnCall.objects.filter(jurisdiction=jurisdiction, user=user).delete()
    Leave.objects.filter(jurisdiction=jurisdiction, user=user).delete()
    Leave.objects.filter(jurisdiction=jurisdiction, stand_in=user).update(stand_in=None)
    invited = Q(email__iexact=user.email) | Q(invited_by=user)
    Invitation.objects.filter(Invitation.OPEN & invited, jurisdiction=jurisdiction).update(cancelled_at=app_now())
    CitySwitch.objects.filter(user=user, jurisdiction=jurisdiction).delete()
    SignInAccount.objects.filter(user=user, provider__jurisdiction=jurisdiction).delete()
    # A key that acts as them could do nothing anymore.
    theirs = Q(acts_as=user) if keep_keys else Q(acts_as=user) | Q(created_by=user)
    keys = list(ApiKey.objects.filter(theirs, jurisdiction=jurisdiction, revoked_at=None))
    for key in keys:
        api_keys.revoke(key)
    if user.memberships.exists():
        staff_sessions.end(user, jurisdiction)
    else:
        user.is_active = False
        # Ends sessions that are recorded nowhere, and links that set a new password.
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        Authenticator.objects.filter(user=user).delete()
        staff_sessions.end(user)
    _record(user, jurisdiction, before, actor)
    return Ended(unassigned, len(keys))


def _written_access(user: User, jurisdiction: Jurisdiction) -> State:
    """What it takes to bring them back (ways_back.py). by_group: roles that the city's single sign-on gave."""
    teams = Team.objects.filter(department__jurisdiction=jurisdiction, members=user).select_related("department")
    by_group = Membership.objects.filter(user=user, jurisdiction=jurisdiction, is_from_group=True)
    return {
        **written_person(user, jurisdiction),
        "teams": ways_back.written_teams(list(teams)),
        "by_group": sorted(
            written_membership(one.role, one.department) for one in by_group.select_related("role", "department")
        ),
    }


class WorksElsewhere(Exception):
    """The person works for another city too, whose sign-in isn't this one's to weaken."""


@transaction.atomic
def reset_second_step(user: User, jurisdiction: Jurisdiction, *, actor: User) -> bool:
    """Takes codes, passkeys and recovery codes away, for somebody who lost their phone, and signs them out everywhere.

    Both get an email. False if there was none. Raises WorksElsewhere.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.memberships.exclude(jurisdiction=jurisdiction).exists():
        raise WorksElsewhere
    deleted, _by_kind = Authenticator.objects.filter(user=user).delete()
    if not deleted:
        return False
    staff_sessions.end(user)
    state = written_person(user, jurisdiction)
    change = setup_changes.record(
        jurisdiction, "person", user.pk, actor=actor, name=str(user), before=state, after=state, action="reset"
    )
    for reader in (user, actor):
        outbox.enqueue(
            "mail_second_step_reset",
            lane=OutboxRow.Lane.OUTSIDE,
            jurisdiction_id=jurisdiction.pk,
            dedupe_key=f"mail_second_step_reset:{change.pk}:{reader.pk}",  # type: ignore[union-attr]
        )
    return True


def _unassign(user: User, jurisdiction: Jurisdiction, actor: User | None) -> int:
    """Back to the team, or else the department, which see it as new work."""
    assigned = ServiceRequest.objects.in_jurisdiction(jurisdiction).filter(assignee=user, status__in=OPEN)
    ids = list(assigned.order_by("id").values_list("pk", flat=True))
    for pk in ids:
        service_request = ServiceRequest.objects.locked(pk)
        service_request.assignee = None
        service_request.save(update_fields=["assignee"])
        events.record(service_request, "assigned", actor=actor, assignee_id=None)
    return len(ids)
