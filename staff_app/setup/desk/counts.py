"""The telephone system's counts as a CSV file: checked first or stored at once, and what is stored of the last days."""

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.actions.contacts import call_counts
from requests_app.actions.shared import csv_rows
from requests_app.messages.wording import long_time
from requests_app.models import CallCount, Jurisdiction
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.desk.forms import CountsForm

log = structlog.get_logger(__name__)

SHOWN = 20
# The first line has the names of the columns.
FIRST_LINE = 2


@staff_page
def call_counts_setup(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    form = CountsForm(request.POST, request.FILES) if request.method == "POST" else CountsForm()
    mistakes: list[str] = []
    if form.is_valid():
        try:
            rows = csv_rows.rows_of_file(form.cleaned_data["file"].read(), call_counts.REQUIRED)
            counts = call_counts.read(request.jurisdiction, rows)
        except csv_rows.Unreadable as error:
            form.add_error("file", str(error))
        except csv_rows.BadRows as bad:
            mistakes = [mistake_text(one) for one in bad.mistakes]
            form.add_error("file", _("Nothing was stored. Correct the lines below and choose the file again."))
        else:
            return _stored(request, counts)
    newest = CallCount.objects.filter(jurisdiction=request.jurisdiction).select_related("line")
    context = {
        "form": form,
        "mistakes": mistakes[: SHOWN * 5],
        "more": max(0, len(mistakes) - SHOWN * 5),
        "newest": newest.order_by("-starts_at", "line")[:SHOWN],
    }
    return render(request, "staff_app/setup/desk/counts.html", context, status=422 if form.errors else 200)


def mistake_text(mistake: csv_rows.Mistake) -> str:
    where = _("Line %(line)d") % {"line": mistake.at + FIRST_LINE}
    return f"{where}, {mistake.field}: {mistake.message}" if mistake.field else f"{where}: {mistake.message}"


def _stored(request: StaffRequest, counts: list[CallCount]) -> HttpResponse:
    if not counts:
        messages.warning(request, _("The file has no rows."))
    elif "check" in request.POST:
        words = ngettext(
            "%(count)d half hour is right. Nothing was stored.",
            "%(count)d half hours are right. Nothing was stored.",
            len(counts),
        )
        messages.success(request, words % {"count": len(counts)})
    else:
        stored = call_counts.store(request.jurisdiction, counts)
        log.info("call_counts_stored", user_id=request.user.pk, added=stored.added, replaced=stored.replaced)
        messages.success(
            request,
            _("Stored: %(added)d new half hours, %(replaced)d replaced.")
            % {"added": stored.added, "replaced": stored.replaced},
        )
        for gap in stored.gaps:
            messages.warning(request, _gap(request.jurisdiction, gap))
    return redirect("staff_app:call_counts_setup")


def _gap(city: Jurisdiction, gap: call_counts.Gap) -> str:
    times = {"begins": long_time(gap.begins, city.zone), "ends": long_time(gap.ends, city.zone)}
    return _("Nothing was counted for %(line)s from %(begins)s to %(ends)s.") % {"line": gap.line, **times}
