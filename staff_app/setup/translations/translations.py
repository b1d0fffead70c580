"""What has no Spanish yet, or no text in another language of the city; and a file for a translator, out and in."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import structlog
from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from requests_app.actions.setup import service_drafts
from requests_app.actions.setup.translations import save_all
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.core.languages import language_in_sentence, language_name
from requests_app.exports.translator_file import lines
from requests_app.imports.translated_texts import Kind, Passage
from requests_app.imports.translator_file import NotReadable, Plan, plan
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.translations.forms import TranslatorFileForm
from staff_app.setup.translations.kinds import KINDS, other_languages, passages, untranslated

log = structlog.get_logger(__name__)

PAGE = "staff_app/setup/translations/translations.html"
# Of each kind, until somebody asks for all of it; and then, on one page.
FIRST, SIZE = 10, 100
# Rows and lines on the page of an upload.
SHOWN = 200
# How long an upload waits for "Save these texts".
KEPT_S = 60 * 60


@dataclass(frozen=True)
class Upload:
    """A file that its user has not saved yet."""

    name: str
    language: str
    content: bytes


@dataclass(frozen=True)
class Row:
    where: str
    text: str
    url: str


@dataclass(frozen=True)
class Group:
    """The untranslated texts of one kind. all_url: of the page with all of them, if there are more than these rows."""

    kind: Kind
    count: int
    rows: list[Row]
    all_url: str = ""


@staff_page
def translations(request: StaffRequest) -> HttpResponse:
    """By kind, each text with the page where it is edited. ?language= chooses; ?kind= shows all of one kind. POST takes a file."""
    need_in_city(request, "administer")
    languages = other_languages(request.jurisdiction)
    if not languages:
        return render(request, PAGE, {"languages": []})
    language = _language(request, languages)
    form = TranslatorFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        upload = Upload(file.name, language, file.read())
        try:
            _plan(request, upload)
        except NotReadable as error:
            form.add_error("file", error.sentence)
        else:
            cache.set(_key(request), upload, KEPT_S)
            if _kept(request) is not None:
                return redirect("staff_app:translations_check")
            form.add_error("file", _("We couldn’t save the file. Try again in a minute."))
    context = {"form": form, **_lists(request, language, languages)}
    return render(request, PAGE, context, status=422 if form.errors else 200)


def _lists(request: StaffRequest, language: str, languages: list[str]) -> dict[str, Any]:
    city, chosen = request.jurisdiction, request.GET.get("kind", "")
    missing = untranslated(city, language)
    of_kind = {code: list(rows) for code, rows in groupby(missing, lambda passage: passage.kind.code)}
    groups, pager = [], {}
    for kind in KINDS:
        found = of_kind.get(kind.code, [])
        if not found or chosen not in ("", kind.code):
            continue
        shown, all_url = found[:FIRST], ""
        if chosen:
            page = Paginator(found, SIZE).get_page(request.GET.get("page"))
            shown, pager = list(page), _pager(page, language=language, kind=kind.code)
        elif len(found) > FIRST:
            all_url = f"?{urlencode({'language': language, 'kind': kind.code})}"
        groups.append(Group(kind, len(found), [_row(one, city.languages[0], language) for one in shown], all_url))
    return {
        # Not "language": that's what base.html calls the page's own.
        "missing_in": language,
        "languages": [{"code": code, "name": language_name(code)} for code in languages],
        "language_name": language_in_sentence(language),
        "first_language": city.languages[0],
        "first_name": language_in_sentence(city.languages[0]),
        "count": len(missing),
        "groups": groups,
        "kind": chosen,
        "pager": pager,
    }


def _pager(page: Page[Passage], **query: str) -> dict[str, str]:
    numbers = {
        "previous_url": page.previous_page_number() if page.has_previous() else 0,
        "next_url": page.next_page_number() if page.has_next() else 0,
    }
    return {name: f"?{urlencode({**query, 'page': number})}" if number else "" for name, number in numbers.items()}


def _row(passage: Passage, first: str, language: str) -> Row:
    return Row(passage.where, passage.text(first), passage.url(language))


@staff_page
@require_safe
def translator_file(request: StaffRequest) -> HttpResponse | StreamingHttpResponse:
    """The texts without a translation as CSV; with ?all=1, all of them."""
    need_in_city(request, "administer")
    city = request.jurisdiction
    language = _language(request, other_languages(city))
    rows = passages(city) if request.GET.get("all") else untranslated(city, language)
    response = HttpResponse("".join(lines(city, language, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="translations-{language}-{city.pk}.csv"'
    return response


@staff_page
def translations_check(request: StaffRequest) -> HttpResponse:
    """What the uploaded file would change. POST saves it, unless a text has changed since: then the differences are new."""
    need_in_city(request, "administer")
    upload = _kept(request)
    if upload is None or upload.language not in other_languages(request.jurisdiction):
        messages.info(request, _("There’s no file waiting. Upload it again."))
        return redirect("staff_app:translations")
    back = f"{reverse('staff_app:translations')}?{urlencode({'language': upload.language})}"
    if "cancel" in request.POST:
        cache.delete(_key(request))
        messages.info(request, _("Nothing was changed."))
        return redirect(back)
    made = _plan(request, upload)
    if request.method != "POST":
        return _show(request, upload, made)
    if request.POST.get("code") != made.code:
        return _show(request, upload, made, has_changed=True, status=409)
    try:
        save_all(made.to_save, request.user)
    except (ChangedMeanwhile, service_drafts.Conflict):
        made = _plan(request, upload)
        return _show(request, upload, made, has_changed=True, status=409)
    cache.delete(_key(request))
    log.info("translations_imported", texts=made.count, user_id=request.user.pk)
    words = ngettext("%(count)d text was saved.", "%(count)d texts were saved.", made.count) % {"count": made.count}
    if {code for code, _row in made.changes} & {"service", "article"}:
        words = f"{words} {_('Services and articles have them in drafts, which you publish.')}"
    messages.success(request, words)
    return redirect(back)


def _plan(request: StaffRequest, upload: Upload) -> Plan:
    city = request.jurisdiction
    return plan(city, upload.language, passages(city), upload.content)


def _show(
    request: StaffRequest, upload: Upload, made: Plan, *, has_changed: bool = False, status: int = 200
) -> HttpResponse:
    changes = list(made.changes.values())
    context = {
        "upload": upload,
        "plan": made,
        "changes": changes[:SHOWN],
        "more_changes": max(0, len(changes) - SHOWN),
        "left_out": made.left_out[:SHOWN],
        "more_left_out": max(0, len(made.left_out) - SHOWN),
        "has_changed": has_changed,
    }
    return render(request, "staff_app/setup/translations/translations_check.html", context, status=status)


def _language(request: StaffRequest, languages: list[str]) -> str:
    """The one that the address names, else the first. Raises Http404 for one that the city doesn't have."""
    language = request.GET.get("language", "") or next(iter(languages), "")
    if language not in languages:
        raise Http404
    return language


def _kept(request: StaffRequest) -> Upload | None:
    upload = cache.get(_key(request))
    return upload if isinstance(upload, Upload) else None


def _key(request: StaffRequest) -> str:
    return f"translator_file:{request.jurisdiction.pk}:{request.user.pk}"
