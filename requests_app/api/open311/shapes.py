"""A report as everybody may see it. An allow-list: a column that is not named here does not leave."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from requests_app import links
from requests_app.api.open311.catalog import demo_words, is_demo
from requests_app.clock import AppNow
from requests_app.events import PUBLIC_KINDS, without_undone
from requests_app.localized import localized
from requests_app.messages import timeline, wording
from requests_app.models import (
    Answer,
    Comment,
    Department,
    Disposition,
    Event,
    Jurisdiction,
    Photo,
    QuestionVersion,
    RequestArea,
    ServiceRequest,
    Status,
)
from requests_app.models.service_request import ServiceRequestQuerySet

# CitySDK's words for the finer status, which clients of extensions=true know.
DETAILED_STATUS = {
    Status.RECEIVED: "RECEIVED",
    Status.ROUTED: "RECEIVED",
    Status.IN_PROGRESS: "IN_PROCESS",
    Status.ON_HOLD: "IN_PROCESS",
    Status.RESOLVED: "PROCESSED",
    Status.CLOSED: "ARCHIVED",
}


@dataclass
class Related:
    """What belongs to the reports of one page, read in one query each, by the report's key."""

    last_words: dict[int, str] = field(default_factory=dict)
    photos: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    notes: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    areas: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    public_parents: dict[int, str] = field(default_factory=dict)


def service_requests(rows: ServiceRequestQuerySet, city: Jurisdiction, *, extensions: bool) -> list[dict[str, Any]]:
    """The rows of a query that begins with .public(): as many queries for a thousand as for one.

    Of a report that waits for review, which has its number at once, only the status.
    """
    # The time of reading comes along with the rows.
    public = (
        rows.defer("point")
        .annotate(read_at=AppNow())
        .prefetch_related("service__current", "service_version__department", "department", "owner")
    )
    page = list(public)
    for row in page:
        row.jurisdiction = city
    beside = _related(page, city, extensions=extensions)
    shaped = []
    for row in page:
        data = _service_request(row, beside, row.read_at)
        if extensions:
            data |= _extensions(row, beside)
        shaped.append(data)
    return shaped


def moment(at: dt.datetime | None, city: Jurisdiction) -> str | None:
    """W3C's form in the city's time. Whole seconds: some clients reject fractions."""
    return at.astimezone(city.zone).replace(microsecond=0).isoformat() if at else None


def _service_request(row: ServiceRequest, beside: Related, now: dt.datetime) -> dict[str, Any]:
    city = row.jurisdiction
    photos = beside.photos[row.pk]
    longitude, latitude = (
        (round(degrees, 6) for degrees in row.public_point.coords)
        if row.public_point and row.is_public
        else (None, None)
    )
    notice = wording.next_step(row, to_reporter=False, now=now).words
    if not row.is_public:
        notice = " ".join(filter(None, [notice, _("Someone will review it before everyone can see it.")]))
    listed = row.service.current or row.service_version
    return {
        "service_request_id": row.display_reference,
        "status": "open" if row.is_open else "closed",
        "status_notes": ". ".join(
            filter(None, [wording.status_words(row, to_reporter=False, now=now), beside.last_words.get(row.pk)])
        ),
        "service_name": localized(listed.name),
        "service_code": row.service.service_code,
        "description": (row.description if row.is_public else "") or None,
        "agency_responsible": wording.department_words(row),
        "service_notice": demo_words() if is_demo(city) else notice or None,
        "requested_datetime": moment(row.submitted_at, city),
        "updated_datetime": moment(row.updated_at, city),
        "expected_datetime": moment(row.due_at, city),
        "address": (row.public_address if row.is_public else "") or None,
        "address_id": None,
        "zipcode": None,
        "lat": latitude,
        "long": longitude,
        "media_url": photos[0] if photos else None,
    }


def _extensions(row: ServiceRequest, beside: Related) -> dict[str, Any]:
    return {
        "attributes": beside.answers[row.pk],
        "extended_attributes": {
            "channel": row.channel,
            "detailed_status": DETAILED_STATUS[Status(row.status)],
            "disposition": row.disposition or None,
            "duplicate": row.disposition == Disposition.DUPLICATE,
            "parent_service_request_id": beside.public_parents.get(row.duplicate_of_id or 0),
            "areas": beside.areas[row.pk],
            "media_urls": beside.photos[row.pk],
        },
        "notes": beside.notes[row.pk],
    }


def _related(found: Sequence[ServiceRequest], city: Jurisdiction, *, extensions: bool) -> Related:
    beside = Related()
    page = [row for row in found if row.is_public]
    keys = [row.pk for row in page]
    said = Comment.objects.filter(service_request__in=keys, public=True, hidden_at=None)
    last = said.order_by("service_request", "-id").distinct("service_request")
    beside.last_words = dict(last.values_list("service_request_id", "text"))
    site = links.base_url(city)
    shown = [row.pk for row in page if not row.photos_private]
    photos = Photo.objects.filter(service_request__in=shown, is_private=False, hidden_at=None)
    # What was reported comes before the work's own photos.
    for key, name in photos.order_by("kind", "id").values_list("service_request_id", "name"):
        beside.photos[key].append(f"{site}/photos/{name}.jpg")
    if extensions:
        _add_answers(beside, keys)
        _add_areas(beside, keys)
        _add_notes(beside, page, said.order_by("id"), city)
        parents = {row.duplicate_of_id for row in page if row.duplicate_of_id}
        for parent in ServiceRequest.objects.public().filter(pk__in=parents).only("reference"):
            beside.public_parents[parent.pk] = parent.display_reference
    return beside


def _add_answers(beside: Related, keys: Iterable[int]) -> None:
    answers = Answer.objects.filter(
        service_request__in=keys, question_version__visibility=QuestionVersion.Visibility.PUBLIC
    )
    for answer in answers.select_related("question_version").order_by("service_request", "question_version__order"):
        value = answer.value
        beside.answers[answer.service_request_id].append(
            {
                "code": answer.question_version.code,
                "label": answer.question_text,
                "name": answer.value_text,
                "value": ",".join(map(str, value)) if isinstance(value, list) else str(value),
            }
        )


def _add_areas(beside: Related, keys: Iterable[int]) -> None:
    areas = RequestArea.objects.filter(service_request__in=keys).order_by("area__layer", "area__code")
    for key, layer, code, name in areas.values_list("service_request_id", "area__layer", "area__code", "area__name"):
        beside.areas[key].append({"layer": layer, "code": code, "name": name})


def _add_notes(beside: Related, page: list[ServiceRequest], said: QuerySet[Comment], city: Jurisdiction) -> None:
    """The timeline of the public page, oldest first."""
    rows = {row.pk: row for row in page}
    kinds = PUBLIC_KINDS - timeline.UNTOLD | {"undone"}
    events = without_undone(Event.objects.filter(service_request__in=rows, kind__in=kinds).order_by("id"))
    comments = {comment.pk: comment for comment in said}
    departments = {one.pk: localized(one.name) for one in Department.objects.filter(jurisdiction=city)}
    owners = timeline.names_of_owners(events)
    told = []
    for event in events:
        row = rows[event.service_request_id or 0]
        comment = comments.pop(event.data.get("comment_id") or 0, None)
        words = timeline.words(event, row, departments, owners, own=False)
        told.append((event.at, row.pk, _note(event.at, event.kind, words, comment, city)))
    for comment in comments.values():
        # Words that no event speaks of: an import leaves them so.
        note = _note(comment.created_at, "commented", _("Comment"), comment, city)
        told.append((comment.created_at, comment.service_request_id, note))
    for _at, key, note in sorted(told, key=itemgetter(0)):
        beside.notes[key].append(note)


def _note(at: dt.datetime, kind: str, words: str, comment: Comment | None, city: Jurisdiction) -> dict[str, Any]:
    return {
        "datetime": moment(at, city),
        "summary": words,
        "description": comment.text if comment else None,
        "type": kind,
    }
