"""Map files: what a city can upload, and what was uploaded."""

from typing import Any

import structlog
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from requests_app.imports import layer_import as imports
from requests_app.imports.layer_fields import KINDS
from requests_app.models import LayerImport
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.listing import Column, listing
from staff_app.setup.places import words
from staff_app.setup.places.forms import UploadForm

log = structlog.get_logger(__name__)


@staff_page
def layers(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    listed = listing(
        request,
        LayerImport.objects.filter(jurisdiction=request.jurisdiction).select_related("created_by"),
        caption=_("Uploaded files"),
        columns={
            "new": Column(_("File"), ["id"]),
            "kind": Column(_("What it is"), ["kind", "layer", "id"]),
            "state": Column(_("State")),
            "who": Column(_("Who")),
        },
        order="-new",
        row_template="staff_app/setup/places/_import_row.html",
        empty=_("No files yet."),
        search=["file_name", "layer"],
        describe=_described,
    )
    kinds = [{"code": code, "name": kind.name, "about": kind.about} for code, kind in KINDS.items()]
    return render(request, "staff_app/setup/places/layers.html", {"kinds": kinds, "list": listed})


def _described(rows: list[LayerImport]) -> list[dict[str, Any]]:
    return [
        {
            "layer_import": row,
            "kind": KINDS[row.kind].name,
            "state": words.state(row.state),
            "until": imports.undo_until(row),
        }
        for row in rows
    ]


@staff_page
def upload_layer(request: StaffRequest, kind: str) -> HttpResponse:
    need_in_city(request, "administer")
    if kind not in KINDS:
        raise Http404
    posted = request.method == "POST"
    form = UploadForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        city=request.jurisdiction,
        kind=kind,
        initial={"layer": request.GET.get("layer", "")[:40]},
    )
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = imports.upload(
                request.jurisdiction,
                kind,
                form.cleaned_data.get("layer", ""),
                file,
                name=file.name,
                size=file.size,
                actor=request.user,
            )
        except imports.FileRefused as refused:
            form.add_error("file", words.refusal(refused.code, refused.detail))
        else:
            log.info("layer_uploaded", layer_import_id=made.pk, kind=kind, user_id=request.user.pk)
            return redirect("staff_app:layer_import", made.pk)
    context = {"form": form, "kind": KINDS[kind]}
    return render(request, "staff_app/setup/places/upload_layer.html", context, status=422 if form.errors else 200)
