"""A crew's day holds what they and their teams can work on now, and nothing of who reported it."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.actions.work import endings, holds, progress, tasks
from requests_app.clock import app_now
from requests_app.models import ServiceRequest, Team, User
from requests_app.rules.people import leaves
from requests_app.rules.work import crew_day
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
    today = leaves.today(town.city)
    mine = hole(town, assignee=town.dev)
    of_team = hole(town, team=team)
    a_colleagues = hole(town, team=team, assignee=town.tom)
    of_department = hole(town)
    for_today = hole(town, assignee=town.dev, scheduled_for=today)
    for_tomorrow = hole(town, assignee=town.dev, scheduled_for=today + dt.timedelta(days=1))
    on_hold = hole(town, assignee=town.dev)
    progress.accept(on_hold.pk, actor=town.tom)
    holds.hold(on_hold.pk, reason="parts", until=today + dt.timedelta(days=7), actor=town.tom)
    done = hole(town, assignee=town.dev)
    endings.resolve(done.pk, disposition="fixed", text="Filled.", visited=True, actor=town.tom)
    assert shown(dev, mine, of_team, for_today) == [True, True, True]
    assert shown(dev, a_colleagues, of_department, for_tomorrow, on_hold, done) == [False] * 5
    page = dev.get(f"/staff/crew/{mine.reference}/").content.decode()
    assert "A hole as big as a plate." in page
    assert "geo:" in page
    assert factories.ANA.name not in page


def test_it_says_what_residents_thanked_for(town: Rivermark, signed_in: SignIn) -> None:
    team = Team.objects.create(department=town.streets, code="crew-1", name={"en": "Crew 1"})
    team.members.add(town.dev)
    done = [
        hole(town, thanks_count=2, assignee=town.dev),
        hole(town, thanks_count=1, team=team),
        hole(town, thanks_count=4),
    ]
    for one in done:
        endings.resolve(one.pk, disposition="fixed", text="Filled.", visited=True, actor=town.tom)
    dev = signed_in(town.dev)
    thanks = dev.get("/staff/crew/").content.decode().partition('aria-labelledby="thanks"')[2]
    assert "3 people thanked you or your team" in thanks
    assert [one.reference in thanks for one in done] == [True, True, False]
    ServiceRequest.objects.update(resolved_at=app_now() - dt.timedelta(days=31))
    assert 'aria-labelledby="thanks"' not in dev.get("/staff/crew/").content.decode()


def at_the_places(town: Rivermark, *longitudes: float) -> list[ServiceRequest]:
    """Dev's, due in this order."""
    holes = [
        factories.routed(town.pothole, answers=LANE, point=factories.at(longitude, 40.5)) for longitude in longitudes
    ]
    ServiceRequest.objects.filter(pk__in=[one.pk for one in holes]).update(assignee=town.dev)
    return holes


def order_of(page: str, holes: list[ServiceRequest]) -> list[int]:
    return sorted(range(len(holes)), key=lambda index: page.index(f'data-stop="{holes[index].reference}"'))


def test_the_stops_come_in_a_short_order_or_by_due_date_from_where_one_is(town: Rivermark, signed_in: SignIn) -> None:
    dev = signed_in(town.dev)
    holes = at_the_places(town, -69.0, -68.98, -69.02)
    by_due = dev.get("/staff/crew/?order=due").content.decode()
    shortest = dev.get("/staff/crew/").content.decode()
    assert order_of(by_due, holes) == [0, 1, 2]
    assert order_of(shortest, holes) in ([1, 0, 2], [2, 0, 1])
    assert "2.1 miles in this order, 3.2 miles by due date" in shortest
    assert "3.2 miles in this order, 2.1 miles by the shortest drive" in by_due
    from_the_west = dev.get("/staff/crew/?order=drive&lat=40.5&long=-69.03").content.decode()
    assert order_of(from_the_west, holes) == [2, 0, 1]
    assert "2.6 miles in this order" in from_the_west
    # The other order begins there, too.
    assert "?order=due&amp;lat=40.5&amp;long=-69.03" in from_the_west
    for unreadable in ("lat=north&long=west", "lat=nan&long=1", "lat=40.5"):
        page = dev.get(f"/staff/crew/?{unreadable}").content.decode()
        assert "couldn’t read that location" in page
        assert order_of(page, holes) in ([1, 0, 2], [2, 0, 1])
    ServiceRequest.objects.filter(pk=holes[1].pk).update(point=None)
    assert "1 stop has no place on the map" in dev.get("/staff/crew/").content.decode()


def test_a_long_day_is_cut_and_says_so(town: Rivermark, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_day, "STOPS_MAX", 2)
    holes = at_the_places(town, -69.0, -68.98, -69.02)
    dev = signed_in(town.dev)
    assert shown(dev, *holes) == [True, True, False]
    assert "These are the 2 stops that are due first." in dev.get("/staff/crew/").content.decode()


def test_tasks_of_the_department_are_in_it_without_words_that_are_confidential(
    town: Rivermark, signed_in: SignIn
) -> None:
    one = factories.routed(town.pothole, "Roots lift the curb.", answers=LANE)
    tasks.add(one.pk, department=town.parks, what="Cut the roots", actor=town.tom)
    late = leaves.today(town.city) - dt.timedelta(days=2)
    tasks.add(one.pk, department=town.parks, what="Plant a tree", actor=town.tom, due_on=late)
    gus = signed_in(factories.staff("Gus", "crew", town.city, town.parks))
    page = gus.get("/staff/crew/").content.decode()
    assert page.index("Plant a tree") < page.index("Cut the roots")
    assert "Late 2 d" in page
    assert "Roots lift the curb." in page
    assert f'data-stop="{one.reference}"' not in page
    ServiceRequest.objects.filter(pk=one.pk).update(public_state="private")
    assert "Roots lift the curb." not in gus.get("/staff/crew/").content.decode()
    # Somebody who gives out work has the tasks on their own page.
    assert "Cut the roots" not in signed_in(town.pia).get("/staff/crew/").content.decode()


def test_a_supervisor_prints_the_day_of_a_team_or_person_and_a_crew_its_own(town: Rivermark, signed_in: SignIn) -> None:
    team = Team.objects.create(department=town.streets, code="crew-1", name={"en": "Crew 1"})
    team.members.add(town.dev)
    mine, of_team = hole(town, "By the school", assignee=town.dev), hole(town, "On the bridge", team=team)
    tom, dev = signed_in(town.tom), signed_in(town.dev)
    page = tom.get(f"/staff/crew/sheet/?whose=person-{town.dev.pk}").content.decode()
    assert ("By the school" in page, "On the bridge" in page, mine.display_reference in page) == (True, True, True)
    page = tom.get(f"/staff/crew/sheet/?whose=team-{team.pk}&order=due").content.decode()
    assert ("By the school" in page, "On the bridge" in page, of_team.display_reference in page) == (False, True, True)
    assert "By the school" in dev.get("/staff/crew/sheet/").content.decode()
    # Pia of Parks may not know of it, and Dev prints nobody else's.
    for stranger, whose in ((signed_in(town.pia), f"team-{team.pk}"), (dev, f"person-{town.tom.pk}"), (tom, "team-x")):
        answer = stranger.get(f"/staff/crew/sheet/?whose={whose}")
        assert answer.status_code == 422
        assert "can’t print that day" in answer.content.decode()


def test_a_contractors_day_and_its_sheet_have_no_names(town: Rivermark, signed_in: SignIn) -> None:
    cora = factories.staff("Cora", "contractor", town.city, town.streets)
    words = "My name is Zenobia Quill, call 555-010-4477."
    one = hole(town, words, assignee=cora)
    hole(town, "Not hers")
    contractor, tom = signed_in(cora), signed_in(town.tom)
    for page in (
        contractor.get("/staff/crew/").content.decode(),
        contractor.get(f"/staff/crew/{one.reference}/").content.decode(),
        contractor.get("/staff/crew/sheet/").content.decode(),
        # Printed for her by somebody who reads names.
        tom.get(f"/staff/crew/sheet/?whose=person-{cora.pk}").content.decode(),
    ):
        assert one.reference in page or one.display_reference in page
        assert "[phone number]" in page
        assert not any(hidden in page for hidden in ("Quill", "4477", "Not hers"))
    assert "4477" in tom.get(f"/staff/crew/{one.reference}/").content.decode()
