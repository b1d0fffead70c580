"""Publishing the draft with a note, the history of versions, and rolling back to one of them."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.routing import drafts
from requests_app.actions.routing.drafts import Conflict, Refused
from requests_app.models import Jurisdiction, RoutingVersion
from requests_app.rules.routing import checks
from requests_app.rules.routing.routing import rules_in_use
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.listing import Column, listing
from staff_app.setup.routing.forms import NoteForm
from staff_app.setup.routing.state import changes_between, conflict_context, rows_of, seen_in, state_of


@staff_page
def publish_routing(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    city = request.jurisdiction
    form = NoteForm(request.POST if request.method == "POST" else None)
    conflict, problems, status = None, [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                number = drafts.publish(city, seen=seen_in(request), note=form.cleaned_data["note"], actor=request.user)
            except Conflict as found:
                conflict, status = found, 409
            except Refused as refused:
                problems = refused.problems
            else:
                messages.success(request, _("Version %(number)d is in use now.") % {"number": number})
                return redirect("staff_app:routing")
    state = state_of(city)
    if state.draft is None and conflict is None:
        return redirect("staff_app:routing")
    context: dict[str, Any] = {"form": form, "state": state, "problems": problems}
    if state.draft is not None:
        in_use = rules_in_use(city.pk)
        names, known = Names(city), checks.known_of(city)
        context |= {
            "changes": changes_between(city, in_use, state.rules, names=names),
            "marked": [row for row in rows_of(city, state.rules, names=names, existing=known) if row["mark"]],
            "problems": problems or checks.refusals(state.rules, known),
        }
    if conflict is not None:
        context |= conflict_context(city, conflict)
    return render(request, "staff_app/setup/routing/publish_routing.html", context, status=status)


@staff_page
def routing_history(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    versions = RoutingVersion.objects.filter(jurisdiction=request.jurisdiction).select_related("user").defer("rules")
    shown = listing(
        request,
        versions,
        caption=_("Versions of the routing rules"),
        columns={
            "number": Column(gettext_lazy("Version"), ("number",), is_number=True),
            "note": Column(gettext_lazy("What changed")),
            "by": Column(gettext_lazy("By")),
            "at": Column(gettext_lazy("Published"), ("published_at", "id")),
        },
        row_template="staff_app/setup/routing/_version_row.html",
        empty=_("No rules were published yet."),
        search=("note",),
        order="-number",
    )
    return render(request, "staff_app/setup/routing/routing_history.html", {"list": shown})


@staff_page
def routing_version(request: StaffRequest, number: int) -> HttpResponse:
    need_in_city(request, "administer")
    version = _version_or_404(request.jurisdiction, number)
    return _show_version(request, version)


@staff_page
@require_POST
def roll_back_routing(request: StaffRequest, number: int) -> HttpResponse:
    need_in_city(request, "administer")
    version = _version_or_404(request.jurisdiction, number)
    roll_back = partial(drafts.roll_back, request.jurisdiction, version, actor=request.user)
    try:
        new = roll_back(seen=seen_in(request), note=_("Back to version %(number)d") % {"number": number})
    except Conflict as conflict:
        return _show_version(request, version, status=409, **conflict_context(request.jurisdiction, conflict))
    except Refused as refused:
        return _show_version(request, version, status=422, problems=refused.problems)
    said = _("The rules of version %(number)d are in use again, as version %(new)d.")
    messages.success(request, said % {"number": number, "new": new})
    return redirect("staff_app:routing")


def _version_or_404(city: Jurisdiction, number: int) -> RoutingVersion:
    return get_object_or_404(RoutingVersion.objects.select_related("user"), jurisdiction=city, number=number)


def _show_version(request: StaffRequest, version: RoutingVersion, *, status: int = 200, **more: Any) -> HttpResponse:
    city, state = request.jurisdiction, state_of(request.jurisdiction)
    before = RoutingVersion.objects.filter(jurisdiction=city, number=version.number - 1).first()
    names = Names(city)
    context: dict[str, Any] = {
        "version": version,
        "state": state,
        "is_current": state.version is not None and state.version.number == version.number,
        "rows": rows_of(city, version.rules, names=names),
        "changes": changes_between(city, before.rules, version.rules, names=names) if before else [],
        **more,
    }
    return render(request, "staff_app/setup/routing/routing_version.html", context, status=status)
