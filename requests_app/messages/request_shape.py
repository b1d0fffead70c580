"""A service request as everyone may see it, for programs: API v1 answers it, and a full webhook tells it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from requests_app import links
from requests_app.core.localized import localized
from requests_app.messages import wording
from requests_app.models import Jurisdiction, Photo, ServiceRequest
from requests_app.rules.promises.promises import Promise


def shaped(
    row: ServiceRequest,
    promise: Promise,
    *,
    site: str,
    zone: ZoneInfo,
    now: dt.datetime | None,
    photos: list[dict[str, Any]],
) -> dict[str, Any]:
    """The fields of REQUEST_FIELDS. Of what waits for review, the status only."""
    version = row.service.current or row.service_version
    return {
        **stored(row, site=site, zone=zone, photos=photos),
        "category": {"code": version.category.code, "name": localized(version.category.name)},
        "status_text": wording.status_words(row, to_reporter=False, now=now),
        **promised(promise, zone),
    }


def stored(row: ServiceRequest, *, site: str, zone: ZoneInfo, photos: list[dict[str, Any]]) -> dict[str, Any]:
    """Those of them that change only when the request or its photos do: FOLLOWED of models/public_change.py."""
    version = row.service.current or row.service_version
    shown = shows_words(row)
    point = row.public_point if shown else None
    url = f"{site}/api/v1/requests/{row.reference}/"
    return {
        "reference": row.display_reference,
        "url": url,
        # A test has no page; its key reads it here.
        "html_url": url if row.is_test else f"{site}/r/{row.reference}/",
        "service": {"code": row.service.service_code, "name": localized(version.name)},
        "status": row.status,
        "is_open": row.is_open,
        "outcome": row.disposition or None,
        "description": row.description if shown else None,
        "language": row.language,
        "department": {"code": row.department.code, "name": localized(row.department.name)} if row.department else None,
        "submitted_at": moment(row.submitted_at, zone),
        "updated_at": moment(row.updated_at, zone),
        "resolved_at": moment(row.resolved_at, zone),
        "due_at": moment(row.due_at, zone),
        "address": (row.public_address if shown else "") or None,
        "lat": round(point.y, 6) if point else None,
        "long": round(point.x, 6) if point else None,
        "people_count": row.people_count,
        "affected_count": row.affected_count,
        "thanks_count": row.thanks_count,
        "photos": photos,
    }


def promised(promise: Promise, zone: ZoneInfo) -> dict[str, Any]:
    """What is to be said with the target."""
    history = promise.history
    return {
        "expected_at": moment(promise.expected_at, zone),
        "usual_half_hours": _hours(history.half) if history else None,
        "usual_most_hours": _hours(history.most) if history else None,
    }


def _hours(length: dt.timedelta | None) -> int | None:
    """Rounded up, so that "within" stays true."""
    return -int(-length.total_seconds() // 3600) if length is not None else None


def shows_words(row: ServiceRequest) -> bool:
    """Whether who may know of it reads more than its status. A test is known to the key alone that sent it."""
    return row.is_public or row.is_test


def moment(at: dt.datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).replace(microsecond=0).isoformat() if at else None


def photos_of(city: Jurisdiction, service_requests: Iterable[ServiceRequest]) -> dict[int, list[dict[str, Any]]]:
    """The public photos by request: what was reported before the work's own. Those of a test are for its key alone."""
    shown = {row.pk: row for row in service_requests if shows_words(row) and not row.photos_private}
    photos = Photo.objects.filter(service_request__in=shown, is_private=False, hidden_at=None)
    photos = photos.filter(kind__in=(Photo.Kind.REPORT, Photo.Kind.WORK)).order_by("kind", "id")
    site, by_request = links.base_url(city), dict[int, list[dict[str, Any]]]()
    for key, name, width, height, alt, kind in photos.values_list(
        "service_request_id", "name", "width", "height", "alt", "kind"
    ):
        row = shown[key]
        urls = photo_urls(site, name) if row.is_public else keyed_photo_urls(site, "sandbox", row.reference, name)
        photo = {"id": name, **urls, "width": width, "height": height, "alt": alt, "kind": kind}
        by_request.setdefault(key, []).append(photo)
    return by_request


def photo_urls(site: str, name: str) -> dict[str, str]:
    """Where everyone gets a photo."""
    return {"url": f"{site}/photos/{name}.jpg", "small_url": f"{site}/photos/{name}-small.jpg"}


def keyed_photo_urls(site: str, part: str, reference: str, name: str) -> dict[str, str]:
    """Where a key gets one that isn't everyone's. part: of API v1."""
    url = f"{site}/api/v1/{part}/requests/{reference}/photos/{name}/"
    return {"url": url, "small_url": f"{url}?size=small"}
