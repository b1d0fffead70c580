"""Bringing back a role that was changed or removed, and a person whose access was ended.

Nobody gets more access by what they bring back themselves: another administrator does it for them.
"""

from collections.abc import Collection

from django.db import transaction

from requests_app import outbox
from requests_app.actions.people import memberships
from requests_app.actions.people.memberships import ROLE
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_rows import CannotUndo
from requests_app.clock import app_now
from requests_app.models import Invitation, Jurisdiction, Membership, OutboxRow, Role, SetupChange, User
from requests_app.rules.people import permissions, ways_back
from requests_app.rules.people.ways_back import Access


class RaisesOwn(Exception):
    """It would give the one who does it more than they have."""


@transaction.atomic
def undo_role(change: SetupChange, *, chosen: Collection[str], actor: User) -> Role:
    """Restores a role as it was before this change, and gives it back to those of ways_back.holders() whose value is in `chosen`.

    Raises CannotUndo if it was changed again since, RaisesOwn and LastAdministrator.
    """
    city = change.jurisdiction
    memberships.lock_city(city)
    if change.before is None:
        raise CannotUndo
    row = Role.objects.select_for_update().filter(jurisdiction=city, code=change.key).first()
    added = set(change.before["permissions"]) - set(row.permissions if row else ())
    if row is not None and added and Membership.objects.filter(user=actor, role=row).exists():
        raise RaisesOwn
    holders = [one for one in ways_back.holders(change) if one.value in chosen]
    if any(one.user.pk == actor.pk for one in holders):
        raise RaisesOwn
    ROLE.undo(change, actor=actor)
    if row is not None and not permissions.has_administrator(city):
        raise memberships.LastAdministrator
    role = Role.objects.select_related("jurisdiction").get(jurisdiction=city, code=change.key)
    for holder in holders:
        memberships.add_membership(holder.user, role, holder.department, actor=actor)
    return role


@transaction.atomic
def bring_back(user: User, city: Jurisdiction, *, actor: User) -> Access:
    """Gives somebody whose access was ended their roles and teams back. Returns what came back, and what couldn't.

    Sessions, passwords, second steps, keys, links and work that were ended stay ended; an email says how to get in. Raises
    CannotUndo, also the second time. Nobody does it for themselves: their access has ended.
    """
    memberships.lock_city(city)
    user = User.objects.select_for_update().get(pk=user.pk)
    change = ways_back.ended(user, city)
    if change is None:
        raise CannotUndo
    access = ways_back.access_of(user, change)
    if not access.roles:
        raise CannotUndo
    for role, department in access.roles:
        Membership.objects.create(user=user, jurisdiction=city, role=role, department=department)
    for team in access.teams:
        team.members.add(user)
    if access.is_switched_on:
        user.is_active = True
        user.save(update_fields=["is_active"])
    # One way in is enough.
    invited = Invitation.objects.filter(Invitation.OPEN, jurisdiction=city, email__iexact=user.email)
    invited.update(cancelled_at=app_now())
    after = memberships.written_person(user, city)
    logged = setup_changes.record(
        city, "person", user.pk, actor=actor, name=str(user), before=None, after=after, action="brought_back"
    )
    if logged is not None:
        outbox.enqueue(
            "mail_access_back",
            lane=OutboxRow.Lane.OUTSIDE,
            jurisdiction_id=city.pk,
            dedupe_key=f"mail_access_back:{logged.pk}",
        )
    return access
