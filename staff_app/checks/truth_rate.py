"""The truth rate by department, service, outcome or month, with its interval and what it is counted from; and as a CSV file."""

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.exports.csv_cells import safe
from requests_app.models import EndingCheck, EndingSample, Jurisdiction
from requests_app.rules.truth.rate import LOOK_WITHIN, Looked, TruthRate, count
from staff_app import due
from staff_app.decorators import StaffRequest, need_in_city, staff_page

MONTHS = 12
# Ten a week in fifty departments for a year.
CHECKS_MAX = 30_000


@dataclass(frozen=True)
class Row:
    name: str
    truth_rate: TruthRate


@staff_page
def truth_rate(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "supervise", "administer")
    by, checks = _by(request), _checks(request.jurisdiction)
    context = {
        "by": by,
        "groups": [(code, name) for code, name in _names().items()],
        "rows": _rows(checks, by),
        "total": Row(_("All"), count(map(_as_looked, checks))),
        "left_out": EndingSample.objects.filter(
            jurisdiction=request.jurisdiction, week__gte=_since(request.jurisdiction)
        ).aggregate(endings=Sum("endings"), others=Sum("other_endings")),
    }
    return render(request, "staff_app/checks/truth_rate.html", context)


@staff_page
def truth_rate_csv(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "supervise", "administer")
    by = _by(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="truth-rate-{by}.csv"'
    writer = csv.writer(response)
    writer.writerow([
        by, "drawn", "true", "not_true", "reopened", "cant_tell", "not_looked", "rate", "low_95", "high_95", "to_come",
    ])  # fmt: skip
    for row in _rows(_checks(request.jurisdiction), by):
        found = row.truth_rate
        low, high = found.interval or ("", "")
        writer.writerow([
            safe(row.name), found.drawn, found.true, found.not_true, found.reopened, found.cant_tell, found.not_looked,
            "" if found.rate is None else f"{found.rate:.4f}", low and f"{low:.4f}", high and f"{high:.4f}", found.to_come,
        ])  # fmt: skip
    return response


def _by(request: StaffRequest) -> str:
    asked = request.GET.get("by", "")
    return asked if asked in _names() else "department"


def _names() -> dict[str, str]:
    return {
        "department": _("Department"),
        "service": _("Service"),
        "outcome": _("Outcome"),
        "month": pgettext("a group of rows", "Month"),
    }


def _since(city: Jurisdiction) -> object:
    today = app_now().astimezone(city.zone).date()
    return today.replace(year=today.year - 1, day=1)


def _checks(city: Jurisdiction) -> list[EndingCheck]:
    found = EndingCheck.objects.filter(sample__jurisdiction=city, sample__week__gte=_since(city))
    found = found.select_related("sample__department", "service_request__service__current").order_by("-id")
    return list(
        found.only(
            "seen", "disposition", "reopened_at", "sample__drawn_at", "sample__week", "sample__department__name",
            "service_request__service__service_code", "service_request__service__current__name",
        )[:CHECKS_MAX]
    )  # fmt: skip


def _as_looked(check: EndingCheck) -> Looked:
    is_due = check.sample.drawn_at + LOOK_WITHIN <= timezone.now()
    return Looked(check.seen, is_reopened=check.reopened_at is not None, is_due=is_due)


def _rows(checks: list[EndingCheck], by: str) -> list[Row]:
    keys: dict[str, Callable[[EndingCheck], tuple[object, str]]] = {
        "department": lambda check: (check.sample.department_id, localized(check.sample.department.name)),
        "service": _service,
        "outcome": lambda check: (check.disposition, due.disposition_words(check.disposition)),
        "month": _month,
    }
    groups: dict[tuple[object, str], list[Looked]] = defaultdict(list)
    for check in checks:
        groups[keys[by](check)].append(_as_looked(check))
    rows = [(key, Row(key[1], count(looked))) for key, looked in groups.items()]
    if by == "month":
        rows.sort(key=lambda pair: str(pair[0][0]), reverse=True)
    else:
        rows.sort(key=lambda pair: pair[1].name.casefold())
    return [row for _key, row in rows]


def _service(check: EndingCheck) -> tuple[object, str]:
    service = check.service_request.service
    return service.pk, localized(service.current.name) if service.current else service.service_code


def _month(check: EndingCheck) -> tuple[object, str]:
    first = check.sample.week.replace(day=1)
    return first.isoformat(), formats.date_format(first, "YEAR_MONTH_FORMAT")
