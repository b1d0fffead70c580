"""Where what belongs to a retired service goes, and what of it comes back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from requests_app.models.retirement import Retirement

Definition = dict[str, Any]
# A successor may be retired later, too.
STEPS_MAX = 10


def successor_of(jurisdiction_id: int, code: str) -> str:
    """The code of the service that residents use instead of a retired one; empty if there is none."""
    successors = Retirement.objects.filter(service__jurisdiction_id=jurisdiction_id).values_list(
        "successor__service_code", "successor__active"
    )
    for _step in range(STEPS_MAX):
        found = successors.filter(service__service_code=code).first()
        if found is None or found[0] is None:
            return ""
        code, is_active = found
        if is_active:
            return code
    return ""


def moved_rules(rules: list[Definition], code: str, successor: str) -> list[Definition]:
    """Routing rules, as in a catalog file, about the successor instead of the service `code`.

    Without a successor, rules that are about this service alone are left out: without its name they would catch every report.
    """
    moved = []
    for rule in rules:
        services = rule["when"].get("services") or []
        named = list(dict.fromkeys(successor if one == code else one for one in services if one != code or successor))
        if named == services:
            moved.append(rule)
        elif named:
            moved.append({**rule, "when": {**rule["when"], "services": named}})
    return moved


# --- Bringing it back -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Restored:
    """rules: all as they are then. names: of those that come back as they were; stay: of those that stay as they are now."""

    rules: list[Definition]
    names: list[str] = field(default_factory=list)
    stay: list[str] = field(default_factory=list)


def moves_since(retirement: Retirement) -> list[tuple[str, str]]:
    """The codes of this service and of those retired after it, each with its successor's ("" for none), in their order."""
    since = Retirement.objects.filter(
        service__jurisdiction=retirement.service.jurisdiction_id, pk__gte=retirement.pk
    ).order_by("pk")
    pairs = since.values_list("service__service_code", "successor__service_code")
    return [(code, successor or "") for code, successor in pairs]


def last_successor(retirement: Retirement) -> int | None:
    """The id of the service that has what was moved by now: the successor, or its successor if it was retired, too."""
    successor = retirement.successor_id
    for _step in range(STEPS_MAX):
        following = Retirement.objects.filter(service=successor, pk__gt=retirement.pk).first() if successor else None
        if following is None:
            break
        successor = following.successor_id
    return successor


def restored_rules(
    now: list[Definition], before: list[Definition], moves: Sequence[tuple[str, str]], departments: Collection[str]
) -> Restored:
    """The rules in use, with those that the first of `moves` rewrote or dropped as they were before it.

    A rule that somebody changed since stays, as does one whose department is gone. What later retirements did to other services
    stays, too. departments: the codes of those that are open.
    """
    code, successor = moves[0]
    restored = Restored(list(now))
    for rule in before:
        if moved_rules([rule], code, successor) == [rule]:
            continue
        expected, target = [rule], [rule]
        for position, (moved, to) in enumerate(moves):
            expected = moved_rules(expected, moved, to)
            target = moved_rules(target, moved, to) if position else target
        at = next((number for number, one in enumerate(restored.rules) if one["name"] == rule["name"]), None)
        is_as_left = restored.rules[at] == expected[0] if at is not None and expected else at is None and not expected
        department = rule.get("department")
        if not is_as_left or not target or (department and department not in departments):
            restored.stay.append(rule["name"])
            continue
        if at is None:
            restored.rules.insert(_place(restored.rules, before, rule), target[0])
        else:
            restored.rules[at] = target[0]
        restored.names.append(rule["name"])
    return restored


def _place(rules: list[Definition], before: list[Definition], rule: Definition) -> int:
    """After the nearest of its predecessors that is still there."""
    names = [one["name"] for one in rules]
    earlier = [one["name"] for one in before[: before.index(rule)]]
    return next((names.index(name) + 1 for name in reversed(earlier) if name in names), 0)
