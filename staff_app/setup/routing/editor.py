"""Adding a rule to the draft, and changing one."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app.actions.routing import drafts
from requests_app.actions.routing.drafts import Conflict
from requests_app.actions.shared.setup_rows import fingerprint
from requests_app.rules.routing import consequences
from requests_app.rules.routing.routing import Definition
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import Edit
from staff_app.setup.routing.forms import RuleForm
from staff_app.setup.routing.state import State, conflict_context, rule_or_404, state_of

PAGE = "staff_app/setup/routing/routing_rule.html"


@staff_page
def add_routing_rule(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    return _edit(request, None)


@staff_page
def routing_rule(request: StaffRequest, position: int) -> HttpResponse:
    need_in_city(request, "administer")
    return _edit(request, position)


def _edit(request: StaffRequest, address: int | None) -> HttpResponse:
    """address: the position in the address, None for a new rule. A form is of the rule that it names, wherever that is by now."""
    city, state = request.jurisdiction, state_of(request.jurisdiction)
    position, is_gone = address, False
    if request.method == "POST" and address is not None:
        names = [rule["name"] for rule in state.rules]
        is_gone = request.POST.get("rule") not in names
        position = None if is_gone else names.index(request.POST["rule"]) + 1
    before = rule_or_404(state.rules, position) if position is not None else None
    last = len(state.rules) + (position is None)
    make = partial(RuleForm, city=city, rule=before, position=position or last, last=max(last, 1))
    context: dict[str, Any] = {"state": state, "position": position, "before": before}
    if is_gone:
        # Removed or renamed meanwhile. What was typed can be added as a rule of its own.
        by = state.draft.user if state.draft else None
        context |= conflict_context(city, Conflict(None, state.rules, by), keeps_typed=True)
        return render(request, PAGE, {**context, "form": make(request.POST)}, status=409)
    # Its position counts as one of its fields, since another rule may be there by now.
    edit = Edit(request, make, seen=fingerprint([before, position]) if before else "")
    if state.draft is not None and state.draft.user is not None:
        edit.who = str(state.draft.user)
    form = edit.form
    if "show" in request.POST:
        # The button only offers the questions of the services that are ticked. Nothing is checked yet.
        form.errors.clear()
    elif edit.is_valid() and _is_free(form, state.rules, position):
        affected = consequences.of_rules(city, state.rules, _edited(state.rules, form, before))
        if affected and request.POST.get("foreseen") != consequences.key_of(affected):
            context |= {"affected": affected, "foreseen": consequences.key_of(affected)}
            page = edit_page(request, PAGE, context, form, edit=edit)
            page.status_code = 422
            return page
        try:
            _save(request, state, form, before)
        except Conflict:
            # Saved in the last moment: it's merged with that.
            return _edit(request, address)
        messages.success(request, edit.saved(_("“%(name)s” is in the draft.") % {"name": form.cleaned_data["name"]}))
        return redirect("staff_app:routing")
    return edit_page(request, PAGE, context, form, edit=edit)


def _is_free(form: RuleForm, rules: list[Definition], position: int | None) -> bool:
    name = form.cleaned_data["name"]
    others = [rule["name"] for number, rule in enumerate(rules, start=1) if number != position]
    if name in others:
        form.add_error("name", _("Another rule has this name."))
        return False
    return True


def _edited(rules: list[Definition], form: RuleForm, before: Definition | None) -> list[Definition]:
    rules = [rule for rule in rules if rule != before]
    rules.insert(form.cleaned_data["position"] - 1, form.rule())
    return rules


def _save(request: StaffRequest, state: State, form: RuleForm, before: Definition | None) -> None:
    """Raises Conflict if somebody saved since this request has read the rules."""
    drafts.change(request.jurisdiction, lambda rules: _edited(rules, form, before), seen=state.seen, actor=request.user)
