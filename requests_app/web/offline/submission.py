"""Where a device sends a report that it saved offline: first each photo, then the report.

The responses are JSON for static/js/offline/sending.js, by "state":

kept (200)      the photo was stored
sent (200)      reference and url of the request; earlier: it had already been created
needs (200)     url of the page where the person must answer or correct something; message says what
failed (422)    message, and by field what to change on the device
photos (409)    photos that the report names are missing: send them again
gone (404)      only for "ask": it waited too long for the person and was deleted
waiting (429, 400, 403)   not accepted now; 403: no cookie yet, 400: invalid key
"""

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from requests_app import links, photos
from requests_app.actions.report import drafts, offline_submission, submission
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.forms.report_forms import typed_point
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import AccessLink, Draft, PublicState
from requests_app.rules.report.path import Path, offered
from requests_app.rules.shared.rate_limits import PHOTOS_AN_HOUR
from requests_app.visitor import COOKIE, get_visitor
from requests_app.web.offline.payload import OfflinePayload
from requests_app.web.only_the_city import only_the_city
from requests_app.web.report import spam_signals
from requests_app.web.report.draft_page import page_url
from requests_app.web.report.start import DRAFTS_AN_HOUR

TRIES_AN_HOUR = 3000
DeviceView = Callable[[CityRequest, uuid.UUID, Draft | None], HttpResponse]


def of_device(view: DeviceView) -> Callable[[CityRequest], HttpResponse]:
    """Passes the view the draft with the device's key. A report that was already sent is answered here."""

    @never_cache
    @require_POST
    @wraps(view)
    def guarded(request: CityRequest) -> HttpResponse:
        visitor, key = request.COOKIES.get(COOKIE, ""), _key(request.POST.get("key", ""))
        if key is None or visitor != get_visitor(request):
            return JsonResponse({"state": "waiting"}, status=400 if key is None else 403)
        if not limits.allow(request, "offline", TRIES_AN_HOUR):
            return _later(request)
        draft = offline_submission.find(request.jurisdiction, visitor=visitor, key=key)
        link = drafts.private_link(draft) if draft else offline_submission.link_for_key(request.jurisdiction, key)
        return _sent(link, draft, earlier=True) if link else view(request, key, draft)

    return guarded


@of_device
def offline_photo(request: CityRequest, key: uuid.UUID, draft: Draft | None) -> HttpResponse:
    upload, photo_key = request.FILES.get("photo"), request.POST.get("photo_key", "")[:64]
    if upload is None or not photo_key:
        return _failed({"photos": photos.refusal_message("not_a_photo")})
    if not limits.allow(request, "photo", PHOTOS_AN_HOUR):
        return _later(request)
    draft = draft or _begin(request, key)
    if draft is None:
        return _later(request)
    try:
        drafts.add_photo(draft, upload, size=upload.size or 0, key=photo_key)
    except photos.PhotoRefused as error:
        return _failed({"photos": str(error)})
    return JsonResponse({"state": "kept"})


@of_device
def offline_send(request: CityRequest, key: uuid.UUID, draft: Draft | None) -> HttpResponse:
    """One saved report. It creates one request, however often it arrives."""
    if "ask" in request.POST:
        # The state of a report that needed the person.
        return _needs(draft, Path(draft).next_page()) if draft else JsonResponse({"state": "gone"}, status=404)
    version = offered(request.jurisdiction, request.POST.get("service", "").replace("\x00", "")[:60])
    report = OfflinePayload(request.POST, jurisdiction=request.jurisdiction, version=version)
    if problems := report.problems():
        return _failed(problems)
    draft = draft or _begin(request, key)
    if draft is None:
        return _later(request)
    typed = report.typed(request.LANGUAGE_CODE)
    try:
        page = offline_submission.receive(
            draft,
            revision=report.revision,
            typed=typed,
            said_no=report.said_no,
            photos=report.photos,
            # Count a report only once.
            over_limit=draft.service_request_id is None and spam_signals.over_limit(request, typed),
        )
    except offline_submission.PhotosMissing:
        return JsonResponse({"state": "photos"}, status=409)
    except submission.IdempotencyConflict:
        # The key already created a request, from another device or at this very moment.
        return JsonResponse({"state": "waiting"}, status=400)
    if page:
        return _needs(draft, page)
    draft.refresh_from_db()
    link = drafts.private_link(draft)
    return _sent(link, draft) if link else JsonResponse({"state": "gone"}, status=404)


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _begin(request: CityRequest, key: uuid.UUID) -> Draft | None:
    """A new draft; None if this network is over its limit."""
    if not limits.allow(request, "draft", DRAFTS_AN_HOUR):
        return None
    return offline_submission.create_draft(
        request.jurisdiction, visitor=get_visitor(request), key=key, language=request.LANGUAGE_CODE
    )


# --- Responses --------------------------------------------------------------------------------------------------------


def _later(request: CityRequest) -> JsonResponse:
    return JsonResponse({"state": "waiting", "message": too_many_requests(request.jurisdiction)}, status=429)


def _sent(link: AccessLink, draft: Draft | None, *, earlier: bool = False) -> JsonResponse:
    if link.service_request.public_state == PublicState.UNCONFIRMED:
        # That page can email the link again, but a device that lost its cookie cannot open it.
        page = page_url(draft, "sent") if draft else reverse("requests_app:home")
        words = _("One more step: select the link in our email.")
        return JsonResponse({"state": "needs", "message": words, "url": page})
    url = reverse("requests_app:private_link", args=[links.token(link)])
    reference = link.service_request.display_reference
    words = ""
    if link.service_request.public_state == PublicState.PENDING_REVIEW:
        words = _("Someone will review it before everyone can see it.")
    elif private := only_the_city(link.service_request):
        words = f"{_('Only the city can read this.')} {private['danger_help'].message()}"
    return JsonResponse({"state": "sent", "reference": reference, "url": url, "earlier": earlier, "message": words})


def _failed(problems: dict[str, str]) -> JsonResponse:
    message = _("Please fix this first.")
    return JsonResponse({"state": "failed", "message": message, "problems": problems}, status=422)


def _needs(draft: Draft, page: str) -> JsonResponse:
    """The page that needs the person, with a sentence that says why."""
    typed = draft.typed.get("place_typed") or {}
    point = typed_point(typed.get("lat", ""), typed.get("long", ""))
    if page == "location" and typed.get("address") and point is None:
        page = "choose_location"
    sentence = {
        "emergency": _("First, is anyone in danger? If so, call %(number)s now.")
        % {"number": draft.jurisdiction.emergency_number},
        "service": _("We no longer offer this service. Choose another one."),
        "location": submission.outside_message(draft.jurisdiction, point) if point else _("Tell us where it is."),
        "choose_location": _("More than one place matches. Choose the right one."),
        "contact": _("We need to know who you are for this service. Tell us how to reach you."),
        "owner": _("This place may belong to someone else. Should we send your report to them?"),
        "other": _("Another service may be a better fit. Choose one."),
        "check": _("Check your report and send it."),
    }.get(page, _("We need one more answer from you."))
    return JsonResponse({"state": "needs", "message": sentence, "url": page_url(draft, page)})
