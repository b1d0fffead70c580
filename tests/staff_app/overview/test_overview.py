"""The overview: each figure is the count of the rows that its link shows, and nobody sees what isn't theirs."""

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from requests_app.actions.figures import daily_load
from requests_app.actions.setup.overview_settings import OVERVIEW
from requests_app.clock import app_now
from requests_app.models import (
    Alarm,
    Clock,
    Event,
    Jurisdiction,
    RequestArea,
    ServiceRequest,
    SetupChange,
    TypicalTime,
    User,
)
from requests_app.rules.shared import directory as directories
from requests_app.rules.work.attention import ATTENTION
from staff_app.overview import figures
from staff_app.queue import listing
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.8")]

SignIn = Callable[[User], Client]


def made(cast: Rivermark, days: int, ended: int | None = None, **columns: Any) -> ServiceRequest:
    """A report of a tree, so many days ago, in Parks."""
    report = factories.report(cast.tree)
    now = app_now()
    values = {
        "department": cast.parks, "status": "routed", "submitted_at": now - dt.timedelta(days=days),
        "due_at": now - dt.timedelta(days=days - 3), "last_public_message_at": None, **columns,
    }  # fmt: skip
    if ended is not None:
        # As clocks.stop() leaves it.
        met = {
            "due_at": values.pop("due_at"),
            "met_at": now - dt.timedelta(days=ended),
            "started_at": report.submitted_at,
        }
        Clock.objects.update_or_create(service_request=report, kind="resolve", defaults=met)
        values |= {"status": "closed", "disposition": "fixed", "resolved_at": met["met_at"], "due_at": None}
    ServiceRequest.objects.filter(pk=report.pk).update(**values)
    return report


@pytest.fixture
def parks_work(cast: Rivermark) -> None:
    made(cast, 0)
    made(cast, 1, bounces=2)
    made(cast, 20, reopened_count=1)
    made(cast, 100)
    made(cast, 2, last_public_message_at=app_now())
    # On time, too late, and too long ago to count.
    made(cast, 10, ended=8, thanks_count=3)
    made(cast, 10, ended=1)
    made(cast, 90, ended=60)
    # Not Parks'.
    made(cast, 30, department=cast.streets)


@pytest.fixture
def pia(cast: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(cast.pia)


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """The number and the link of each tile."""
    found = re.findall(
        r'<a href="([^"]*)" data-figure="(\w+)">.*?<span\s+class="tile__number">(.*?)</span>', page, re.DOTALL
    )
    return {code: (number.strip(), unescape(url)) for url, code, number in found}


@pytest.mark.usefixtures("parks_work")
def test_each_tile_counts_the_rows_that_its_link_shows(cast: Rivermark, pia: Client) -> None:
    shown = tiles(pia.get(reverse("staff_app:overview")).content.decode())
    assert {code: number for code, (number, _url) in shown.items()} == {
        "ringing": "0", "late": "2", "nearly_late": "0", "silent": "2", "unassigned": "5", "bounced": "1",
        "open": "5", "reopened": "1", "missed": "25%", "net": "+2", "thanked": "1",
    }  # fmt: skip
    assert "By 3 people, for what ended in 30 days" in pia.get(reverse("staff_app:overview")).content.decode()
    for code in ("open", *ATTENTION, "reopened", "thanked"):
        number, url = shown[code]
        page = pia.get(url).content.decode()
        assert len(set(re.findall(r'href="/staff/r/([0-9A-Z]{8})/', page))) == int(number), code


@pytest.mark.usefixtures("parks_work")
def test_the_queue_of_a_supervisor_begins_with_todays_numbers_and_nobody_elses(
    cast: Rivermark, signed_in: SignIn
) -> None:
    line = reverse("staff_app:today")
    pia = signed_in(cast.pia)
    assert f'hx-get="{line}"' in pia.get("/staff/").content.decode()
    assert f'hx-get="{line}"' not in pia.get("/staff/?tab=late").content.decode()
    shown = dict(re.findall(r'data-figure="(\w+)"><strong>(\d+)</strong>', pia.get(line).content.decode()))
    assert shown == {"late": "2", "silent": "2", "unassigned": "5", "bounced": "1"}
    crew = signed_in(cast.tom)
    assert f'hx-get="{line}"' not in crew.get("/staff/").content.decode()
    assert crew.get(line).status_code == 403


def test_what_rings_and_who_has_it(cast: Rivermark, pia: Client) -> None:
    for state in (Alarm.State.RINGING, Alarm.State.ACCEPTED):
        Alarm.objects.create(
            jurisdiction=cast.city,
            service_request=made(cast, 0),
            reason=Alarm.Reason.STAFF,
            state=state,
            started_at=app_now(),
        )
    number, url = tiles(pia.get(reverse("staff_app:overview")).content.decode())["ringing"]
    assert number == "1"
    assert len(set(re.findall(r'href="/staff/r/([0-9A-Z]{8})/', pia.get(url).content.decode()))) == 1


@pytest.mark.usefixtures("parks_work")
def test_every_figure_is_a_count_of_the_queue(cast: Rivermark) -> None:
    scope = figures.scope_of(cast.pia, cast.city)
    counted = figures.figures(scope)
    for name, pairs in figures.queries(scope).items():
        rows = listing.matching([*scope.pairs, *pairs], cast.pia, cast.city)
        assert getattr(counted, name) == rows.count(), name
    # 1 of 2 that ended, and 2 late ones that should have.
    assert (counted.ended, counted.missed, counted.on_time) == (2, 1, 25)
    assert (counted.came, counted.went) == (3, 1)


@pytest.mark.usefixtures("parks_work")
def test_who_may_open_it_and_for_what(cast: Rivermark, signed_in: SignIn) -> None:
    address = reverse("staff_app:overview")
    assert signed_in(cast.tom).get(address).status_code == 403
    assert address not in signed_in(cast.tom).get("/staff/").content.decode()
    # Ada works for the whole city and may look at one department.
    ada = signed_in(cast.ada)
    assert tiles(ada.get(address).content.decode())["open"][0] == "6"
    assert tiles(ada.get(address, {"department": cast.streets.code}).content.decode())["open"][0] == "1"
    # Another department is not Pia's to choose.
    pia = signed_in(cast.pia)
    assert tiles(pia.get(address, {"department": cast.streets.code}).content.decode())["open"][0] == "5"
    counts = pia.get(reverse("staff_app:overview_counts"), {"by": "department", "department": cast.streets.code})
    assert "Streets" not in re.sub(r"<header.*?</header>", "", counts.content.decode(), flags=re.DOTALL)


def test_reopened_within_30_days_of_what_was_resolved(cast: Rivermark, pia: Client) -> None:
    def resolved(days_ago: int, reopened_after: int | None = None, *, undone: bool = False) -> None:
        report = made(cast, 100, reopened_count=0 if reopened_after is None else 1)
        at = app_now() - dt.timedelta(days=days_ago)
        last = Event.objects.create(jurisdiction=cast.city, service_request=report, kind="resolved", at=at)
        if reopened_after is not None:
            again = at + dt.timedelta(days=reopened_after)
            last = Event.objects.create(jurisdiction=cast.city, service_request=report, kind="reopened", at=again)
        if undone:
            data = {"event_id": last.pk}
            Event.objects.create(jurisdiction=cast.city, service_request=report, kind="undone", at=at, data=data)

    resolved(45)
    resolved(45, reopened_after=10)
    resolved(45, reopened_after=29)
    resolved(45, reopened_after=31)
    # Not counted: it had no 30 days yet, is too long ago, or was undone. A reopening that was undone is none.
    resolved(20, reopened_after=2)
    resolved(70, reopened_after=2)
    resolved(45, undone=True)
    resolved(45, reopened_after=5, undone=True)
    rate = figures.reopen_rate(figures.scope_of(cast.pia, cast.city))
    assert rate == figures.ReopenRate(resolved=5, reopened=2)
    page = pia.get(reverse("staff_app:overview")).content.decode()
    assert "40% of what was resolved 31 to 60 days ago was reopened within 30 days" in page


def shades(page: str) -> dict[str, str]:
    return dict(re.findall(r'<title>([^<]*)</title>\s*<path\s+class="heat__area heat__area--(\d)', page))


def test_areas_are_shaded_by_what_is_late_or_open_and_open_their_rows(cast: Rivermark, pia: Client) -> None:
    address = reverse("staff_app:overview")
    assert "This city has no layer of wards" in pia.get(address).content.decode()
    cache.clear()
    for code, late, calm in (("5", 1, 3), ("6", 5, 0)):
        area = factories.area(cast.city, code=code)
        for days in [10] * late + [1] * calm:
            one = made(cast, days)
            # Both areas have the same outline.
            RequestArea.objects.filter(service_request=one).exclude(area=area).delete()
    directories.changed(cast.city.pk)
    page = pia.get(address).content.decode()
    assert shades(page) == {"Ward 5: 1": "1", "Ward 6: 5": "5"}
    assert shades(pia.get(address, {"shade": "open"}).content.decode()) == {"Ward 5: 4": "4", "Ward 6: 5": "5"}
    assert re.findall(r'aria-label="(\d (?:open|late) in [^"]*)"', page) == [
        "5 late in Ward 6", "5 open in Ward 6", "1 late in Ward 5", "4 open in Ward 5",
    ]  # fmt: skip
    for url, number in re.findall(r'<td><a\s+href="([^"]*)"\s+aria-label="(\d)', page):
        query = [tuple(pair.split("=")) for pair in unescape(url).split("?", 1)[1].split("&")]
        assert listing.matching(query, cast.pia, cast.city).count() == int(number)


def test_an_empty_city_has_a_calm_page(cast: Rivermark, pia: Client) -> None:
    page = pia.get(reverse("staff_app:overview")).content.decode()
    assert tiles(page)["open"][0] == "0"
    assert tiles(page)["missed"][0] == "–"
    assert "Charts start after the first night" in page
    assert "Nothing is open." in page


@pytest.mark.parametrize(("part", "words"), [(0.45, "too long"), (0.9, ""), (1.6, "too short")])
def test_a_target_that_does_not_fit_is_listed_with_what_is_usual(
    cast: Rivermark, pia: Client, part: float, words: str
) -> None:
    target = cast.tree.service.targets.get(kind="resolve", area=None)
    now = app_now()
    # Of other departments' services, Pia isn't told.
    for service in (cast.tree.service, cast.pothole.service):
        TypicalTime.objects.create(
            jurisdiction=cast.city, service=service, computed_at=now, day=now.astimezone(cast.city.zone).date(),
            count=40, days=90, factor=1.0, half=None, most=dt.timedelta(hours=target.value * part),
        )  # fmt: skip
    page = pia.get(reverse("staff_app:overview")).content.decode()
    listed = re.findall(r"Targets that don’t fit.*?</section>", page, re.DOTALL)[0]
    assert re.findall(r"too long|too short", listed) == ([words] if words else [])
    assert "Pothole" not in listed


@pytest.mark.usefixtures("parks_work")
def test_charts_read_the_nightly_table(cast: Rivermark, pia: Client) -> None:
    daily_load.record(cast.city)
    page = pia.get(reverse("staff_app:overview")).content.decode()
    assert "Open by age, at the end of each week" in page
    assert "In and out per day" in page
    days = figures.days(figures.scope_of(cast.pia, cast.city))
    assert days is not None
    assert sum(days.backlog[-1][1]) == 4
    assert days.forecast is not None
    assert days.forecast.first == app_now().astimezone(cast.city.zone).date()


@pytest.mark.usefixtures("parks_work")
def test_numbers_by_person_are_off_until_somebody_agreed(
    cast: Rivermark, pia: Client, signed_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    made(cast, 1, assignee=cast.pia)
    address = reverse("staff_app:overview")
    assert "Off. An administrator can switch it on" in pia.get(address).content.decode()
    by_person = pia.get(reverse("staff_app:overview_counts"), {"by": "person"}).content.decode()
    assert f"assignee={cast.pia.pk}" not in by_person
    assert pia.post(reverse("staff_app:overview_settings"), {"on_time_goal": 90}).status_code == 403
    ada = signed_in(cast.ada)
    assert ada.post(reverse("staff_app:overview_settings"), {"on_time_goal": 0}).status_code == 422
    form = {"on_time_goal": 90, "load_by_person_agreed": "Union Local 12, June 3"}
    with django_capture_on_commit_callbacks(execute=True):
        assert ada.post(reverse("staff_app:overview_settings"), form).status_code == 302
    page = pia.get(address).content.decode()
    assert "Shown because this was agreed: Union Local 12, June 3." in page
    assert f"assignee={cast.pia.pk}" in page
    change = SetupChange.objects.latest("id")
    assert change.after is not None
    assert (change.user, change.after["load_by_person_agreed"]) == (cast.ada, "Union Local 12, June 3")


def test_a_place_keeps_coming_back_but_never_a_home_or_a_person(cast: Rivermark, pia: Client) -> None:
    private = factories.service(cast.city, "help-people", of=cast.parks, visibility="private")
    home = factories.service(cast.city, "blight", of=cast.parks, kind=factories.category(cast.city, "homes", "Homes"))
    for version in (cast.tree, private, home):
        for _time in range(3):
            report = factories.report(version)
            ServiceRequest.objects.filter(pk=report.pk).update(
                department=cast.parks, status="routed", public_address="12 Elm St", public_state="public"
            )
    made(cast, 1, public_address="Twice Ave")
    made(cast, 1, public_address="Twice Ave")
    scope = figures.scope_of(cast.pia, cast.city)
    found = figures.places(scope)
    assert found is not None
    assert [(one.service, one.address, one.count) for one in found] == [(cast.tree.service, "12 Elm St", 3)]
    assert scope.rows(*found[0].pairs).count() == 3
    assert "12 Elm St" in pia.get(reverse("staff_app:overview")).content.decode()


@pytest.mark.usefixtures("parks_work")
@pytest.mark.parametrize("by", ["service", "area", "month", "team", "department"])
def test_a_view_is_counted_and_each_count_opens_its_rows(cast: Rivermark, pia: Client, by: str) -> None:
    page = pia.get(reverse("staff_app:overview_counts"), {"by": by, "late": "1"}).content.decode()
    rows = re.findall(r'<tr><th scope="row">(?:<a\s+href="([^"]*)">)?.*?<td>(\d+)</td>', page)
    assert sum(int(count) for _url, count in rows) == (0 if by == "area" else 2)
    for url, count in rows:
        if url:
            query = unescape(url).split("?", 1)[1]
            pairs = [tuple(pair.split("=")) for pair in query.split("&")]
            assert listing.matching(pairs, cast.pia, cast.city).count() == int(count)


@pytest.mark.usefixtures("parks_work")
def test_it_costs_few_queries_once_it_is_kept(cast: Rivermark, pia: Client, django_assert_max_num_queries: Any) -> None:
    pia.get(reverse("staff_app:overview"))
    with django_assert_max_num_queries(14):
        pia.get(reverse("staff_app:overview"))


def test_the_goal_is_the_citys(cast: Rivermark) -> None:
    OVERVIEW.change(cast.city.pk, on_time_goal=95, load_by_person_agreed="", actor=cast.ada, host="testserver")
    city = Jurisdiction.objects.get(pk=cast.city.pk)
    assert (city.on_time_goal, city.load_by_person_agreed) == (95, "")
