"""Calls by month as a CSV file: checked first, or stored at once."""

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from requests_app.actions.figures import call_months
from requests_app.actions.shared import csv_rows
from requests_app.models import CallMonth
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.ledger import texts
from staff_app.setup.desk.counts import mistake_text
from staff_app.setup.desk.forms import CountsForm

log = structlog.get_logger(__name__)

MISTAKES_SHOWN = 100


class CallMonthsForm(CountsForm):
    HELP = gettext_lazy(
        "Columns: month (2026-11), line (911, non_emergency, 311 or neighbor_911), calls; and, if you have it, priority (high or"
        " low) of 911 calls."
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["file"].help_text = self.HELP


@staff_page
def call_months_setup(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    form = CallMonthsForm(request.POST, request.FILES) if request.method == "POST" else CallMonthsForm()
    mistakes: list[str] = []
    if form.is_valid():
        try:
            rows = csv_rows.rows_of_file(form.cleaned_data["file"].read(), call_months.REQUIRED)
            counts = call_months.read(request.jurisdiction, rows)
        except csv_rows.Unreadable as error:
            form.add_error("file", str(error))
        except csv_rows.BadRows as bad:
            mistakes = [mistake_text(one) for one in bad.mistakes]
            form.add_error("file", _("Nothing was stored. Correct the lines below and choose the file again."))
        else:
            return _stored(request, counts)
    context = {
        "form": form,
        "mistakes": mistakes[:MISTAKES_SHOWN],
        "more": max(0, len(mistakes) - MISTAKES_SHOWN),
    }
    return render(request, "staff_app/ledger/call_months.html", context, status=422 if form.errors else 200)


def _stored(request: StaffRequest, counts: list[CallMonth]) -> HttpResponse:
    if not counts:
        messages.warning(request, _("The file has no rows."))
    elif "check" in request.POST:
        sentence = ngettext(
            "%(count)d month is right. Nothing was stored.",
            "%(count)d months are right. Nothing was stored.",
            len(counts),
        )
        messages.success(request, sentence % {"count": len(counts)})
    else:
        stored = call_months.store(request.jurisdiction, counts)
        log.info("call_months_stored", user_id=request.user.pk, added=stored.added, replaced=stored.replaced)
        messages.success(
            request,
            _("Stored: %(added)d new months, %(replaced)d replaced.")
            % {"added": stored.added, "replaced": stored.replaced},
        )
        for (line, priority), gaps in stored.gaps.items():
            for gap in gaps:
                messages.warning(request, texts.gap(texts.line_name(line, priority), gap))
        return redirect("staff_app:ledger_calls")
    return redirect("staff_app:call_months_setup")
