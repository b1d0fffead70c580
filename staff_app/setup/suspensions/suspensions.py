"""Times in which the clocks of some services or areas are stopped: those that are, will be, and were."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from requests_app.actions.promises import suspensions as actions
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.core.localized import localized
from requests_app.models import ClockSuspension
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_row
from staff_app.setup.listing import Column, listing
from staff_app.setup.suspensions.forms import EndForm, SuspensionForm
from staff_app.setup.texts.forms import service_name, str_of_area

COLUMNS = {
    "reason": Column(gettext_lazy("Reason")),
    "services": Column(gettext_lazy("Services")),
    "areas": Column(gettext_lazy("Areas")),
    "ends": Column(gettext_lazy("Until"), ("ends_at", "id")),
    "stopped": Column(gettext_lazy("Clocks stopped"), is_number=True),
    "state": Column(gettext_lazy("State")),
}


@staff_page
def suspensions(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    rows = ClockSuspension.objects.filter(jurisdiction=request.jurisdiction)
    listed = listing(
        request,
        rows,
        caption=_("Stopped clocks"),
        columns=COLUMNS,
        row_template="staff_app/setup/suspensions/_row.html",
        empty=_("No clocks have been stopped yet."),
        search=[f"reason__{language}" for language in request.jurisdiction.languages],
        order="-ends",
        describe=_described,
    )
    return render(request, "staff_app/setup/suspensions/suspensions.html", {"list": listed})


def _described(rows: list[ClockSuspension]) -> list[dict[str, Any]]:
    services: dict[int, list[str]] = {}
    for pair in ClockSuspension.services.through.objects.filter(clocksuspension__in=rows).select_related(
        "service__current"
    ):
        services.setdefault(pair.clocksuspension_id, []).append(service_name(pair.service))
    areas: dict[int, list[str]] = {}
    for place in (
        ClockSuspension.areas.through.objects.filter(clocksuspension__in=rows)
        .select_related("area")
        .defer("area__polygon")
    ):
        areas.setdefault(place.clocksuspension_id, []).append(str_of_area(place.area))
    now = timezone.now()
    return [
        {
            "suspension": row,
            "reason": localized(row.reason),
            "services": ", ".join(sorted(services.get(row.pk, []))) or _("All services"),
            "areas": ", ".join(sorted(areas.get(row.pk, []))) or _("The whole city"),
            "is_live": row.starts_at <= now < row.ends_at,
            "is_over": row.ends_at <= now,
            "state": pgettext("suspension", "Ended")
            if row.ends_at <= now
            else pgettext("suspension", "Now")
            if row.starts_at <= now
            else pgettext("suspension", "Later"),
        }
        for row in rows
    ]


@staff_page
def new_suspension(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    data = request.POST if request.method == "POST" else None
    form = SuspensionForm(data, city=request.jurisdiction, initial={"starts_at": timezone.now().replace(second=0)})
    if form.is_valid():
        actions.add(request.jurisdiction, **form.columns(), actor=request.user)
        messages.success(request, _("Saved. The clocks stop within a minute of its start."))
        return redirect("staff_app:suspensions")
    status = 422 if form.errors else 200
    return render(request, "staff_app/setup/suspensions/new_suspension.html", {"form": form}, status=status)


@staff_page
def suspension(request: StaffRequest, suspension_id: int) -> HttpResponse:
    row = get_city_row_or_404(request, "administer", ClockSuspension, suspension_id)
    edit = edit_row(request, partial(EndForm, suspension=row), actions.SUSPENSION, row)
    form = edit.form
    page, context = "staff_app/setup/suspensions/suspension.html", {"row": _described([row])[0]}
    if edit.is_valid():
        try:
            done = edit.saved(_("The end was moved."))
            return _move_end(request, row, form.cleaned_data["ends_at"], done, edit.seen)
        except ChangedMeanwhile as changed:
            return edit_page(request, page, context, form, edit=edit, changed=changed)
    return edit_page(request, page, context, form, edit=edit)


@staff_page
@require_POST
def end_suspension(request: StaffRequest, suspension_id: int) -> HttpResponse:
    row = get_city_row_or_404(request, "administer", ClockSuspension, suspension_id)
    return _move_end(request, row, timezone.now(), _("Ended. The clocks run again within a minute."))


def _move_end(
    request: StaffRequest, row: ClockSuspension, ends_at: Any, done: str, seen: str | None = None
) -> HttpResponse:
    """Raises ChangedMeanwhile."""
    try:
        actions.move_end(row.pk, ends_at=ends_at, actor=request.user, seen=seen)
    except actions.AlreadyOver:
        messages.warning(request, _("It’s over already. Its clocks run again."))
    else:
        messages.success(request, done)
    return redirect("staff_app:suspensions")
