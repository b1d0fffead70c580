"""Report what staff saw themselves: a photo, the service, send. A phone that kept it without a network asks for JSON."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app import access, photos
from requests_app.actions.report import drafts, offline_submission, staff_reports, submission
from requests_app.core import limits
from requests_app.core.localized import localized
from requests_app.messages import wording
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Draft, Jurisdiction, ServiceRequest, ServiceVersion, User
from requests_app.models.states import UNKNOWN_SERVICE
from requests_app.rules.people import permissions
from requests_app.rules.publication.public_words import found_in, public_labels, public_words
from requests_app.rules.report.path import Path
from requests_app.rules.setup.offered_services import offered_versions
from requests_app.rules.shared import directory, rate_limits
from staff_app.crew import result_form
from staff_app.crew.result import refused, wants_json
from staff_app.decorators import StaffRequest, staff_page
from staff_app.report.forms import StaffReportForm

# Services that are shown at once; all others are one tap away.
SHOWN_FIRST = 6


@staff_page
def staff_report(request: StaffRequest) -> HttpResponse:
    """?stop= (a report number) begins at the place of that stop."""
    if request.method != "POST":
        return _show(request, _form(request, None, photos=0))
    key = result_form.key_of(request.POST.get("key", ""))
    if key is None:
        return _answer(request, {"key": _("Open this page again.")}, None)
    draft = staff_reports.find(request.jurisdiction, user=request.user, key=key)
    if draft is not None and draft.service_request is not None:
        return arrived(request, draft.service_request)
    if wants_json(request):
        return _receive(request, key, draft)
    draft = draft or _begin(request, key)
    problems = _take_files(request, draft)
    form = _form(request, draft, photos=draft.photos.count())
    if problems or not form.is_valid():
        return _show(request, form, draft=draft, problems=problems, status=422)
    drafts.save(draft, **form.typed(), text_language=request.LANGUAGE_CODE, **_all_shown(request, form))
    return go_on(request, draft)


def offered_to(user: User, jurisdiction: Jurisdiction) -> list[ServiceVersion]:
    """The services that they may report today."""
    return offered_versions(jurisdiction, to_staff=permissions.reports_staff_services(user, jurisdiction))


def _form(request: StaffRequest, draft: Draft | None, *, photos: int) -> StaffReportForm:
    return StaffReportForm(
        request.POST if request.method == "POST" else None,
        city=request.jurisdiction,
        offered=offered_to(request.user, request.jurisdiction),
        photos=photos,
        initial=None if request.method == "POST" else _place_of_stop(request),
    )


def _place_of_stop(request: StaffRequest) -> dict[str, Any]:
    """Where they are: at the stop of their day that they came from."""
    reference = request.GET.get("stop", "")[:40]
    if not reference:
        return {}
    stop = access.get_request_or_404(request.user, reference, "view", jurisdiction=request.jurisdiction)
    place = drafts.place_of(stop)
    return {name: place[name] for name in ("address", "lat", "long") if name in place}


def _begin(request: StaffRequest, key: uuid.UUID) -> Draft:
    return staff_reports.begin(request.jurisdiction, user=request.user, key=key, language=request.LANGUAGE_CODE)


def _all_shown(request: StaffRequest, form: StaffReportForm) -> dict[str, Any]:
    """Questions that may stay open aren't asked on pages of their own: a required one still is."""
    code = form.cleaned_data["service"]
    version = next(one for one in offered_to(request.user, request.jurisdiction) if one.service.service_code == code)
    return {"shown": ["words", *version.questions.values_list("code", flat=True)]}


def go_on(request: StaffRequest, draft: Draft) -> HttpResponse:
    """Sends it if nothing is missing and nothing in it may name somebody; otherwise asks."""
    path = Path(draft)
    if path.next_page() != "check" or path.version is None or _names_somebody(path):
        return redirect("staff_app:staff_report_step", draft.pk)
    try:
        service_request = drafts.submit(draft, checked=str(path.version.pk))
    except (drafts.Incomplete, submission.Refused):
        # Its service, or what was typed in another tab, has changed meanwhile.
        return redirect("staff_app:staff_report_step", draft.pk)
    return arrived(request, service_request)


def _names_somebody(path: Path) -> bool:
    labels = public_labels(path)
    return any(found_in(where, text, label=labels.get(where, "")) for where, text in public_words(path).items())


# --- Photos -----------------------------------------------------------------------------------------------------------


class TooMany(Exception):
    """Of photos from this network in an hour."""


def _store(request: StaffRequest, draft: Draft, photo_key: str, upload: Any) -> None:
    """Raises photos.PhotoRefused and TooMany."""
    if not limits.allow(request, "photo", rate_limits.PHOTOS_AN_HOUR):
        raise TooMany
    drafts.add_photo(draft, upload, size=upload.size or 0, key=photo_key)


def _take_files(request: StaffRequest, draft: Draft) -> list[str]:
    """Stores the photos of the form without a script, so that they needn't be chosen again. Returns what is wrong with them."""
    problems = []
    for upload in request.FILES.getlist("photos"):
        try:
            _store(request, draft, "", upload)
        except photos.PhotoRefused as error:
            problems.append(str(error))
        except TooMany:
            return [*problems, too_many_requests(request.jurisdiction)]
    return problems


@require_POST
@staff_page
def staff_report_photo(request: StaffRequest) -> HttpResponse:
    """One photo, before its report: {"state": "kept"}, or "refused" with a message; "waiting" if it has to be sent later."""
    key, upload = result_form.key_of(request.POST.get("key", "")), request.FILES.get("photo")
    photo_key = request.POST.get("photo_key", "")[:64]
    if key is None or upload is None or not photo_key:
        return refused(_("The photo is missing."))
    draft = staff_reports.find(request.jurisdiction, user=request.user, key=key) or _begin(request, key)
    if draft.service_request_id is not None:
        return JsonResponse({"state": "kept"})
    try:
        _store(request, draft, photo_key, upload)
    except photos.PhotoRefused as error:
        return refused(str(error))
    except TooMany:
        return JsonResponse({"state": "waiting", "message": too_many_requests(request.jurisdiction)}, status=429)
    return JsonResponse({"state": "kept"})


# --- From a phone without a network -----------------------------------------------------------------------------------


def _receive(request: StaffRequest, key: uuid.UUID, draft: Draft | None) -> HttpResponse:
    """As residents' devices (web/offline/submission.py): what only the person can answer needs them, all else is sent."""
    names = list(result_form.listed_photos(request.POST.get("photos", "")))[: photos.PHOTOS_MAX]
    form = _form(request, draft, photos=len(names))
    if not form.is_valid():
        return refused(" ".join(str(errors[0]) for errors in form.errors.values()))
    draft = draft or _begin(request, key)
    typed = form.typed() | {"text_language": request.LANGUAGE_CODE}
    try:
        page = offline_submission.receive(draft, revision=1, typed=typed, said_no=[], photos=dict.fromkeys(names, ""))
    except offline_submission.PhotosMissing:
        return JsonResponse({"state": "photos"}, status=409)
    except submission.IdempotencyConflict:
        return JsonResponse({"state": "waiting"}, status=429)
    draft.refresh_from_db(fields=["service_request"])
    if page or draft.service_request is None:
        url = reverse("staff_app:staff_report_step", args=[draft.pk])
        if page == "emergency":
            number = request.jurisdiction.emergency_number
            message = _("First, is anyone in danger? If so, call %(number)s now.") % {"number": number}
        else:
            message = _("We need one more answer from you.")
        return JsonResponse({"state": "needs", "message": message, "url": url})
    return arrived(request, draft.service_request)


# --- Answers ----------------------------------------------------------------------------------------------------------


def arrived(request: StaffRequest, service_request: ServiceRequest) -> HttpResponse:
    """The number, and who looks at it by when."""
    service_request.jurisdiction = request.jurisdiction
    directory.of(request.jurisdiction).fill([service_request])
    steps = [step.sentence for step in wording.promised_steps(service_request)[:1]]
    number = _("Your report number is %(number)s.") % {"number": service_request.display_reference}
    message = " ".join([number, *steps])
    if wants_json(request):
        return JsonResponse({"state": "sent", "message": message})
    messages.success(request, message)
    return redirect("staff_app:crew_day" if request.POST.get("from") == "day" else "staff_app:staff_report")


def _answer(request: StaffRequest, problems: dict[str, str], draft: Draft | None) -> HttpResponse:
    if wants_json(request):
        return refused(" ".join(problems.values()), problems=problems)
    form = _form(request, draft, photos=0)
    return _show(request, form, problems=list(problems.values()), status=422)


def _show(
    request: StaffRequest,
    form: StaffReportForm,
    *,
    draft: Draft | None = None,
    problems: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        **form_context(request, form),
        "report_key": draft.idempotency_key if draft is not None else uuid.uuid4(),
        "photo_count": draft.photos.count() if draft is not None else 0,
        "problems": problems,
        "recent": _recent(request),
    }
    return render(request, "staff_app/report/report.html", context, status=status)


def form_context(request: StaffRequest, form: StaffReportForm | None = None) -> dict[str, Any]:
    """For the form, also on the page of a crew's day."""
    offered = offered_to(request.user, request.jurisdiction)
    first = first_of(request.user, request.jurisdiction, offered)
    return {
        "form": form or _form(request, None, photos=0),
        "first_services": first,
        "other_services": [version for version in offered if version not in first],
        "report_key": uuid.uuid4(),
    }


def first_of(user: User, jurisdiction: Jurisdiction, offered: Sequence[ServiceVersion]) -> list[ServiceVersion]:
    """What they reported last, then what their departments do, then the staff's own services."""
    departments = {
        one.department_id for one in permissions.memberships_of(user) if one.jurisdiction_id == jurisdiction.pk
    }
    sent = [draft.service_request for draft in staff_reports.recent(jurisdiction, user=user)]
    last = [one.service_id for one in sent if one is not None]

    def rank(version: ServiceVersion) -> int:
        if version.service_id in last:
            return last.index(version.service_id) - len(last)
        if version.service.service_code == UNKNOWN_SERVICE:
            return 3
        if version.department_id in departments:
            return 0
        return 1 if version.visibility == ServiceVersion.Visibility.STAFF else 2

    return sorted(offered, key=rank)[:SHOWN_FIRST]


def unsent(request: StaffRequest) -> list[Draft]:
    """Their reports that still need an answer."""
    recent = staff_reports.recent(request.jurisdiction, user=request.user)
    return [draft for draft in recent if draft.service_request_id is None]


def _recent(request: StaffRequest) -> list[dict[str, Any]]:
    """Their reports of the last days, newest first; one that isn't sent yet goes on at its next question."""
    own = staff_reports.recent(request.jurisdiction, user=request.user)
    sent = [draft.service_request for draft in own if draft.service_request is not None]
    for service_request in sent:
        service_request.jurisdiction = request.jurisdiction
    directory.of(request.jurisdiction).fill(sent)
    return [
        {
            "draft": draft,
            "request": draft.service_request,
            "name": localized(draft.service_request.service_version.name) if draft.service_request else "",
            "status": wording.status_words(draft.service_request) if draft.service_request else "",
            "may_open": draft.service_request is not None
            and permissions.can(request.user, "view", draft.service_request),
        }
        for draft in own
    ]
