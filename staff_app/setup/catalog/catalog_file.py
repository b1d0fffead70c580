"""The catalog as a file: download it, upload one, see what would change in words, and then save it or not."""

import hashlib
from dataclasses import dataclass
from typing import Any

import structlog
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from requests_app.actions.answers import articles
from requests_app.imports.catalog import (
    EXPORTED_PARTS,
    SetupChangedError,
    check,
    dry_run,
    export_catalog,
    export_part,
    save,
)
from requests_app.imports.catalog_changes import Change, names_with
from requests_app.imports.catalog_file import Catalog, parse_catalog
from requests_app.imports.catalog_text import catalog_text
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.starter import import_starter, missing_languages
from requests_app.models import Jurisdiction, Service
from requests_app.rules.routing import consequences
from requests_app.rules.routing.checks import Known
from requests_app.rules.routing.consequences import Consequence
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.catalog.forms import CatalogFileForm

log = structlog.get_logger(__name__)

# How long an upload waits for "Save these changes".
KEPT_S = 60 * 60


@dataclass(frozen=True)
class Upload:
    """A file that its user has not saved yet, with what it would change. fingerprint: of the catalog that it was compared with."""

    name: str
    content: bytes
    changes: list[Change]
    fingerprint: str

    @property
    def code(self) -> str:
        """Which differences somebody has seen: of this file, compared with that catalog."""
        return hashlib.sha256(self.content + self.fingerprint.encode()).hexdigest()


@staff_page
def catalog_file(request: StaffRequest) -> HttpResponse:
    """The download link and the upload form. A file with mistakes is answered with all of them, by line and column."""
    need_in_city(request, "administer")
    form = CatalogFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            _keep(request, file.name, file.read())
            if _kept(request) is not None:
                return redirect("staff_app:catalog_check")
            form.add_error("file", _("We couldn’t save the file. Try again in a minute."))
        except ImportProblemError as error:
            lines = str(error).splitlines()
            context["problems"] = lines[1:] or lines
            context["file_name"] = file.name
    if not Service.objects.filter(jurisdiction=request.jurisdiction).exists():
        context["is_new_city"] = True
        context["missing"] = [
            get_language_info(one)["name_translated"] for one in missing_languages(request.jurisdiction)
        ]
    status = 422 if form.errors or "problems" in context else 200
    return render(request, "staff_app/setup/catalog/catalog_file.html", context, status=status)


@staff_page
@require_safe
def catalog_export(request: StaffRequest) -> HttpResponse:
    """The whole catalog, or the part that `part` names."""
    need_in_city(request, "administer")
    part = request.GET.get("part", "")
    if part and part not in EXPORTED_PARTS:
        raise Http404
    catalog = export_part(request.jurisdiction, part) if part else export_catalog(request.jurisdiction)
    response = HttpResponse(catalog_text(catalog), content_type="application/yaml")
    response["Content-Disposition"] = f'attachment; filename="{part or "catalog"}-{request.jurisdiction.pk}.yaml"'
    return response


@staff_page
def catalog_check(request: StaffRequest) -> HttpResponse:
    """What the uploaded file would change. POST saves it, unless the catalog has changed since: then the differences are new."""
    need_in_city(request, "administer")
    upload = _kept(request)
    if upload is None:
        messages.info(request, _("There’s no file waiting. Upload it again."))
        return redirect("staff_app:catalog_file")
    if request.method != "POST":
        return _show(request, upload)
    if "cancel" in request.POST:
        cache.delete(_key(request))
        messages.info(request, _("Nothing was changed."))
        return redirect("staff_app:catalog_file")
    try:
        catalog = _checked(request, upload.name, upload.content)
        _check_second_person(request.jurisdiction, upload.changes)
        if request.POST.get("code") != upload.code:
            raise SetupChangedError
        save(request.jurisdiction, catalog, request.user, expected=upload.fingerprint)
    except SetupChangedError:
        upload = _keep(request, upload.name, upload.content)
        return _show(request, upload, has_changed=True, status=409)
    except ImportProblemError as error:
        # Something it refers to was removed meanwhile.
        lines = str(error).splitlines()
        context = {"form": CatalogFileForm(), "problems": lines[1:] or lines, "file_name": upload.name}
        return render(request, "staff_app/setup/catalog/catalog_file.html", context, status=422)
    cache.delete(_key(request))
    log.info("catalog_imported", rows=len(upload.changes), user_id=request.user.pk)
    count = len(upload.changes)
    words = ngettext("%(count)d change was saved.", "%(count)d changes were saved.", count)
    messages.success(request, words % {"count": count})
    return redirect("staff_app:catalog_file")


@staff_page
@require_POST
def catalog_starter(request: StaffRequest) -> HttpResponse:
    """The starter catalog, for a city without services."""
    need_in_city(request, "administer")
    if Service.objects.filter(jurisdiction=request.jurisdiction).exists():
        messages.error(request, _("The city has services already, so the starter catalog wasn’t added."))
        return redirect("staff_app:catalog_file")
    count = import_starter(request.jurisdiction, request.user)["services"]
    log.info("starter_catalog_imported", user_id=request.user.pk)
    words = ngettext("%(count)d service was added.", "%(count)d services were added.", count)
    messages.success(request, words % {"count": count})
    return redirect("staff_app:catalog_file")


def _show(request: StaffRequest, upload: Upload, *, has_changed: bool = False, status: int = 200) -> HttpResponse:
    names = names_with(request.jurisdiction, upload.changes)
    changes = [(change.title, change.sentences(names)) for change in upload.changes]
    context = {
        "upload": upload,
        "changes": changes,
        "has_changed": has_changed,
        "affected": _affected_rules(request.jurisdiction, upload.changes, names),
    }
    return render(request, "staff_app/setup/catalog/catalog_check.html", context, status=status)


def _affected_rules(city: Jurisdiction, changes: list[Change], names: Names) -> list[Consequence]:
    """The routing rules that end, or lose a service, a question or an answer."""

    def change(known: Known) -> Known:
        for one in changes:
            is_active = one.after is not None and one.after.get("active", True)
            if one.kind == "service":
                questions = one.after.get("questions") or [] if one.after else []
                known = known.with_service(one.key, consequences.answers_of(questions) if is_active else None)
            elif one.kind == "department" and not is_active:
                known = known.without_department(one.key)
        return known

    routing = next((one.after for one in changes if one.kind == "routing"), None)
    return consequences.of_change(city, change, lambda rules: routing["rules"] if routing else rules, names=names)


def _checked(request: StaffRequest, name: str, content: bytes) -> Catalog:
    catalog = parse_catalog(name, content)
    check(request.jurisdiction, catalog)
    return catalog


def _check_second_person(city: Jurisdiction, changes: list[Change]) -> None:
    """Raises ImportProblemError if a second person has to publish the articles that the file changes."""
    changed = [change.key for change in changes if change.kind == articles.KIND]
    if changed and city.second_person_publishes:
        lines = [f"Article {code}: a second person publishes articles here. Change it on its page." for code in changed]
        raise ImportProblemError("\n".join(["The catalog was not imported.", *lines]))


def _keep(request: StaffRequest, name: str, content: bytes) -> Upload:
    """Compares the file and keeps it for its user. Raises ImportProblemError."""
    changes, fingerprint = dry_run(request.jurisdiction, _checked(request, name, content))
    _check_second_person(request.jurisdiction, changes)
    upload = Upload(name, content, changes, fingerprint)
    cache.set(_key(request), upload, KEPT_S)
    return upload


def _kept(request: StaffRequest) -> Upload | None:
    found = cache.get(_key(request))
    return found if isinstance(found, Upload) else None


def _key(request: StaffRequest) -> str:
    return f"catalog_file:{request.jurisdiction.pk}:{request.user.pk}"
