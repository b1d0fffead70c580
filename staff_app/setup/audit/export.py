"""The audit as a CSV file for the records officer. Downloading it is itself in the audit."""

import csv
from collections.abc import Iterator

from django.db import transaction
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.shared import setup_changes
from requests_app.exports.csv_cells import Echo, safe
from requests_app.models import Jurisdiction, User
from requests_app.rules.setup import audit as rules
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.audit import wording
from staff_app.setup.audit.filters import FiltersForm

ROWS_MAX = 50_000
# So that no statement and no memory grows with the file.
BATCH = 500


@staff_page
@require_POST
def audit_csv(request: StaffRequest) -> HttpResponseBase:
    """The filters are those of the page. At most ROWS_MAX rows, newest first; the last line says if there are more."""
    need_in_city(request, "records")
    form = FiltersForm(request.POST, city=request.jurisdiction, viewer=request.user)
    if not form.is_valid():
        return redirect("staff_app:audit")
    parameters = {name: str(request.POST[name]) for name in form.fields if request.POST.get(name)}
    with transaction.atomic():
        setup_changes.record(
            request.jurisdiction,
            "audit",
            "csv",
            actor=request.user,
            name=_("CSV file"),
            before=None,
            after=parameters,
            action="exported",
        )
    lines = _lines(request.jurisdiction, request.user, form.cleaned(), get_language() or "en")
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _lines(jurisdiction: Jurisdiction, viewer: User, filters: rules.Filters, language: str) -> Iterator[str]:
    writer = csv.writer(Echo())
    with override(language):
        headings = [_("When"), _("Who"), _("Email"), _("What"), _("Kind")]
        headings += [_("Report number"), _("Differences"), _("Note")]
        yield "\ufeff" + writer.writerow(headings)
    cursor, count = "", 0
    while count < ROWS_MAX:
        page = rules.page(jurisdiction, viewer, filters, cursor, BATCH)
        with override(language):
            rows = [
                writer.writerow(
                    safe(cell)
                    for cell in (
                        line.at.astimezone(jurisdiction.zone).isoformat(timespec="seconds"),
                        line.who,
                        line.user.email if line.user else "",
                        line.what,
                        line.kind,
                        _("Confidential") if line.is_closed else line.display_reference,
                        "; ".join(line.differences),
                        line.note,
                    )
                )
                for line in wording.lines(jurisdiction, page.entries)
            ]
        yield "".join(rows)
        count, cursor = count + len(rows), page.next_cursor
        if not cursor:
            return
    with override(language):
        yield writer.writerow(
            [_("Only the newest %(most)d rows. Choose fewer days for the rest.") % {"most": ROWS_MAX}]
        )
