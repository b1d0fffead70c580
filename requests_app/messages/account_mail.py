"""Emails to members of staff about their own accounts: guessed passwords, a second step that was reset, access that is back."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from requests_app import links
from requests_app.core.limits import DAY
from requests_app.messages import email
from requests_app.messages.letters import letter
from requests_app.models import Jurisdiction, OutboxRow, SetupChange, User


def mail_guesses(row: OutboxRow) -> None:
    """Sends nothing to somebody who can't sign in anyway."""
    _kind, user_id, day = row.dedupe_key.split(":")
    user = User.objects.filter(pk=int(user_id), is_active=True).first()
    membership = user.memberships.select_related("jurisdiction").order_by("id").first() if user is not None else None
    if user is None or membership is None:
        return
    until = dt.datetime.fromtimestamp((int(day) + 1) * DAY, dt.UTC)
    _send("password_guesses", user, membership.jurisdiction, "account_reset_password", row.dedupe_key, until=until)


def mail_second_step_reset(row: OutboxRow) -> None:
    """To the person whose second step was reset, and to the administrator who reset it."""
    _kind, change_id, user_id = row.dedupe_key.split(":")
    change = SetupChange.objects.select_related("jurisdiction", "user").filter(pk=int(change_id)).first()
    user = User.objects.filter(pk=int(user_id), is_active=True).first()
    if change is None or user is None:
        return
    person = User.objects.get(pk=int(change.key))
    _send(
        "second_step_reset",
        user,
        change.jurisdiction,
        "mfa_index",
        row.dedupe_key,
        person=person,
        administrator=change.user,
        is_own=person.pk == user.pk,
    )


def mail_access_back(row: OutboxRow) -> None:
    """To somebody whose access was brought back, unless it has ended again."""
    _kind, change_id = row.dedupe_key.split(":")
    change = SetupChange.objects.select_related("jurisdiction", "user").filter(pk=int(change_id)).first()
    if change is None:
        return
    works = User.objects.filter(is_active=True, memberships__jurisdiction=change.jurisdiction)
    user = works.filter(pk=int(change.key)).first()
    if user is None:
        return
    needs_password = not user.has_usable_password()
    page = "account_reset_password" if needs_password else "account_login"
    about = {"administrator": change.user, "needs_password": needs_password}
    _send("access_back", user, change.jurisdiction, page, row.dedupe_key, **about)


def _send(name: str, user: User, city: Jurisdiction, page: str, key: str, **about: Any) -> None:
    """page: the URL name of where the reader goes next. key: the same on every try."""
    with override(user.language), timezone.override(city.zone):
        url = links.base_url(city) + reverse(page)
        message_id = email.message_id(None, user.pk, key, city)
        mail = letter(name, about, city=city, to=user.email, message_id=message_id, url=url)
    email.send(mail, None)
