"""The pages of the audit: the list, and one change of setup with before and after."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from requests_app.models import SetupChange
from requests_app.rules.people.permissions import can_in_city
from requests_app.rules.setup import audit as rules
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.audit import wording
from staff_app.setup.audit.filters import FiltersForm
from staff_app.setup.listing import Listing

READERS = ("administer", "records")


@staff_page
def audit(request: StaffRequest) -> HttpResponse:
    """Acts on requests that the viewer may not open are listed without saying which request it was."""
    need_in_city(request, *READERS)
    form = FiltersForm(request.GET, city=request.jurisdiction, viewer=request.user)
    page = (
        rules.page(request.jurisdiction, request.user, form.cleaned(), request.GET.get("cursor", ""))
        if form.is_valid()
        else rules.Page([])
    )
    kept = {name: value for name in form.fields if (value := request.GET.get(name, ""))}

    def address(cursor: str) -> str:
        return f"?{urlencode({**kept, 'cursor': cursor})}" if cursor else ""

    columns = [_("When"), _("Who"), _("What")]
    listing = Listing(
        caption=_("Audit"),
        columns=[{"label": label, "is_number": False, "sorted": "", "url": ""} for label in columns],
        rows=wording.lines(request.jurisdiction, page.entries),
        row_template="staff_app/setup/audit/_row.html",
        query="",
        has_search=False,
        pager={"previous_url": address(page.previous_cursor), "next_url": address(page.next_cursor)},
        empty=_("Nothing found. Change the filters to see more.") if kept else _("Nothing has been done yet."),
    )
    context = {
        "form": form,
        "list": listing,
        "kept": kept,
        "may_export": can_in_city(request.user, "records", request.jurisdiction) and form.is_valid(),
        "is_limited": bool(form.is_valid() and form.cleaned_data["service"] and not form.cleaned_data["since"]),
        "days": rules.SERVICE_DAYS,
    }
    return render(request, "staff_app/setup/audit/audit.html", context, status=200 if form.is_valid() else 422)


@staff_page
def audit_change(request: StaffRequest, change_id: int) -> HttpResponse:
    need_in_city(request, *READERS)
    change = get_object_or_404(
        SetupChange.objects.select_related("user"), pk=change_id, jurisdiction=request.jurisdiction
    )
    names = Names(request.jurisdiction)
    same_row = SetupChange.objects.filter(jurisdiction=request.jurisdiction, kind=change.kind, key=change.key)
    context = {
        "line": wording.change_line(change, names),
        "before": wording.state_facts(change.before, change, names, request.user),
        "after": wording.state_facts(change.after, change, names, request.user),
        "older": same_row.filter(pk__lt=change.pk).order_by("-id").first(),
        "newer": same_row.filter(pk__gt=change.pk).order_by("id").first(),
    }
    return render(request, "staff_app/setup/audit/audit_change.html", context)
