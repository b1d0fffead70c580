"""What the pages of routing share: the rules in use or in the draft, what a form has seen, and the answer to a conflict."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from requests_app.actions.routing import drafts, versions
from requests_app.actions.routing.drafts import Seen
from requests_app.messages.setup_differences import differences
from requests_app.models import Jurisdiction, RoutingDraft, RoutingRule, RoutingVersion
from requests_app.rules.routing import checks
from requests_app.rules.routing.routing import Definition, rules_in_use
from requests_app.rules.routing.words import sentence_of
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest
from staff_app.setup.conflict import Change, Conflict


@dataclass(frozen=True)
class State:
    """draft: None if the rules in use are shown. rules: those of the page."""

    draft: RoutingDraft | None
    version: RoutingVersion | None
    rules: list[Definition]

    @property
    def seen(self) -> Seen:
        return Seen(self.draft.revision if self.draft else 0, self.version.number if self.version else 0)


def state_of(city: Jurisdiction) -> State:
    draft = drafts.draft_of(city)
    version = versions.newest(city)
    return State(draft, version, draft.rules if draft else rules_in_use(city.pk))


def seen_in(request: StaffRequest) -> Seen:
    """What the form that was sent had seen."""
    return Seen(_number(request.POST.get("revision")), _number(request.POST.get("base")))


def _number(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 16 else 0


def rule_or_404(rules: list[Definition], position: int) -> Definition:
    if not 1 <= position <= len(rules):
        raise Http404
    return rules[position - 1]


def rows_of(
    city: Jurisdiction, rules: list[Definition], *, names: Names | None = None, existing: checks.Known | None = None
) -> list[dict[str, Any]]:
    """The rules as sentences, with what they caught and what is odd about them."""
    names = names or Names(city)
    counted = {rule.name: rule for rule in RoutingRule.objects.filter(jurisdiction=city, active=True)}
    existing = existing or checks.known_of(city)
    rows = []
    for position, (rule, mark) in enumerate(zip(rules, checks.marks(rules, existing), strict=True), start=1):
        rows.append(
            {
                "position": position,
                "name": rule["name"],
                "services": rule["when"].get("services") or [],
                "sentence": sentence_of(rule, names),
                "mark": mark,
                "counted": counted.get(rule["name"]),
            }
        )
    return rows


def changes_between(
    city: Jurisdiction, before: list[Definition], after: list[Definition], *, names: Names | None = None
) -> list[str]:
    """A sentence for each difference."""
    names = names or Names(city)
    return differences("routing", {"rules": before}, {"rules": after}, names)


def conflict_context(city: Jurisdiction, conflict: drafts.Conflict, *, keeps_typed: bool = False) -> dict[str, Any]:
    changes = [] if conflict.before is None else changes_between(city, conflict.before, conflict.after)
    return {"conflict": Conflict([Change(changes, conflict.by or "")], keeps_typed=keeps_typed)}
