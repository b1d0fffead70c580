"""Calendars: working hours and days off, with the coming months as due dates are counted in them."""

from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

import structlog
from django.contrib import messages
from django.core import signing
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions.setup import departments as actions
from requests_app.actions.shared.setup_rows import ChangedMeanwhile, NameTaken
from requests_app.clock import app_now
from requests_app.models import Calendar
from requests_app.rules.promises import service_levels, target_forecast
from requests_app.rules.promises.hours_text import spans_in_words
from requests_app.rules.setup.catalog_rows import written_calendar
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.conflict import edit_page, refill
from staff_app.setup.departments.forms import CalendarForm, taken_words
from staff_app.setup.departments.month_grid import month_grid
from staff_app.setup.edit import Edit, edit_row
from staff_app.setup.listing import Column, listing
from staff_app.setup.promises.forecast_words import forecast_words

log = structlog.get_logger(__name__)

PREVIEWED = "calendar-preview"
PAGE = "staff_app/setup/departments/calendar.html"


@staff_page
def calendars(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    rows = Calendar.objects.filter(jurisdiction=request.jurisdiction)
    listed = listing(
        request,
        rows.annotate(users=Count("departments", filter=Q(departments__active=True))),
        caption=gettext_lazy("Calendars"),
        columns={
            "name": Column(gettext_lazy("Name"), ("code", "id")),
            "hours": Column(gettext_lazy("Hours")),
            "departments": Column(gettext_lazy("Departments"), is_number=True),
        },
        row_template="staff_app/setup/departments/_calendar_row.html",
        empty=gettext_lazy("No calendars yet. Every department needs one."),
        search=["code"],
        describe=lambda rows: [{"calendar": row, "hours": _summary(row), "users": row.users} for row in rows],
    )
    return render(request, "staff_app/setup/departments/calendars.html", {"list": listed})


@staff_page
def new_calendar(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    return _edit(request, Calendar(jurisdiction=request.jurisdiction))


@staff_page
def calendar(request: StaffRequest, calendar_id: int) -> HttpResponse:
    """Two steps, as with targets: what the change would mean, then saving it."""
    return _edit(request, get_city_row_or_404(request, "administer", Calendar, calendar_id))


def _edit(request: StaffRequest, row: Calendar) -> HttpResponse:
    city, today = request.jurisdiction, app_now().astimezone(request.jurisdiction.zone).date()
    edit = edit_row(request, partial(CalendarForm, calendar=row, today=today), actions.CALENDAR, row)
    form = edit.form
    context: dict[str, Any] = {"calendar": row, "code": row.code}
    changed, shown = None, row
    # A new one counts for nobody yet, so there is nothing to preview.
    if edit.is_valid():
        columns = form.columns()
        proposed = Calendar(pk=row.pk, jurisdiction=city, **{"code": row.code, **columns})
        if not row.pk or ("save" in request.POST and _was_previewed(form, proposed)):
            try:
                return _save(request, row, columns, edit)
            except ChangedMeanwhile as found:
                changed = found
            except NameTaken:
                # Somebody else took the name after the form had checked it.
                form.add_error("code", taken_words(columns["code"]))
                return edit_page(request, PAGE, context, form, edit=edit)
        refill(form, previewed=signing.dumps(written_calendar(proposed), salt=PREVIEWED, compress=True))
        context["forecast"] = forecast_words(target_forecast.of_calendar(proposed))
        shown = proposed
    if row.pk:
        hours = service_levels.working_hours(shown, city.zone)
        context["grid"] = month_grid(hours, today, request.GET.get("month", ""))
        context["always"] = hours.always
    return edit_page(request, PAGE, context, form, edit=edit, changed=changed)


def _was_previewed(form: CalendarForm, proposed: Calendar) -> bool:
    try:
        previewed: dict[str, Any] = signing.loads(form.cleaned_data["previewed"], salt=PREVIEWED)
    except signing.BadSignature:
        return False
    return previewed == written_calendar(proposed)


def _save(request: StaffRequest, row: Calendar, columns: dict[str, Any], edit: Edit[CalendarForm]) -> HttpResponse:
    saved = actions.CALENDAR.save(row, actor=request.user, seen=edit.seen, **columns)
    log.info("calendar_saved", calendar_id=saved.pk, user_id=request.user.pk)
    messages.success(request, edit.saved(_("%(name)s was saved.") % {"name": saved}))
    return redirect("staff_app:calendar", saved.pk)


def _summary(row: Calendar) -> list[str]:
    """ "Monday–Friday 7 a.m.–4 p.m.": a line for each run of days with the same hours."""
    if row.always:
        return [_("Always open")]
    lines = []
    days = [(number, spans_in_words(row.hours.get(day, []))) for number, day in enumerate(service_levels.WEEKDAYS)]
    for text, run in groupby(days, key=itemgetter(1)):
        numbers = [number for number, _text in run]
        name = str(WEEKDAYS[numbers[0]]) + (f"–{WEEKDAYS[numbers[-1]]}" if len(numbers) > 1 else "")
        if text:
            lines.append(f"{name} {text}")
    return lines
