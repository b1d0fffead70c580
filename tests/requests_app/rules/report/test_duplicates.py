"""Possible duplicates: a score of what reports have in common, and only reports that are public and open."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from requests_app.actions.publication import moderation
from requests_app.actions.work import endings
from requests_app.clock import app_now
from requests_app.models import Photo, ServiceRequest, ServiceVersion
from requests_app.rules.report import duplicates
from requests_app.rules.report.duplicates import AT_MOST, Earlier, Report, alike, candidates, near_for_staff, score
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.10")]

# A meter in degrees of latitude.
METER = 1 / 111_320
HOLE = "A deep hole in the bike lane"


def report_at(cast: Rivermark, meters: float, words: str = "", **options: Any) -> ServiceRequest:
    point = factories.at(-69.0, 40.5 + meters * METER)
    options = {"answers": {"where": "lane"}, **options}
    return factories.routed(cast.pothole, words or f"{meters} m away", point=point, **options)


def found(version: ServiceVersion, text: str = "", **known: Any) -> list[str]:
    report = Report(version, factories.at(), text, "en", **known)
    return [one.service_request.description for one in candidates(report)]


def age(made: ServiceRequest, **span: float) -> None:
    ServiceRequest.objects.filter(pk=made.pk).update(submitted_at=app_now() - dt.timedelta(**span))


# --- How alike? -------------------------------------------------------------------------------------------------------

ONE = Earlier("one", meters=10, age_days=3, same_service=True, text="")


def scored(likeness: float = 0.5, **changed: Any) -> float:
    return score(dataclasses.replace(ONE, **changed), likeness, radius_m=100, window_days=30)


@pytest.mark.parametrize(
    ("likelier", "less"),
    [
        ({"meters": 5}, {"meters": 50}),
        ({"age_days": 1}, {"age_days": 20}),
        ({"same_service": True}, {"same_service": False}),
        ({"likeness": 0.8}, {"likeness": 0.2}),
        ({"same_asset": True}, {"same_asset": None}),
        ({"same_asset": None}, {"same_asset": False}),
    ],
)
def test_each_sign_counts(likelier: dict[str, Any], less: dict[str, Any]) -> None:
    assert scored(**likelier) > scored(**less)


def test_the_same_thing_of_the_city_outweighs_all_else_together() -> None:
    worst = scored(0.0, meters=100, age_days=30, same_service=False, same_asset=True)
    assert worst >= scored(1.0, meters=0, age_days=0, same_asset=None)


def test_a_word_that_every_report_here_holds_says_little() -> None:
    texts = ["pothole on the bridge", "pothole by the school", "pothole by the bakery", "pothole near the church"]
    here = [dataclasses.replace(ONE, key=text, text=text) for text in texts]
    best, second, *_ = alike("a pothole, bakery side", "en", here, radius_m=100, window_days=30)
    assert best[1].key == "pothole by the bakery"
    assert best[0] > second[0]


def test_texts_in_two_languages_are_not_held_against_each_other() -> None:
    text = "Hoyo en la calle"
    spanish = dataclasses.replace(ONE, key="es", text=text, language="es")
    english = dataclasses.replace(ONE, key="en", text="A lamp is broken", language="en")
    pairs = alike(text, "es-MX", [english, spanish], radius_m=100, window_days=30)
    assert [one.key for _, one in pairs] == ["es", "en"]
    other_words = dataclasses.replace(english, language="es")
    ((less, _),) = alike(text, "es", [other_words], radius_m=100, window_days=30)
    assert {one.key: value for value, one in pairs}["en"] > less


def test_case_accents_and_apostrophes_do_not_matter() -> None:
    assert duplicates.words_of("The DRIVER’S caño") == duplicates.words_of("the drivers cano")


# --- Which requests are compared --------------------------------------------------------------------------------------


def test_the_nearest_come_first_and_at_most_five(cast: Rivermark) -> None:
    for meters in (25, 5, 15, 10, 20, 28):
        report_at(cast, meters, f"{meters}")
    assert found(cast.pothole) == ["5", "10", "15", "20", "25"]
    assert [one.meters for one in candidates(Report(cast.pothole, factories.at()))] == [5, 10, 15, 20, 25]
    assert AT_MOST == 5


def test_of_equally_near_ones_the_newest_and_those_with_the_same_words_come_first(cast: Rivermark) -> None:
    age(report_at(cast, 5, "old hole"), days=20)
    report_at(cast, 5, "new hole")
    report_at(cast, 5, "the deep hole where the bike lane ends")
    assert found(cast.pothole, HOLE) == ["the deep hole where the bike lane ends", "new hole", "old hole"]


@pytest.mark.shows("A21")
def test_the_radius_is_the_services_own(cast: Rivermark) -> None:
    report_at(cast, 29)
    report_at(cast, 31)
    assert found(cast.pothole) == ["29 m away"]


def test_far_and_old_and_in_other_words_is_no_candidate(cast: Rivermark) -> None:
    lot = factories.service(cast.city, "lot", duplicate_radius_m=100)
    made = factories.report(lot, "Weeds", point=factories.at(-69.0, 40.5 + 90 * METER))
    assert found(lot, "Tires and a mattress") == ["Weeds"]
    age(made, days=25)
    assert found(lot, "Tires and a mattress") == []


@pytest.mark.shows("A21")
@pytest.mark.parametrize("state", ["hidden", "pending_review", "unconfirmed", "private", "staff", "erased", "test"])
def test_what_is_not_public_is_not_shown(cast: Rivermark, state: str) -> None:
    report_at(cast, 1)
    assert len(found(cast.pothole)) == 1
    ServiceRequest.objects.update(public_state=state, is_test=state == "test")
    assert found(cast.pothole) == []


@pytest.mark.parametrize("why", ["hidden by staff", "ended", "old", "other service", "without a place"])
def test_what_nobody_could_follow_is_not_offered(cast: Rivermark, why: str) -> None:
    made = report_at(cast, 1)
    if why == "hidden by staff":
        moderation.hide(made.pk, reason="abuse", actor=cast.pia)
    if why == "ended":
        endings.resolve(made.pk, disposition="fixed", text="Done.", actor=cast.tom)
    if why == "old":
        age(made, days=31)
    if why == "other service":
        ServiceRequest.objects.update(service=cast.tree.service)
    if why == "without a place":
        ServiceRequest.objects.update(public_point=None)
    assert found(cast.pothole) == []


def test_a_place_that_is_only_roughly_public_is_not_shown_at_all(cast: Rivermark) -> None:
    """The middle of a block is near all of it, and it would reveal that somebody in this street reported."""
    coarse = factories.service(cast.city, "needles", visibility="coarse", duplicate_radius_m=200)
    made = factories.routed(coarse, "needles")
    assert made.is_public
    assert found(coarse) == []


@pytest.mark.shows("A21")
@pytest.mark.parametrize("columns", [{"duplicate_policy": "never"}, {"duplicate_radius_m": 0}])
def test_a_service_may_offer_none(cast: Rivermark, columns: dict[str, Any]) -> None:
    version = factories.service(cast.city, "lone", **columns)
    factories.report(version, "the same place")
    assert found(version) == []


def test_without_a_point_there_is_nothing_near(cast: Rivermark) -> None:
    report_at(cast, 1)
    assert candidates(Report(cast.pothole, None)) == []


# --- Families ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def street(cast: Rivermark) -> dict[str, ServiceVersion]:
    """A family of three services, and one without a family."""
    family: dict[str, Any] = {"duplicate_family": "street-holes", "duplicate_radius_m": 50}
    return {
        "cave-in": factories.service(cast.city, "cave-in", priority=1, **family),
        "dip": factories.service(cast.city, "dip", priority=3, **family),
        "own": factories.service(
            cast.city, "own", priority=3, duplicate_policy="never", duplicate_family="street-holes"
        ),
        "lamp": factories.service(cast.city, "lamp", priority=3),
    }


def test_services_of_one_family_may_be_the_same_problem(street: dict[str, ServiceVersion]) -> None:
    for code, version in street.items():
        factories.routed(version, code)
    assert found(street["dip"]) == ["dip", "cave-in"]
    assert found(street["lamp"]) == ["lamp"]


def test_what_is_urgent_is_not_offered_a_less_urgent_service(street: dict[str, ServiceVersion]) -> None:
    """Following it instead of reporting would lose the higher priority."""
    factories.routed(street["dip"], "dip")
    assert found(street["cave-in"]) == []
    assert found(street["dip"]) == ["dip"]


def test_another_citys_family_of_the_same_name_is_not_ours(cast: Rivermark, street: dict[str, ServiceVersion]) -> None:
    other = factories.jurisdiction("Hillside")
    theirs = factories.service(other, "dip", duplicate_family="street-holes", priority=3)
    factories.report(theirs, "theirs")
    assert found(street["dip"]) == []


# --- Assets -----------------------------------------------------------------------------------------------------------


def test_the_same_lamp_is_likelier_than_a_nearer_one(cast: Rivermark) -> None:
    lamps = [factories.asset(cast.city, number) for number in ("L1", "L2")]
    for meters, lamp in ((2, lamps[1]), (25, lamps[0])):
        made = report_at(cast, meters, lamp.asset_id)
        ServiceRequest.objects.filter(pk=made.pk).update(asset=lamp)
    assert found(cast.pothole) == ["L2", "L1"]
    assert found(cast.pothole, asset="L1")[0] == "L1"


def test_the_same_lamp_is_found_behind_more_reports_than_are_compared(
    cast: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "COMPARED", 3)
    for meters in range(4):
        report_at(cast, meters, "nearer")
    ServiceRequest.objects.filter(pk=report_at(cast, 20, "same").pk).update(asset=factories.asset(cast.city, "L1"))
    assert found(cast.pothole, asset="L1")[0] == "same"


# --- Photos -----------------------------------------------------------------------------------------------------------


def test_only_public_photos_of_the_report_come_with_it(cast: Rivermark) -> None:
    made = report_at(cast, 1)
    kept: dict[str, Any] = {"jurisdiction": cast.city, "service_request": made, "width": 4, "height": 3}
    Photo.objects.create(name="private", is_private=True, **kept)
    Photo.objects.create(name="hidden", hidden_at=app_now(), **kept)
    Photo.objects.create(name="work", kind="work", **kept)
    Photo.objects.create(name="shown", **kept)
    (one,) = candidates(Report(cast.pothole, factories.at()))
    assert [photo.name for photo in one.service_request.public_photos] == ["shown"]  # type: ignore[attr-defined]


# --- Queries ----------------------------------------------------------------------------------------------------------


def test_it_costs_the_same_three_queries_for_one_near_and_for_many(cast: Rivermark) -> None:
    for near in (1, 7):
        while ServiceRequest.objects.count() < near:
            factories.report(cast.pothole, answers={"where": "lane"})
        with CaptureQueriesContext(connection) as asked:
            assert candidates(Report(cast.pothole, factories.at(), HOLE, "en"))
        assert len([query for query in asked if "app_now()" not in query["sql"]]) == 3


def crowd(made: ServiceRequest) -> None:
    """A city in which an index is worth its while: 100 ended reports here, and elsewhere 1,100 ended and 300 open."""
    kept = {column.attname: getattr(made, column.attname) for column in ServiceRequest._meta.concrete_fields}
    del kept["id"]
    ended = {"status": "closed", "disposition": "fixed", "resolved_at": app_now()}
    rows = []
    for number in range(1500):
        elsewhere = factories.at(-69.04 + number % 100 * 0.0008, 40.46 + number // 100 * 0.0006)
        point = made.point if number < 100 else elsewhere
        changed = {
            "reference": f"{number:08}",
            "point": point,
            "public_point": point,
            **(ended if number < 1200 else {}),
        }
        rows.append(ServiceRequest(**{**kept, **changed}))
    ServiceRequest.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE requests_app_servicerequest")


@pytest.mark.parametrize("who", ["resident", "staff"])
def test_it_reads_only_the_open_requests_of_the_place(cast: Rivermark, who: str) -> None:
    made = report_at(cast, 1)
    crowd(made)
    with CaptureQueriesContext(connection) as asked:
        candidates(Report(cast.pothole, factories.at())) if who == "resident" else near_for_staff(made, cast.tom)
    search = next(query["sql"] for query in asked if "bboverlaps" in query["sql"] or " && " in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {search}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert {"resident": "request_open_public_place", "staff": "request_open_place"}[who] in plan, plan


# --- Staff ------------------------------------------------------------------------------------------------------------


def test_staff_see_by_the_same_rule_what_lies_beside_a_request_before_and_after_it(cast: Rivermark) -> None:
    before, made, after = (report_at(cast, meters, f"{meters}") for meters in (4, 0, 2))
    age(before, days=9)
    age(made, days=2)
    made.refresh_from_db()
    report_at(cast, 40, "too far")
    assert [one.key for one in near_for_staff(made, cast.tom)] == [after.pk, before.pk]


def test_staff_also_see_what_is_not_public_and_not_what_they_may_not_open(
    cast: Rivermark, street: dict[str, ServiceVersion]
) -> None:
    made = factories.routed(street["cave-in"], "cave-in")
    less_urgent = factories.routed(street["dip"], "dip")
    moderation.hide(less_urgent.pk, reason="abuse", actor=cast.pia)
    assert [one.key for one in near_for_staff(made, cast.tom)] == [less_urgent.pk]
    assert near_for_staff(made, cast.pia) == [], "she is of Parks"


def test_a_test_is_beside_nothing_and_each_has_its_age_and_distance(cast: Rivermark) -> None:
    made, other = report_at(cast, 0), report_at(cast, 3)
    age(made, days=2)
    age(other, days=6)
    made.refresh_from_db()
    ServiceRequest.objects.filter(pk=report_at(cast, 1).pk).update(is_test=True, public_state="test")
    (one,) = near_for_staff(made, cast.tom)
    assert (one.key, round(one.age_days, 3), round(one.meters)) == (other.pk, 4.0, 3)


def test_one_of_another_service_that_is_as_urgent_is_offered(street: dict[str, ServiceVersion]) -> None:
    equal = factories.service(street["dip"].service.jurisdiction, "rut", priority=3, duplicate_family="street-holes")
    factories.routed(equal, "rut")
    assert found(street["dip"]) == ["rut"]
    ServiceRequest.objects.update(priority=4)
    assert found(street["dip"]) == []


def test_without_a_radius_nothing_is_near(cast: Rivermark) -> None:
    report_at(cast, 0)
    cast.pothole.duplicate_radius_m = 0
    assert found(cast.pothole) == []
