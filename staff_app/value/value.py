"""The value report of the desk: its figures by month or quarter, as a page that prints on two sheets and as CSV; and one figure
with its parts and days. Numbers of the city, none by person."""

import csv
import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from requests_app.clock import app_now
from requests_app.drawing import charts
from requests_app.drawing.charts import Chart, Series
from requests_app.exports.csv_cells import safe
from requests_app.models import Channel, ContactCost, Jurisdiction
from requests_app.rules.figures import contact_costs, periods, value_counts, value_report
from requests_app.rules.figures.periods import Period
from requests_app.rules.figures.value_counts import Counts
from requests_app.rules.figures.value_report import FIGURES, Figure, Settings, State, Value
from requests_app.rules.people import permissions
from staff_app.decorators import StaffRequest, staff_page
from staff_app.overview import figures as overview_figures
from staff_app.queue.filters import CHANNELS
from staff_app.value import names, texts

MONTHS, QUARTERS = 6, 4
CSV_COLUMNS = [
    "period", "first_day", "last_day", "is_over", "figure", "state", "value", "unit", "counted", "total", "part", "part_is_in",
    "number",
]  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What the periods of a page count, the oldest first."""

    city: Jurisdiction
    periods: list[Period]
    counts: list[Counts]
    settings: Settings

    @property
    def today(self) -> dt.date:
        return self.settings.today

    def values(self, figure: Figure) -> list[Value]:
        return [
            value_report.value(figure, period, counts, self.settings)
            for period, counts in zip(self.periods, self.counts, strict=True)
        ]


def _may_read(request: StaffRequest) -> None:
    """Raises Denied, as the overview does."""
    overview_figures.scope_of(request.user, request.jurisdiction)


def _settings(city: Jurisdiction) -> Settings:
    return Settings(
        app_now().astimezone(city.zone).date(),
        value_counts.first_days(city),
        contact_costs.by_time(ContactCost.objects.filter(jurisdiction=city)),
        city.visits_avoided_percent,
    )


def _report(request: StaffRequest) -> Report:
    """Of the periods that the address asks for: ?by=quarter, ?until=2026-11. Raises Denied."""
    _may_read(request)
    city = request.jurisdiction
    settings = _settings(city)
    last = periods.of_day(settings.today, by_quarter=request.GET.get("by") == "quarter")
    until = periods.parse(request.GET.get("until", ""))
    if until is None or until.is_quarter != last.is_quarter or until.first > last.first:
        until = last
    shown = periods.last_periods(until, QUARTERS if last.is_quarter else MONTHS)
    by_month = value_counts.by_month(city, shown[0].first, shown[-1].until)
    counts = [sum((by_month.get(month, Counter()) for month in one.months), Counter()) for one in shown]
    return Report(city, shown, counts, settings)


@staff_page
@require_safe
def value(request: StaffRequest) -> HttpResponse:
    report = _report(request)
    first, last = report.periods[0], report.periods[-1]
    by = "quarter" if last.is_quarter else "month"
    address = reverse("staff_app:value")
    later = periods.later(last.first, len(last.months) * len(report.periods))
    context: dict[str, Any] = {
        "by": by,
        "tabs": [
            (_("By month"), address, by == "month"),
            (_("By quarter"), f"{address}?by=quarter", by == "quarter"),
        ],
        "periods": [names.period_name(one, report.today) for one in report.periods],
        "rows": [_row(report, figure) for figure in FIGURES],
        "charts": _charts(report),
        "formulas": [(texts.name(figure), texts.formula(figure)) for figure in FIGURES],
        "states": texts.about_states(),
        "earlier": _address(periods.of_day(periods.later(first.first, -1), by_quarter=last.is_quarter)),
        "later": _address(periods.of_day(later, by_quarter=last.is_quarter)) if last.until <= report.today else "",
        "csv": f"{reverse('staff_app:value_csv')}?{urlencode({'by': by, 'until': last.code})}",
        "now": app_now(),
        "may_set": permissions.can_in_city(request.user, "administer", report.city),
        "targets": _targets(report.counts),
    }
    return render(request, "staff_app/value/value.html", context)


def _address(until: Period) -> str:
    by = "quarter" if until.is_quarter else "month"
    return f"{reverse('staff_app:value')}?{urlencode({'by': by, 'until': until.code})}"


def _row(report: Report, figure: Figure) -> dict[str, Any]:
    address = reverse("staff_app:value_figure", args=[figure.code])
    return {
        "code": figure.code,
        "name": texts.name(figure),
        "cells": [
            {
                "text": texts.amount_text(figure, value),
                "note": texts.note(figure, value),
                "since": value.since if value.state is State.KNOWN else None,
                "is_known": value.state is State.KNOWN,
                "url": f"{address}?{urlencode({'period': period.code})}",
                "period": names.period_name(period, report.today),
            }
            for period, value in zip(report.periods, report.values(figure), strict=True)
        ],
    }


def _targets(counts: list[Counts]) -> str:
    """The seconds in which calls were to be answered, such as “20” or “20, 30” if that changed."""
    seconds = {int(key[1]) for one in counts for key in one if key[0] == "call_target"}
    return ", ".join(charts.formatted(number) for number in sorted(seconds))


# --- Charts -----------------------------------------------------------------------------------------------------------------


def _charts(report: Report) -> list[Chart]:
    labels = [names.short_name(one) for one in report.periods]
    values = {figure.code: report.values(figure) for figure in FIGURES}
    first = (
        pgettext("a group of rows", "Quarter") if report.periods[0].is_quarter else pgettext("a group of rows", "Month")
    )

    def by_channel(*channels: str) -> list[int | None]:
        return [
            None if value.state is State.NO_COUNTS else sum(value_report.in_channel(one)(counts) for one in channels)
            for value, counts in zip(values["contacts"], report.counts, strict=True)
        ]

    def share(code: str) -> Series:
        figure = value_report.BY_CODE[code]
        return Series(texts.name(figure), [_number(value) for value in values[code]])

    others = [one for one in contact_costs.CHANNELS if one not in (Channel.PHONE, Channel.COUNTER, Channel.WEB)]
    return [
        charts.stacked(
            "channels",
            _("Contacts by channel"),
            labels,
            [
                *(Series(CHANNELS[one], by_channel(one)) for one in (Channel.PHONE, Channel.COUNTER, Channel.WEB)),
                Series(_("Other channels"), by_channel(*others)),
            ],
            first_column=first,
        ),
        charts.lines(
            "answers",
            _("Questions, in percent"),
            labels,
            [share("information"), share("answered_strict"), share("first_contact")],
            first_column=first,
        ),
        charts.lines(
            "calls",
            _("Calls and promises, in percent"),
            labels,
            [share("service_level"), share("abandonment"), share("promises")],
            first_column=first,
        ),
        charts.lines(
            "reports", _("Reports, in percent"), labels, [share("duplicates"), share("own_reports")], first_column=first
        ),
    ]


def _number(value: Value) -> float | None:
    return None if value.state is not State.KNOWN or value.amount is None else float(value.amount)


# --- One figure ---------------------------------------------------------------------------------------------------------------


@staff_page
@require_safe
def value_figure(request: StaffRequest, code: str) -> HttpResponse:
    """?period=2026-11: its parts, what is left out, and the days."""
    _may_read(request)
    figure, city = value_report.BY_CODE.get(code), request.jurisdiction
    settings = _settings(city)
    today = settings.today
    period = periods.parse(request.GET.get("period", "")) or periods.of_day(today, by_quarter=False)
    if figure is None or period.first > today:
        raise Http404
    by_day = value_counts.by_day(city, period.first, period.until)
    counts: Counts = sum(by_day.values(), Counter())
    value = value_report.value(figure, period, counts, settings)
    costs = value_report.channel_costs(period, counts, settings.costs) if figure.code == "cost" else []
    context: dict[str, Any] = {
        "figure": figure,
        "name": texts.name(figure),
        "formula": texts.formula(figure),
        "period": names.period_name(period, today),
        "text": texts.amount_text(figure, value),
        "value": value,
        "is_counted": value.state is not State.NO_COUNTS,
        "parts": [_part(part, counts, period) for part in figure.counted],
        "others": [_part(part, counts, period) for part in figure.others],
        "left_out": [_part(part, counts, period) for part in figure.left_out],
        "percent": city.visits_avoided_percent if figure.is_modeled else None,
        "costs": [_cost_row(row) for row in costs],
        "targets": _targets([counts]) if figure.code == "service_level" else "",
        "days_later": figure.days_later,
        "days": _days(figure, by_day),
        "back": _address(period),
    }
    return render(request, "staff_app/value/figure.html", context)


def _part(part: value_report.Part, counts: Counts, period: Period) -> dict[str, Any]:
    url = ""
    if part.pairs:
        last = period.until - dt.timedelta(days=1)
        days = [("from", period.first.isoformat()), ("to", last.isoformat())]
        query = urlencode([*part.pairs, *overview_figures.EVERY_STATUS, *days])
        url = f"{reverse('staff_app:queue')}?{query}"
    return {"name": texts.part_name(part), "number": part.count(counts), "url": url}


def _cost_row(row: value_report.ChannelCost) -> dict[str, Any]:
    return {
        "name": CHANNELS[row.channel],
        "amount": names.money(row.amount) if row.amount is not None else "",
        "contacts": row.contacts,
        "each": names.money(row.each) if row.each is not None else "–",
        "is_left_out": row.amount is None,
    }


def _days(figure: Figure, by_day: dict[dt.date, Counts]) -> list[dict[str, Any]]:
    """Each day with counts, the newest first."""
    if figure.code == "cost":
        return []
    rows = []
    for day in sorted(by_day, reverse=True):
        counted = sum(part.count(by_day[day]) for part in figure.counted)
        total = counted + sum(part.count(by_day[day]) for part in figure.others)
        if total:
            rows.append({"day": day, "counted": counted, "total": total})
    return rows


# --- CSV --------------------------------------------------------------------------------------------------------------------


@staff_page
@require_safe
def value_csv(request: StaffRequest) -> HttpResponse:
    """The periods of the page: a line for each figure, then one for each of its parts. Numbers without separators."""
    report = _report(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="value-{report.periods[-1].code}.csv"'
    writer = csv.writer(response)
    writer.writerow(CSV_COLUMNS)
    for figure in FIGURES:
        for period, counts, value in zip(report.periods, report.counts, report.values(figure), strict=True):
            last = period.until - dt.timedelta(days=1)
            over = "yes" if period.until <= report.today else "no"
            begins = [period.code, period.first.isoformat(), last.isoformat(), over, figure.code, value.state.value]
            is_counted = value.state not in (State.NO_COUNTS, State.NOT_YET)
            amount = "" if value.amount is None else f"{value.amount:.2f}"
            numbers = [value.counted, value.total] if is_counted else ["", ""]
            writer.writerow([*begins, amount, figure.unit.value, *numbers, "", "", ""])
            for is_in, parts in (("counted", figure.counted), ("total", figure.others), ("left_out", figure.left_out)):
                for part in parts if is_counted else ():
                    writer.writerow([*begins, "", "", "", "", safe(part.code), is_in, part.count(counts)])
    return response
