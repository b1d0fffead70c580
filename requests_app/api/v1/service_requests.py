"""Service requests as everyone may see them: a list with the website's filters, and one with its timeline."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from requests_app import links, references
from requests_app.api.framework.errors import Unavailable
from requests_app.api.framework.problems import Problem
from requests_app.api.v1 import request_filters
from requests_app.api.v1.geography import feature
from requests_app.api.v1.request_filters import Chosen
from requests_app.api.v1.request_serializers import ROW_FIELDS
from requests_app.core import paging
from requests_app.link_access import RELATED, RequestAccess
from requests_app.messages import moderation_notes, timeline, wording
from requests_app.messages.request_shape import photos_of, shaped, shows_words
from requests_app.models import Answer, ApiKey, Jurisdiction, QuestionVersion, ServiceRequest
from requests_app.places import assets
from requests_app.places.public_place import shows_asset
from requests_app.places.statement_timeout import TimeUpError, at_most
from requests_app.rules.promises import promises
from requests_app.rules.report import corrections

STATEMENT_MS = 4000
# What a row and its words need; the exact place stays in the database.
COLUMNS = (
    "reference", "service", "service_version", "department", "owner", "jurisdiction", "description", "language", "status",
    "disposition", "disposition_reason", "public_state", "is_test", "public_address", "public_point", "people_count",
    "me_too_count", "thanks_count", "photos_private", "hold_reason", "hold_until", "scheduled_for", "made_safe_at",
    "reopened_count", "in_triage",
    "owner_reference", "submitted_at", "updated_at", "acknowledge_due_at", "acknowledged_at", "resolved_at", "due_at",
)  # fmt: skip
RELATIONS = ("service__current__category", "service_version", "department", "owner")


def page(city: Jurisdiction, query: Mapping[str, Any]) -> paging.Page[ServiceRequest]:
    """Raises a 400 problem for a filter that names nothing and for a cursor that is not ours."""
    return filtered(request_filters.choose(city, query), query)


def filtered(chosen: Chosen, query: Mapping[str, Any]) -> paging.Page[ServiceRequest]:
    """As page(), by what was chosen from the filters."""
    fetch = ServiceRequest.objects.only(*COLUMNS).prefetch_related(*RELATIONS)
    try:
        with at_most(STATEMENT_MS):
            return paging.page_of_segments(chosen.segments, chosen.order, query["cursor"], query["limit"], fetch=fetch)
    except TimeUpError:
        raise Unavailable(_("This took too long. Request less data."), wait=30) from None


def rows(
    city: Jurisdiction, service_requests: Sequence[ServiceRequest], fields: Iterable[str] | None
) -> list[dict[str, Any]]:
    """As many queries for a page as for one. fields: None for all."""
    wanted = list(fields or ROW_FIELDS)
    photos = photos_of(city, service_requests) if "photos" in wanted else {}
    now, site, zone = wording.now_for(service_requests), links.base_url(city), city.zone
    said = promises.of_all(service_requests, now=now)
    listed = []
    for row in service_requests:
        row.jurisdiction = city
        every = shaped(row, said[row.pk], site=site, zone=zone, now=now, photos=photos.get(row.pk, []))
        listed.append({name: every[name] for name in wanted})
    return listed


def geojson(listed: list[dict[str, Any]], service_requests: Sequence[ServiceRequest]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            feature(
                row.display_reference,
                _geometry(row),
                {name: value for name, value in data.items() if name not in ("lat", "long")},
            )
            for data, row in zip(listed, service_requests, strict=True)
        ],
    }


def _geometry(row: ServiceRequest) -> dict[str, Any] | None:
    if row.public_point is None:
        return None
    return {"type": "Point", "coordinates": [round(row.public_point.x, 6), round(row.public_point.y, 6)]}


# --- One --------------------------------------------------------------------------------------------------------------


def find(city: Jurisdiction, reference: str, key: ApiKey | None = None) -> ServiceRequest:
    """Public, waiting for review, or a test of this key. Raises a 404 problem for all others, which doesn't say what they are."""
    readable = ServiceRequest.objects.with_public_number() | ServiceRequest.objects.tests_of(key)
    added = {"version_event_id": Subquery(corrections.version_events(OuterRef("pk")).reverse().values("id")[:1])}
    numbered = readable.in_jurisdiction(city).select_related(*RELATED)
    numbered = numbered.annotate(**added)
    found = numbered.filter(reference=references.parse(reference) or "").first()
    if found is None:
        raise Problem("not-found", _("Request not found, or it isn’t public."))
    for one in (found, found.duplicate_of):
        if one is not None:
            one.jurisdiction = city
    return found


def own(city: Jurisdiction, pk: int) -> ServiceRequest:
    """For the person who has its private link, also if nobody else may know of it."""
    found = ServiceRequest.objects.select_related(*RELATED).get(pk=pk)
    for row in (found, found.duplicate_of):
        if row is not None:
            row.jurisdiction = city
    return found


def detail(city: Jurisdiction, service_request: ServiceRequest) -> dict[str, Any]:
    """A request of find() or own(), with its timeline, for RequestSerializer. Of one that isn't public, the status only."""
    has_words = shows_words(service_request)
    parent = RequestAccess(service_request, None, own=False, shows_words=has_words).parent
    now, current = wording.now_for([service_request]), parent or service_request
    said = promises.of_all([service_request, current], now=now)
    photos = photos_of(city, [service_request]).get(service_request.pk, [])
    notes = moderation_notes.text_notes(service_request, parent)
    shown = shaped(
        service_request, said[service_request.pk], site=links.base_url(city), zone=city.zone, now=now, photos=photos
    )
    return {
        **shown,
        "is_reviewed": has_words,
        "next_step": wording.next_step(current, said[current.pk], to_reporter=False, now=now).sentence,
        "combined_with": parent.display_reference if parent is not None else None,
        "areas": _areas(service_request) if has_words else [],
        "asset": _asset(city, service_request) if has_words else None,
        "answers": _answers(service_request) if has_words else [],
        "timeline": timeline.lines(service_request, parent=parent, notes=notes, with_texts=has_words),
    }


def _areas(service_request: ServiceRequest) -> list[dict[str, Any]]:
    ours = service_request.areas.filter(is_ours=True).defer("polygon").order_by("layer", "code")
    return [{"layer": area.layer, "code": area.code, "name": area.label} for area in ours]


def _asset(city: Jurisdiction, service_request: ServiceRequest) -> dict[str, Any] | None:
    asset = service_request.asset
    if asset is None or not shows_asset(service_request.service_version.visibility):
        return None
    return {"code": asset.asset_id, "name": assets.name_of(city, asset)}


def _answers(service_request: ServiceRequest) -> QuerySet[Answer, Any]:
    public = Answer.objects.filter(
        service_request=service_request, question_version__visibility=QuestionVersion.Visibility.PUBLIC
    ).order_by("question_version__order")
    return public.values(code=F("question_version__code"), question=F("question_text"), answer=F("value_text"))
