"""What the queue shows, on paper and as a file: exactly the filters of its address, read page by page.

Downloading a file is in the audit. Who reads no personal data gets it redacted, as on the page.
"""

import csv
import datetime as dt
import tempfile
from collections.abc import Iterator
from typing import Any

import xlsxwriter
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.shared import setup_changes
from requests_app.exports.csv_cells import Echo, safe
from requests_app.models import Jurisdiction, User
from requests_app.rules.publication import redaction
from staff_app import due
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import filters, listing, rows
from staff_app.queue.filters import QueueFilter

ROWS_MAX = 50_000
PRINTED_MAX = 500
# So that no statement and no memory grows with the file.
BATCH = 500
KINDS = {"csv": "CSV", "xlsx": "XLSX"}
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cells = list[str | int | dt.datetime]


@staff_page
@require_POST
def export_queue(request: StaffRequest, kind: str) -> HttpResponseBase:
    """kind: one of KINDS. At most ROWS_MAX rows, in the order of the page; the last line says if there are more."""
    if kind not in KINDS:
        raise Http404
    city, user = request.jurisdiction, request.user
    chosen = QueueFilter.from_query(request.GET, user, city)
    tab = listing.tab_of(chosen, user, city)
    parameters = {"tab": tab.code}
    for name, value in chosen.query():
        parameters[name] = f"{parameters[name]}, {value}" if name in parameters else value
    setup_changes.record(
        city, "queue", kind, actor=user, name=KINDS[kind], before=None, after=parameters, action="exported"
    )
    lines = _lines(user, city, tab, chosen, get_language() or "en")
    today = listing.Moment.of(city).now.astimezone(city.zone).date()
    name = f"requests-{today.isoformat()}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(_csv(lines), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    return FileResponse(_workbook(lines), as_attachment=True, filename=name, content_type=XLSX_TYPE)


@staff_page
def print_queue(request: StaffRequest) -> HttpResponse:
    city, user = request.jurisdiction, request.user
    chosen = QueueFilter.from_query(request.GET, user, city)
    tab, at = listing.tab_of(chosen, user, city), listing.Moment.of(city)
    page = listing.one_page(tab, listing.rows(user, city, tab, chosen, at), at, None, chosen, PRINTED_MAX)
    listing.fill(page.rows, city, chosen.directory)
    redaction.redact_for(user, page.rows)
    waits = due.listed_hold_words(chosen.directory.holds)
    headings = [_("Due"), _("Priority"), _("Number"), _("What"), _("Where"), _("Flags"), _("Owner"), _("Reported")]
    context: dict[str, Any] = {
        "tab": tab,
        "rows": [rows.row(one, at, waits, city) for one in page.rows],
        "headings": headings,
        "sentence": chosen.sentence(),
        "now": at.now,
        "more": page.next_cursor is not None,
        "most": PRINTED_MAX,
    }
    return render(request, "staff_app/queue/print_queue.html", context)


def _lines(user: User, city: Jurisdiction, tab: listing.Tab, chosen: QueueFilter, language: str) -> Iterator[Cells]:
    """The headings, and a line for each request. Read while it is sent, so each batch sets its own language."""
    with translation.override(language):
        yield [
            _("Number"), _("Service"), _("Description"), _("Address"), _("Area"), _("Status"), _("Outcome"), _("Priority"),
            _("Department"), _("Team"), _("Assigned to"), _("Flags"), _("Language"), _("Reported"), _("Due"), _("Resolved"),
        ]  # fmt: skip
    at = listing.Moment.of(city)
    matching = listing.rows(user, city, tab, chosen, at)
    cursor: str | None = None
    count = 0
    while count < ROWS_MAX:
        page = listing.one_page(tab, matching, at, cursor, chosen, BATCH)
        listing.fill(page.rows, city, chosen.directory)
        redaction.redact_for(user, page.rows)
        with translation.override(language):
            lines = [_cells(rows.row(one, at, {}, city), chosen, city) for one in page.rows]
        yield from lines
        count, cursor = count + len(lines), page.next_cursor
        if not cursor:
            return
    with translation.override(language):
        yield [_("Only the first %(most)d requests. Add a filter for the rest.") % {"most": ROWS_MAX}]


def _cells(row: rows.Row, chosen: QueueFilter, city: Jurisdiction) -> Cells:
    service_request = row.service_request
    department = chosen.directory.departments.get(service_request.department_id or 0)
    team = chosen.directory.teams.get(service_request.team_id or 0)
    times: list[dt.datetime | str] = [
        at.astimezone(city.zone) if at else ""
        for at in (service_request.submitted_at, service_request.due_at, service_request.resolved_at)
    ]
    return [
        service_request.display_reference,
        row.service,
        service_request.description,
        row.street,
        row.ward,
        str(filters.STATUSES[service_request.status]),
        due.disposition_words(service_request.disposition) if service_request.disposition else "",
        service_request.priority,
        str(department or ""),
        str(team or ""),
        str(service_request.assignee or ""),
        row.all_flags,
        service_request.language,
        *times,
    ]


def _csv(lines: Iterator[Cells]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff"
    for cells in lines:
        yield writer.writerow([safe(cell) if isinstance(cell, str) else _plain(cell) for cell in cells])


def _plain(cell: int | dt.datetime) -> str:
    return cell.isoformat(sep=" ", timespec="minutes") if isinstance(cell, dt.datetime) else str(cell)


def _workbook(lines: Iterator[Cells]) -> Any:
    """Written row by row to a file on disk. Texts are written as texts, so none of them is a formula."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    workbook = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = workbook.add_worksheet()
    bold, time = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.freeze_panes(1, 0)
    for number, cells in enumerate(lines):
        for column, cell in enumerate(cells):
            if isinstance(cell, dt.datetime):
                # Spreadsheets know no time zones; the city's is meant.
                sheet.write_datetime(number, column, cell.replace(tzinfo=None), time)
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell)
            elif number == 0:
                sheet.write_string(number, column, cell, bold)
            else:
                sheet.write_string(number, column, cell[:32_000])
    workbook.close()
    file.seek(0)
    return file
