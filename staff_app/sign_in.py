"""Sign-in for staff. Accounts are created by invitation, single sign-on or `create_staff`; nobody can sign up.

A session belongs to one city: it is recorded with its person, so that it can be ended, and another city's host refuses it.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import filter_users_by_email
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from requests_app.actions.people import password_guesses, staff_sessions
from requests_app.core import limits
from requests_app.models import Jurisdiction, SignInProvider, User
from requests_app.rules.people import permissions
from requests_app.rules.shared import installation
from requests_app.rules.work import crew_day
from staff_app import known_device

BY_ADDRESS_A_MINUTE = 10
# Wrong passwords only: a whole office may share a network, and signs in at eight.
BY_NETWORK_A_MINUTE = 10
# Wrong passwords for one account, from wherever: ten a minute alone would be 14,400 a day. And for somebody on a device where they
# have signed in before, which strangers' guesses don't use up.
BY_ACCOUNT_A_DAY = 100
BY_KNOWN_DEVICE_A_DAY = 20

# In the session: the id of its city, and the key it was recorded under.
CITY, RECORDED_KEY = "city", "recorded_key"
# In the session of somebody whom the city's provider signed in, who may not go over to another city with that.
BY_PROVIDER = "by_provider"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def start_session(request: HttpRequest, user: User, *, method: str, provider_session: str = "") -> None:
    """Signs somebody in who has proved who they are by another way than the sign-in page. method: how, for allauth's record."""
    login(request, user, backend=BACKEND)
    if method:
        record_authentication(request, user, method=method)
    record_session(request, user, provider_session=provider_session)


def first_page(request: HttpRequest) -> str:
    """Where crews and contractors arrive, who begin with what they do today, and call takers, at the desk; "" for others, who
    begin with the queue."""
    city: Jurisdiction | None = getattr(request, "jurisdiction", None)
    user = request.user
    if city is None or not isinstance(user, User):
        return ""
    if crew_day.works_outside(user, city):
        return reverse("staff_app:crew_day")
    takes_calls = permissions.can_in_city(user, "submit_for_others", city)
    return reverse("staff_app:desk") if takes_calls and not permissions.can_in_city(user, "resolve", city) else ""


def record_session(request: HttpRequest, user: User, *, provider_session: str = "") -> None:
    """After sign-in, and whenever the session got a new key."""
    jurisdiction: Jurisdiction | None = getattr(request, "jurisdiction", None)
    session = request.session
    if session.session_key is None:
        session.create()
    if jurisdiction is not None:
        session[CITY] = jurisdiction.pk
    session[RECORDED_KEY] = session.session_key
    staff_sessions.record(str(session.session_key), user, jurisdiction, provider_session=provider_session)


def keep_recorded(request: HttpRequest, user: User) -> None:
    """A new password gives the session a new key. Costs nothing otherwise."""
    session = request.session
    if RECORDED_KEY in session and session[RECORDED_KEY] != session.session_key:
        record_session(request, user)


def is_of_another_city(request: HttpRequest) -> bool:
    jurisdiction: Jurisdiction | None = getattr(request, "jurisdiction", None)
    city = request.session.get(CITY)
    return city is not None and jurisdiction is not None and city != jurisdiction.pk


class StaffAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        # Sent while the page waits, and not by the outbox.
        if not installation.is_copy():
            super().send_mail(template_prefix, email, context)

    def format_email_subject(self, subject: str) -> str:
        # No "[host name]" prefix.
        return subject

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponseBase | None:
        """People whose roles come from groups alone sign in at the provider, or its word would not end their access."""
        city: Jurisdiction | None = getattr(request, "jurisdiction", None)
        provider = SignInProvider.objects.filter(jurisdiction=city, active=True).first() if city is not None else None
        if provider is not None:
            memberships = user.memberships.filter(jurisdiction=city)
            if memberships.exists() and not memberships.filter(is_from_group=False).exists():
                messages.error(request, _("Use “Sign in with %(name)s.”") % {"name": provider})
                return redirect("account_login")
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        record_session(request, user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return first_page(request) or super().get_login_redirect_url(request)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Used by the limits on failed sign-ins. Behind a proxy, all staff would otherwise share one address and one limit."""
        return limits.client_address(request) or "local"

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponseBase:
        """After the second step, if there is one."""
        response: HttpResponseBase = super().post_login(request, user, **kwargs)
        known_device.remember(request, response, user)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What allauth counts by the minute: not together with strangers' attempts on a known device."""
        key: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{_known_id(request, _account(credentials))}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth counts in Redis alone, by the minute, and takes right passwords back.

        This counts by network and by day, too, and goes on counting while Redis is down.
        """
        super().pre_authenticate(request, **credentials)
        user = _account(credentials)
        known_id = _known_id(request, user)
        if not known_id and limits.is_used_up(_by_network(request), most=BY_NETWORK_A_MINUTE, per_s=60):
            raise self.validation_error("too_many_login_attempts")
        name = _by_account(credentials, user, known_id)
        if not name:
            # When an account has no primary address, everybody would share a count.
            return
        if not limits.allow_sign_in(name, most=BY_ADDRESS_A_MINUTE, per_s=60):
            raise self.validation_error("too_many_login_attempts")
        # Counted before the password is checked, so that sending many at once gains nothing.
        most = BY_KNOWN_DEVICE_A_DAY if known_id else BY_ACCOUNT_A_DAY
        if not limits.allow_lasting(name, most=most, per_s=limits.DAY):
            if user is not None and not known_id:
                password_guesses.notify(user)
            raise ValidationError(
                _("Too many wrong passwords for this account today. To sign in, select “Forgot your password?”."),
                code="too_many_wrong_passwords",
            )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        account = _account(credentials)
        known_id = _known_id(request, account)
        if user is not None:
            if name := _by_account(credentials, account, known_id):
                limits.take_back(name, per_s=limits.DAY)
        elif not known_id:
            limits.allow_sign_in(_by_network(request), most=BY_NETWORK_A_MINUTE, per_s=60)
        return user


def _account(credentials: dict[str, Any]) -> User | None:
    found = filter_users_by_email(str(credentials.get("email", "")).strip(), prefer_verified=True)
    return found[0] if found else None


def _known_id(request: HttpRequest, user: User | None) -> str:
    """Of the device, or of the session in which somebody is asked for their password again."""
    if user is not None and request.user == user:
        return str(request.session.session_key)
    return known_device.known_id(request, user)


def _by_network(request: HttpRequest) -> str:
    return f"wrong-password:{limits.network_key(request)}"


def _by_account(credentials: dict[str, Any], user: User | None, known_id: str) -> str:
    """The same for each address of an account. Addresses without one are counted alike, which tells nothing about them."""
    email = str(credentials.get("email", "")).strip().lower()
    if not email:
        return ""
    return f"password:{limits.hashed(str(user.pk) if user is not None else email)}{f':{known_id}' if known_id else ''}"
