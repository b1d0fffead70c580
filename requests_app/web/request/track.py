"""The tracking page of a request, for the public and for its own people with their private link."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods

from requests_app import links, references
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.core.localized import localized
from requests_app.link_access import RequestAccess, access_request, allowed_actions
from requests_app.messages import moderation_notes, progress_steps, timeline, wording
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import (
    Answer,
    Area,
    Cadence,
    Comment,
    Disposition,
    Event,
    Photo,
    QuestionVersion,
    ServiceRequest,
    Status,
    SurveyAnswer,
    Target,
)
from requests_app.places import assets
from requests_app.places.public_place import shows_asset
from requests_app.rules.contacts import contacts
from requests_app.rules.people import permissions
from requests_app.rules.promises import expected, promises, suspensions
from requests_app.rules.promises.service_levels import target_for
from requests_app.rules.promises.typical_times import typical_time
from requests_app.rules.truth import surveys
from requests_app.rules.work import evidence, reopenings, status_history
from requests_app.rules.work.before_after import before_and_after
from requests_app.web.account.follow_forms import CadenceForm
from requests_app.web.only_the_city import only_the_city
from requests_app.web.request import share
from requests_app.web.request.forms import FindForm, WordsForm, words_form
from requests_app.web.request.not_found import request_not_found

# A library's or a shelter's computers share one address. Guessing shows by numbers that don't exist.
LOOKUPS_AN_HOUR = 3000
WRONG_NUMBERS_AN_HOUR = 300


@require_http_methods(["GET", "HEAD"])
def track(request: CityRequest, reference: str) -> HttpResponse:
    parsed = references.parse(reference)
    if parsed is not None and parsed != reference:
        # One URL per request, however it was typed, since the private link's cookie is bound to it.
        return redirect("requests_app:track", parsed)
    if not limits.allow(request, "lookup", LOOKUPS_AN_HOUR):
        return too_many(request)
    access = access_request(request, reference)
    if access is None:
        return _for_staff(request, parsed) or wrong_number(request, reference)
    return track_page(request, access)


def wrong_number(request: CityRequest, reference: str) -> HttpResponse:
    if not limits.allow(request, "wrong_number", WRONG_NUMBERS_AN_HOUR):
        return too_many(request)
    return request_not_found(request, reference)


def too_many(request: CityRequest) -> HttpResponse:
    return render(request, "requests_app/request/too_many.html", {"message": too_many_requests()}, status=429)


def track_page(
    request: CityRequest,
    access: RequestAccess,
    *,
    form: WordsForm | None = None,
    form_for: str = "",
    unsent: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """form: the invalid form of the action `form_for`. unsent: text that no action can take anymore."""
    context = {
        "access": access,
        "service_request": access.service_request,
        "shown": access.shown,
        "parent": access.parent,
        "is_confidential": not access.service_request.is_public,
        **_progress(request, access),
        **_ending(request, access.shown),
        **_pictures(access),
        **_texts(request, access),
        **_sharing(access),
        **_actions(access, form, form_for),
        # The invalid form, for the page's error summary.
        "form": form,
        "form_for": form_for,
        "unsent_texts": unsent,
        **(only_the_city(access.service_request) if access.own else {}),
    }
    response = render(request, "requests_app/request/track.html", context, status=status)
    if access.link is not None:
        response["Cache-Control"] = "private, no-store"
    return response


def _progress(request: CityRequest, access: RequestAccess) -> dict[str, Any]:
    """How far it is, what comes next and by when."""
    shown, promise = access.shown, promises.of(access.shown)
    to_reporter = access.own and access.parent is None
    by = promise.probably_by
    return {
        "status": wording.status_words(shown, to_reporter=to_reporter),
        "status_since": status_history.since(shown),
        "tone": _tone(shown),
        "next_step": wording.next_step(shown, promise, to_reporter=to_reporter),
        "steps": progress_steps.steps(shown),
        "expected_day": by.astimezone(request.jurisdiction.zone).date() if by else None,
        "line": expected.place_in_line(shown, typical_time(shown.service)),
        "usual": promise.usual,
        "kind_target": None if promise.usual else _kind_target(shown),
        "paused_by": suspensions.pausing(shown),
    }


def _ending(request: CityRequest, shown: ServiceRequest) -> dict[str, Any]:
    """How it ended, and what can follow."""
    resolution = _resolution(shown)
    return {
        "reopen_until": reopenings.last_day(shown),
        "no_reopens": reopenings.is_reopened_by_no(shown),
        "appeal": _appeal(shown),
        # Whether they recorded that nobody went there; they may have recorded nothing.
        "by_remote": not shown.visited_at and resolution.get("remote") is True,
        "no_evidence": evidence.reason_words(request.jurisdiction, str(resolution.get("no_evidence") or "")),
    }


def _pictures(access: RequestAccess) -> dict[str, Any]:
    """The photos of the report and of the work, each once, and notes for those that staff hid."""
    shown = access.shown
    work_photos, hidden_work = _photos(shown, Photo.Kind.WORK, own=False) if access.shows_words else ([], [])
    photos, hidden_photos = (
        _photos(access.service_request, Photo.Kind.REPORT, own=access.own) if access.shows_words else ([], [])
    )
    is_fixed = not shown.is_open and shown.disposition == Disposition.FIXED
    pair = before_and_after([*photos, *work_photos], is_fixed=is_fixed)
    return {
        "pair": pair,
        "photos": [one for one in photos if one not in (pair or ())],
        "hidden_photos": hidden_photos,
        "work_photos": [one for one in work_photos if one not in (pair or ())],
        "hidden_work": hidden_work,
    }


def _texts(request: CityRequest, access: RequestAccess) -> dict[str, Any]:
    """What was reported and what happened since, as far as this reader may read it."""
    service_request, own = access.service_request, access.own
    reader = access.link.person if access.link else None
    notes = moderation_notes.text_notes(service_request, access.parent)
    lines = timeline.lines(
        service_request,
        parent=access.parent,
        reporter=reader if own else None,
        reader=reader,
        notes=notes,
        with_texts=access.shows_words,
    )
    return {
        "notes": notes,
        "hidden_note": moderation_notes.hidden_note(service_request) if own else "",
        "lines": lines,
        "areas": _areas(service_request),
        "asset_name": _asset_name(request, service_request, own=own) if access.shows_words else "",
        "answers": _answers(service_request, own=own) if access.shows_words else [],
        "contacts": _masked_contacts(access),
    }


def _sharing(access: RequestAccess) -> dict[str, Any]:
    """For those it is shared with, and the page that changes by itself."""
    service_request = access.service_request
    return {
        "live_state": share.state_of(access),
        "share_url": share.share_url(service_request) if service_request.is_public else "",
        "card_url": _card_url(service_request),
        "shared_title": localized(service_request.service_version.name),
    }


def _actions(access: RequestAccess, form: WordsForm | None, form_for: str) -> dict[str, Any]:
    """What this reader may do now, with the forms for it."""
    acts = allowed_actions(access)
    is_withdrawn = access.shown.disposition == Disposition.WITHDRAWN
    forms = {act: words_form(act, is_withdrawn=is_withdrawn) for act in acts & {"answer", "add", "not_fixed"}}
    if form is not None:
        forms[form_for] = form
    gets_news = "news" in acts
    return {
        "acts": acts,
        "act_forms": forms,
        "question": _open_question(access),
        "news_on": gets_news,
        "cadence_form": CadenceForm(initial={"cadence": _cadence(access)}) if gets_news else None,
        "survey_answered": "survey" in acts and bool(_survey_answers(access)),
    }


def _survey_answers(access: RequestAccess) -> dict[str, SurveyAnswer]:
    """The reader's answers about the outcome that they are asked about now."""
    if access.link is None:
        return {}
    shown, person = access.shown, access.link.person
    outcome = surveys.outcome_asked_about(shown, person, through=access.service_request)
    return {} if outcome is None else surveys.answers_of(shown, person, outcome)


def _areas(service_request: ServiceRequest) -> list[Area]:
    """The areas of a public request, whose pages list it."""
    if not service_request.is_public:
        return []
    return list(service_request.areas.filter(is_ours=True).defer("polygon").order_by("layer", "code"))


def _asset_name(request: CityRequest, service_request: ServiceRequest, *, own: bool) -> str:
    """The asset it is about, for readers who may know the exact place."""
    may_know = own or shows_asset(service_request.service_version.visibility)
    asset = service_request.asset
    return assets.name_of(request.jurisdiction, asset) if asset and may_know else ""


def _for_staff(request: CityRequest, reference: str | None) -> HttpResponse | None:
    """Sends staff who may see the request to its page in the dashboard."""
    if not reference or not request.user.is_authenticated:
        return None
    found = ServiceRequest.objects.in_jurisdiction(request.jurisdiction).filter(reference=reference).first()
    if found is None or not permissions.can(request.user, "view", found):
        return None
    try:
        return redirect(reverse("staff_app:detail", args=[reference]))
    except NoReverseMatch:
        return None


def _resolution(shown: ServiceRequest) -> dict[str, Any]:
    """What staff recorded when they resolved it; empty while it is open."""
    if shown.is_open:
        return {}
    last = Event.objects.filter(service_request=shown, kind="resolved").order_by("-id").first()
    return dict(last.data) if last else {}


def _tone(shown: ServiceRequest) -> str:
    if shown.is_open:
        return "waiting" if shown.status == Status.ON_HOLD else ""
    good = (Disposition.FIXED, Disposition.ACTION_TAKEN, Disposition.ANSWERED)
    return "done" if shown.disposition in good else "waiting"


def _kind_target(service_request: ServiceRequest) -> Target | None:
    """The target that counts for it, if too few reports were closed recently to give a typical time."""
    return target_for(
        service_request.service,
        Target.Kind.RESOLVE,
        priority=service_request.priority,
        areas=service_request.areas.all(),
        at=service_request.submitted_at,
    )


def _open_question(access: RequestAccess) -> Comment | None:
    """Our latest question to the reporter, for them only."""
    if not access.own:
        return None
    service_request = access.service_request
    if not service_request.waits_for_reporter and service_request.disposition != Disposition.NO_REPLY:
        return None
    asked = service_request.comments.filter(kind=Comment.Kind.QUESTION, hidden_at=None)
    return asked.select_related("department").order_by("-id").first()


def _appeal(shown: ServiceRequest) -> dict[str, str]:
    """How to appeal, if the outcome is that we can't do it."""
    if shown.disposition != Disposition.CANNOT_DO:
        return {}
    reason = shown.jurisdiction.reasons_by_code.get(("cannot_do", shown.disposition_reason))
    return dict(reason.appeal) if reason else {}


def _photos(service_request: ServiceRequest, kind: str, *, own: bool) -> tuple[list[Photo], list[str]]:
    """The photos this reader may see, and a note for each that staff hid."""
    found = service_request.photos.filter(kind=kind).order_by("id")
    photos = list(found if own else found.filter(is_private=False))
    notes = [note for note in map(moderation_notes.photo_note, photos) if note]
    return [one for one in photos if one.hidden_at is None], notes


def _card_url(service_request: ServiceRequest) -> str:
    """The picture that goes with its page when somebody shares it."""
    if not service_request.is_public:
        return ""
    return links.base_url(service_request.jurisdiction) + reverse(
        "requests_app:share_card", args=[service_request.reference]
    )


def _answers(service_request: ServiceRequest, *, own: bool) -> list[Answer]:
    found = service_request.answers.select_related("question_version").order_by("question_version__order")
    return list(found if own else found.filter(question_version__visibility=QuestionVersion.Visibility.PUBLIC))


def _masked_contacts(access: RequestAccess) -> list[str]:
    """Masked contacts: enough to recognize your own, useless to anyone who found the link."""
    if access.link is None:
        return []
    return [masked(one.value) for one in access.link.person.contact_points.order_by("kind")]


def masked(value: str) -> str:
    """a…@example.org; …99 for a phone number."""
    name, at, host = value.partition("@")
    digits = "".join(letter for letter in value if letter.isdigit())
    return f"{name[:1]}…@{host}" if at else f"…{digits[-2:]}"


def _cadence(access: RequestAccess) -> str:
    part = access.link.person.participations.filter(service_request=access.service_request) if access.link else None
    first = part.order_by("id").first() if part is not None else None
    return first.cadence if first else Cadence.AT_ONCE


# --- Finding a report ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
def find(request: CityRequest) -> HttpResponse:
    """Finds a report by its number, in upper or lower case, forgiving letters that people confuse."""
    if "reference" not in request.GET:
        return render(request, "requests_app/request/find.html", {"form": FindForm()})
    form = FindForm({"reference": request.GET["reference"]})
    if form.is_valid() and (number := references.parse_contact(form.cleaned_data["reference"])):
        return _of_contact(request, form, number)
    if form.is_valid():
        return redirect("requests_app:track", form.cleaned_data["reference"])
    return render(request, "requests_app/request/find.html", {"form": form}, status=422)


def _of_contact(request: CityRequest, form: FindForm, number: str) -> HttpResponse:
    """The number that a call taker gave: the public reports of that contact, or whom to call. Nothing says whether there is one."""
    if not limits.allow(request, "lookup", LOOKUPS_AN_HOUR):
        return too_many(request)
    rows = contacts.public_requests(request.jurisdiction, number)
    if not rows and not limits.allow(request, "wrong_number", WRONG_NUMBERS_AN_HOUR):
        return too_many(request)
    now = wording.now_for(rows)
    of_contact = [{"request": row, "status": wording.status_words(row, to_reporter=False, now=now)} for row in rows]
    context = {"form": form, "contact_number": number, "of_contact": of_contact}
    response = render(request, "requests_app/request/find.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
