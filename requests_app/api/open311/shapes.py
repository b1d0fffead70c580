"""A report as everybody may see it. An allow-list: a column that is not named here does not leave."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from django.db.models import FloatField, Func, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from requests_app import links
from requests_app.clock import AppNow
from requests_app.core.localized import localized
from requests_app.events import PUBLIC_KINDS, without_undone
from requests_app.messages import timeline, wording
from requests_app.messages.report_notice import demo_words
from requests_app.messages.request_shape import shows_words
from requests_app.models import (
    Answer,
    Comment,
    Department,
    Disposition,
    Event,
    Jurisdiction,
    Owner,
    Photo,
    QuestionVersion,
    RequestArea,
    Service,
    ServiceRequest,
    ServiceVersion,
    Status,
)
from requests_app.models.service_request import ServiceRequestQuerySet
from requests_app.places.public_place import EXACT
from requests_app.places.request_search import as_rows
from requests_app.rules.promises import promises
from requests_app.rules.promises.promises import Promise
from requests_app.rules.shared.jurisdictions import is_demo

# What the answer is made of. Wording reads some of these, and a column that is missing here would cost a query per row.
COLUMNS = (
    "reference", "jurisdiction", "service", "service_version", "description", "channel", "status", "disposition",
    "disposition_reason", "public_state", "is_test", "photos_private", "public_address", "place_confidence", "department",
    "in_triage", "owner", "owner_reference", "duplicate_of", "hold_reason", "hold_until", "scheduled_for", "made_safe_at",
    "reopened_count", "acknowledge_due_at", "due_at", "submitted_at", "acknowledged_at", "updated_at", "people_count",
    "me_too_count", "thanks_count",
)  # fmt: skip
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
    promises: dict[int, Promise] = field(default_factory=dict)


def service_requests(rows: ServiceRequestQuerySet, city: Jurisdiction, *, extensions: bool) -> list[dict[str, Any]]:
    """The rows of a query that begins with .public() or .tests_of(): as many queries for a thousand as for one.

    Of a report that waits for review, which has its number at once, only the status.
    """
    # The time of reading comes along with the rows, and the place as two numbers, which cost less than a geometry.
    page = list(
        rows.only(*COLUMNS).annotate(
            read_at=AppNow(),
            longitude=Func("public_point", function="ST_X", output_field=FloatField()),
            latitude=Func("public_point", function="ST_Y", output_field=FloatField()),
        )
    )
    _add_catalog(page, city)
    beside = _related(page, city, extensions=extensions)
    beside.promises = promises.of_all(page, now=page[0].read_at if page else None)
    demo = demo_words() if is_demo(city) else None
    names = Names()
    shaped = []
    for row in page:
        data = _service_request(row, beside, city, demo, names)
        if extensions:
            data |= _extensions(row, beside)
        shaped.append(data)
    return shaped


class Names(dict[int, str]):
    """The name of each service in the reader's language, by its version's key."""

    def of(self, version: ServiceVersion) -> str:
        if version.pk not in self:
            self[version.pk] = localized(version.name)
        return self[version.pk]


def _add_catalog(page: Sequence[ServiceRequest], city: Jurisdiction) -> None:
    """Gives each row its city, service, version, department and owner. They are few, and many rows share them."""
    services = Service.objects.select_related("current").in_bulk({row.service_id for row in page})
    versions = ServiceVersion.objects.select_related("department").in_bulk({row.service_version_id for row in page})
    departments = Department.objects.in_bulk({row.department_id for row in page if row.department_id})
    owners = Owner.objects.in_bulk({row.owner_id for row in page if row.owner_id})
    for row in page:
        # What prefetch_related() does for each row, without its checks.
        row._state.fields_cache |= {
            "jurisdiction": city,
            "service": services[row.service_id],
            "service_version": versions[row.service_version_id],
            "department": departments.get(row.department_id or 0),
            "owner": owners.get(row.owner_id or 0),
        }


def moment(at: dt.datetime | None, city: Jurisdiction) -> str | None:
    """W3C's form in the city's time. Whole seconds: some clients reject fractions."""
    return at.astimezone(city.zone).isoformat(timespec="seconds") if at else None


def _service_request(row: Any, beside: Related, city: Jurisdiction, demo: str | None, names: Names) -> dict[str, Any]:
    """row: a ServiceRequest with read_at, longitude and latitude."""
    now, shown, promise = row.read_at, shows_words(row), beside.promises[row.pk]
    has_point = shown and row.longitude is not None
    address = (shown and row.public_address) or None
    notice = demo or wording.next_step(row, promise, to_reporter=False, now=now).sentence
    if not shown and not demo:
        notice = " ".join(filter(None, [notice, _("Someone will review it before everyone can see it.")]))
    status_words = wording.status_words(row, to_reporter=False, now=now)
    last_words, photos = beside.last_words.get(row.pk), beside.photos.get(row.pk)
    return {
        "service_request_id": row.display_reference,
        "status": "open" if row.is_open else "closed",
        "status_notes": f"{status_words}. {last_words}"
        if last_words and status_words
        else status_words or last_words or "",
        "service_name": names.of(row.service.current or row.service_version),
        "service_code": row.service.service_code,
        "description": (shown and row.description) or None,
        "agency_responsible": wording.department_words(row),
        "service_notice": notice or None,
        "requested_datetime": moment(row.submitted_at, city),
        "updated_datetime": moment(row.updated_at, city),
        "expected_datetime": moment(promise.expected_at if row.is_open else row.due_at, city),
        "address": address,
        # An address of the city's list, to be sent back as it is. What is coarse names no address.
        "address_id": address if row.place_confidence == 1 and row.service_version.visibility in EXACT else None,
        "zipcode": None,
        "lat": round(row.latitude, 6) if has_point else None,
        "long": round(row.longitude, 6) if has_point else None,
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
            "affected_count": row.affected_count,
            "thanks_count": row.thanks_count,
        },
        "notes": beside.notes[row.pk],
    }


def _related(rows: Sequence[ServiceRequest], city: Jurisdiction, *, extensions: bool) -> Related:
    beside = Related()
    page = [row for row in rows if shows_words(row)]
    keys = as_rows([row.pk for row in page])
    public_comments = Comment.objects.filter(service_request__in=keys, public=True, hidden_at=None)
    last = public_comments.order_by("service_request", "-id").distinct("service_request")
    beside.last_words = dict(last.values_list("service_request_id", "text"))
    site = links.base_url(city)
    # Photos of tests aren't served.
    shown = as_rows([row.pk for row in page if row.is_public and not row.photos_private])
    photos = Photo.objects.filter(service_request__in=shown, is_private=False, hidden_at=None)
    # What was reported comes before the work's own photos.
    for key, name in photos.order_by("kind", "id").values_list("service_request_id", "name"):
        beside.photos[key].append(f"{site}/photos/{name}.jpg")
    if extensions:
        _add_answers(beside, keys)
        _add_areas(beside, keys)
        _add_notes(beside, page, public_comments.order_by("id"), city)
        beside.public_parents = _public_parents(page)
    return beside


def _public_parents(page: Sequence[ServiceRequest]) -> dict[int, str]:
    """The number of what each was merged into; a test's is another test."""
    tests = {row.duplicate_of_id for row in page if row.duplicate_of_id and row.is_test}
    parents = {row.duplicate_of_id for row in page if row.duplicate_of_id} - tests
    readable = Q(pk__in=parents, public_state="public") | Q(pk__in=tests, public_state="test")
    found = ServiceRequest.objects.filter(readable).only("reference") if parents | tests else ()
    return {parent.pk: parent.display_reference for parent in found}


def _add_answers(beside: Related, keys: RawSQL) -> None:
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


def _add_areas(beside: Related, keys: RawSQL) -> None:
    areas = RequestArea.objects.filter(service_request__in=keys).order_by("area__layer", "area__code")
    for key, layer, code, name in areas.values_list("service_request_id", "area__layer", "area__code", "area__name"):
        beside.areas[key].append({"layer": layer, "code": code, "name": name})


def _add_notes(
    beside: Related, page: list[ServiceRequest], public_comments: QuerySet[Comment], city: Jurisdiction
) -> None:
    """The timeline of the public page, oldest first."""
    rows = {row.pk: row for row in page}
    kinds = PUBLIC_KINDS - timeline.UNTOLD | {"undone"}
    events = without_undone(Event.objects.filter(service_request__in=as_rows(rows), kind__in=kinds).order_by("id"))
    comments = {comment.pk: comment for comment in public_comments}
    departments = {one.pk: localized(one.name) for one in Department.objects.filter(jurisdiction=city)}
    owners = timeline.names_of_owners(events)
    told = []
    for event in events:
        row = rows[event.service_request_id or 0]
        comment = comments.pop(event.data.get("comment_id") or 0, None)
        words = timeline.sentence_of(event, row, departments, owners, own=False)
        told.append((event.at, row.pk, _note(event.at, event.kind, words, comment, city)))
    for comment in comments.values():
        # Words that no event speaks of: an import leaves them so.
        note = _note(comment.created_at, "commented", _("Comment"), comment, city)
        told.append((comment.created_at, comment.service_request_id, note))
    for _at, key, note in sorted(told, key=itemgetter(0)):
        beside.notes[key].append(note)


def _note(at: dt.datetime, kind: str, summary: str, comment: Comment | None, city: Jurisdiction) -> dict[str, Any]:
    return {
        "datetime": moment(at, city),
        "summary": summary,
        "description": comment.text if comment else None,
        "type": kind,
    }
