"""How many takers the desk needs in each half hour of the next seven days, and what that is computed from."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from requests_app.drawing import charts
from requests_app.drawing.charts import Chart, Series
from requests_app.rules.figures import call_demand
from requests_app.rules.figures.call_demand import Day, Demand, HalfHour
from requests_app.rules.figures.load_forecast import WEEKS_AT_LEAST
from requests_app.rules.people import permissions
from staff_app.decorators import StaffRequest, staff_page
from staff_app.overview import figures as overview_figures


@staff_page
@require_safe
def takers(request: StaffRequest) -> HttpResponse:
    """?day=2026-12-07: that day as a chart, else the busiest one. Raises Denied."""
    city = request.jurisdiction
    overview_figures.scope_of(request.user, city)
    demand = call_demand.demand(city)
    context: dict[str, Any] = {
        "demand": demand,
        "weeks_at_least": WEEKS_AT_LEAST,
        "may_set": permissions.can_in_city(request.user, "administer", city),
    }
    if demand is not None:
        chosen = next((one for one in demand.days if one.day.isoformat() == request.GET.get("day", "")), None)
        busiest = max(demand.days, key=_most)
        shown = chosen or busiest
        address = reverse("staff_app:takers")
        context |= {
            "headline": _headline(demand, busiest),
            "target": demand.target,
            "handle": charts.formatted(round(demand.target.handle_s)),
            "chart": _chart(shown),
            "days": [(_short(one.day), f"{address}?day={one.day.isoformat()}", one == shown) for one in demand.days],
            "rows": _rows(demand),
            "shown": shown,
            "halves": [_half_hour(one) for one in shown.half_hours if one.takers != 0],
            "total": charts.formatted(round(demand.total)),
            "low": charts.formatted(round(demand.low)),
            "high": charts.formatted(round(demand.high)),
        }
    return render(request, "staff_app/value/takers.html", context)


def _most(day: Day) -> int:
    return day.most.takers or 0 if day.most else 0


def _headline(demand: Demand, day: Day) -> str:
    """“5 takers on Monday, December 7 at 10 a.m., for 90% of calls in 20 seconds.”"""
    most = day.most
    if most is None or most.takers is None:
        return ""
    return ngettext(
        "The most is %(n)s taker on %(day)s at %(time)s, for %(percent)s%% of calls in %(seconds)s seconds.",
        "The most is %(n)s takers on %(day)s at %(time)s, for %(percent)s%% of calls in %(seconds)s seconds.",
        most.takers,
    ) % {
        "n": charts.formatted(most.takers),
        "day": formats.date_format(day.day, pgettext("weekday and day format", "l, F j")),
        "time": formats.time_format(most.begins),
        "percent": demand.target.percent,
        "seconds": demand.target.seconds,
    }


def _chart(day: Day) -> Chart:
    first, last = _span([day])
    halves = day.half_hours[first:last]
    return charts.stacked(
        "takers",
        _("Takers by half hour, %(day)s") % {"day": _short(day.day)},
        [formats.time_format(one.begins) for one in halves],
        [Series(_("Takers"), [one.takers or 0 for one in halves])],
        first_column=_("From"),
    )


def _span(days: list[Day]) -> tuple[int, int]:
    """The first half hour with calls, and the one after the last."""
    busy = [one.number for day in days for one in day.half_hours if one.takers != 0]
    return (min(busy), max(busy) + 1) if busy else (0, 0)


def _rows(demand: Demand) -> list[tuple[str, list[str]]]:
    """Each half hour with the takers of each day."""
    first, last = _span(demand.days)
    return [
        (
            formats.time_format(demand.days[0].half_hours[at].begins),
            [_takers(day.half_hours[at]) for day in demand.days],
        )
        for at in range(first, last)
    ]


def _takers(half_hour: HalfHour) -> str:
    return "–" if half_hour.takers is None else charts.formatted(half_hour.takers)


def _half_hour(half_hour: HalfHour) -> dict[str, str]:
    return {
        "time": formats.time_format(half_hour.begins),
        "calls": charts.formatted(half_hour.calls),
        "takers": _takers(half_hour),
        "answered": charts.formatted(100 * half_hour.answered),
        "wait": charts.formatted(half_hour.wait_s),
    }


def _short(day: dt.date) -> str:
    return formats.date_format(day, pgettext("weekday and short day format", "D, M j"))
