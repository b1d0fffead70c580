"""Which reports may be the same problem: open ones of the same kind, near and recent, by one score of all that they share."""

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

from requests_app.clock import app_now
from requests_app.models import Photo, Service, ServiceRequest, ServiceVersion, User
from requests_app.models.service_request import ServiceRequestQuerySet
from requests_app.places.addresses import box_around
from requests_app.places.public_place import EXACT

AT_MOST = 5
# So many of the nearest are compared, however many lie at one spot.
COMPARED = 60

# What each sign is worth. Measured: docs/duplicates.md.
NEARNESS, AGE, WORDS, SERVICE = 0.35, 0.25, 0.2, 0.2
# Below this nothing is shown.
LEAST = 0.45
# A pin or a phone is off by many meters whatever the service's radius, so a small radius makes no small difference large.
NEARNESS_M = 100
# The same thing of the city (a pole, a bin) says more than all else together; another one says that it is not the same.
SAME_ASSET, OTHER_ASSET = 1.0, -0.3
# What two texts about different problems share on average: for texts that cannot be compared.
USUAL_LIKENESS = 0.13

# --- How alike are two reports? Pure functions, also for the benchmark. -----------------------------------------------


@dataclass(frozen=True)
class Earlier:
    """An earlier report as it is compared with a new one. same_asset: None unless both name a thing of the city."""

    key: str | int
    metres: float
    age_days: float
    same_service: bool
    text: str
    language: str = "en"
    same_asset: bool | None = None


def alike(
    text: str, language: str, earlier: Sequence[Earlier], *, radius_m: int, window_days: int
) -> list[tuple[float, Earlier]]:
    """The earlier reports that may be the same problem with their scores, best first."""
    words = [words_of(one.text) for one in earlier]
    own = words_of(text)
    rarity = _rarity([own, *words])
    scored = []
    for one, its_words in zip(earlier, words, strict=True):
        comparable = one.language[:2] == language[:2]
        likeness = _likeness(own, its_words, rarity) if comparable and own and its_words else USUAL_LIKENESS
        found = score(one, likeness, radius_m=radius_m, window_days=window_days)
        if found >= LEAST:
            scored.append((found, one))
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].metres, pair[1].age_days))


def score(earlier: Earlier, likeness: float, *, radius_m: int, window_days: int) -> float:
    """0 to 1, more with the same asset. likeness: of the words, 0 to 1."""
    nearness = 1 - earlier.metres / max(radius_m, NEARNESS_M)
    newness = 1 - earlier.age_days / max(window_days, 1)
    asset = {None: 0.0, True: SAME_ASSET, False: OTHER_ASSET}[earlier.same_asset]
    return NEARNESS * nearness + AGE * newness + WORDS * likeness + SERVICE * earlier.same_service + asset


def words_of(text: str) -> frozenset[str]:
    """The words of a text in any script: lower case, without accents."""
    letters = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return frozenset(re.findall(r"\w+", plain.replace("'", "").replace("’", "")))


def _rarity(texts: Sequence[frozenset[str]]) -> Callable[[str], float]:
    """What a word is worth: the fewer of the reports at this place hold it, the more. "Pothole" says little among potholes."""
    link_of_request = Counter(word for words in texts for word in words)
    return lambda word: math.log(1 + (len(texts) + 1) / (1 + link_of_request[word]))


def _likeness(one: frozenset[str], other: frozenset[str], rarity: Callable[[str], float]) -> float:
    """The shared words' part of all the words of both."""
    return sum(map(rarity, one & other)) / sum(map(rarity, one | other))


# --- Looking for them -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """at: when it was compared, as its age counts."""

    service_request: ServiceRequest
    metres: int
    at: dt.datetime


@dataclass(frozen=True)
class Report:
    """What is known of the report that is compared: being typed, or made."""

    version: ServiceVersion
    point: Point | None
    text: str = ""
    language: str = ""
    # The number of the city's thing that it is about.
    asset: str = ""


def joinable(version: ServiceVersion) -> ServiceRequestQuerySet:
    """What anybody who reports this service may be shown and may follow.

    Open ones, since who reports after the end says that it is not fixed, or back, and must be heard. With an exact place: to be
    near a block's middle says nothing, and its street would tell. Another service's only if it is as urgent, for who follows it
    makes no request that would be.
    """
    as_urgent = Q(service_id=version.service_id) | Q(priority__lte=version.priority)
    return (
        ServiceRequest.objects.public()
        .open()
        .filter(_same_family(version), as_urgent)
        .filter(service_version__visibility__in=EXACT)
    )


def candidates(report: Report) -> list[Candidate]:
    """What may be shown to anybody who reports, the likeliest first, each with its `public_photos`."""
    # Measured to their public places: what the public may not know of a place must not show in its distance either.
    found = _search(report, joinable(report.version), place="public_point", at=app_now())
    photos = Photo.objects.filter(kind=Photo.Kind.REPORT, is_private=False, hidden_at=None).order_by("id")
    prefetch_related_objects(
        [one.service_request for one in found], Prefetch("photos", queryset=photos, to_attr="public_photos")
    )
    return found


def beside(service_request: ServiceRequest, user: User) -> list[Candidate]:
    """For this member of staff: what may be the same problem as this request, filed before or after it."""
    report = Report(
        service_request.service_version,
        service_request.point,
        service_request.description,
        service_request.language,
        service_request.asset.asset_id if service_request.asset else "",
    )
    others = ServiceRequest.objects.visible_to(user).open().filter(_same_family(report.version))
    return _search(report, others.exclude(pk=service_request.pk), place="point", at=service_request.submitted_at)


def _search(report: Report, requests: ServiceRequestQuerySet, *, place: str, at: dt.datetime) -> list[Candidate]:
    """Two queries, however much is near. `requests` are open: the partial indexes of places hold only such."""
    version, point = report.version, report.point
    never = version.duplicate_policy == ServiceVersion.DuplicatePolicy.NEVER
    if never or point is None or version.duplicate_radius_m == 0:
        return []
    found = alike(
        report.text,
        report.language,
        _near(report, requests, point, place=place, at=at),
        radius_m=version.duplicate_radius_m,
        window_days=version.duplicate_window_days,
    )[:AT_MOST]
    if not found:
        return []
    whole = requests.select_related("service", "service_version__department", "department", "owner").in_bulk(
        [one.key for _, one in found]
    )
    return [Candidate(whole[int(one.key)], round(one.metres), at) for _, one in found if one.key in whole]


def _near(
    report: Report, requests: ServiceRequestQuerySet, point: Point, *, place: str, at: dt.datetime
) -> list[Earlier]:
    radius = report.version.duplicate_radius_m
    window = dt.timedelta(days=report.version.duplicate_window_days)
    rows = (
        requests.filter(submitted_at__range=(at - window, at + window))
        .filter(**{f"{place}__bboverlaps": box_around(point, radius)})
        .annotate(metres=Distance(place, point), other_asset=_other_asset(report.asset))
        .order_by("other_asset", "metres", "-submitted_at", "-id")
        .values_list("id", "metres", "submitted_at", "service_id", "description", "language", "asset__asset_id")[
            :COMPARED
        ]
    )
    return [
        Earlier(
            key=pk,
            metres=metres.m,
            age_days=abs(at - submitted_at) / dt.timedelta(days=1),
            same_service=service_id == report.version.service_id,
            text=text,
            language=language,
            same_asset=asset == report.asset if asset and report.asset else None,
        )
        for pk, metres, submitted_at, service_id, text, language, asset in rows
        if metres.m <= radius
    ]


def _same_family(version: ServiceVersion) -> Q:
    """The service itself, and those that the city's catalogue now puts into its family."""
    own = Q(service_id=version.service_id)
    if not version.duplicate_family:
        return own
    family = Service.objects.filter(
        jurisdiction_id=version.service.jurisdiction_id, current__duplicate_family=version.duplicate_family
    ).exclude(current__duplicate_policy=ServiceVersion.DuplicatePolicy.NEVER)
    return own | Q(service__in=family)


def _other_asset(asset: str) -> Case | Value:
    """0 for reports of the same thing, so that these are compared however many others lie at the spot."""
    if not asset:
        return Value(0)
    return Case(When(asset__asset_id=asset, then=0), default=1, output_field=IntegerField())
