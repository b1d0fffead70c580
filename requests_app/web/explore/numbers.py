"""Public numbers: what people answered after their reports ended, per service and month, as a page and as CSV."""

import csv
import datetime as dt
import io
import re
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app.city_request import CityRequest
from requests_app.core.localized import localized
from requests_app.drawing import charts
from requests_app.drawing.charts import Series
from requests_app.models import Jurisdiction
from requests_app.rules.truth import survey_numbers
from requests_app.rules.truth.survey_numbers import SMALLEST, Month, Row, Tally

MONTHS = 6
CACHED_S = 60
# Nobody asked before.
FIRST_YEAR = 2020
CSV_COLUMNS = [
    "month",
    "service_code",
    "service",
    *(f"{question}_{value}" for question in survey_numbers.QUESTIONS for value in (*survey_numbers.VALUES, "answered")),
]


@require_safe
@cache_control(max_age=30, public=True)
def numbers(request: CityRequest) -> HttpResponse:
    """?before=2026-06: the six months before that one."""
    this_month = timezone.localdate().replace(day=1)
    until = _month(request.GET.get("before", "")) or _later(this_month, 1)
    until = min(until, _later(this_month, 1))
    since = _later(until, -MONTHS)
    months, has_earlier = _cached(request.jurisdiction, since, until)
    context: dict[str, Any] = {
        "months": months,
        "this_month": this_month,
        "charts": [
            _chart(_("Is it fixed?"), "fixed", [(month.month, month.total.tallies[0]) for month in months]),
            _chart(_("Were you treated well?"), "treated-well", [(one.month, one.total.tallies[1]) for one in months]),
        ],
        "smallest": SMALLEST,
        "earlier": since if has_earlier else None,
        "later": _later(until, MONTHS) if until <= this_month else None,
    }
    return render(request, "requests_app/explore/numbers.html", context)


@require_safe
@cache_control(max_age=30, public=True)
def numbers_csv(request: HttpRequest) -> HttpResponse:
    """All months, in the city's first language. As on the page, "<5" is a small number, and "12+" a sum without small numbers."""
    city: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(CSV_COLUMNS)
    until = _later(timezone.localdate().replace(day=1), 1)
    with override(city.languages[0]):
        for month in survey_numbers.months(city, dt.date(FIRST_YEAR, 1, 1), until):
            for row in month.rows:
                writer.writerow([f"{row.month:%Y-%m}", *_service_cells(row), *_number_cells(row)])
    response = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="survey.csv"'
    return response


def _service_cells(row: Row) -> list[str]:
    if row.service is None or row.service.current is None:
        return ["", _("Other services")]
    name = localized(row.service.current.name)
    # A spreadsheet would run a name that begins like this as a formula.
    return [row.service.service_code, f"'{name}" if name[:1] in ("=", "+", "-", "@") else name]


def _number_cells(row: Row) -> list[str]:
    cells = []
    for tally in row.tallies:
        cells += [f"<{SMALLEST}" if count is None else str(count) for count in (tally.yes, tally.partly, tally.no)]
        cells.append(_answers(tally))
    return cells


def _cached(city: Jurisdiction, since: dt.date, until: dt.date) -> tuple[list[Month], bool]:
    key = f"survey-numbers:{city.pk}:{since}:{until}"
    found = cache.get(key)
    if not isinstance(found, tuple):
        found = (survey_numbers.months(city, since, until), survey_numbers.has_earlier(city, since))
        cache.set(key, found, timeout=CACHED_S)
    return found


def _chart(question: str, code: str, tallies: list[tuple[dt.date, Tally]]) -> dict[str, Any]:
    """Bars of the numbers shown; small ones are in none. The page's own table has all of it."""
    every = [tally for _month, tally in tallies]
    chart = charts.bars(
        f"chart-{code}",
        question,
        [date_format(month, "M Y") for month, _tally in tallies],
        [
            Series(_("Yes"), [tally.yes for tally in every]),
            Series(_("Partly"), [tally.partly for tally in every]),
            Series(_("No"), [tally.no for tally in every]),
        ],
        first_column=_("Month"),
        totals_written=[_answers(tally) or "–" for tally in every],
    )
    return {"question": question, "code": code, "chart": chart, "tallies": tallies}


def _answers(tally: Tally) -> str:
    """ "12", "12+" if small numbers aren't in it, or "" if all of them are small."""
    return str(tally.answered) if tally.is_whole else f"{tally.answered}+" if tally.shown else ""


def _month(text: str) -> dt.date | None:
    match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text, re.ASCII)
    return dt.date(int(match[1]), int(match[2]), 1) if match else None


def _later(month: dt.date, count: int) -> dt.date:
    """The first day of the month so many months later."""
    years, number = divmod(month.month - 1 + count, 12)
    return dt.date(month.year + years, number + 1, 1)
