"""Check and send: what everyone can see, what only the city can see, and personal data the reporter may want to remove."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.report import drafts, offline_submission, submission
from requests_app.city_request import CityRequest
from requests_app.core.localized import localized
from requests_app.models import Article, Draft, QuestionVersion, ServiceVersion
from requests_app.places import named, street_works
from requests_app.places.drawn_pictures import drawn
from requests_app.places.map_picture import Mark, View
from requests_app.places.map_picture_links import NIGHT, SIZES
from requests_app.places.public_place import public_place, shows_asset
from requests_app.places.statement_timeout import TimeUpError
from requests_app.rules.publication.personal_data import Finding
from requests_app.rules.publication.public_words import KIND_WORDS, SHOWN_AT_ONCE, found_in, public_labels, public_words
from requests_app.rules.report.key_sentence import SHORT
from requests_app.rules.report.path import Path
from requests_app.rules.shared import question_kinds
from requests_app.web.report import spam_signals
from requests_app.web.report.draft_page import draft_page, page_url, show
from requests_app.web.resident import resident_of

Row = dict[str, Any]


@draft_page
def check(request: CityRequest, draft: Draft) -> HttpResponse:
    if request.method == "POST":
        try:
            resident = resident_of(request)
            drafts.submit(
                draft,
                checked=request.POST.get("version", ""),
                verified=resident.contact_point.normalized if resident else "",
                over_limit=spam_signals.over_limit(request, draft.typed),
            )
        except drafts.Incomplete as error:
            if "version" in request.POST:
                messages.warning(request, _("This form changed while you had it open. Please check your report again."))
            return redirect(page_url(draft, error.page))
        except submission.Refused as error:
            for problem in error.problems.values():
                messages.error(request, problem)
            return redirect(page_url(draft, offline_submission.PAGES.get(error.code, "details:1")))
        return redirect("requests_app:sent", draft.pk)
    path = Path(draft)
    page = path.next_page()
    if page != "check" or path.version is None:
        return redirect(page_url(draft, page))
    everyone, city = _shown_to(draft, path, path.version)
    findings = _findings(path, everyone)
    return show(
        request,
        "check",
        step=5,
        draft=draft,
        path=path,
        version=path.version,
        key_words=path.excerpt(path.text, path.version) if len(path.text) > SHORT else "",
        everyone=everyone,
        city_only=city,
        findings=findings[:SHOWN_AT_ONCE],
        left_out=len(findings[SHOWN_AT_ONCE:]),
        article=_article_of(request, path),
        work=street_works.here(request.jurisdiction, path.point, timezone.localdate()) if path.point else None,
        owner=path.other_owner if path.other_owner and path.other_owner.email else None,
    )


@draft_page
def check_map(request: CityRequest, draft: Draft, name: str) -> HttpResponse:
    """The place of a report that isn't sent yet, for its own browser only, so without an address that anyone could open."""
    city, point, size = request.jurisdiction, Path(draft).point, SIZES.get(name.removesuffix(NIGHT))
    if point is None or size is None or not city.basemap_version:
        raise Http404
    pin = Mark("pin", point.x, point.y)
    try:
        drawing = drawn(city, View.around(point, *size), [pin], ending="svg", dark=name.endswith(NIGHT))
    except TimeUpError:
        raise Http404 from None
    return HttpResponse(drawing, content_type="image/svg+xml")


@require_POST
@draft_page
def remove_text(request: CityRequest, draft: Draft) -> HttpResponse:
    """[Remove]: removes a finding from a public text and leaves everything else as it was typed."""
    where, words = request.POST.get("where", ""), request.POST.get("words", "")
    start = request.POST.get("start", "")
    if drafts.remove_passage(draft, where, words, near=int(start) if start.isdecimal() and len(start) < 6 else 0):
        messages.success(
            request, _("We removed “%(words)s” and left everything else as you typed it.") % {"words": words}
        )
    else:
        messages.info(request, _("That’s already gone from your report."))
    return redirect("requests_app:check", draft.pk)


def _shown_to(draft: Draft, path: Path, version: ServiceVersion) -> tuple[list[Row], list[Row]]:
    """The report's facts as two lists of rows: what everyone can see, and what only the city can see."""
    visibility = version.visibility
    confidential = path.is_private
    everyone: list[Row] = []
    city: list[Row] = []
    for_all = city if confidential else everyone
    language = path.typed.get("text_language") or draft.language

    def row(label: str, value: str, page: str, **more: Any) -> Row:
        return {"label": label, "value": value, "url": page_url(draft, page), **more}

    for_all.append(row(_("Service"), localized(version.name), "service"))
    if path.text:
        for_all.append(row(_("Your description"), path.text, "details:1", lang=language, where="text"))
    address = path.place.get("address", "")
    _point, public_address = public_place(visibility, path.point, address)
    if not path.place:
        for_all.append(row(_("Place"), _("No specific place"), "location"))
    elif confidential:
        city.append(row(_("Place"), address or _("Pinned location"), "location"))
    else:
        shown = named.public_words(public_address) or (_("Pinned location") if not address else _("Not shown"))
        everyone.append(row(_("Place"), shown, "location", where="address"))
        if public_address != address and address:
            city.append(row(_("Exact place"), address, "location"))
    if path.asset_name:
        box = everyone if shows_asset(visibility) else city
        box.append(row(_("Which one"), path.asset_name, "choose_asset" if path.nearby_assets else "location"))
    if note := path.place.get("note"):
        city.append(row(_("How to find it"), note, "location", lang=language, where="note"))
    for number, questions in enumerate(path.pages, 1):
        codes = {question.code for question in questions}
        for question, _value, words in path.answers.answered:
            if question.code in codes:
                public = question.visibility == QuestionVersion.Visibility.PUBLIC and not confidential
                free = question.kind in question_kinds.FREE_TEXT
                more = {"lang": language, "where": f"answer:{question.code}"} if free else {}
                (everyone if public else city).append(row(localized(question.text), words, f"details:{number}", **more))
    if path.photos:
        box = city if confidential or path.answers.private_photos else everyone
        pictures = [{"photo": photo, "where": f"photo:{photo.name}", "value": photo.alt} for photo in path.photos]
        box.append(row(_("Photos"), "", "details:1", lang=language, photos=pictures))
    city += _contact_rows(draft, path)
    return everyone, city


def _findings(path: Path, everyone: list[Row]) -> list[Row]:
    """Possible personal data in the public rows, each with its location. Splits the rows' texts into parts to mark it."""
    findings = []
    words, labels = public_words(path), public_labels(path)
    for row in everyone:
        pieces = [(row["label"], row)]
        for number, photo in enumerate(row.get("photos", []), 1):
            pieces.append((_("Photo %(number)s") % {"number": number}, photo))
        for label, piece in pieces:
            where = piece.get("where", "")
            if text := words.get(where, ""):
                here = found_in(where, text, label=labels.get(where, ""))
                piece["parts"] = _parts(text, here)
                findings += [
                    {"kind": KIND_WORDS[item.kind], "match": item, "where": where, "label": label} for item in here
                ]
    return findings


def _parts(text: str, findings: list[Finding]) -> list[tuple[str, bool]]:
    """The text split into (words, is_found) pairs."""
    parts, at = [], 0
    for item in findings:
        parts += [(text[at : item.start], False), (item.text, True)]
        at = item.end
    return [*parts, (text[at:], False)]


def _contact_rows(draft: Draft, path: Path) -> list[Row]:
    contact = path.typed.get("contact") or {}
    url = page_url(draft, "contact")
    fields = [("email", _("Email")), ("phone", _("Phone")), ("name", _("Name"))]
    if path.version is not None and path.version.identity_words:
        fields.append(("postal_address", _("Postal address")))
    rows = [{"label": label, "value": contact[name], "url": url} for name, label in fields if contact.get(name)]
    if not contact.get("email") and not contact.get("phone"):
        rows.insert(0, {"label": _("How to reach you"), "value": _("Don’t contact me"), "url": url})
    elif contact.get("language") and len(draft.jurisdiction.languages) > 1:
        name = get_language_info(contact["language"])["name_local"].capitalize()
        rows.append({"label": _("Language"), "value": name, "url": url, "lang": contact["language"]})
    return rows


def _article_of(request: CityRequest, path: Path) -> Article | None:
    """The article that an answer leads to, if there is one."""
    code = path.answers.leads_to_article
    if not code:
        return None
    return Article.objects.public().filter(jurisdiction=request.jurisdiction, code=code).first()
