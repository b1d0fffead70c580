"""Inviting somebody to work for the city, by email."""

import datetime as dt

from django.db import transaction

from requests_app import outbox
from requests_app.actions.people import memberships
from requests_app.actions.shared import setup_changes
from requests_app.clock import app_now
from requests_app.models import Department, Invitation, Jurisdiction, Membership, Role, User

VALID_FOR = dt.timedelta(days=7)


class AlreadyInvited(Exception):
    """An invitation to this address is open."""


class AlreadyStaff(Exception):
    """The address belongs to somebody who works for this city."""

    def __init__(self, user: User) -> None:
        self.user = user
        super().__init__(user.pk)


class NotOpen(Exception):
    """The invitation was accepted, was canceled, has expired, or a newer link was sent."""


@transaction.atomic
def invite(
    jurisdiction: Jurisdiction, email: str, *, role: Role, department: Department | None, actor: User
) -> Invitation:
    """Raises AlreadyInvited and AlreadyStaff."""
    email = email.strip().lower()
    memberships.lock_city(jurisdiction)
    member = User.objects.filter(email=email, is_active=True, memberships__jurisdiction=jurisdiction).first()
    if member is not None:
        raise AlreadyStaff(member)
    if Invitation.objects.filter(Invitation.OPEN, jurisdiction=jurisdiction, email=email).exists():
        raise AlreadyInvited(email)
    invitation = Invitation.objects.create(
        jurisdiction=jurisdiction,
        email=email,
        role=role,
        department=department,
        invited_by=actor,
        expires_at=app_now() + VALID_FOR,
    )
    _send(invitation)
    _record(invitation, "invited", actor)
    return invitation


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
        .select_related("role", "department", "jurisdiction")
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
