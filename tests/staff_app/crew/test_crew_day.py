"""A crew's day holds what they and their teams can work on now, and nothing of who reported it."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.actions import progress
from requests_app.models import ServiceRequest, Team, User
from requests_app.rules import leave
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.5")]
SignIn = Callable[[User], Client]
LANE = {"where": "lane"}


def hole(town: Rivermark, words: str = "A hole as big as a plate.", **columns: object) -> ServiceRequest:
    one = factories.routed(town.pothole, words, answers=LANE)
    ServiceRequest.objects.filter(pk=one.pk).update(**columns)
    return one


def shown(client: Client, *requests: ServiceRequest) -> list[bool]:
    page = client.get("/staff/crew/").content.decode()
    return [f'data-stop="{one.reference}"' in page for one in requests]


def test_it_holds_what_is_mine_and_my_teams_and_can_be_worked_on(town: Rivermark, signed_in: SignIn) -> None:
    dev = signed_in(town.dev)
    assert "Nothing is assigned" in dev.get("/staff/crew/").content.decode()
    team = Team.objects.create(department=town.streets, code="crew-1", name={"en": "Crew 1"})
    team.members.add(town.dev)
    today = leave.today(town.city)
    mine = hole(town, assignee=town.dev)
    of_team = hole(town, team=team)
    a_colleagues = hole(town, team=team, assignee=town.tom)
    of_department = hole(town)
    for_today = hole(town, assignee=town.dev, scheduled_for=today)
    for_tomorrow = hole(town, assignee=town.dev, scheduled_for=today + dt.timedelta(days=1))
    on_hold = hole(town, assignee=town.dev)
    progress.accept(on_hold.pk, actor=town.tom)
    progress.hold(on_hold.pk, reason="parts", until=today + dt.timedelta(days=7), actor=town.tom)
    done = hole(town, assignee=town.dev)
    progress.resolve(done.pk, disposition="fixed", words="Filled.", visited=True, actor=town.tom)
    assert shown(dev, mine, of_team, for_today) == [True, True, True]
    assert shown(dev, a_colleagues, of_department, for_tomorrow, on_hold, done) == [False] * 5
    page = dev.get(f"/staff/crew/{mine.reference}/").content.decode()
    assert "A hole as big as a plate." in page
    assert "geo:" in page
    assert factories.ANA.name not in page
