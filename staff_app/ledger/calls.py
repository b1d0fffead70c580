"""Did 911 calls fall after 311 began? Each series of calls by month, with what would have been expected, and its interval."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from requests_app.drawing import charts
from requests_app.drawing.charts import Chart, Series
from requests_app.models import CallMonth
from requests_app.rules.figures import call_series, interrupted_series
from requests_app.rules.figures.interrupted_series import Effect, NoFit
from requests_app.rules.figures.periods import later
from requests_app.rules.people import permissions
from staff_app.decorators import StaffRequest, staff_page
from staff_app.ledger import texts
from staff_app.overview import figures as overview_figures


@staff_page
@require_safe
def ledger_calls(request: StaffRequest) -> HttpResponse:
    """Without the day on which 311 began, no count is shown. Raises Denied, as the overview does."""
    city = request.jurisdiction
    overview_figures.scope_of(request.user, city)
    start = city.desk_began_on
    rows = CallMonth.objects.filter(jurisdiction=city).order_by("month") if start else CallMonth.objects.none()
    counts = call_series.by_line(rows)
    context: dict[str, Any] = {
        "start": start,
        "has_counts": bool(counts),
        "may_set": permissions.can_in_city(request.user, "administer", city),
        "before_at_least": interrupted_series.BEFORE_AT_LEAST,
        "after_at_least": interrupted_series.AFTER_AT_LEAST,
        "series": [_series(code, counts, start) for code in call_series.CODES] if start and counts else [],
    }
    return render(request, "staff_app/ledger/calls.html", context)


def _series(code: str, counts: call_series.Counts, start: dt.date) -> dict[str, Any]:
    """One series for its section of the page; `state`: none, too_early, no_fit or known."""
    counted = call_series.series(code, counts)
    shown: dict[str, Any] = {"code": code, "name": texts.SERIES[code], "state": "none"}
    if not counted:
        return shown
    shown |= {
        "before": sum(month < start.replace(day=1) for month in counted),
        "after": sum(month >= start for month in counted),
        "gaps": [texts.gap(str(texts.SERIES[code]), gap) for gap in call_series.gaps(counted)],
    }
    try:
        effect = interrupted_series.effect(counted, start)
        beside = call_series.control(code, counts)
        compared = interrupted_series.effect(counted, start, control=beside) if beside else None
    except NoFit:
        return shown | {"state": "no_fit", "chart": _chart(code, counted, None)}
    return shown | {
        "state": "known" if effect else "too_early",
        "effect": effect and _effect(effect),
        "compared": compared and _effect(compared),
        "chart": _chart(code, counted, effect),
    }


def _effect(effect: Effect) -> dict[str, str]:
    return {
        "verdict": texts.verdict(effect),
        "change": texts.percent(effect.change),
        "low": texts.percent(effect.low),
        "high": texts.percent(effect.high),
        "step": texts.percent(effect.step),
        "yearly": texts.percent(effect.yearly),
    }


def _chart(code: str, counted: call_series.Series, effect: Effect | None) -> Chart:
    first, last = min(counted), max(counted)
    months = [first]
    while months[-1] < last:
        months.append(later(months[-1], 1))
    series = [Series(_("Counted"), [counted.get(month) for month in months])]
    if effect is not None:
        series.append(Series(_("Expected without 311"), [effect.without_start.get(month) for month in months]))
    return charts.lines(
        f"calls-{code}",
        texts.SERIES[code],
        [formats.date_format(month, pgettext("month of a chart", "M Y")) for month in months],
        series,
        first_column=_("Month"),
    )
