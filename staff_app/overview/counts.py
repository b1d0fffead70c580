"""Any view of the queue counted by service, area, month, team, person or department, as a table and a chart."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from requests_app.drawing import charts
from requests_app.drawing.charts import Series
from requests_app.places.statement_timeout import TimeUpError, at_most
from requests_app.rules.shared import directory as directories
from staff_app.decorators import StaffRequest, staff_page
from staff_app.overview import figures
from staff_app.overview.figures import Group, Scope
from staff_app.queue import listing
from staff_app.queue.filters import QueueFilter, service_name

CHARTED = 15


@staff_page
@require_safe
def overview_counts(request: StaffRequest) -> HttpResponse:
    """?by=…, with the filters of the queue; only within the departments that one supervises."""
    scope = figures.scope_of(request.user, request.jurisdiction)
    ways = ways_for(scope)
    by = request.GET.get("by", "")
    by = by if by in ways else "service"
    chosen = QueueFilter.from_query(request.GET, request.user, request.jurisdiction)
    pairs = chosen.query(sort=False)
    own = [code for _name, code in scope.pairs]
    picked = [value for name, value in pairs if name == "department" and (not own or value in own)]
    # Without one of their own, all of their own.
    pairs = [pair for pair in pairs if pair[0] != "department"]
    departments = [("department", value) for value in picked or own]
    tab = listing.tab_of(chosen, request.user, request.jurisdiction)
    if tab.code != listing.ALL:
        pairs.append(("tab", tab.code))
    query = [*departments, *pairs]
    try:
        groups = COUNTERS[by](scope, listing.matching(query, request.user, request.jurisdiction))
    except TimeUpError:
        groups = None
    address = reverse("staff_app:overview_counts")
    context: dict[str, Any] = {
        "ways": [(name, words, f"{address}?{urlencode([('by', name), *query])}") for name, words in ways.items()],
        "by": by,
        "sentence": chosen.sentence(),
        "rows_url": f"{reverse('staff_app:queue')}?{urlencode(query)}",
        "chart": _chart(by, ways[by], groups, query) if groups is not None else None,
        "total": sum(one.count for one in groups) if groups else 0,
        "unknown": chosen.unknown,
    }
    return render(request, "staff_app/overview/counts.html", context)


WAYS: dict[str, str | Promise] = {
    "service": gettext_lazy("Service"),
    "area": gettext_lazy("Area"),
    "month": gettext_lazy("Month"),
    "team": gettext_lazy("Team"),
    "department": gettext_lazy("Department"),
    "person": gettext_lazy("Person"),
}


def ways_for(scope: Scope) -> dict[str, str | Promise]:
    """By person only where the city says who agreed to it."""
    return {name: words for name, words in WAYS.items() if name != "person" or scope.city.load_by_person_agreed}


def _chart(by: str, label: str | Promise, groups: list[Group], query: figures.Pairs) -> charts.Chart:
    address = reverse("staff_app:queue")
    # A value of the group replaces the filter of the same name: its rows are those of that group.
    urls = [
        f"{address}?{urlencode([*(pair for pair in query if pair[0] not in dict(one.pairs)), *one.pairs])}"
        if one.pairs
        else ""
        for one in groups
    ]
    names = [one.name or _("None") for one in groups]
    values = [one.count for one in groups]
    title = _("Requests by %(what)s") % {"what": str(label).lower()}
    return charts.bars("counts", title, names, [Series(_("Requests"), values)], first_column=label, urls=urls)


# --- Ways to count: each raises TimeUpError ---------------------------------------------------------------------------------


def _by_service(scope: Scope, rows: listing.Rows) -> list[Group]:
    services = directories.of(scope.city).services
    counted = _counted(rows, "service")
    return _sorted(
        Group(service_name(services[pk]), count, [("service", services[pk].service_code)])
        for pk, count in counted
        if pk in services
    )


def _by_team(scope: Scope, rows: listing.Rows) -> list[Group]:
    teams = directories.of(scope.city).teams
    return _sorted(
        Group(str(teams[pk]), count, [("team", str(pk))]) if pk in teams else Group("", count)
        for pk, count in _counted(rows, "team")
    )


def _by_department(scope: Scope, rows: listing.Rows) -> list[Group]:
    departments = directories.of(scope.city).departments
    return _sorted(
        Group(str(departments[pk]), count, [("department", departments[pk].code)])
        if pk in departments
        else Group("", count)
        for pk, count in _counted(rows, "department")
    )


def _by_month(scope: Scope, rows: listing.Rows) -> list[Group]:
    with at_most(figures.STATEMENT_MS):
        counted = list(
            rows.order_by()
            .annotate(month=TruncMonth("submitted_at", tzinfo=scope.city.zone))
            .values_list("month")
            .annotate(n=Count("pk"))
            .order_by("month")
        )
    # The filter of dates may cut a month, so a month's link leaves exactly its part of them out: it has none.
    return [Group(formats.date_format(month, "YEAR_MONTH_FORMAT"), count) for month, count in counted]


def _counted(rows: listing.Rows, column: str) -> list[tuple[Any, int]]:
    with at_most(figures.STATEMENT_MS):
        return list(rows.order_by().values_list(column).annotate(n=Count("pk")))


def _sorted(groups: Any) -> list[Group]:
    return sorted(groups, key=lambda one: (-one.count, one.name))


COUNTERS: dict[str, Callable[[Scope, listing.Rows], list[Group]]] = {
    "service": _by_service,
    "area": figures.by_area,
    "month": _by_month,
    "team": _by_team,
    "department": _by_department,
    "person": lambda _scope, rows: figures.by_person(rows),
}
