"""Finds reports that may be about the same problem: open, of the same kind, nearby and recent, ranked by one score."""

import datetime as dt
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import Case, IntegerField, Prefetch, Q, Value, When, prefetch_related_objects

from requests_app import references
from requests_app.clock import app_now
from requests_app.models import Photo, Service, ServiceRequest, ServiceVersion, User
from requests_app.models.service_request import ServiceRequestQuerySet
from requests_app.places.addresses import box_around
from requests_app.places.public_place import EXACT
from requests_app.rules.report import same_picture

AT_MOST = 5
# At most this many of the nearest reports are compared.
COMPARED = 60

# The weights of the signals. See docs/duplicates.md for how they were measured.
NEARNESS, AGE, WORDS, SERVICE = 0.35, 0.25, 0.2, 0.2
# The lowest score that is shown.
LEAST = 0.45
# Pins and phones are off by many meters, so nearness is not measured against less than this, however small a service's radius.
NEARNESS_M = 100
# The same asset (a pole, a bin) outweighs everything else; a different one speaks against a duplicate.
SAME_ASSET, OTHER_ASSET = 1.0, -0.3
# The average likeness of texts about different problems, used for texts that cannot be compared.
USUAL_LIKENESS = 0.13

# --- How alike are two reports? Pure functions, shared with the benchmark ----------------------------------------------


@dataclass(frozen=True)
class Earlier:
    """An earlier report to compare with a new one. same_asset: None unless both name an asset."""

    key: str | int
    meters: float
    age_days: float
    same_service: bool
    text: str
    language: str = "en"
    same_asset: bool | None = None
    # Where it was read from the database.
    reference: str = ""
    submitted_at: dt.datetime | None = None
    key_sentence_at: int = 0

    @property
    def display_reference(self) -> str:
        return references.display(self.reference)


def alike(
    text: str, language: str, earlier: Sequence[Earlier], *, radius_m: int, window_days: int
) -> list[tuple[float, Earlier]]:
    """Scores the earlier reports and returns those that may be the same problem, best first."""
    words_of_each = [words_of(report.text) for report in earlier]
    own = words_of(text)
    rarity = _rarity([own, *words_of_each])
    scored = []
    for report, words in zip(earlier, words_of_each, strict=True):
        comparable = report.language[:2] == language[:2]
        likeness = _likeness(own, words, rarity) if comparable and own and words else USUAL_LIKENESS
        total = score(report, likeness, radius_m=radius_m, window_days=window_days)
        if total >= LEAST:
            scored.append((total, report))
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].meters, pair[1].age_days))


def score(earlier: Earlier, likeness: float, *, radius_m: int, window_days: int) -> float:
    """A score from 0 to 1, or higher for the same asset. likeness: of the texts, 0 to 1."""
    nearness = 1 - earlier.meters / max(radius_m, NEARNESS_M)
    newness = 1 - earlier.age_days / max(window_days, 1)
    asset = {None: 0.0, True: SAME_ASSET, False: OTHER_ASSET}[earlier.same_asset]
    return NEARNESS * nearness + AGE * newness + WORDS * likeness + SERVICE * earlier.same_service + asset


def words_of(text: str) -> frozenset[str]:
    """The set of words of a text in any script, in lowercase and without accents."""
    letters = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return frozenset(re.findall(r"\w+", plain.replace("'", "").replace("’", "")))


def _rarity(texts: Sequence[frozenset[str]]) -> Callable[[str], float]:
    """The weight of a word: higher the fewer of these reports contain it. "Pothole" says little among potholes."""
    counts = Counter(word for words in texts for word in words)
    return lambda word: math.log(1 + (len(texts) + 1) / (1 + counts[word]))


def _likeness(first: frozenset[str], other: frozenset[str], rarity: Callable[[str], float]) -> float:
    """The weight of the shared words over the weight of all words of both."""
    return sum(map(rarity, first & other)) / sum(map(rarity, first | other))


# --- Search -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """at: the time that its age is measured from."""

    service_request: ServiceRequest
    meters: int
    at: dt.datetime
    has_same_photo: bool = False


@dataclass(frozen=True)
class Report:
    """The report to compare: a draft or an existing request."""

    version: ServiceVersion
    point: Point | None
    text: str = ""
    language: str = ""
    # The number of its asset.
    asset: str = ""
    # Of its photos (rules/report/same_picture.py).
    pictures: Sequence[int] = ()


def joinable(version: ServiceVersion) -> ServiceRequestQuerySet:
    """Requests that may be shown to anyone who reports this service, and followed instead.

    Only open ones: a report after the closing says that it is not fixed, or is back. Only with an exact place: nearness to the
    middle of a block means little, and its street would reveal where it is. Those of another service must be as urgent, since
    following one creates no request.
    """
    as_urgent = Q(service_id=version.service_id) | Q(priority__lte=version.priority)
    return (
        ServiceRequest.objects.public()
        .open()
        .filter(_same_family(version), as_urgent)
        .filter(service_version__visibility__in=EXACT)
    )


def candidates(report: Report) -> list[Candidate]:
    """The requests to show to a reporter, most likely first, each with its `public_photos`."""
    # Measured to public points: a distance must not reveal what the public may not know about a place.
    requests, at = joinable(report.version), app_now()
    found = _search(report, requests, place="public_point", at=at)
    if report.pictures and report.point is not None and _may_have_duplicates(report.version):
        same = _with_same_photo(report, requests, report.point, at)
        known = {one.service_request.pk for one in same}
        found = [*same, *(one for one in found if one.service_request.pk not in known)][:AT_MOST]
    photos = Photo.objects.filter(kind=Photo.Kind.REPORT, is_private=False, hidden_at=None).order_by("id")
    prefetch_related_objects(
        [candidate.service_request for candidate in found], Prefetch("photos", queryset=photos, to_attr="public_photos")
    )
    return found


def near_for_staff(service_request: ServiceRequest, user: User) -> list[Earlier]:
    """Requests visible to this staff member that may be about the same problem, filed before or after this one. One query."""
    report = Report(
        service_request.service_version,
        service_request.point,
        service_request.description,
        service_request.language,
        service_request.asset.asset_id if service_request.asset else "",
    )
    others = ServiceRequest.objects.visible_to(user).open().filter(_same_family(report.version), is_test=False)
    return _best(report, others.exclude(pk=service_request.pk), place="point", at=service_request.submitted_at)


def _search(report: Report, requests: ServiceRequestQuerySet, *, place: str, at: dt.datetime) -> list[Candidate]:
    """Two queries, however much is nearby. `requests` must be open ones, which the partial spatial indexes cover."""
    found = _best(report, requests, place=place, at=at)
    if not found:
        return []
    whole = requests.select_related("service", "service_version__department", "department", "owner").in_bulk(
        [earlier.key for earlier in found]
    )
    return [Candidate(whole[int(earlier.key)], round(earlier.meters), at) for earlier in found if earlier.key in whole]


def _best(report: Report, requests: ServiceRequestQuerySet, *, place: str, at: dt.datetime) -> list[Earlier]:
    version, point = report.version, report.point
    if point is None or not _may_have_duplicates(version):
        return []
    found = alike(
        report.text,
        report.language,
        _near(report, requests, point, place=place, at=at),
        radius_m=version.duplicate_radius_m,
        window_days=version.duplicate_window_days,
    )
    return [earlier for _, earlier in found[:AT_MOST]]


def _may_have_duplicates(version: ServiceVersion) -> bool:
    return version.duplicate_policy != ServiceVersion.DuplicatePolicy.NEVER and version.duplicate_radius_m > 0


def _with_same_photo(
    report: Report, requests: ServiceRequestQuerySet, point: Point, at: dt.datetime
) -> list[Candidate]:
    """However far away: the place of one of the two may be wrong. Nearest first."""
    ids = same_picture.reports_with(report.pictures, requests)
    if not ids:
        return []
    rows = (
        requests.filter(pk__in=ids, public_point__isnull=False)
        .annotate(meters=Distance("public_point", point))
        .select_related("service", "service_version__department", "department", "owner")
        .order_by("meters", "-id")[:AT_MOST]
    )
    return [Candidate(row, round(row.meters.m), at, has_same_photo=True) for row in rows]


def _near(
    report: Report, requests: ServiceRequestQuerySet, point: Point, *, place: str, at: dt.datetime
) -> list[Earlier]:
    radius = report.version.duplicate_radius_m
    window = dt.timedelta(days=report.version.duplicate_window_days)
    rows = (
        requests.filter(submitted_at__range=(at - window, at + window))
        .filter(**{f"{place}__bboverlaps": box_around(point, radius)})
        .annotate(meters=Distance(place, point), other_asset=_other_asset(report.asset))
        .order_by("other_asset", "meters", "-submitted_at", "-id")
        .values_list(
            "id",
            "meters",
            "submitted_at",
            "service_id",
            "description",
            "language",
            "asset__asset_id",
            "reference",
            "key_sentence_at",
        )[:COMPARED]
    )
    return [
        Earlier(
            key=pk,
            meters=meters.m,
            age_days=abs(at - submitted_at) / dt.timedelta(days=1),
            same_service=service_id == report.version.service_id,
            text=text,
            language=language,
            same_asset=asset == report.asset if asset and report.asset else None,
            reference=reference,
            submitted_at=submitted_at,
            key_sentence_at=key_sentence_at,
        )
        for pk, meters, submitted_at, service_id, text, language, asset, reference, key_sentence_at in rows
        if meters.m <= radius
    ]


def _same_family(version: ServiceVersion) -> Q:
    """Matches the service itself and the services now in its duplicate family."""
    own = Q(service_id=version.service_id)
    if not version.duplicate_family:
        return own
    family = Service.objects.filter(
        jurisdiction_id=version.service.jurisdiction_id, current__duplicate_family=version.duplicate_family
    ).exclude(current__duplicate_policy=ServiceVersion.DuplicatePolicy.NEVER)
    return own | Q(service__in=family)


def _other_asset(asset: str) -> Case | Value:
    """Sorts reports of the same asset first, so that they are compared however many others are nearby."""
    if not asset:
        return Value(0)
    return Case(When(asset__asset_id=asset, then=0), default=1, output_field=IntegerField())
