"""servicerequestupdates, FixMyStreet's extension: what happened to requests, and what its residents write about them."""

import hashlib
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError

from requests_app import event_kinds, references
from requests_app.actions.programs import outside_updates
from requests_app.actions.report.submission import Idempotency, IdempotencyConflict
from requests_app.api.framework import idempotency
from requests_app.api.framework.errors import Unavailable
from requests_app.api.open311 import shapes
from requests_app.api.open311.parameters import Parameters
from requests_app.api.open311.reading import PAGE_MOST, SPAN, STATEMENT_MS, Period, period
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.events import SUBSCRIBER_KINDS, without_undone
from requests_app.messages import timeline
from requests_app.models import ApiKey, Comment, Department, Event, IdempotencyKey, Jurisdiction, Owner, ServiceRequest
from requests_app.places.request_search import as_rows
from requests_app.places.statement_timeout import TimeUpError, at_most
from requests_app.rules.people import blocked_addresses
from requests_app.rules.shared import intake
from requests_app.rules.shared.lifecycle import IllegalTransition
from requests_app.rules.work.staff_actions import UNDO_FOR

OPEN, CLOSED = "OPEN", "CLOSED"
# What followers of a request are notified of, too: progress on it, but not that it exists.
KINDS = sorted(SUBSCRIBER_KINDS - {"submitted", "published", "made_public"} | {"unmerged"})
ENDINGS = event_kinds.where(work="ends") | {"reopening_undone"}
NAME_MOST, UPDATE_ID_MOST = 200, 200


def many(city: Jurisdiction, parameters: Parameters, key: ApiKey | None) -> list[dict[str, Any]]:
    """Oldest first, since clients apply them in this order. By when they happened, with both ends included.

    A test key reads of its own tests in place of the public requests.
    """
    asked = period(city, parameters, "start_date", "end_date") or Period(app_now() - SPAN)
    try:
        with at_most(STATEMENT_MS):
            return _shaped(city, _events(city, asked, key))
    except TimeUpError:
        raise Unavailable(_("This took too long. Request a shorter period."), wait=30) from None


def next_start(updates: list[dict[str, Any]]) -> str | None:
    """The start_date that goes on after a full page. Updates of that second come again: their ids tell.

    None where a page has not even a second's, so that no client goes round in a circle.
    """
    full = len(updates) == PAGE_MOST and updates[0]["updated_datetime"] != updates[-1]["updated_datetime"]
    return updates[-1]["updated_datetime"] if full else None


def _events(city: Jurisdiction, asked: Period, key: ApiKey | None) -> list[Event]:
    """The first PAGE_MOST that nobody can undo anymore: a client keeps the updates that it has read."""
    events = Event.objects.filter(jurisdiction=city, at__gte=asked.since)
    if key is not None and key.is_test:
        # Nobody undoes a step of the sandbox.
        events = events.filter(service_request__in=ServiceRequest.objects.tests_of(key))
        if asked.until is not None:
            events = events.filter(at__lt=asked.until)
    else:
        until = app_now() - UNDO_FOR
        events = events.filter(service_request__public_state="public", at__lt=min(asked.until or until, until))
    # Each kind by itself, so that the index of kind and time gives them in order and no more than a page of each is read.
    each: list[QuerySet[Event]] = [events.filter(kind=kind).order_by("at", "id")[:PAGE_MOST] for kind in KINDS]
    page = list(each[0].union(*each[1:], all=True).order_by("at", "id")[:PAGE_MOST])
    rows = as_rows({event.service_request_id or 0 for event in page})
    undone = list(Event.objects.filter(service_request__in=rows, kind="undone"))
    return without_undone([*page, *undone])


def _shaped(city: Jurisdiction, events: list[Event]) -> list[dict[str, Any]]:
    requests = ServiceRequest.objects.select_related("department", "owner", "service_version")
    by_key = requests.defer("point", "public_point").in_bulk({event.service_request_id or 0 for event in events})
    for row in by_key.values():
        row.jurisdiction = city
    said = Comment.objects.filter(service_request__in=as_rows(by_key), public=True, hidden_at=None)
    comments = dict(said.values_list("pk", "text"))
    departments = {one.pk: localized(one.name) for one in Department.objects.filter(jurisdiction=city)}
    owners = dict(Owner.objects.filter(jurisdiction=city).values_list("pk", "name"))
    shaped = []
    for event in events:
        row, text = by_key[event.service_request_id or 0], comments.get(event.data.get("comment_id") or 0)
        if event.kind == "commented" and text is None:
            # The words were hidden, and there was nothing else.
            continue
        shaped.append(
            {
                "update_id": str(event.pk),
                "service_request_id": row.display_reference,
                "status": _status(event, row),
                "updated_datetime": shapes.moment(event.at, city),
                "description": text or timeline.sentence_of(event, row, departments, owners, own=False),
                "media_url": None,
            }
        )
    return shaped


def _status(event: Event, row: ServiceRequest) -> str:
    """The status after the event. A comment on a request that had ended must not open it again elsewhere."""
    if event.kind in ENDINGS:
        return CLOSED
    ended_at = None if row.is_open else row.resolved_at or row.closed_at
    return CLOSED if event.kind == "commented" and ended_at and event.at >= ended_at else OPEN


def create(city: Jurisdiction, parameters: Parameters, *, key: ApiKey, sent_key: str) -> dict[str, Any]:
    number, update_id = (
        parameters.first("service_request_id"),
        parameters.first("update_id") or parameters.first("update_id_ext"),
    )
    if not number:
        raise ValidationError(_("service_request_id was not provided."))
    service_request = (
        _requests_of(city, key).filter(reference=references.parse(number) or "").select_related("duplicate_of").first()
    )
    if service_request is None:
        raise NotFound(_("service_request_id was not found."))
    text = intake.clean_text(parameters.first("description"))
    if not text:
        raise ValidationError(_("description was not provided."))
    if len(text) > intake.DESCRIPTION_MAX:
        raise ValidationError(_("description is longer than %(most)s characters.") % {"most": intake.DESCRIPTION_MAX})
    if len(update_id) > UPDATE_ID_MOST:
        raise ValidationError(
            _("%(name)s is longer than %(most)s characters.") % {"name": "update_id", "most": UPDATE_ID_MOST}
        )
    if blocked_addresses.is_blocked(city, parameters.first("email")):
        raise ValidationError(blocked_addresses.refusal(city))
    parameters.moment("updated_datetime", city.zone)
    name = intake.clean_text(" ".join(filter(None, [parameters.first("first_name"), parameters.first("last_name")])))
    status = intake.clean_text(parameters.first("status"))[:40].upper()
    if status and (status == OPEN) != service_request.is_open:
        # They see it otherwise than we do: it is fixed, or it is back.
        text += "\n\n" + _("Status at %(sender)s: %(status)s") % {"sender": key.name, "status": status}
    # Combined with a request that is still open: the message is read there.
    about = (
        service_request
        if service_request.is_open or service_request.duplicate_of is None
        else service_request.duplicate_of
    )
    body = idempotency.body_hash(service_request.pk, text, name, update_id)
    try:
        added = outside_updates.add(
            about.pk,
            text=text,
            name=" ".join(name.split())[:NAME_MOST],
            language=get_language() or "en",
            idempotency=_idempotency(key, update_id, sent_key, body),
        )
    except IdempotencyConflict:
        raise ValidationError(_("This Idempotency-Key was used for another report.")) from None
    except IllegalTransition:
        raise ValidationError(_("You can’t add anything to this request anymore.")) from None
    return {"update_id": str(added)}


def _requests_of(city: Jurisdiction, key: ApiKey) -> QuerySet[ServiceRequest]:
    """A test key writes on its own tests alone, which have no public number."""
    rows = ServiceRequest.objects.in_jurisdiction(city)
    return rows.tests_of(key) if key.is_test else rows.with_public_number()


def _idempotency(key: ApiKey, update_id: str, sent_key: str, body: str) -> Idempotency:
    if update_id:
        number = hashlib.sha256(update_id.encode()).hexdigest()
        return Idempotency(scope=f"{IdempotencyKey.FOR_GOOD}update:{key.pk}", key=number, body_hash=number)
    return idempotency.of_body(key, sent_key, body)
