"""Inviting somebody to work for the city, by email."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from requests_app import outbox
from requests_app.actions.people import memberships
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_rows import fingerprint
from requests_app.clock import app_now
from requests_app.models import Department, Invitation, Jurisdiction, Membership, Role, Team, User
from requests_app.rules.people import invitation_lists
from requests_app.rules.people.invitation_lists import InvitationList, Line

VALID_FOR = dt.timedelta(days=7)
# A stolen session can't email the whole town in a city's name.
A_DAY_MAX = 500
DAY = dt.timedelta(days=1)


class AlreadyInvited(Exception):
    """An invitation to this address is open."""


class AlreadyStaff(Exception):
    """The address belongs to somebody who works for this city."""

    def __init__(self, user: User) -> None:
        self.user = user
        super().__init__(user.pk)


class TooMany(Exception):
    """The city has sent A_DAY_MAX invitations within a day."""


class ListChanged(Exception):
    """The list, or what became of it, isn't as it was shown. lines: as it is now."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        super().__init__()


class NotOpen(Exception):
    """The invitation was accepted, was canceled, has expired, or a newer link was sent."""


@transaction.atomic
def invite(
    jurisdiction: Jurisdiction,
    email: str,
    *,
    role: Role,
    department: Department | None,
    actor: User,
    name: str = "",
    team: Team | None = None,
) -> Invitation:
    """Raises AlreadyInvited, AlreadyStaff and TooMany."""
    email = email.strip().lower()
    memberships.lock_city(jurisdiction)
    member = User.objects.filter(email=email, is_active=True, memberships__jurisdiction=jurisdiction).first()
    if member is not None:
        raise AlreadyStaff(member)
    if Invitation.objects.filter(Invitation.OPEN, jurisdiction=jurisdiction, email=email).exists():
        raise AlreadyInvited(email)
    if not left_today(jurisdiction):
        raise TooMany
    invitation = Invitation.objects.create(
        jurisdiction=jurisdiction,
        email=email,
        name=name,
        role=role,
        department=department,
        team=team,
        invited_by=actor,
        expires_at=app_now() + VALID_FOR,
    )
    _send(invitation)
    _record(invitation, "invited", actor)
    return invitation


def left_today(jurisdiction: Jurisdiction) -> int:
    """How many more invitations the city may send now."""
    newest = Invitation.objects.filter(jurisdiction=jurisdiction, created_at__gt=app_now() - DAY)
    return max(0, A_DAY_MAX - newest.count())


def fingerprint_of(lines: Iterable[Line]) -> str:
    """What a page carries to say which lines it showed, and what would become of them."""
    rows = [(line, [row.pk if row else None for row in (line.role, line.department, line.team)]) for line in lines]
    return fingerprint([[line.text, line.email, ids, bool(line.problem)] for line, ids in rows])


@transaction.atomic
def invite_list(jurisdiction: Jurisdiction, text: str, *, seen: str, actor: User) -> InvitationList:
    """Invites everybody on the list whose line has no problem; returns the whole list.

    seen: the fingerprint of the lines as they were shown; raises ListChanged. Raises TooManyLines, and TooMany if not all of them
    may be sent today.
    """
    # First, so that what is read now is still so when it's sent, and a second click finds that everybody is invited.
    memberships.lock_city(jurisdiction)
    pasted = invitation_lists.read(text, jurisdiction)
    if fingerprint_of(pasted.lines) != seen:
        raise ListChanged(pasted.lines)
    good = [line for line in pasted.lines if not line.problem]
    if len(good) > left_today(jurisdiction):
        raise TooMany
    for line in good:
        if line.role is not None:
            invite(
                jurisdiction,
                line.email,
                role=line.role,
                department=line.department,
                actor=actor,
                name=line.name,
                team=line.team,
            )
    return pasted


@transaction.atomic
def send_again(invitation: Invitation, *, actor: User) -> Invitation:
    """A new link for another 7 days; the older ones end. Raises NotOpen."""
    invitation = _locked(invitation)
    invitation.generation += 1
    invitation.expires_at = app_now() + VALID_FOR
    invitation.save(update_fields=["generation", "expires_at"])
    _send(invitation)
    _record(invitation, "sent_again", actor)
    return invitation


@transaction.atomic
def cancel(invitation: Invitation, *, actor: User) -> None:
    """Raises NotOpen."""
    invitation = _locked(invitation)
    invitation.cancelled_at = app_now()
    invitation.save(update_fields=["cancelled_at"])
    _record(invitation, "canceled", actor)


def is_expired(invitation: Invitation) -> bool:
    return invitation.expires_at <= app_now()


def invited_user(invitation: Invitation) -> User | None:
    """The account of this address, if there is one that works: for another city, or for this one by now."""
    return User.objects.filter(email=invitation.email, is_active=True).first()


@transaction.atomic
def accept(invitation: Invitation, *, name: str, language: str, password: str) -> User:
    """Makes the account, or switches an ended one on again. Raises NotOpen, also if an account works for another city."""
    invitation = _locked(invitation, unexpired=True)
    user = User.objects.select_for_update().filter(email=invitation.email).first() or User(email=invitation.email)
    if user.pk is not None and user.is_active:
        raise NotOpen
    user.name, user.language, user.is_active = name, language, True
    user.set_password(password)
    user.save()
    return _join(invitation, user)


@transaction.atomic
def accept_as(invitation: Invitation, user: User) -> User:
    """By somebody who has an account with this address and is signed in with it. Raises NotOpen."""
    invitation = _locked(invitation, unexpired=True)
    if user.email.lower() != invitation.email:
        raise NotOpen
    return _join(invitation, user)


def _join(invitation: Invitation, user: User) -> User:
    Membership.objects.get_or_create(
        user=user, jurisdiction=invitation.jurisdiction, department=invitation.department, role=invitation.role
    )
    if invitation.team is not None and invitation.team.active:
        invitation.team.members.add(user)
    invitation.accepted_at, invitation.accepted_by = app_now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    setup_changes.record(
        invitation.jurisdiction,
        "person",
        user.pk,
        actor=user,
        name=str(user),
        action="joined",
        before=None,
        after=memberships.written_person(user, invitation.jurisdiction),
    )
    return user


def _locked(invitation: Invitation, *, unexpired: bool = False) -> Invitation:
    locked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("role", "department", "team", "jurisdiction")
        .get(pk=invitation.pk)
    )
    is_open = locked.accepted_at is None and locked.cancelled_at is None
    if not is_open or locked.generation != invitation.generation or (unexpired and is_expired(locked)):
        raise NotOpen
    return locked


def _send(invitation: Invitation) -> None:
    # The row has only the invitation's id; the link's secret is derived when the email is written.
    key = f"mail_invitation:{invitation.pk}:{invitation.generation}"
    outbox.enqueue("mail_invitation", lane="outside", jurisdiction_id=invitation.jurisdiction_id, dedupe_key=key)


def _record(invitation: Invitation, action: str, actor: User) -> None:
    role = memberships.written_membership(invitation.role, invitation.department)
    is_over = action == "canceled"
    state = {"email": invitation.email, "roles": [role]}
    setup_changes.record(
        invitation.jurisdiction,
        "person",
        f"invitation-{invitation.pk}",
        actor=actor,
        name=invitation.email,
        action=action,
        before=None if action == "invited" else state,
        after=None if is_over else state,
    )
