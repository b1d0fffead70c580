"""Which macros somebody may run, and which of them has which key."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Q, QuerySet

from requests_app.core import once
from requests_app.models import Jurisdiction, Macro, User
from requests_app.rules.people import permissions

SHOWN = 60
# Every page of the queue lists them. Their own changes people see at once, those of others within a minute.
KEPT_S = 60


@dataclass(frozen=True)
class Choice:
    """key: "1" to "9"; empty if it has none, or if a nearer macro has it."""

    pk: int
    name: str
    key: str


def offered(user: User, city: Jurisdiction) -> Sequence[Choice]:
    """The user's own, then those of their departments, then the city's; each group by name."""
    return once.read_on_page(("macros", city.pk, user.pk), lambda: _offered(user, city))


def _offered(user: User, city: Jurisdiction) -> Sequence[Choice]:
    kept: Sequence[Choice] | None = cache.get(_cache_key(user, city))
    if kept is None:
        kept = _with_keys(list(usable_by(user, city).order_by("name", "id")[:SHOWN]))
        cache.set(_cache_key(user, city), kept, KEPT_S)
    return kept


def forget(user: User, city: Jurisdiction) -> None:
    cache.delete(_cache_key(user, city))


def _cache_key(user: User, city: Jurisdiction) -> str:
    return f"macros:{city.pk}:{user.pk}"


def _with_keys(macros: Sequence[Macro]) -> list[Choice]:
    """If two have one key, the nearer macro wins: their own before the department's before the city's."""
    nearest = sorted(macros, key=lambda one: (one.owner_id is None, one.department_id is None, one.name.casefold()))
    taken: dict[int, int] = {}
    for macro in nearest:
        if macro.key is not None:
            taken.setdefault(macro.key, macro.pk)
    keys = {pk: str(key) for key, pk in taken.items()}
    return [Choice(macro.pk, macro.name, keys.get(macro.pk, "")) for macro in nearest]


def find(user: User, city: Jurisdiction, macro_id: str) -> Macro | None:
    if not (macro_id.isascii() and macro_id.isdecimal() and len(macro_id) < 19):
        return None
    return usable_by(user, city).filter(pk=int(macro_id)).first()


def usable_by(user: User, city: Jurisdiction) -> QuerySet[Macro]:
    memberships = [one for one in permissions.memberships_of(user) if one.jurisdiction_id == city.pk]
    departments = [one.department_id for one in memberships if one.department_id is not None]
    whole_city = any(one.department_id is None for one in memberships)
    of_departments = Q(department__isnull=False) if whole_city else Q(department__in=departments)
    everyones = Q(department=None, owner=None)
    chosen = Macro.objects.filter(Q(owner=user) | of_departments | everyones, jurisdiction=city)
    return chosen.select_related("department", "jurisdiction")
