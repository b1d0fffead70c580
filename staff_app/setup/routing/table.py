"""The rules in order: those in use, or the draft of the next version; moving and removing them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.routing import drafts
from requests_app.actions.routing.drafts import Conflict
from requests_app.models import RoutingSimulation
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


@staff_page
def routing(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    return show_rules(request)


def show_rules(request: StaffRequest, conflict: Conflict | None = None) -> HttpResponse:
    city, state = request.jurisdiction, state_of(request.jurisdiction)
    in_use = rules_in_use(city.pk) if state.draft else state.rules
    names = Names(city)
    context: dict[str, Any] = {
        "state": state,
        "rows": rows_of(city, state.rules, names=names),
        "changes": changes_between(city, in_use, state.rules, names=names),
        "simulation": RoutingSimulation.objects.filter(jurisdiction=city).only("id").order_by("-id").first(),
    }
    if conflict is not None:
        context |= conflict_context(city, conflict)
    return render(request, "staff_app/setup/routing/routing.html", context, status=409 if conflict else 200)


@staff_page
@require_POST
def move_routing_rule(request: StaffRequest, position: int) -> HttpResponse:
    """By one, up or down."""
    need_in_city(request, "administer")
    target = position - 1 if request.POST.get("direction") == "up" else position + 1

    def edit(rules: list[Definition]) -> list[Definition]:
        rule = rule_or_404(rules, position)
        if 1 <= target <= len(rules):
            rules.remove(rule)
            rules.insert(target - 1, rule)
        return rules

    return _change(request, edit, "")


@staff_page
@require_POST
def remove_routing_rule(request: StaffRequest, position: int) -> HttpResponse:
    need_in_city(request, "administer")
    state = state_of(request.jurisdiction)
    name = rule_or_404(state.rules, position)["name"]

    def edit(rules: list[Definition]) -> list[Definition]:
        rules.remove(rule_or_404(rules, position))
        return rules

    message = _("“%(name)s” was removed from the draft. It stays in use until you publish.")
    return _change(request, edit, message % {"name": name})


def _change(request: StaffRequest, edit: drafts.Edit, message: str) -> HttpResponse:
    try:
        drafts.change(request.jurisdiction, edit, seen=seen_in(request), actor=request.user)
    except Conflict as conflict:
        return show_rules(request, conflict)
    if message:
        messages.success(request, message)
    return redirect("staff_app:routing")


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
