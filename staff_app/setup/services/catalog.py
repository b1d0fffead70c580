"""The list of categories and services, in the order in which residents see them, and starting a new service."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.setup import catalog_order, service_drafts
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import (
    Category,
    Counter,
    Department,
    Jurisdiction,
    Retirement,
    Service,
    ServiceDraft,
    ServiceVersion,
)
from requests_app.rules.setup.offer_dates import offer_dates
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.services.forms import NewServiceForm

DAYS = 90
WORDS_MAX = 120


@dataclass
class ServiceRow:
    code: str
    name: str
    department: str
    order: int = 0
    count: int = 0
    search_text: str = ""
    is_active: bool = True
    is_retired: bool = False
    is_internal: bool = False
    is_new: bool = False
    offered: str = ""
    draft: ServiceDraft | None = None
    is_first: bool = False
    is_last: bool = False


@dataclass
class Group:
    category: Category
    rows: list[ServiceRow] = field(default_factory=list)
    is_first: bool = False
    is_last: bool = False


@staff_page
def services(request: StaffRequest) -> HttpResponse:
    """?q= finds services by their names, codes and key words."""
    need_in_city(request, "administer")
    city = request.jurisdiction
    q = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:WORDS_MAX]
    groups = {one.code: Group(one) for one in Category.objects.filter(jurisdiction=city)}
    retired = []
    for category, row in _rows(city):
        if q and q.casefold() not in row.search_text:
            continue
        if row.is_retired:
            retired.append(row)
        elif category in groups:
            groups[category].rows.append(row)
    for group in groups.values():
        group.rows.sort(key=lambda row: (row.is_new, row.order, row.name.casefold()))
        _mark_ends([row for row in group.rows if not row.is_new])
    shown = [group for group in groups.values() if group.rows or not q]
    _mark_ends(shown)
    context = {"groups": shown, "retired": retired, "query": q, "days": DAYS}
    return render(request, "staff_app/setup/services/services.html", context)


def _mark_ends(rows: list[Any]) -> None:
    """So that the first one has no ↑ and the last one no ↓."""
    if rows:
        rows[0].is_first = rows[-1].is_last = True


def _rows(city: Jurisdiction) -> list[tuple[str, ServiceRow]]:
    """All services and new drafts, each with the code of its category."""
    # By service and day, not by request, so it costs the same with ten million requests.
    since = app_now().astimezone(city.zone).date() - dt.timedelta(days=DAYS)
    counts = dict(
        Counter.objects.filter(jurisdiction=city, measure="submitted", day__gte=since)
        .values_list("service")
        .annotate(count=Sum("value"))
    )
    drafts = {one.service_code: one for one in ServiceDraft.objects.filter(jurisdiction=city)}
    retired = set(Retirement.objects.filter(service__jurisdiction=city).values_list("service", flat=True))
    rows = []
    listed = Service.objects.filter(jurisdiction=city, current__isnull=False)
    for service in listed.select_related("current__category", "current__department"):
        version = service.current
        if version is None:
            continue
        row = ServiceRow(
            code=service.service_code,
            name=localized(version.name),
            department=localized(version.department.name),
            order=service.order,
            count=counts.get(service.pk, 0),
            search_text=_searched(service.service_code, version.name, version.keywords),
            is_active=service.active,
            is_retired=not service.active and service.pk in retired,
            is_internal=version.visibility == ServiceVersion.Visibility.STAFF,
            offered=offer_dates(version.offered),
            draft=drafts.pop(service.service_code, None),
        )
        rows.append((version.category.code, row))
    names = {one.code: localized(one.name) for one in Department.objects.filter(jurisdiction=city)} if drafts else {}
    for draft in drafts.values():
        definition = draft.written
        row = ServiceRow(
            code=draft.service_code,
            name=localized(definition.get("name")) or draft.service_code,
            department=names.get(definition.get("department", ""), ""),
            search_text=_searched(draft.service_code, definition.get("name") or {}, definition.get("keywords") or {}),
            is_new=True,
            draft=draft,
        )
        rows.append((str(definition.get("category")), row))
    return rows


def _searched(code: str, name: dict[str, str], keywords: dict[str, list[str]]) -> str:
    return "\n".join([code, *name.values(), *(word for words in keywords.values() for word in words)]).casefold()


@staff_page
@require_POST
def move_service(request: StaffRequest) -> HttpResponse:
    """POST up or down: the code of the service."""
    need_in_city(request, "administer")
    code = request.POST.get("up") or request.POST.get("down", "")
    catalog_order.move_service(
        request.jurisdiction, code.replace("\x00", ""), _direction(request), actor=request.user
    )  # fmt: skip
    return redirect(f"{reverse('staff_app:services')}#s-{code}")


@staff_page
@require_POST
def move_category(request: StaffRequest) -> HttpResponse:
    """POST up or down: the id of the category."""
    need_in_city(request, "administer")
    typed = request.POST.get("up") or request.POST.get("down", "")
    if typed.isdecimal() and len(typed) < 10:
        catalog_order.move_category(request.jurisdiction, int(typed), _direction(request), actor=request.user)
    return redirect(f"{reverse('staff_app:services')}#c-{typed}")


def _direction(request: StaffRequest) -> Literal["up", "down"]:
    return "up" if "up" in request.POST else "down"


@staff_page
def new_service(request: StaffRequest) -> HttpResponse:
    """Starts the draft of a new service; its pages ask for the rest."""
    need_in_city(request, "administer")
    initial = {"category": request.GET.get("category", "")}
    form = NewServiceForm(
        request.POST if request.method == "POST" else None, city=request.jurisdiction, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            draft = service_drafts.create(request.jurisdiction, form.definition(), actor=request.user)
        except service_drafts.CodeTaken:
            form.add_error("service_code", _("Another service already has this code."))
        else:
            return redirect("staff_app:service_words", draft.service_code)
    status = 422 if form.errors else 200
    return render(request, "staff_app/setup/services/new_service.html", {"form": form}, status=status)
