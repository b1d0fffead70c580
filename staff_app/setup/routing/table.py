"""The rules in order: those in use, or the draft of the next version; finding, moving and removing them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.routing import drafts
from requests_app.actions.routing.drafts import Conflict
from requests_app.models import RoutingSimulation
from requests_app.rules.alarms.screening import plain
from requests_app.rules.routing import consequences
from requests_app.rules.routing.routing import Definition, rules_in_use
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.routing.state import (
    changes_between,
    conflict_context,
    rows_of,
    rule_or_404,
    seen_in,
    state_of,
)

QUERY_MAX = 120


@dataclass(frozen=True)
class Filter:
    """Which rules the table shows, by what they say and by the service whose reports they may catch. They keep their numbers."""

    query: str = ""
    service: str = ""

    @classmethod
    def of(cls, parameters: QueryDict) -> "Filter":
        query, service = (parameters.get(name, "").replace("\x00", "").strip()[:QUERY_MAX] for name in ("q", "service"))
        return cls(query, service)

    @property
    def kept(self) -> dict[str, str]:
        """As the address and the forms of a row carry it."""
        return {name: value for name, value in {"q": self.query, "service": self.service}.items() if value}

    def shown(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each word must be in the rule's name, conditions or outcome. A rule about no service may catch reports of each."""
        terms = plain(self.query).split()
        return [
            row
            for row in rows
            if (not self.service or not row["services"] or self.service in row["services"])
            and (not terms or _says_all(row, terms))
        ]


def _says_all(row: dict[str, Any], terms: list[str]) -> bool:
    text = plain(str(row["sentence"]))
    return all(term in text for term in terms)


@staff_page
def routing(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    return show_rules(request)


def show_rules(request: StaffRequest, conflict: Conflict | None = None) -> HttpResponse:
    city, state = request.jurisdiction, state_of(request.jurisdiction)
    in_use = rules_in_use(city.pk) if state.draft else state.rules
    names = Names(city)
    rows = rows_of(city, state.rules, names=names)
    chosen = Filter.of(request.POST if request.method == "POST" else request.GET)
    named = {code for row in rows for code in row["services"]}
    context: dict[str, Any] = {
        "state": state,
        "rows": chosen.shown(rows),
        "filter": chosen,
        "count": len(rows),
        "services": sorted(((code, names.service(code)) for code in named), key=lambda service: plain(service[1])),
        "changes": changes_between(city, in_use, state.rules, names=names),
        "simulation": RoutingSimulation.objects.filter(jurisdiction=city).only("id").order_by("-id").first(),
    }
    if conflict is not None:
        context |= conflict_context(city, conflict)
    return render(request, "staff_app/setup/routing/routing.html", context, status=409 if conflict else 200)


@staff_page
@require_POST
def move_routing_rule(request: StaffRequest, position: int) -> HttpResponse:
    """By one, up or down, among all rules: also past one that a search hides."""
    need_in_city(request, "administer")
    step = -1 if request.POST.get("direction") == "up" else 1
    target = position + step

    def edit(rules: list[Definition]) -> list[Definition]:
        rule = rule_or_404(rules, position)
        if 1 <= target <= len(rules):
            rules.remove(rule)
            rules.insert(target - 1, rule)
        return rules

    def describe(rules: list[Definition]) -> str:
        if not Filter.of(request.POST).kept or not 1 <= target <= len(rules):
            return ""
        names = {"name": rules[target - 1]["name"], "other": rules[position - 1]["name"]}
        if step < 0:
            return _("“%(name)s” now comes before “%(other)s.”") % names
        return _("“%(name)s” now comes after “%(other)s.”") % names

    return _change(request, edit, describe, anchor=f"rule-{target}")


@staff_page
@require_POST
def remove_routing_rule(request: StaffRequest, position: int) -> HttpResponse:
    need_in_city(request, "administer")
    state = state_of(request.jurisdiction)
    name = rule_or_404(state.rules, position)["name"]

    def edit(rules: list[Definition]) -> list[Definition]:
        rules.remove(rule_or_404(rules, position))
        return rules

    message = _("“%(name)s” was removed from the draft. It stays in use until you publish.") % {"name": name}
    return _change(request, edit, lambda rules: message)


def _change(
    request: StaffRequest, edit: drafts.Edit, describe: Callable[[list[Definition]], str], *, anchor: str = ""
) -> HttpResponse:
    """describe: what to say of the draft afterward, or nothing. Back to the rules as they were searched."""
    try:
        draft = drafts.change(request.jurisdiction, edit, seen=seen_in(request), actor=request.user)
    except Conflict as conflict:
        return show_rules(request, conflict)
    if message := describe(draft.rules):
        messages.success(request, message)
    _revision, before = draft.earlier[-1]
    for one in consequences.of_rules(request.jurisdiction, before, draft.rules):
        words = _("“%(name)s” in the draft: %(what)s")
        messages.warning(request, words % {"name": one.sentence.name, "what": one.what})
    query = urlencode(Filter.of(request.POST).kept)
    return redirect("".join([reverse("staff_app:routing"), query and f"?{query}", anchor and f"#{anchor}"]))


@staff_page
@require_POST
def discard_routing(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    try:
        drafts.discard(request.jurisdiction, seen=seen_in(request))
    except Conflict as conflict:
        return show_rules(request, conflict)
    messages.success(request, _("Draft discarded. The rules in use haven’t changed."))
    return redirect("staff_app:routing")
