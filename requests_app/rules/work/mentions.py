"""@handles in a note: which colleagues it names, of those who may see the request and the note.

A handle is the part of a colleague's email address before the @, or their name without spaces, or their first name if only one
of them has it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from requests_app.models.people import User
from requests_app.models.service_request import Comment, ServiceRequest
from requests_app.rules.people import permissions

# Not inside an email address. A full stop or a dash at the end belongs to the sentence.
HANDLE = re.compile(r"(?<![\w@.+-])@([^\W_](?:[\w.+'’-]{0,78}\w)?)")
# In one note.
MENTIONS_MAX = 20


@dataclass(frozen=True)
class Mentions:
    """users: by the handle as it is in the text. unknown: handles of nobody who may read the note."""

    users: dict[str, User] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def handles_in(text: str) -> list[str]:
    return list(dict.fromkeys(HANDLE.findall(text)))[:MENTIONS_MAX]


def find(about: Sequence[ServiceRequest], text: str, *, audience: str) -> Mentions:
    """about: the requests with this note, any of which may be read. audience: of the note (Comment.Audience).

    Costs no query for a text without @.
    """
    handles = handles_in(text)
    if not handles:
        return Mentions()
    by_handle = _by_handle(readers(about, audience=audience))
    users: dict[str, User] = {}
    unknown = []
    for handle in handles:
        user = by_handle.get(handle.lower())
        if user is None:
            unknown.append(handle)
        elif user not in users.values():
            users[handle] = user
    return Mentions(users, unknown)


def readers(about: Sequence[ServiceRequest], *, audience: str = Comment.Audience.DEPARTMENT) -> list[User]:
    """Colleagues who may read a note on one of these requests of a city, by name."""
    if not about:
        return []
    department_ids = {one.department_id for one in about}
    near = Q(memberships__department=None) | Q(memberships__department__in=department_ids - {None})
    if None in department_ids:
        near = Q()
    found = (
        User.objects.filter(near, memberships__jurisdiction=about[0].jurisdiction_id, is_active=True)
        .prefetch_related("memberships__role", "memberships__department")
        .order_by("name", "pk")
        .distinct()
    )
    people = []
    for user in found:
        permissions.set_memberships(user, list(user.memberships.all()))
        seen = [one for one in about if permissions.can(user, "view", one)]
        if seen and (
            audience == Comment.Audience.EVERYONE or any(permissions.reads_identity(user, one) for one in seen)
        ):
            people.append(user)
    return people


def handle_of(user: User) -> str:
    return user.email.partition("@")[0]


def _by_handle(people: Iterable[User]) -> dict[str, User]:
    """What several people are called by names none of them."""
    named: dict[str, set[User]] = {}
    for user in people:
        words = user.name.split()
        names = {handle_of(user), "".join(words), ".".join(words), *words[:1]}
        for name in names - {""}:
            named.setdefault(name.lower(), set()).add(user)
    found = {name: next(iter(users)) for name, users in named.items() if len(users) == 1}
    # An address is somebody's own, even if it is another's first name.
    addresses: dict[str, set[User]] = {}
    for user in people:
        addresses.setdefault(handle_of(user).lower(), set()).add(user)
    return {**found, **{name: next(iter(users)) for name, users in addresses.items() if len(users) == 1}}
