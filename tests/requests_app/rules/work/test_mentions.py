"""Which colleagues a note may name, and which safety notes count for a place, in two cities."""

import datetime as dt

import pytest

from requests_app.clock import app_now
from requests_app.models import Membership, SafetyNote, ServiceRequest, User
from requests_app.rules.work import mentions, safety_notes
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
MOMENT = dt.timedelta(microseconds=1)


def test_colleagues_of_the_department_and_of_the_whole_city_read_a_note(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    factories.staff("Kim", "supervisor", lakeside.city)
    gus = factories.staff("Gus", "crew", town.city, town.streets)
    User.objects.filter(pk=gus.pk).update(is_active=False)
    contractor = factories.staff("Con", "contractor", town.city, town.streets)
    hole, tree = factories.routed(town.pothole, answers={"where": "lane"}), factories.routed(town.tree)
    nobodys = ServiceRequest.objects.get(pk=factories.copies(hole, 1)[0].pk)
    nobodys.department, nobodys.in_triage = None, True

    def readers(*about: ServiceRequest, audience: str = "department") -> list[str]:
        return [one.name for one in mentions.readers(about, audience=audience)]

    assert readers(hole) == ["Ada", "Cal", "Dev", "Tom"]
    assert readers(tree) == ["Ada", "Cal", "Pia"]
    assert readers(hole, tree) == ["Ada", "Cal", "Dev", "Pia", "Tom"]
    # In triage, those who sort.
    assert readers(nobodys) == ["Ada", "Cal", "Pia", "Tom"]
    assert readers() == []
    hole.assignee = contractor
    assert readers(hole) == ["Ada", "Cal", "Dev", "Tom"]
    assert readers(hole, audience="everyone") == ["Ada", "Cal", "Con", "Dev", "Tom"]


def test_somebody_of_two_cities_is_named_once(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    Membership.objects.create(
        user=town.dev, jurisdiction=lakeside.city, department=None, role=factories.role(lakeside.city, "supervisor")
    )
    hole = factories.routed(town.pothole, answers={"where": "lane"})
    assert [one.name for one in mentions.readers([hole])] == ["Ada", "Cal", "Dev", "Tom"]
    found = mentions.find([hole], "See @dev, @DEV, @sid and @nobody.", audience="department")
    assert (found.users, found.unknown) == ({"dev": town.dev}, ["sid", "nobody"])


def test_a_safety_note_counts_at_its_place_in_its_city_until_its_moment(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    made, other = factories.routed(town.pothole, answers={"where": "lane"}), factories.routed(lakeside.pothole)
    set_time(app_now())
    now = app_now()

    def note(words: str, city: object, ends_at: dt.datetime, longitude: float = factories.ELM_ST[0]) -> SafetyNote:
        return SafetyNote.objects.create(
            jurisdiction=city,
            kind="dog",
            words=words,
            point=factories.at(longitude),
            ends_at=ends_at,
            confirmed_at=now,
            created_by=town.pia,
        )

    ends = note("ends", town.city, now + MOMENT)
    late = note("late", town.city, now + dt.timedelta(days=1))
    note("over", town.city, now)
    theirs = note("theirs", lakeside.city, now + MOMENT)
    # Some forty meters away, and a kilometer.
    note("near", town.city, now + MOMENT, factories.ELM_ST[0] + 0.0005)
    far = note("far", town.city, now + MOMENT, factories.ELM_ST[0] + 0.012)
    assert safety_notes.at(made) == [late, ends]
    assert safety_notes.at(other) == [theirs]
    assert set(safety_notes.live(lakeside.city)) == {theirs}
    assert far in safety_notes.live(town.city)

    def may_have(of: ServiceRequest) -> bool:
        return ServiceRequest.objects.filter(safety_notes.may_have_some(), pk=of.pk).exists()

    assert may_have(made)
    assert may_have(other)
    SafetyNote.objects.filter(jurisdiction=lakeside.city).delete()
    assert not may_have(other), "what Rivermark notes is nothing to Lakeside"
    set_time(now + dt.timedelta(days=1))
    assert safety_notes.at(made) == []
    assert not may_have(made)
    made.point = None
    assert safety_notes.at(made) == []
    assert safety_notes.for_reader(made, town.dev) == []
