"""Whom a member of staff recently assigned requests to, the last one first: offered before everybody else.

Kept in the cache. Without it, only the order of a list differs.
"""

from django.core.cache import cache

from requests_app.models import Team, User

MOST = 5
KEPT_S = 30 * 24 * 60 * 60


def of(user: User) -> list[str]:
    """Values of the field that assigns (forms.AssignForm)."""
    return cache.get(_key(user)) or []


def remember(user: User, assignee: User | Team | None) -> None:
    if assignee is None or assignee == user:
        return
    value = value_of(assignee)
    cache.set(_key(user), [value, *(one for one in of(user) if one != value)][:MOST], KEPT_S)


def value_of(assignee: User | Team) -> str:
    return f"team-{assignee.pk}" if isinstance(assignee, Team) else str(assignee.pk)


def _key(user: User) -> str:
    return f"recent-people:{user.pk}"
