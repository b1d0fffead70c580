"""From one city's pages to another's, for somebody who works in both: a link for a minute, bound to the person."""

import datetime as dt

from django.db import transaction

from requests_app.clock import app_now
from requests_app.models import CitySwitch, Jurisdiction, User

VALID_FOR = dt.timedelta(seconds=60)


class NotAMember(Exception):
    """The person doesn't work there (anymore)."""


class LinkExpired(Exception):
    """The link was used, or is older than a minute."""


def start(user: User, jurisdiction: Jurisdiction) -> CitySwitch:
    """Raises NotAMember."""
    if not user.memberships.filter(jurisdiction=jurisdiction).exists():
        raise NotAMember
    return CitySwitch.objects.create(user=user, jurisdiction=jurisdiction, expires_at=app_now() + VALID_FOR)


def is_over(switch: CitySwitch) -> bool:
    return switch.used_at is not None or switch.expires_at <= app_now()


@transaction.atomic
def use(switch: CitySwitch) -> User:
    """The person to sign in. Raises LinkExpired and NotAMember."""
    locked = CitySwitch.objects.select_for_update(of=("self",)).select_related("user").get(pk=switch.pk)
    if is_over(locked):
        raise LinkExpired
    locked.used_at = app_now()
    locked.save(update_fields=["used_at"])
    user = locked.user
    if not user.is_active or not user.memberships.filter(jurisdiction=locked.jurisdiction_id).exists():
        raise NotAMember
    return user
