"""Where what belongs to a retired service goes."""

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
