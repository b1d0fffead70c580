"""GET requests: the public's view of reports, by number, by time and by place."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point, Polygon
from django.contrib.gis.measure import Distance as Meters
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError

from requests_app import references
from requests_app.api.framework.errors import Unavailable
from requests_app.api.open311 import shapes, tokens
from requests_app.api.open311.parameters import Parameters
from requests_app.clock import app_now
from requests_app.models import OPEN, ApiKey, Jurisdiction, ServiceRequest, Status
from requests_app.models.service_request import ServiceRequestQuerySet
from requests_app.places.addresses import box_around
from requests_app.places.public_filter import WORDS_MAX
from requests_app.places.public_place import LISTED_BY_PLACE
from requests_app.places.request_search import as_rows, requests_with_words
from requests_app.places.statement_timeout import TimeUpError, at_most

# GeoReport v2, GET Service Requests: a span of 90 days or the first 1000 requests, whichever is smaller.
SPAN = dt.timedelta(days=90)
PAGE_MOST = 1000
# OFFSET grows with the page: beyond this a shorter time must be asked for.
ROWS_MOST = 1_000_000
RADIUS_MOST_M = 50_000
STATEMENT_MS = 4000
A_SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Period:
    """From `since`, and before `until`."""

    since: dt.datetime
    until: dt.datetime | None = None


def many(city: Jurisdiction, parameters: Parameters, key: ApiKey | None) -> list[dict[str, Any]]:
    """A test key reads its own tests in place of the public requests."""
    extensions = parameters.is_true("extensions")
    tests = key is not None and key.is_test
    readable = ServiceRequest.objects.tests_of(key) if tests else ServiceRequest.objects.public()
    numbers = parameters.many("service_request_id")
    if numbers is not None:
        # service_request_id overrides every other parameter, so dates and statuses are ignored.
        if len(numbers) > PAGE_MOST:
            raise ValidationError(
                _("Request at most %(most)s service_request_id values at a time.") % {"most": PAGE_MOST}
            )
        wanted = [reference for reference in map(references.parse, numbers) if reference]
        rows = _by_number(city, key).filter(reference__in=wanted).order_by("-submitted_at", "-id")
        return _shaped(city, rows, extensions)
    rows, order = _in_time(readable.in_jurisdiction(city), city, parameters)
    rows = _of_kind(rows, parameters)
    rows = _at_place(rows, parameters)
    if words := parameters.first("q"):
        rows = rows.filter(pk__in=as_rows(requests_with_words(city, words[:WORDS_MAX])))
    page, size = _page(parameters)
    first = (page - 1) * size
    if first > ROWS_MOST:
        raise ValidationError(_("That page doesn’t exist. Request a shorter period."))
    return _shaped(city, rows.order_by(f"-{order}", "-id")[first : first + size], extensions)


def _page(parameters: Parameters) -> tuple[int, int]:
    """The page's number, from 1, and its size."""
    size = parameters.integer("page_size", PAGE_MOST)
    if size == 0:
        raise ValidationError(_("page_size must be at least 1."))
    return max(parameters.integer("page", 1), 1), min(size, PAGE_MOST)


def next_page(parameters: Parameters, count: int) -> int | None:
    """The number of the page after a full one, which may be empty; None after the last."""
    if parameters.many("service_request_id") is not None:
        return None
    page, size = _page(parameters)
    return page + 1 if count == size and page * size <= ROWS_MOST else None


def service_request(
    city: Jurisdiction, parameters: Parameters, number: str, key: ApiKey | None
) -> list[dict[str, Any]]:
    found = _by_number(city, key).filter(reference=references.parse(number) or "")
    shaped = _shaped(city, found, parameters.is_true("extensions"))
    if not shaped:
        raise NotFound(_("service_request_id was not found."))
    return shaped


def _by_number(city: Jurisdiction, key: ApiKey | None) -> ServiceRequestQuerySet:
    """Of realtime services, which give a number at once: also what waits for review, as shapes.py shows it. And the key's tests."""
    readable = ServiceRequest.objects.with_public_number() | ServiceRequest.objects.tests_of(key)
    return readable.in_jurisdiction(city)


def by_token(city: Jurisdiction, token: str) -> list[dict[str, Any]]:
    """The number behind a token: none for as long as the report has no public one."""
    reference = tokens.reference_in(token)
    found = ServiceRequest.objects.in_jurisdiction(city).filter(reference=reference or "").first()
    if found is None:
        raise NotFound(_("token was not found."))
    number = found.display_reference if found.has_public_number else None
    return [{"service_request_id": number, "token": token}]


def _shaped(city: Jurisdiction, rows: ServiceRequestQuerySet, extensions: bool) -> list[dict[str, Any]]:
    try:
        with at_most(STATEMENT_MS):
            return shapes.service_requests(rows, city, extensions=extensions)
    except TimeUpError:
        raise Unavailable(_("This took too long. Request a shorter period."), wait=30) from None


def _in_time(
    rows: ServiceRequestQuerySet, city: Jurisdiction, parameters: Parameters
) -> tuple[ServiceRequestQuerySet, str]:
    """By when they were sent, or when they last changed; and the column to sort by."""
    sent = period(city, parameters, "start_date", "end_date")
    changed = period(city, parameters, "updated_after", "updated_before")
    if sent is None and changed is None:
        sent = Period(app_now() - SPAN)
    for column, wanted in (("submitted_at", sent), ("updated_at", changed)):
        if wanted is not None:
            rows = rows.filter(**{f"{column}__gte": wanted.since})
            if wanted.until is not None:
                rows = rows.filter(**{f"{column}__lt": wanted.until})
    return rows, "submitted_at" if sent is not None else "updated_at"


def period(city: Jurisdiction, parameters: Parameters, since_name: str, until_name: str) -> Period | None:
    """Both ends included, to the second, since we show whole seconds. One end alone: 90 days on from it, or back."""
    zone, names = city.zone, {"since": since_name, "until": until_name}
    since = parameters.moment(since_name, zone)
    until = parameters.moment(until_name, zone, end_of_day=True)
    if until is None:
        return Period(since, since + SPAN) if since else None
    if since is None:
        return Period(until - SPAN, until + A_SECOND)
    if until < since:
        raise ValidationError(_("%(since)s must not be later than %(until)s.") % names)
    # On the wall's clock too: 90 days in which the clocks go back are an hour longer.
    on_the_wall = until.astimezone(zone).replace(tzinfo=None) - since.astimezone(zone).replace(tzinfo=None)
    if min(until - since, on_the_wall) > SPAN:
        raise ValidationError(_("%(since)s and %(until)s must be at most 90 days apart.") % names)
    return Period(since, until + A_SECOND)


def _of_kind(rows: ServiceRequestQuerySet, parameters: Parameters) -> ServiceRequestQuerySet:
    codes = parameters.many("service_code")
    if codes is not None:
        rows = rows.filter(service__service_code__in=codes)
    statuses = parameters.many("status")
    if statuses is None:
        return rows
    wanted = {status.lower() for status in statuses}
    if not wanted <= {"open", "closed"}:
        raise ValidationError(_("status must be open or closed."))
    if wanted == {"open"}:
        return rows.filter(status__in=OPEN)
    if wanted == {"closed"}:
        return rows.filter(status__in=[Status.RESOLVED, Status.CLOSED])
    return rows


def _at_place(rows: ServiceRequestQuerySet, parameters: Parameters) -> ServiceRequestQuerySet:
    """By what everybody may know of the place: the public point alone, and nothing that is about somebody's home."""
    box = parameters.first("bbox")
    if box:
        rows = rows.filter(LISTED_BY_PLACE, public_point__bboverlaps=_box(box))
    latitude, longitude = parameters.number("lat", -90, 90), parameters.number("long", -180, 180)
    radius = parameters.number("radius", 0, RADIUS_MOST_M)
    if radius is None and latitude is None and longitude is None:
        return rows
    if radius is None or latitude is None or longitude is None:
        raise ValidationError(_("Send lat, long and radius (in meters) together."))
    point = Point(longitude, latitude, srid=4326)
    near = rows.filter(LISTED_BY_PLACE, public_point__bboverlaps=box_around(point, radius))
    return near.annotate(away=Distance("public_point", point)).filter(away__lte=Meters(m=radius))


def _box(typed: str) -> Polygon:
    sides = typed.split(",")
    if len(sides) != 4:
        raise ValidationError(_("bbox must be west,south,east,north in degrees."))
    west, south, east, north = (Parameters({"bbox": [side]}).number("bbox", -180, 180) or 0.0 for side in sides)
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = 4326
    return box
