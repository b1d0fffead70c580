"""Which macros somebody may run, and which of them has which key."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from requests_app.models import Event, Jurisdiction, Macro, User
from requests_app.rules import permissions

SHOWN = 60


def offered(user: User, city: Jurisdiction) -> Sequence[Any]:
    """The user's own, then those of their departments, then the city's; each group by name."""
    # The newest event of all, for the rows of the queue, which have no number of their own.
    newest = Event.objects.order_by("-id").values("id")[:1]
    found = list(theirs(user, city).annotate(newest_event=Coalesce(Subquery(newest), 0)).order_by("name", "id")[:SHOWN])
    return sorted(found, key=lambda macro: (macro.owner_id is None, macro.department_id is None, macro.name.casefold()))


def with_keys(macros: Sequence[Macro]) -> dict[int, str]:
    """Macro id: its key. If two have one key, the nearer macro wins: one's own before the department's before the city's."""
    taken: dict[int, Macro] = {}
    for macro in macros:
        if macro.key is not None:
            taken.setdefault(macro.key, macro)
    return {macro.pk: str(key) for key, macro in taken.items()}


def find(user: User, city: Jurisdiction, macro_id: str) -> Macro | None:
    if not (macro_id.isascii() and macro_id.isdecimal() and len(macro_id) < 19):
        return None
    return theirs(user, city).filter(pk=int(macro_id)).first()


def theirs(user: User, city: Jurisdiction) -> QuerySet[Macro]:
    memberships = [one for one in permissions.memberships_of(user) if one.jurisdiction_id == city.pk]
    departments = [one.department_id for one in memberships if one.department_id is not None]
    whole_city = any(one.department_id is None for one in memberships)
    of_departments = Q(department__isnull=False) if whole_city else Q(department__in=departments)
    everyones = Q(department=None, owner=None)
    chosen = Macro.objects.filter(Q(owner=user) | of_departments | everyones, jurisdiction=city)
    return chosen.select_related("department", "jurisdiction")
