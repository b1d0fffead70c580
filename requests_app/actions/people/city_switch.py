"""From one city's pages to another's, for somebody who works in both: a link for a minute, bound to the person."""

import datetime as dt

from django.db import transaction

from requests_app.clock import app_now
from requests_app.models import HandOver, Jurisdiction, User

VALID_FOR = dt.timedelta(seconds=60)


class NotAMember(Exception):
    """The person doesn't work there (anymore)."""


class LinkExpired(Exception):
    """The link was used, or is older than a minute."""


def start(user: User, jurisdiction: Jurisdiction) -> HandOver:
    """Raises NotAMember."""
    if not user.memberships.filter(jurisdiction=jurisdiction).exists():
        raise NotAMember
    return HandOver.objects.create(user=user, jurisdiction=jurisdiction, expires_at=app_now() + VALID_FOR)


def is_over(hand_over: HandOver) -> bool:
    return hand_over.used_at is not None or hand_over.expires_at <= app_now()


@transaction.atomic
def use(hand_over: HandOver) -> User:
    """The person to sign in. Raises LinkExpired and NotAMember."""
    locked = HandOver.objects.select_for_update(of=("self",)).select_related("user").get(pk=hand_over.pk)
    if is_over(locked):
        raise LinkExpired
    locked.used_at = app_now()
    locked.save(update_fields=["used_at"])
    user = locked.user
    if not user.is_active or not user.memberships.filter(jurisdiction=locked.jurisdiction_id).exists():
        raise NotAMember
    return user
