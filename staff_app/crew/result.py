"""Receiving the result of a stop, and its photos one by one. A phone that sends it asks for JSON; the form without a script gets
pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app import photos
from requests_app.access import get_request_or_404
from requests_app.actions.work import crew_results
from requests_app.core import limits
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import CrewResult, Photo, ServiceRequest
from requests_app.rules.shared import rate_limits
from requests_app.rules.shared.lifecycle import TRANSITIONS, IllegalTransition
from requests_app.rules.work import crew_results as rules
from staff_app import last_event
from staff_app.crew import result_form
from staff_app.crew.choices import Choice, Lists, choices
from staff_app.crew.result_form import Result
from staff_app.decorators import StaffRequest, staff_page
from staff_app.request import timeline
from staff_app.request.actions import ACTION_BY_VERB
from staff_app.request.forms import ActionForm
from staff_app.request.marked_texts import Mark

# The files of the form without a script.
FILES = {"photo_before": Photo.Stage.BEFORE.value, "photo": Photo.Stage.AFTER.value}
# The actions of the request's page, by the event of each.
VERBS = {"resolved": "resolve", "put_on_hold": "hold", "triaged": "triage", "visited": "visit"}
# Who may record a visit goes out.
PERMISSION = "visit"


@staff_page
@require_POST
def crew_photo(request: StaffRequest, reference: str) -> HttpResponse:
    """One photo, before its result: {"state": "kept"}, or "refused" with a message; "waiting" if it has to be sent later."""
    service_request = get_request_or_404(request.user, reference, PERMISSION, jurisdiction=request.jurisdiction)
    return take_photo(request, service_request)


def take_photo(request: StaffRequest, service_request: ServiceRequest) -> JsonResponse:
    """Also for a task, whose photos are kept with its request."""
    key, upload = result_form.key_of(request.POST.get("key", "")), request.FILES.get("photo")
    photo_key = request.POST.get("photo_key", "")[:64]
    if key is None or upload is None or not photo_key:
        return refused(_("The photo is missing."))
    try:
        _store(request, service_request, key, photo_key, upload)
    except photos.PhotoRefused as error:
        return refused(str(error))
    except TooMany:
        return JsonResponse({"state": "waiting", "message": too_many_requests(request.jurisdiction)}, status=429)
    return JsonResponse({"state": "kept"})


class TooMany(Exception):
    pass


def _store(request: StaffRequest, service_request: ServiceRequest, key: Any, photo_key: str, upload: Any) -> None:
    if not limits.allow(request, "photo", rate_limits.PHOTOS_AN_HOUR):
        raise TooMany
    crew_results.add_photo(
        service_request, upload, size=upload.size or 0, key=key, photo_key=photo_key, actor=request.user
    )


@staff_page
def crew_result(request: StaffRequest, reference: str) -> HttpResponseBase:
    """Answers 422 if something is missing, and 409 if the request was ended or changed meanwhile: then only photos are kept."""
    service_request = get_request_or_404(request.user, reference, PERMISSION, jurisdiction=request.jurisdiction)
    if request.method != "POST":
        return redirect("staff_app:crew_stop", service_request.reference)
    result = Result.of(request.POST, seen=last_event.posted(request))
    if result.key is None:
        return _answer(request, service_request, result, {"outcome": _("Open the stop again.")})
    known = crew_results.find(service_request, key=result.key, actor=request.user)
    if known is not None:
        return _arrived(request, service_request, known)
    problems = take_files(request, service_request, result)
    choice = _choice(request, service_request, result.code)
    if choice is None:
        problems["outcome"] = _("Choose what happened.")
    if problems or choice is None:
        return _answer(request, service_request, result, problems)
    if not choice.is_done:
        result.photos = dict.fromkeys(result.photos, Photo.Stage.BEFORE.value)
    form = result_form.action_form(service_request, request.user, choice, result)
    is_late = _is_late(request, service_request, choice, result.seen)
    if not is_late and (not form.is_valid() or _named(form)):
        return _answer(request, service_request, result, _problems(form))

    def act() -> None:
        if is_late:
            raise IllegalTransition(service_request.status, choice.verb)
        result_form.perform(service_request, request.user, choice, form)

    sent = crew_results.Sent(
        key=result.key, actor=request.user, seen=result.seen, outcome=choice.code, photos=result.photos
    )
    try:
        crew_result = crew_results.receive(service_request, act, sent)
    except crew_results.PhotosMissing:
        if wants_json(request):
            return photos_missing()
        return _answer(request, service_request, result, {"photo": _("Your photo is missing. Choose it again.")})
    return _arrived(request, service_request, crew_result)


def _choice(request: StaffRequest, service_request: ServiceRequest, code: str) -> Choice | None:
    offered = choices(service_request, request.user, Lists.of(service_request.jurisdiction))
    return next((one for one in offered if one.code == code), None)


def take_files(request: StaffRequest, service_request: ServiceRequest, result: Result) -> dict[str, str]:
    """Stores the files of the form without a script, so that they needn't be chosen again. Returns what is wrong, by field."""
    problems: dict[str, str] = {}
    for name, stage in FILES.items():
        upload = request.FILES.get(name)
        if upload is None or result.key is None:
            continue
        try:
            _store(request, service_request, result.key, name, upload)
        except photos.PhotoRefused as error:
            problems[name] = str(error)
        except TooMany:
            problems[name] = too_many_requests(request.jurisdiction)
        else:
            result.photos[name] = stage
    return problems


def _is_late(request: StaffRequest, service_request: ServiceRequest, choice: Choice, seen: int) -> bool:
    """Whether it can't count anymore, so that nothing needs to be asked; receive() looks again, under the lock."""
    if (service_request.status, choice.verb) not in TRANSITIONS:
        return True
    return bool(rules.changes_for(service_request, seen, by_others_than=request.user))


def _named(form: ActionForm) -> list[Mark]:
    """Personal data in the words of a valid form, unless we offered them."""
    texts = form.checked_texts().values()
    return [] if all(form.is_ready_made(text) for text in texts) else form.marks()


def _problems(form: ActionForm) -> dict[str, str]:
    """The errors by field of our form; personal data in typed words is an error here, since a phone can't show it marked."""
    errors = {name: str(found[0]) for name, found in form.errors.items()}
    if not errors:
        named = ", ".join(f"“{mark.finding.text}”" for mark in _named(form))
        words = _(
            "Everyone can read this, and it may name somebody: %(words)s. Change it, or resolve it on the request’s page."
        )
        errors["words"] = words % {"words": named}
    return errors


# --- Answers ----------------------------------------------------------------------------------------------------------


def wants_json(request: StaffRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def photos_missing() -> JsonResponse:
    """The phone sends the photos again, then the result."""
    return JsonResponse({"state": "photos"}, status=409)


def refused(message: str, **more: Any) -> JsonResponse:
    return JsonResponse({"state": "refused", "message": message, **more}, status=422)


def _answer(
    request: StaffRequest, service_request: ServiceRequest, result: Result, problems: dict[str, str]
) -> HttpResponse:
    """422 with what is missing."""
    if wants_json(request):
        return refused(" ".join(problems.values()), problems=problems)
    context = result_form.context(service_request, request.user, shown=result.seen, result=result)
    return render(request, "staff_app/crew/crew_result.html", {**context, "problems": problems}, status=422)


def _arrived(request: StaffRequest, service_request: ServiceRequest, crew_result: CrewResult) -> HttpResponseBase:
    """The answer to a result that has arrived, now or before."""
    is_late = crew_result.state == CrewResult.State.LATE
    verb = VERBS.get(crew_result.event.kind if crew_result.event else "", "visit")
    if is_late:
        return say_late(
            request, late_words(request, service_request, crew_result), result_form.heading(service_request)
        )
    message = str(ACTION_BY_VERB[verb].success_message)
    return say_sent(request, message, f"{service_request.display_reference}: {message}")


def say_late(request: StaffRequest, message: str, heading: dict[str, str]) -> HttpResponseBase:
    """heading: of the page, for a form without a script."""
    if wants_json(request):
        return JsonResponse({"state": "late", "message": message}, status=409)
    context = {**heading, "late": message}
    return render(request, "staff_app/crew/crew_result.html", context, status=409)


def say_sent(request: StaffRequest, message: str, on_page: str) -> HttpResponseBase:
    """on_page: the message of the next page, for a form without a script."""
    if wants_json(request):
        return JsonResponse({"state": "sent", "message": message})
    messages.success(request, on_page)
    return redirect("staff_app:crew_day")


def late_words(request: StaffRequest, service_request: ServiceRequest, crew_result: CrewResult) -> str:
    """Who did what and when, and what was kept."""
    event = crew_result.event
    later_events = rules.changes_for(
        service_request, crew_result.seen, by_others_than=request.user, before=event.pk if event else 0
    ) or rules.ending_of(service_request, before=event.pk if event else 0)
    zone = service_request.jurisdiction.zone
    changes = [
        _("%(who)s, %(when)s: %(what)s")
        % {"who": one.who, "when": date_format(localtime(one.at, zone), "DATETIME_FORMAT"), "what": one.what}
        for one in timeline.change_lines(service_request, later_events)
    ]
    sentences = [
        _("Someone else already updated this."),
        "; ".join(changes) + "." if changes else "",
        kept_words(crew_result),
    ]
    return " ".join(sentences).replace("  ", " ")


def kept_words(crew_result: CrewResult) -> str:
    """What became of a result that came too late."""
    if crew_result.event is not None and crew_result.event.data.get("photos", 0):
        return _("We saved your photos on the request, for staff only. Nothing else changed.")
    return _("Nothing was changed.")
