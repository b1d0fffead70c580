"""Targets by service: what counts now and later, the history, and a new one, with a preview of what it would have meant."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from django.contrib import messages
from django.core import signing
from django.db.models import F
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.promises import targets as actions
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import Service, Target
from requests_app.models.geography import area_label
from requests_app.rules.promises import target_forecast
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.due import target_length
from staff_app.setup.conflict import edit_page, refill
from staff_app.setup.edit import THEIRS, Edit, FieldConflict
from staff_app.setup.listing import Column, listing
from staff_app.setup.promises.forecast_words import forecast_words
from staff_app.setup.promises.forms import KINDS, TargetForm

log = structlog.get_logger(__name__)

PREVIEWED = "target-preview"
# Which of two targets for the same reports to keep.
CHOICE = "target"
PAGE = "staff_app/setup/promises/new_target.html"


@dataclass(frozen=True)
class Row:
    """One target in words. replaced: another one counts instead of it by now."""

    target: Target
    length: str
    scope: str
    is_future: bool
    is_current: bool


@staff_page
def targets(request: StaffRequest) -> HttpResponse:
    """Every service with its general targets, and how many special ones it has."""
    need_in_city(request, "administer")
    city = request.jurisdiction
    language = request.LANGUAGE_CODE if request.LANGUAGE_CODE in city.languages else city.languages[0]
    services = (
        Service.objects.filter(jurisdiction=city, active=True, current__isnull=False)
        .annotate(
            title=KeyTextTransform(language, "current__name"),
            department_code=F("current__department__code"),
        )
        .select_related("current__department")
    )
    listed = listing(
        request,
        services,
        caption=gettext_lazy("Targets by service"),
        columns={
            "service": Column(gettext_lazy("Service"), ("title", "id")),
            "department": Column(gettext_lazy("Department"), ("department_code", "id")),
            "acknowledge": Column(gettext_lazy("Reviewed within")),
            "resolve": Column(gettext_lazy("Done within")),
        },
        row_template="staff_app/setup/promises/_service_row.html",
        empty=gettext_lazy("No services yet. Published services can have targets."),
        search=[*(f"current__name__{language}" for language in city.languages), "service_code"],
        describe=lambda rows: _with_targets(list(rows)),
    )
    return render(request, "staff_app/setup/promises/targets.html", {"list": listed})


@staff_page
def service_targets(request: StaffRequest, service_id: int) -> HttpResponse:
    """What counts for one service, what will, and what did."""
    service = _service(request, service_id)
    rows = target_rows(service)
    context = {
        "service": service,
        "name": localized(service.current.name) if service.current else service.service_code,
        "groups": [
            (_("Reviewed within"), [row for row in rows if row.is_current and row.target.kind == "acknowledge"]),
            (_("Done within"), [row for row in rows if row.is_current and row.target.kind == "resolve"]),
        ],
        "future": [row for row in rows if row.is_future],
        "past": [row for row in rows if not row.is_current and not row.is_future],
    }
    return render(request, "staff_app/setup/promises/service_targets.html", context)


@staff_page
def new_target(request: StaffRequest, service_id: int) -> HttpResponse:
    """Two steps: the preview, then saving what the preview was about."""
    service = _service(request, service_id)
    edit = Edit(request, partial(TargetForm, service=service), seen=actions.seen_of(service))
    form = edit.form
    context: dict[str, Any] = {
        "service": service,
        "name": localized(service.current.name) if service.current else service.service_code,
    }
    if form.is_valid() and form.target is not None:
        if edit.choice(CHOICE) == THEIRS:
            messages.info(request, _("Your target wasn’t saved. The one set by someone else stays."))
            return redirect("staff_app:service_targets", service.pk)
        _ask_if_both_set_one(edit, form.target, request.POST.get("seen"))
        if "save" in request.POST and not edit.conflicts and _was_previewed(form):
            try:
                return _save(request, form.target, edit.seen)
            except ChangedMeanwhile:
                _ask_if_both_set_one(edit, form.target, edit.seen)
                edit.fingerprint = actions.seen_of(service)
        context["forecast"] = forecast_words(target_forecast.of_target(form.target), form.target.kind)
        context["row"] = _row(form.target, is_future=False, is_current=False)
        refill(form, previewed=signing.dumps(form.digest(), salt=PREVIEWED))
    return edit_page(request, PAGE, context, form, edit=edit)


def _ask_if_both_set_one(edit: Edit[TargetForm], target: Target, seen: str | None) -> None:
    """A new target replaces nothing but the one for the same reports. seen: None if it was sent by no form of a page."""
    if edit.choice(CHOICE) == "":
        # Asked before, and not answered.
        seen = "0"
    theirs = actions.set_since(target, seen) if seen is not None else None
    if theirs is not None:
        label = f"{dict(KINDS)[Target.Kind(target.kind)]}: {_scope(target)}"
        edit.conflicts.append(FieldConflict(CHOICE, label, _length_from(theirs), _length_from(target)))
        edit.who = str(theirs.recorded_by or "")


def _length_from(target: Target) -> str:
    day = target.valid_from.astimezone(target.service.jurisdiction.zone)
    length = target_length(target.value, target.unit)
    return _("%(length)s, from %(day)s") % {"length": length, "day": date_format(day, "DATE_FORMAT")}


@staff_page
@require_POST
def remove_target(request: StaffRequest, target_id: int) -> HttpResponse:
    """Removes a target that hasn't begun."""
    need_in_city(request, "administer")
    target = get_object_or_404(
        Target.objects.select_related("service__jurisdiction"), pk=target_id, service__jurisdiction=request.jurisdiction
    )
    service_id = target.service_id
    try:
        actions.remove_target(target, actor=request.user)
        log.info("target_removed", target_id=target_id, user_id=request.user.pk)
        messages.success(request, _("The target was removed before it began."))
    except actions.AlreadyCounts:
        messages.error(request, _("That target is already in effect and can’t be removed. Set a new one instead."))
    return redirect("staff_app:service_targets", service_id)


def _service(request: StaffRequest, service_id: int) -> Service:
    get_city_row_or_404(request, "administer", Service, service_id)
    return Service.objects.select_related("jurisdiction", "current__department__calendar").get(pk=service_id)


def _was_previewed(form: TargetForm) -> bool:
    try:
        previewed: list[str] = signing.loads(form.cleaned_data["previewed"], salt=PREVIEWED)
    except signing.BadSignature:
        return False
    return previewed == form.digest()


def _save(request: StaffRequest, target: Target, seen: str | None) -> HttpResponse:
    saved = actions.set_target(target, actor=request.user, seen=seen)
    log.info("target_set", target_id=saved.pk, user_id=request.user.pk)
    messages.success(request, _("Target saved."))
    return redirect("staff_app:service_targets", saved.service_id)


def target_rows(service: Service) -> list[Row]:
    """Every target of a service; of those with the same scope, only the newest that has begun is current."""
    now = app_now()
    every = Target.objects.filter(service=service).select_related("calendar", "area", "recorded_by")
    seen, rows = set(), []
    for target in every.order_by("-valid_from", "-id"):
        scope = (target.kind, target.priority, target.area_id)
        is_future = target.valid_from > now
        rows.append(_row(target, is_future=is_future, is_current=not is_future and scope not in seen))
        if not is_future:
            seen.add(scope)
    return sorted(
        rows, key=lambda row: (row.target.area_id or 0, row.target.priority or 0) if row.is_current else (0, 0)
    )


def _row(target: Target, *, is_future: bool, is_current: bool) -> Row:
    length = target_length(target.value, target.unit)
    return Row(target=target, length=length, scope=_scope(target), is_future=is_future, is_current=is_current)


def _scope(target: Target) -> str:
    parts = [_("Priority %(n)s") % {"n": target.priority}] if target.priority else []
    if target.area is not None:
        parts.append(area_label(target.area.layer, target.area.name))
    return " · ".join(parts) or _("Every report")


def _with_targets(services: list[Any]) -> list[dict[str, Any]]:
    """The services with their general targets of today, in one query for all of them."""
    now = app_now()
    by_service: dict[int, list[Target]] = {}
    for target in Target.objects.filter(service__in=services).order_by("valid_from", "id"):
        by_service.setdefault(target.service_id, []).append(target)
    rows = []
    for service in services:
        own = by_service.get(service.pk, [])
        general = {
            one.kind: one for one in own if one.valid_from <= now and one.priority is None and one.area_id is None
        }
        rows.append(
            {
                "service": service,
                **{kind: target_length(one.value, one.unit) for kind, one in general.items()},
                "special": len({(t.kind, t.priority, t.area_id) for t in own if t.priority or t.area_id}),
                "future": sum(one.valid_from > now for one in own),
            }
        )
    return rows
