"""One uploaded map file: its columns, what was found in it on a map, what replacing the layer would move, and undo."""

from typing import Any

import structlog
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from requests_app.imports import layer_import as imports
from requests_app.imports.layer_fields import KINDS
from requests_app.models import LayerImport
from requests_app.rules.routing import consequences
from staff_app.decorators import StaffRequest, get_city_row_or_404, staff_page
from staff_app.setup.places import picture, words
from staff_app.setup.places.forms import MappingForm

log = structlog.get_logger(__name__)

State = LayerImport.State
BUSY = {State.CHECKING, State.APPLYING, State.UNDOING}


@staff_page
def layer_import(request: StaffRequest, import_id: int) -> HttpResponse:
    row = get_city_row_or_404(request, "administer", LayerImport, import_id)
    form, status = None, 200
    if row.state in (State.UPLOADED, State.CHECKED, State.FAILED) and row.path:
        form = MappingForm(request.POST if "check" in request.POST else None, layer_import=row)
    if request.method == "POST":
        try:
            if "check" in request.POST and form is not None:
                if form.is_valid():
                    imports.map_columns(row.pk, form.mapping())
                    return redirect("staff_app:layer_import", row.pk)
                status = 422
            elif "fix" in request.POST:
                imports.check_as_proposed(row.pk)
                return redirect("staff_app:layer_import", row.pk)
            elif "apply" in request.POST:
                imports.start_applying(row.pk, actor=request.user)
                log.info("layer_applied", layer_import_id=row.pk, user_id=request.user.pk)
                return redirect("staff_app:layer_import", row.pk)
            elif "undo" in request.POST:
                imports.start_undoing(row.pk, actor=request.user)
                log.info("layer_undone", layer_import_id=row.pk, user_id=request.user.pk)
                return redirect("staff_app:layer_import", row.pk)
        except imports.WrongState:
            messages.warning(request, _("Someone else already updated this file. This is its current state."))
            return redirect("staff_app:layer_import", row.pk)
    return render(request, "staff_app/setup/places/layer_import.html", _context(row, form), status=status)


def _context(row: LayerImport, form: MappingForm | None) -> dict[str, Any]:
    columns = row.found.get("columns", [])
    context: dict[str, Any] = {
        "row": row,
        "form": form,
        "kind": KINDS[row.kind],
        "state": words.state(row.state),
        "busy": row.state in BUSY,
        "done": imports.progress_of(row) if row.state in BUSY else None,
        "columns": columns,
        "first_rows": row.found.get("rows", []),
        "refused": words.refusal(row.failure) if row.failure else "",
        "problems": [{"row": one["row"], "text": words.problem(one)} for one in row.problems],
        "report": row.report,
        "moved": _moved(row.report),
        "moves": words.moves(row.report),
        "can_apply": row.state == State.CHECKED and bool(row.report.get("good")),
        "can_undo": imports.can_undo(row),
    }
    if row.state == State.CHECKED and row.report.get("proposed"):
        context["fix"] = words.fix(row.report["proposed"])
        context["fixed"] = picture.of_proposal(row)
    if row.state == State.CHECKED and row.report.get("gone_codes"):
        gone = [(row.layer, code) for code in row.report["gone_codes"]]
        context["affected"] = consequences.of_change(row.jurisdiction, lambda known: known.without_areas(gone))
    if row.state in (State.CHECKED, State.APPLIED):
        context["picture"] = picture.of_import(row)
    return context


def _moved(report: dict[str, Any]) -> str:
    """The sentence that matters most: how many requests change their area."""
    count = report.get("moved")
    if count is None:
        return ""
    if not count:
        return _("No requests change areas.")
    return ngettext("%(count)d request changes areas.", "%(count)d requests change areas.", count) % {"count": count}


@staff_page
@require_safe
def layer_shapes(request: StaffRequest, import_id: int) -> HttpResponse:
    """What the map draws: the new set, the set that it replaces, and what was left out."""
    row = get_city_row_or_404(request, "administer", LayerImport, import_id)
    return JsonResponse(picture.as_geojson(row))
