"""The day on the phone: what it keeps (nothing of the reporter), the page that works without a network, and its worker."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from requests_app import access
from requests_app.access import RELATED, with_last_event
from requests_app.city_request import CityRequest
from requests_app.core import sealed
from requests_app.core.localized import localized
from requests_app.core.service_worker import worker_script
from requests_app.models import CONFIDENTIAL, Disposition, ServiceRequest
from requests_app.rules.publication import known_people, redaction
from requests_app.rules.publication.known_people import NOBODY, Known
from requests_app.rules.work import evidence
from staff_app.crew import order, result_form, stops
from staff_app.crew.choices import Choice, Lists, choices, task_choices
from staff_app.crew.script_text import crew_words
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import listing
from staff_app.report import report

WORDS_MAX = 600
# All that a phone may keep of a stop, and of a choice. Nothing of the reporter: no name, phone, email, and no photo they sent.
STOP_FIELDS = frozenset({
    "reference", "number", "service", "words", "language", "address", "place_note", "due", "is_task", "is_confidential",
    "last_event", "asks_for_photo", "foreign", "choices", "url", "result_url", "photo_url",
})  # fmt: skip
CHOICE_FIELDS = frozenset({"code", "label", "hint", "is_done", "posts_words", "text"})
# Scripts shared by the pages and the worker, in the order the worker imports them.
WORKER_SCRIPTS = ["js/offline/database.js", "js/crew/store.js", "js/crew/sending.js", "js/offline/worker.js"]
SHELL_FILES = [
    "vendor/uswds/uswds.css",
    "css/site.css",
    "css/staff.css",
    "css/crew.css",
    "css/crew-result.css",
    "vendor/uswds/fonts/public-sans-Regular-latin.woff2",
    "vendor/uswds/fonts/public-sans-Bold-latin.woff2",
    "vendor/uswds/icons.svg",
    "img/icon.svg",
    "vendor/htmx.min.js",
    "js/submit-once.js",
    "js/photo-shrink.js",
    "js/offline/database.js",
    "js/offline/dom.js",
    *(f"js/crew/{name}.js" for name in ("form", "page", "queue", "report", "sending", "sign-out", "store")),
]


@staff_page
@require_safe
def crew_day_json(request: StaffRequest) -> JsonResponse:
    """The day, for the phone to keep; also its sign that the account still works, and a token to send with."""
    at = listing.Moment.of(request.jurisdiction)
    day = stops.of(request.user, request.jurisdiction, at)
    by_drive = order.arrange(day.stops, request.jurisdiction, order=order.DRIVE)
    name = f"{request.jurisdiction.pk}:{request.user.pk}"
    return JsonResponse(
        {
            "user": str(request.user.pk),
            "key": sealed.phone_key(name),
            "token": get_token(request),
            "day": date_format(at.now.astimezone(request.jurisdiction.zone), "DATE_FORMAT"),
            "no_evidence": [
                {"code": code, "words": words} for code, words in evidence.reasons(request.jurisdiction).items()
            ],
            # By due date, and the names of the same stops in the other order.
            "services": _services(request),
            "stops": _stops(request, day),
            "drive": [stop.name for stop in by_drive.stops],
            "drive_words": by_drive.sentence,
        }
    )


def _services(request: StaffRequest) -> list[dict[str, Any]]:
    """What they may report; is_first: shown at once."""
    offered = report.offered_to(request.user, request.jurisdiction)
    first = report.first_of(request.user, request.jurisdiction, offered)
    return [
        {
            "code": version.service.service_code,
            "label": localized(version.name),
            "is_first": version in first,
        }
        for version in [*first, *(one for one in offered if one not in first)]
    ]


def _stops(request: StaffRequest, day: stops.Day) -> list[dict[str, Any]]:
    rows = with_last_event(ServiceRequest.objects.in_jurisdiction(request.jurisdiction)).select_related(*RELATED)
    found = list(rows.filter(reference__in=[one.reference for one in day.stops if one.reference]))
    # One jurisdiction for all, whose lists are read once.
    access.fill(found, request.jurisdiction)
    by_reference = {one.reference: one for one in found}
    lists, known = Lists.of(request.jurisdiction), known_people.of_requests(one.pk for one in found)
    return [
        _kept_stop(stop, by_reference.get(stop.reference), request, lists, known)
        for stop in day.stops
        if stop.is_task or stop.reference in by_reference
    ]


def _kept_stop(
    stop: stops.Stop,
    service_request: ServiceRequest | None,
    request: StaffRequest,
    lists: Lists,
    known_stops: Mapping[int, Known],
) -> dict[str, Any]:
    """What the phone keeps of a stop: words redacted for every reader, and none of a confidential report."""
    is_confidential = service_request is not None and service_request.public_state in CONFIDENTIAL
    people = known_stops[service_request.pk] if service_request is not None else NOBODY
    kept: dict[str, Any] = {
        "reference": stop.name,
        "number": stop.number,
        "service": stop.service,
        "words": "",
        "language": stop.language,
        "address": redaction.redacted(stop.address, "address", people=people),
        "place_note": "",
        "due": stop.due.text,
        "is_task": stop.is_task,
        "is_confidential": is_confidential,
        "url": stop.url,
    }
    if stop.task_id is not None:
        offered = task_choices()
        more = {"last_event": 0, "asks_for_photo": False, "foreign": "", **result_form.task_addresses(stop.task_id)}
        return kept | more | {"choices": [_kept_choice(one) for one in offered]}
    if service_request is None:
        return kept
    if not is_confidential:
        words = redaction.redacted(service_request.description, people=people)
        kept["words"] = words if len(words) <= WORDS_MAX else f"{words[: WORDS_MAX - 1]}…"
        kept["place_note"] = redaction.redacted(service_request.place_note, people=people)
    offered = choices(service_request, request.user, lists)
    return kept | {
        "last_event": service_request.last_event_id,
        "asks_for_photo": evidence.asks_for_photo(service_request, Disposition.FIXED),
        "foreign": result_form.foreign(service_request, request.user),
        "choices": [_kept_choice(one) for one in offered],
        **result_form.addresses(service_request),
    }


def _kept_choice(choice: Choice) -> dict[str, Any]:
    return {name: getattr(choice, name) for name in sorted(CHOICE_FIELDS)}


# The frame of staff pages leaves out its bar for htmx.
@require_safe
@cache_control(max_age=30, public=True)
@vary_on_headers("HX-Request")
def crew_offline(request: CityRequest) -> HttpResponse:
    """The same for every reader, since a worker keeps it: the phone fills it with what it has."""
    return render(request, "staff_app/crew/crew_offline.html", {"script_text": crew_words(), "is_folded": True})


@require_safe
@cache_control(no_cache=True, max_age=0)
def crew_worker(request: CityRequest) -> HttpResponse:
    """Controls the crew's pages alone; the residents' worker leaves staff pages alone."""
    page = {"prefix": reverse("staff_app:crew_day"), "offline": reverse("staff_app:crew_offline"), "more": []}
    shell = {"name": "crew", "sync": "send-results", "looks": [], "pages": [page], "never": []}
    return worker_script(shell, WORKER_SCRIPTS, SHELL_FILES)
