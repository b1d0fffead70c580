"""The door through which a device sends what it kept without a network: each photo, and then the report.

What it answers is JSON for static/js/offline/sending.js, by "state":

kept (200)      the photo is here
sent (200)      reference and url of the request; earlier: it had been made before
needs (200)     url of one of our pages, where the person must answer or correct something; message says what
failed (422)    message, and by field what must be changed on the device
photos (409)    photos that the report names are not here: send them once more
gone (404)      "ask" alone: it waited too long for the person
waiting (429, 400, 403)   not taken now; 403: no cookie yet, 400: not one of our devices
"""

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from requests_app import limits, links, photos
from requests_app.actions import drafts, offline_submission, submission
from requests_app.models import AccessLink, Draft, PublicState
from requests_app.rules.report_path import Path, offered
from requests_app.web.city_request import CityRequest, too_much
from requests_app.web.offline.payload import OfflinePayload
from requests_app.web.photo_uploads import PHOTOS_AN_HOUR
from requests_app.web.report import spam_signals
from requests_app.web.report.draft_page import page_url
from requests_app.web.report.forms import typed_point
from requests_app.web.report.start import DRAFTS_AN_HOUR
from requests_app.web.visitor import COOKIE, visitor_of

TRIES_AN_HOUR = 3000
DoorView = Callable[[CityRequest, uuid.UUID, Draft | None], HttpResponse]


def of_device(view: DoorView) -> Callable[[CityRequest], HttpResponse]:
    """Finds what came with the device's key before; what was sent already needs nothing more."""

    @never_cache
    @require_POST
    @wraps(view)
    def guarded(request: CityRequest) -> HttpResponse:
        visitor, key = request.COOKIES.get(COOKIE, ""), _key(request.POST.get("key", ""))
        if key is None or visitor != visitor_of(request):
            return JsonResponse({"state": "waiting"}, status=400 if key is None else 403)
        if not limits.allow(request, "offline", TRIES_AN_HOUR):
            return _later(request)
        draft = offline_submission.find(request.jurisdiction, visitor=visitor, key=key)
        link = drafts.link_of(draft) if draft else offline_submission.link_made_by(request.jurisdiction, key)
        return _sent(link, draft, earlier=True) if link else view(request, key, draft)

    return guarded


@of_device
def offline_photo(request: CityRequest, key: uuid.UUID, draft: Draft | None) -> HttpResponse:
    upload, photo_key = request.FILES.get("photo"), request.POST.get("photo_key", "")[:64]
    if upload is None or not photo_key:
        return _failed({"photos": photos.refusal("not_a_photo")})
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
    """One kept report. However often it comes, it makes one request."""
    if "ask" in request.POST:
        # What became of a report that needed the person.
        return _needs(draft, Path(draft).next_page()) if draft else JsonResponse({"state": "gone"}, status=404)
    version = offered(request.jurisdiction.pk, request.POST.get("service", "").replace("\x00", "")[:60])
    report = OfflinePayload(request.POST, jurisdiction=request.jurisdiction, version=version)
    if problems := report.problems():
        return _failed(problems)
    draft = draft or _begin(request, key)
    if draft is None:
        return _later(request)
    typed = report.typed(request.LANGUAGE_CODE)
    try:
        page = offline_submission.arrive(
            draft,
            revision=report.revision,
            typed=typed,
            said_no=report.said_no,
            photos=report.photos,
            # What was sent before is counted once.
            over_limit=draft.service_request_id is None and spam_signals.over_limit(request, typed),
        )
    except offline_submission.PhotosMissing:
        return JsonResponse({"state": "photos"}, status=409)
    except submission.IdempotencyConflict:
        # The key made a request already, from another device or at this very moment.
        return JsonResponse({"state": "waiting"}, status=400)
    if page:
        return _needs(draft, page)
    draft.refresh_from_db()
    link = drafts.link_of(draft)
    return _sent(link, draft) if link else JsonResponse({"state": "gone"}, status=404)


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _begin(request: CityRequest, key: uuid.UUID) -> Draft | None:
    """None: too many new ones came from this address."""
    if not limits.allow(request, "draft", DRAFTS_AN_HOUR):
        return None
    return offline_submission.begin(
        request.jurisdiction, visitor=visitor_of(request), key=key, language=request.LANGUAGE_CODE
    )


# --- What we answer ---------------------------------------------------------------------------------------------------


def _later(request: CityRequest) -> JsonResponse:
    return JsonResponse({"state": "waiting", "message": too_much(request.jurisdiction)}, status=429)


def _sent(link: AccessLink, draft: Draft | None, *, earlier: bool = False) -> JsonResponse:
    if link.service_request.public_state == PublicState.UNCONFIRMED:
        # Its page can mail the link again; a device that lost its cookie cannot open it.
        page = page_url(draft, "sent") if draft else reverse("requests_app:home")
        words = _("One more step: press the link in our mail.")
        return JsonResponse({"state": "needs", "message": words, "url": page})
    url = reverse("requests_app:private_link", args=[links.token(link)])
    reference = link.service_request.display_reference
    is_held = link.service_request.public_state == PublicState.PENDING_REVIEW
    words = _("Someone will review it before everyone can see it.") if is_held else ""
    return JsonResponse({"state": "sent", "reference": reference, "url": url, "earlier": earlier, "message": words})


def _failed(problems: dict[str, str]) -> JsonResponse:
    message = _("Something must be changed first.")
    return JsonResponse({"state": "failed", "message": message, "problems": problems}, status=422)


def _needs(draft: Draft, page: str) -> JsonResponse:
    """The page that asks, and why, in a sentence."""
    typed = draft.typed.get("place_typed") or {}
    point = typed_point(typed.get("lat", ""), typed.get("long", ""))
    if page == "location" and typed.get("address") and point is None:
        page = "choose_place"
    words = {
        "emergency": _("Please look at this first: is anyone in danger? If so, call %(number)s now.")
        % {"number": draft.jurisdiction.emergency_number},
        "service": _("This service is not offered any more. Choose another one."),
        "location": submission.outside_words(draft.jurisdiction, point) if point else _("Say where it is."),
        "choose_place": _("Several places may be meant. Choose the right one."),
        "contact": _("This service has to know who you are. Say how we reach you."),
        "owner": _("This place may belong to somebody else. Say whether we shall send it to them."),
        "other": _("Another service may be the right one. Choose."),
        "check": _("Look at your report once more and send it."),
    }.get(page, _("We need one more answer."))
    return JsonResponse({"state": "needs", "message": words, "url": page_url(draft, page)})
