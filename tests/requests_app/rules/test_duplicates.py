"""Reports that may be the same problem: only what is public, open, near, recent and of the same service."""

import datetime as dt

import pytest

from requests_app.actions import moderation, progress
from requests_app.clock import app_now
from requests_app.models import ServiceRequest
from requests_app.rules.duplicates import candidates
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db

# A meter in degrees of latitude.
METER = 1 / 111_320


@pytest.fixture
def cast() -> Rivermark:
    return factories.rivermark()


def report_at(cast: Rivermark, metres: float) -> ServiceRequest:
    point = factories.at(-69.0, 40.5 + metres * METER)
    return factories.routed(cast.pothole, f"{metres} m away", answers={"where": "lane"}, point=point)


def found(cast: Rivermark) -> list[str]:
    return [one.service_request.description for one in candidates(cast.pothole, factories.at())]


def test_the_nearest_come_first_and_at_most_three(cast: Rivermark) -> None:
    for metres in (25, 5, 15, 10):
        report_at(cast, metres)
    assert found(cast) == ["5 m away", "10 m away", "15 m away"]
    assert [one.metres for one in candidates(cast.pothole, factories.at())] == [5, 10, 15]


def test_the_radius_is_the_services_own(cast: Rivermark) -> None:
    report_at(cast, 29)
    report_at(cast, 31)
    assert found(cast) == ["29 m away"]


@pytest.mark.parametrize("why", ["hidden", "ended", "old", "other service", "test"])
def test_what_nobody_could_follow_is_not_offered(cast: Rivermark, why: str) -> None:
    made = report_at(cast, 1)
    if why == "hidden":
        moderation.hide(made.pk, reason="abuse", actor=cast.pia)
    if why == "ended":
        progress.resolve(made.pk, disposition="fixed", words="Done.", actor=cast.tom)
    if why == "old":
        ServiceRequest.objects.update(submitted_at=app_now() - dt.timedelta(days=31))
    if why == "other service":
        ServiceRequest.objects.update(service=cast.tree.service)
    if why == "test":
        ServiceRequest.objects.update(public_state="test", is_test=True)
    assert found(cast) == []


@pytest.mark.parametrize("columns", [{"duplicate_policy": "never"}, {"duplicate_radius_m": 0}])
def test_a_service_may_offer_none(cast: Rivermark, columns: dict[str, object]) -> None:
    version = factories.service(cast.city, "lone", **columns)
    factories.report(version, "the same place")
    assert candidates(version, factories.at()) == []


def test_without_a_point_there_is_nothing_near(cast: Rivermark) -> None:
    report_at(cast, 1)
    assert candidates(cast.pothole, None) == []


def test_the_distance_is_to_the_place_that_the_public_knows(cast: Rivermark) -> None:
    coarse = factories.service(cast.city, "needles", visibility="coarse", duplicate_radius_m=200)
    made = factories.report(coarse, "needles")
    (near,) = candidates(coarse, factories.at())
    assert made.public_point is not None
    assert near.metres > 0, "the block's middle, not the needle's own place"
