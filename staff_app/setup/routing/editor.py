"""Adding a rule to the draft, and changing one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app.actions.routing import drafts
from requests_app.actions.routing.drafts import Conflict
from requests_app.rules.routing.routing import Definition
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.routing.forms import RuleForm
from staff_app.setup.routing.state import conflict_context, rule_or_404, seen_in, state_of


@staff_page
def add_routing_rule(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    return _edit(request, None)


@staff_page
def routing_rule(request: StaffRequest, position: int) -> HttpResponse:
    need_in_city(request, "administer")
    return _edit(request, position)


def _edit(request: StaffRequest, position: int | None) -> HttpResponse:
    """position: None for a new rule. The button “show” only offers the questions of the services that are ticked."""
    city, state = request.jurisdiction, state_of(request.jurisdiction)
    if request.method == "POST" and seen_in(request) != state.seen:
        # Another rule may be at this position by now.
        before = None
    else:
        before = rule_or_404(state.rules, position) if position is not None else None
    last = len(state.rules) + (position is None)
    only_shows = "show" in request.POST
    data = request.POST if request.method == "POST" else None
    form = RuleForm(data, city=city, rule=before, position=position or last, last=max(last, 1))
    status = 200
    conflict = None
    if only_shows:
        # Nothing is checked yet.
        form.errors.clear()
    elif data is not None:
        status = 422
        if form.is_valid() and _is_free(form, state.rules, position):
            try:
                _save(request, form, position)
            except Conflict as found:
                conflict, status = found, 409
            else:
                messages.success(request, _("“%(name)s” is in the draft.") % {"name": form.cleaned_data["name"]})
                return redirect("staff_app:routing")
    context = {"form": form, "state": state, "position": position, "before": before}
    if conflict is not None:
        context |= conflict_context(city, conflict, keeps_typed=True)
    return render(request, "staff_app/setup/routing/routing_rule.html", context, status=status)


def _is_free(form: RuleForm, rules: list[Definition], position: int | None) -> bool:
    name = form.cleaned_data["name"]
    others = [rule["name"] for number, rule in enumerate(rules, start=1) if number != position]
    if name in others:
        form.add_error("name", _("Another rule has this name."))
        return False
    return True


def _save(request: StaffRequest, form: RuleForm, position: int | None) -> None:
    def edit(rules: list[Definition]) -> list[Definition]:
        if position is not None:
            rules.remove(rule_or_404(rules, position))
        rules.insert(form.cleaned_data["position"] - 1, form.rule())
        return rules

    drafts.change(request.jurisdiction, edit, seen=seen_in(request), actor=request.user)
