"""Public numbers: what people answered after their reports ended, per service and month, as a page and as CSV."""

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app.localized import localized
from requests_app.models import Jurisdiction
from requests_app.rules import survey_numbers
from requests_app.rules.survey_numbers import SMALLEST, Month, Row, Tally
from requests_app.web.city_request import CityRequest

MONTHS = 6
# In the units of the chart.
BAR_HEIGHT = 36
CACHED_S = 60
# Nobody asked before.
FIRST_YEAR = 2020
CSV_COLUMNS = [
    "month",
    "service_code",
    "service",
    *(f"{question}_{value}" for question in survey_numbers.QUESTIONS for value in (*survey_numbers.VALUES, "answered")),
]


@dataclass(frozen=True)
class Bar:
    """A month of a chart. parts: the answer, where its part begins, and how wide it is, as SVG writes percents."""

    month: dt.date
    y: int
    parts: list[tuple[str, str, str]]
    tally: Tally


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
            (_("Is it fixed?"), "fixed", _bars(months, 0)),
            (_("Were you treated well?"), "treated-well", _bars(months, 1)),
        ],
        "chart_height": len(months) * BAR_HEIGHT,
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
        cells.append(str(tally.answered) if tally.is_whole else f"{tally.answered}+" if tally.shown else "")
    return cells


def _cached(city: Jurisdiction, since: dt.date, until: dt.date) -> tuple[list[Month], bool]:
    key = f"survey-numbers:{city.pk}:{since}:{until}"
    found = cache.get(key)
    if not isinstance(found, tuple):
        found = (survey_numbers.months(city, since, until), survey_numbers.has_earlier(city, since))
        cache.set(key, found, timeout=CACHED_S)
    return found


def _bars(months: list[Month], question: int) -> list[Bar]:
    """Stacked shares of the numbers shown; a month without any has no bar."""
    bars = []
    for number, month in enumerate(months):
        tally = month.total.tallies[question]
        begins, parts = 0.0, list[tuple[str, str, str]]()
        for name, count in (("yes", tally.yes), ("partly", tally.partly), ("no", tally.no)):
            if count:
                width = 100 * count / tally.answered
                parts.append((name, f"{begins:.2f}%", f"{width:.2f}%"))
                begins += width
        bars.append(Bar(month.month, number * BAR_HEIGHT, parts, tally))
    return bars


def _month(written: str) -> dt.date | None:
    match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", written, re.ASCII)
    return dt.date(int(match[1]), int(match[2]), 1) if match else None


def _later(month: dt.date, count: int) -> dt.date:
    """The first day of the month so many months later."""
    years, number = divmod(month.month - 1 + count, 12)
    return dt.date(month.year + years, number + 1, 1)
