"""Single sign-on: people whom the city's provider vouches for get the roles of their groups, and lose them with the groups."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from requests_app import openid
from requests_app.actions.people import memberships as people
from requests_app.actions.people import staff_sessions
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_rows import ChangedMeanwhile, fingerprint
from requests_app.clock import app_now
from requests_app.core import sealed
from requests_app.models import (
    Department,
    Jurisdiction,
    LogoutToken,
    Membership,
    Role,
    SignInAccount,
    SignInGroup,
    SignInProvider,
    User,
)
from requests_app.rules.people import second_step

CHECKED_EVERY = dt.timedelta(minutes=25)
# Without an answer of the provider for this long, everybody signs in again.
TRUSTED_FOR = dt.timedelta(minutes=55)
CHECKS_AT_ONCE = 2000

log = structlog.get_logger(__name__)


class NotMapped(Exception):
    """None of the person's groups has a role here."""


class NoAddress(Exception):
    """The provider sent no email address, or a new one that it didn't verify."""


class NotTheirs(Exception):
    """The address has an account that the provider may not open: of another city, or one whose access ended here."""


@dataclass(frozen=True)
class Unconnected:
    """What the provider said of somebody whose address has an account here, until its owner signs in to it themselves.

    refresh_token: sealed.
    """

    provider_id: int
    user_id: int
    subject: str
    groups: list[str]
    refresh_token: str

    def packed(self) -> dict[str, Any]:
        """For the session."""
        return asdict(self)


class MustConfirm(Exception):
    """The address has an account, whose owner has to sign in to it once, second step included (see connect())."""

    def __init__(self, unconnected: Unconnected) -> None:
        super().__init__()
        self.unconnected = unconnected


class Replayed(Exception):
    """The logout token was used before."""


# --- Setup --------------------------------------------------------------------------------------------------------------


def logged_fields(provider: SignInProvider) -> dict[str, Any]:
    """For the log of setup: without the secret."""
    return {
        "name": provider.name,
        "server_url": provider.server_url,
        "client_id": provider.client_id,
        "has_secret": bool(provider.client_secret),
        "groups_claim": provider.groups_claim,
        "active": provider.active,
        "sign_in_groups": [
            f"{one.group}: {people.written_membership(one.role, one.department)}"
            for one in provider.groups.select_related("role", "department")
        ],
    }


def secret_version(provider: SignInProvider | None) -> str:
    """Says that a secret was replaced, and nothing about it."""
    return fingerprint(provider.client_secret) if provider is not None and provider.client_secret else ""


def seen_of(provider: SignInProvider | None) -> str:
    """For the form that shows it. Groups and roles have a form of their own."""
    fields = logged_fields(provider) if provider is not None else {}
    return fingerprint({**fields, "sign_in_groups": [], "client_secret": secret_version(provider)})


@transaction.atomic
def save_provider(
    jurisdiction: Jurisdiction, *, client_secret: str, actor: User, seen: str | None = None, **columns: Any
) -> SignInProvider:
    """client_secret: empty keeps the one that was entered before. seen: what seen_of() said; raises ChangedMeanwhile."""
    people.lock_city(jurisdiction)
    provider = SignInProvider.objects.filter(jurisdiction=jurisdiction).first()
    before = logged_fields(provider) if provider is not None else None
    if seen is not None and seen != seen_of(provider):
        raise ChangedMeanwhile
    provider = provider or SignInProvider(jurisdiction=jurisdiction)
    for name, value in columns.items():
        setattr(provider, name, value)
    if client_secret:
        provider.client_secret = sealed.seal(client_secret)
    provider.save()
    note = "client_secret" if client_secret else ""
    _record(provider, before, actor, note=note)
    return provider


@transaction.atomic
def add_group(provider: SignInProvider, *, group: str, role: Role, department: Department | None, actor: User) -> None:
    """Does nothing if it exists."""
    people.lock_city(provider.jurisdiction)
    before = logged_fields(provider)
    SignInGroup.objects.get_or_create(provider=provider, group=group, role=role, department=department)
    _record(provider, before, actor)


@transaction.atomic
def remove_group(row: SignInGroup, *, actor: User) -> None:
    """Its members lose the role at their next check, within half an hour."""
    provider = row.provider
    people.lock_city(provider.jurisdiction)
    before = logged_fields(provider)
    row.delete()
    _record(provider, before, actor)


def _record(provider: SignInProvider, before: dict[str, Any] | None, actor: User, *, note: str = "") -> None:
    setup_changes.record(
        provider.jurisdiction,
        "sign_in",
        provider.pk,
        actor=actor,
        name=provider.name,
        before=before,
        after=logged_fields(provider),
        note=note,
        action="changed" if before is not None and note else "",
    )


# --- Signing in -----------------------------------------------------------------------------------------------------------


def sign_in(provider: SignInProvider, claims: dict[str, Any], refresh_token: str) -> User:
    """The member of staff, with the roles of their groups. Raises NotMapped, NoAddress, NotTheirs and MustConfirm."""
    try:
        return _sign_in(provider, claims, refresh_token)
    except NotMapped:
        account = SignInAccount.objects.filter(provider=provider, subject=str(claims["sub"])).first()
        if account is not None:
            _leave(account)
        raise


@transaction.atomic
def _sign_in(provider: SignInProvider, claims: dict[str, Any], refresh_token: str) -> User:
    people.lock_city(provider.jurisdiction)
    mapped = _mapped(provider, claims)
    if not mapped:
        raise NotMapped
    subject = str(claims["sub"])[:255]
    account = SignInAccount.objects.select_related("user").filter(provider=provider, subject=subject).first()
    sealed_token = sealed.seal(refresh_token)
    user = account.user if account is not None else _user_of(provider, claims, subject, sealed_token)
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
    _connect(provider, subject, user, sealed_token, mapped)
    return user


def _connect(provider: SignInProvider, subject: str, user: User, sealed_token: str, mapped: list[SignInGroup]) -> None:
    _set_memberships(user, provider, mapped)
    SignInAccount.objects.update_or_create(
        provider=provider,
        subject=subject,
        defaults={"user": user, "refresh_token": sealed_token, "checked_at": app_now()},
    )


@transaction.atomic
def connect(unconnected: Unconnected, user: User) -> bool:
    """Ties the provider's account to the one of somebody who just signed in to it. False if that isn't possible anymore."""
    provider = (
        SignInProvider.objects.select_related("jurisdiction").filter(pk=unconnected.provider_id, active=True).first()
    )
    if provider is None or user.pk != unconnected.user_id:
        return False
    people.lock_city(provider.jurisdiction)
    mapped = _mapped(provider, {provider.groups_claim: unconnected.groups})
    is_taken = SignInAccount.objects.filter(provider=provider, subject=unconnected.subject).exists()
    if not mapped or is_taken or not _may_open(provider, user):
        return False
    _connect(provider, unconnected.subject, user, unconnected.refresh_token, mapped)
    log.info("single_sign_on_connected", user_id=user.pk, provider_id=provider.pk)
    return True


def _may_open(provider: SignInProvider, user: User) -> bool:
    """The provider of one city must not open what somebody has in another."""
    is_elsewhere = user.memberships.exclude(jurisdiction=provider.jurisdiction).exists()
    return (
        user.is_active and not is_elsewhere and not SignInAccount.objects.filter(provider=provider, user=user).exists()
    )


def _user_of(provider: SignInProvider, claims: dict[str, Any], subject: str, sealed_token: str) -> User:
    email = str(claims.get("email") or "").strip().lower()
    if not email:
        raise NoAddress
    user = User.objects.filter(email=email).first()
    if user is None:
        # Not all providers say it. Some say it in a string.
        if str(claims.get("email_verified", True)).lower() != "true":
            raise NoAddress
        name = str(claims.get("name") or email.partition("@")[0])[:200]
        user = User(email=email, name=name, language=provider.jurisdiction.languages[0])
        user.set_unusable_password()
        user.save()
        return user
    if not _may_open(provider, user):
        raise NotTheirs
    # Only what the standard says, JSON's true, proves the address; and the provider's word is no second step.
    if claims.get("email_verified") is not True or second_step.is_asked(user, provider.jurisdiction):
        groups = sorted(groups_of(provider, claims))
        raise MustConfirm(Unconnected(provider.pk, user.pk, subject, groups, sealed_token))
    return user


def groups_of(provider: SignInProvider, claims: dict[str, Any]) -> set[str]:
    found = claims.get(provider.groups_claim)
    if isinstance(found, str):
        return {found}
    return {str(one) for one in found} if isinstance(found, list) else set()


def _mapped(provider: SignInProvider, claims: dict[str, Any]) -> list[SignInGroup]:
    groups = groups_of(provider, claims)
    rows = provider.groups.select_related("role__jurisdiction", "department")
    return [row for row in rows if row.group in groups]


def _set_memberships(user: User, provider: SignInProvider, mapped: list[SignInGroup]) -> None:
    city = provider.jurisdiction
    by_role = {(row.role_id, row.department_id): row for row in mapped}
    for membership in Membership.objects.filter(user=user, jurisdiction=city, is_from_group=True):
        if (membership.role_id, membership.department_id) not in by_role:
            before = people.written_person(user, city)
            membership.delete()
            setup_changes.record(
                city,
                "person",
                user.pk,
                actor=None,
                name=str(user),
                before=before,
                after=people.written_person(user, city),
                note="single_sign_on",
            )
    for row in by_role.values():
        people.add_membership(user, row.role, row.department, is_from_group=True)


# --- Who is still there -----------------------------------------------------------------------------------------------------


def check_due() -> int:
    """Asks the providers about everybody who wasn't asked about recently. Returns how many it asked about."""
    due = SignInAccount.objects.filter(
        provider__active=True, user__is_active=True, checked_at__lt=app_now() - CHECKED_EVERY
    )
    silent: set[int] = set()
    count = 0
    for account in due.select_related("provider__jurisdiction", "user").order_by("checked_at")[:CHECKS_AT_ONCE]:
        count += 1
        if account.provider_id in silent:
            _end_if_too_old(account)
            continue
        try:
            check(account)
        except openid.Unreachable as error:
            # One answer in 5 s is enough to know.
            silent.add(account.provider_id)
            log.warning("sign_in_provider_unreachable", provider_id=account.provider_id, error=str(error))
            _end_if_too_old(account)
    return count


def check(account: SignInAccount) -> None:
    """Asks whether the person is still there, and in which groups. Raises Unreachable."""
    provider = account.provider
    if not account.refresh_token:
        _end_if_too_old(account)
        return
    try:
        tokens = openid.refresh(provider, sealed.unseal(account.refresh_token))
        claims = {**tokens.claims, **(openid.userinfo(provider, tokens.access_token) if tokens.access_token else {})}
    except (openid.Refused, openid.InvalidToken):
        _leave(account)
        return
    if claims.get("sub") not in (None, account.subject):
        _leave(account)
        return
    with transaction.atomic():
        people.lock_city(provider.jurisdiction)
        # Rotated: the older one may be void by now.
        SignInAccount.objects.filter(pk=account.pk).update(
            refresh_token=sealed.seal(tokens.refresh_token), checked_at=app_now()
        )
        mapped = _mapped(provider, claims)
        if mapped:
            _set_memberships(account.user, provider, mapped)
    if not mapped:
        _leave(account)


def _end_if_too_old(account: SignInAccount) -> None:
    if account.checked_at < app_now() - TRUSTED_FOR:
        staff_sessions.end(account.user, account.provider.jurisdiction)


@transaction.atomic
def _leave(account: SignInAccount) -> None:
    """Out: but for roles that an administrator gave by hand. They may come back through the provider."""
    provider, user = account.provider, account.user
    memberships = Membership.objects.filter(user=user, jurisdiction=provider.jurisdiction)
    if memberships.filter(is_from_group=False).exists():
        _set_memberships(user, provider, [])
        staff_sessions.end(user, provider.jurisdiction)
        SignInAccount.objects.filter(pk=account.pk).update(refresh_token="", checked_at=app_now())
    elif memberships.exists():
        people.end_access(user, provider.jurisdiction, actor=None, check_last=False)
        SignInAccount.objects.update_or_create(
            provider=provider,
            subject=account.subject,
            defaults={"user": user, "refresh_token": "", "checked_at": app_now()},
        )
    log.info("single_sign_on_ended", user_id=user.pk, provider_id=provider.pk)


def log_out(provider: SignInProvider, claims: dict[str, Any]) -> int:
    """What a logout token asks for. Returns how many sessions ended. Raises Replayed."""
    try:
        with transaction.atomic():
            expires_at = app_now() + dt.timedelta(days=1)
            LogoutToken.objects.create(provider=provider, jti=str(claims["jti"])[:255], expires_at=expires_at)
            return _log_out(provider, str(claims.get("sub") or ""), str(claims.get("sid") or ""))
    except IntegrityError as error:
        raise Replayed from error


def _log_out(provider: SignInProvider, subject: str, session: str) -> int:
    accounts = SignInAccount.objects.filter(provider=provider).select_related("user")
    if subject:
        accounts = accounts.filter(subject=subject)
    else:
        known = staff_sessions.users_of(provider.jurisdiction, session)
        accounts = accounts.filter(user__in=known)
    return sum(staff_sessions.end(one.user, provider.jurisdiction, provider_session=session) for one in accounts)
