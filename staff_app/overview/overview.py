"""The overview: how much is open, how late, how it changes and what comes next, for those who supervise."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_safe

from requests_app.drawing import charts
from requests_app.drawing.charts import Chart, Series
from requests_app.rules.people import permissions
from requests_app.rules.shared import directory as directories
from requests_app.rules.work.attention import ATTENTION
from staff_app.decorators import StaffRequest, staff_page
from staff_app.overview import figures
from staff_app.overview.figures import Days, Figures, Old, Scope
from staff_app.overview.heat_map import SHADED_BY, heat_map
from staff_app.queue.filters import service_name

AGES = [
    gettext_lazy("Up to a week"),
    gettext_lazy("Up to 30 days"),
    gettext_lazy("Up to 90 days"),
    gettext_lazy("Older"),
]


@staff_page
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    scope = figures.scope_of(request.user, request.jurisdiction, request.GET.get("department", ""))
    counted, days = figures.figures(scope), figures.days(scope)
    shown = heat_map(scope, request.GET.get("shade", ""))
    departments = figures.every_department(scope.city) if scope.departments is None else list(scope.departments)
    context: dict[str, Any] = {
        "scope": scope,
        "departments": departments if len(departments) > 1 else (),
        "today": _today(scope, counted),
        "tiles": _tiles(scope, counted, days),
        "figures": counted,
        "links": {name: scope.url(*pairs) for name, pairs in figures.queries(scope).items()},
        "charts": [_backlog(scope, days), _flow(scope, days)] if days else [],
        "weeks_ahead": _weeks_ahead(scope, days) if days else None,
        "forecast": days.forecast if days else None,
        "heat_map": shown,
        "shadings": _shadings(scope, shown.by) if shown else (),
        "oldest": [_old(scope, one) for one in figures.oldest(scope)],
        "misfits": [(one, scope.url(("service", one.service.service_code))) for one in figures.misfits(scope)],
        "places": _places(scope),
        "people": _people(scope),
        "agreed": scope.city.load_by_person_agreed,
        "may_set": permissions.can_in_city(request.user, "administer", scope.city),
        "counts_url": f"{reverse('staff_app:overview_counts')}?{urlencode([('by', 'service'), *scope.pairs])}",
    }
    return render(request, "staff_app/overview/overview.html", context)


@staff_page
@require_safe
def today(request: StaffRequest) -> HttpResponse:
    """The part of the overview that the queue begins with, fetched by it."""
    scope = figures.scope_of(request.user, request.jurisdiction)
    return render(request, "staff_app/overview/_today_line.html", {"today": _today(scope, figures.figures(scope))})


def _today(scope: Scope, counted: Figures) -> list[dict[str, Any]]:
    """What to look at first: code, name, number and url of the rows."""
    return [
        {"code": code, "name": kind.name, "number": getattr(counted, code), "url": scope.url(*kind.query)}
        for code, kind in ATTENTION.items()
    ]


def _tiles(scope: Scope, counted: Figures, days: Days | None) -> list[dict[str, Any]]:
    """name, number, words below it, url of the rows, and whether it asks for attention."""
    links = {name: scope.url(*pairs) for name, pairs in figures.queries(scope).items()}
    goal = scope.city.on_time_goal
    below = counted.on_time is not None and counted.on_time < goal
    return [
        {
            "code": "open",
            "name": _("Open now"),
            "number": counted.open,
            "note": _change(counted, days),
            "url": links["open"],
        },
        {
            "code": "reopened",
            "name": _("Open again"),
            "number": counted.reopened,
            "note": _reopened(figures.reopen_rate(scope)),
            "url": links["reopened"],
        },
        {
            "code": "missed",
            "name": _("On time"),
            "number": counted.on_time,
            "unit": "%",
            "note": _("Goal %(goal)s%%; %(missed)s missed")
            % {"goal": goal, "missed": charts.formatted(counted.missed)},
            "url": links["missed"],
            "attention": below,
        },
        {
            "code": "net",
            "name": _("Net flow, 7 days"),
            "number": counted.net,
            "sign": True,
            "note": _("%(in)s in, %(out)s ended")
            % {"in": charts.formatted(counted.came), "out": charts.formatted(counted.went)},
            "url": links["came"],
        },
        {
            "code": "thanked",
            "name": _("Thanked by residents"),
            "number": counted.thanked,
            "note": _thanks(counted.thanks),
            "url": links["thanked"],
        },
    ]


def _change(counted: Figures, days: Days | None) -> str:
    if days is None or len(days.backlog) < 2 or counted.open is None:
        return ""
    day, ages = days.backlog[-2]
    change = counted.open - sum(ages)
    words = {"n": charts.formatted(abs(change)), "day": formats.date_format(day, "MONTH_DAY_FORMAT")}
    if not change:
        return _("As many as on %(day)s") % words
    return _("▲ %(n)s since %(day)s") % words if change > 0 else _("▼ %(n)s since %(day)s") % words


def _reopened(rate: figures.ReopenRate | None) -> str:
    if rate is None or rate.percent is None:
        return ""
    return _("%(percent)s%% of what was resolved 31 to 60 days ago was reopened within 30 days") % {
        "percent": rate.percent
    }


def _thanks(people: int | None) -> str:
    if not people:
        return _("Of what ended in 30 days")
    return ngettext(
        "By %(n)s person, for what ended in 30 days", "By %(n)s people, for what ended in 30 days", people
    ) % {"n": charts.formatted(people)}


def _part(count: int | None, counted: Figures) -> str:
    if not count or not counted.open:
        return ""
    return _("%(percent)s%% of open") % {"percent": round(100 * count / counted.open)}


def _backlog(scope: Scope, days: Days) -> Chart:
    weeks = days.backlog
    total = sum(weeks[-1][1]) if weeks else 0
    older = weeks[-1][1][3] if weeks else 0
    return charts.stacked(
        "backlog",
        _("Open by age, at the end of each week"),
        [_short(day) for day, _ages in weeks],
        [Series(name, [ages[at] for _day, ages in weeks]) for at, name in enumerate(AGES)],
        first_column=_("Week until"),
        sentence=_("%(open)s were open at the end of the last week, %(old)s of them older than 90 days.")
        % {"open": charts.formatted(total), "old": charts.formatted(older)},
    )


def _flow(scope: Scope, days: Days) -> Chart:
    every = [days.first + dt.timedelta(days=at) for at in range(len(days.submitted))]
    return charts.lines(
        "flow",
        _("In and out per day"),
        [_short(day) for day in every],
        [Series(_("Reported"), days.submitted), Series(_("Ended"), days.ended)],
        first_column=_("Day"),
        sentence=_("%(in)s were reported and %(out)s ended in %(days)s days.")
        % {"in": charts.formatted(sum(days.submitted)), "out": charts.formatted(sum(days.ended)), "days": len(every)},
        urls=[scope.url(*figures.EVERY_STATUS, ("from", day.isoformat()), ("to", day.isoformat())) for day in every],
    )


def _weeks_ahead(scope: Scope, days: Days) -> Chart | None:
    """The weeks behind and the one ahead, with its band."""
    forecast = days.forecast
    if forecast is None:
        return None
    count = len(days.submitted) // 7
    weeks = [sum(days.submitted[len(days.submitted) - 7 * back :][:7]) for back in range(count, 0, -1)]
    ends = [days.last - dt.timedelta(days=7 * back) for back in range(count - 1, -1, -1)]
    gap: list[float | None] = [None] * (count - 1)
    return charts.lines(
        "ahead",
        _("Reports per week, and next week’s forecast"),
        [_short(day) for day in [*ends, days.last + dt.timedelta(days=7)]],
        [
            Series(_("Reported"), [*weeks, None]),
            Series(
                _("Forecast"),
                [*gap, weeks[-1], forecast.total],
                low=[*gap, weeks[-1], forecast.low],
                high=[*gap, weeks[-1], forecast.high],
            ),
        ],
        first_column=_("Week until"),
        urls=[
            scope.url(
                *figures.EVERY_STATUS, ("from", (end - dt.timedelta(days=6)).isoformat()), ("to", end.isoformat())
            )
            for end in ends
        ],
        sentence=_("About %(n)s in the next 7 days, most likely %(low)s to %(high)s.")
        % {"n": _whole(forecast.total), "low": _whole(forecast.low), "high": _whole(forecast.high)},
    )


def _shadings(scope: Scope, by: str) -> list[tuple[str, str, bool]]:
    """What the map may be shaded by: words, address, and whether it is now."""
    words = {"late": pgettext("requests", "Late"), "open": _("Open now")}
    chosen = [("department", scope.chosen.code)] if scope.chosen else []
    address = reverse("staff_app:overview")
    return [(words[name], f"{address}?{urlencode([*chosen, ('shade', name)])}#where", name == by) for name in SHADED_BY]


def _places(scope: Scope) -> list[dict[str, Any]] | None:
    found = figures.places(scope)
    if found is None:
        return None
    return [{"place": one, "url": scope.url(*one.pairs)} for one in found]


def _people(scope: Scope) -> Chart | None:
    if not scope.city.load_by_person_agreed:
        return None
    groups = figures.people(scope)
    if groups is None:
        return None
    return charts.bars(
        "people",
        _("Open by person"),
        [one.name or _("Nobody") for one in groups],
        [Series(_("Open now"), [one.count for one in groups])],
        first_column=_("Person"),
        urls=[scope.url(*one.pairs) for one in groups],
    )


def _old(scope: Scope, row: Old) -> dict[str, Any]:
    service = directories.of(scope.city).services.get(row.service_id)
    return {
        "reference": row.reference,
        "service": service_name(service) if service else row.reference,
        "ward": row.ward,
        "days": (scope.now - row.submitted_at).days,
    }


def _short(day: dt.date) -> str:
    return formats.date_format(day, pgettext("short day format", "M j"))


def _whole(number: float) -> str:
    return charts.formatted(round(number))
