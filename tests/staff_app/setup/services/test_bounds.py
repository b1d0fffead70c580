"""What the pages of a service cut, count and offer, at the last letter, row and minute that still counts."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.clock import app_now
from requests_app.models import RoutingRule, Service, ServiceDraft, ServiceDraftLink, User
from staff_app.setup.routing import forms as routing
from staff_app.setup.services import answer_effects, copies, question_routes, service
from staff_app.setup.services.publish import ScheduleForm
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.2")]


@pytest.mark.parametrize(
    ("text", "letters", "lines_max", "lines"),
    [
        ("deep hole", 9, 1, ["deep hole"]),
        ("deep hole", 8, 2, ["deep", "hole"]),
        ("deep hole", 4, 2, ["deep", "hole"]),
        ("deep hole", 4, 1, ["dee…"]),
        ("deep hole now", 9, 2, ["deep hole", "now"]),
        ("holes", 5, 1, ["holes"]),
        ("holes", 4, 1, ["hol…"]),
    ],
)
def test_a_text_is_cut_only_where_it_no_longer_fits(text: str, letters: int, lines_max: int, lines: list[str]) -> None:
    assert question_routes._wrapped(text, letters, lines_max) == lines


def test_arrows_that_meet_have_lanes_of_their_own() -> None:
    def row(number: int, *asks: int) -> Any:
        answers = [SimpleNamespace(parts=[f"ask:q{asked}"]) for asked in asks]
        return SimpleNamespace(code=f"q{number}", number=number, answers=answers)

    assert question_routes._lanes([row(1, 3), row(2), row(3, 4), row(4)]) == {"q3": 0, "q4": 1}
    assert question_routes._lanes([row(1, 2), row(2), row(3, 4), row(4)]) == {"q2": 0, "q4": 0}


def test_what_is_one_too_many_is_said() -> None:
    listed = [f"word {number}" for number in range(service.LISTED)]
    assert service._some(listed) == ", ".join(listed)
    assert service._some([*listed, "more"]).endswith("and 1 more")
    single = next(iter(answer_effects.SINGLE))
    assert not answer_effects.has_two([f"{single}:1"])
    assert answer_effects.has_two([f"{single}:1", f"{single}:2"])
    parent = {"code": "where", "options": [{"value": "lane"}, {"value": "curb"}]}
    for values, can_be in ((["lane", "curb"], True), (["lane"], True), (["lane", "roof"], False)):
        assert copies._can_be_asked({"question": "where", "values": values}, [parent]) == can_be


def test_a_draft_is_published_later_than_this_minute(town: Rivermark) -> None:
    set_time(dt.datetime(2027, 3, 3, 15, tzinfo=dt.UTC))
    for minute, is_taken in ((0, False), (1, True)):
        form = ScheduleForm({"publish_at": f"{app_now() + dt.timedelta(minutes=minute):%Y-%m-%dT%H:%M}"})
        # The form reads the time in the zone of the page, which is the server's here.
        assert form.is_valid() == is_taken, form.errors


def test_a_link_to_a_draft_ends_at_its_moment(town: Rivermark) -> None:
    draft = ServiceDraft.objects.create(
        jurisdiction=town.city, service_code="new", written={}, revision=0, edited_by=town.ada, edited_at=app_now()
    )
    editing: Any = SimpleNamespace(draft=draft)
    link = ServiceDraftLink.objects.create(draft=draft, expires_at=app_now() + dt.timedelta(microseconds=1))
    assert service._share_link(editing) is not None
    ServiceDraftLink.objects.filter(pk=link.pk).update(expires_at=app_now())
    assert service._share_link(editing) is None


def test_what_a_copy_leaves_out_is_counted_in_this_city_alone(town: Rivermark) -> None:
    there = factories.lakeside()
    rule = {"then": {}, "when": {"services": ["pothole"]}}
    for number, (city, active) in enumerate(((town.city, True), (town.city, False), (there.city, True))):
        RoutingRule.objects.create(jurisdiction=city, active=active, order=number, name=f"R{number}", **rule)
    for city in (town.city, there.city):
        factories.article(city, "holes", "Holes").services.add(
            Service.objects.get(jurisdiction=city, service_code="pothole")
        )
    words = " ".join(map(str, copies.not_copied(town.city, {}, "pothole")))
    assert "Routing rules that name it (1)" in words
    assert "Articles that name it (1)" in words


def test_areas_are_boxes_up_to_their_limit(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.area(town.city)
    for most, is_offered in ((1, True), (0, False)):
        monkeypatch.setattr(routing, "AREAS_MAX", most)
        assert bool(routing._area_choices(town.city)) == is_offered


def test_a_version_that_no_number_of_the_database_has_is_not_found(
    town: Rivermark, signed_in: Callable[[User], Client]
) -> None:
    ada = signed_in(town.ada)
    for number in (2**31 - 1, 2**31, 2**63, 10**30):
        assert ada.get(reverse("staff_app:routing_version", args=[number])).status_code == 404
