"""The filters, orders and columns of the queue, and what an address can't name anymore."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions.work import progress
from requests_app.clock import app_now
from requests_app.models import Area, Membership, RequestArea, ServiceRequest, Team, User
from staff_app.queue import filters, listing
from staff_app.queue.filters import QueueFilter
from tests import factories
from tests.factories import Rivermark
from tests.staff_app.queue.test_queue import pothole, shown

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.1")]
SignIn = Callable[[User], Client]
DAY, MOMENT = dt.timedelta(days=1), dt.timedelta(microseconds=1)
FIRST_MIDNIGHT = dt.datetime(2026, 1, 2, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("query", "columns", "others"),
    [
        ("status=on_hold", {"status": "on_hold"}, {}),
        ("status=closed", {"status": "closed", "disposition": "fixed"}, {}),
        ("outcome=not_found", {"status": "resolved", "disposition": "not_found"}, {}),
        ("assignee=me", {"assignee": "tom"}, {}),
        ("assignee=nobody", {}, {"assignee": "tom"}),
        ("assignee=me&assignee=nobody&priority=1", {"priority": 1}, {}),
        ("priority=1&priority=2", {"priority": 1}, {"priority": 4}),
        ("channel=phone", {"channel": "phone"}, {}),
        ("language=es", {"language": "es"}, {}),
        ("flag=danger", {"priority_reason": "danger"}, {}),
        ("flag=threat&flag=several_people", {"people_count": 3}, {}),
        ("flag=not_accepted", {}, {"acknowledged_at": dt.timedelta()}),
        ("public_state=hidden", {"public_state": "hidden"}, {}),
        ("quiet=3", {"last_public_message_at": -4 * DAY}, {"last_public_message_at": -2 * DAY}),
        ("late=1", {"due_at": -DAY}, {"due_at": DAY}),
        ("flag=several_people", {"me_too_count": 1}, {"people_count": 1}),
        ("flag=reopened&flag=thanked", {"thanks_count": 1}, {}),
        ("flag=reopened", {"reopened_count": 1}, {}),
        # The city's day, from midnight to midnight.
        ("from=2026-01-02&to=2026-01-02", {"submitted_at": FIRST_MIDNIGHT}, {"submitted_at": FIRST_MIDNIGHT + DAY}),
        (
            "from=2026-01-02&to=2026-01-02",
            {"submitted_at": FIRST_MIDNIGHT + DAY - MOMENT},
            {"submitted_at": FIRST_MIDNIGHT - MOMENT},
        ),
    ],
)
def test_each_filter_keeps_its_own(
    town: Rivermark, tom: Client, query: str, columns: dict[str, Any], others: dict[str, Any]
) -> None:
    def stored(values: dict[str, Any]) -> dict[str, Any]:
        now = app_now()
        people = {"tom": town.tom}
        return {
            name: now + value if isinstance(value, dt.timedelta) else people.get(value, value)
            for name, value in values.items()
        }

    one = pothole(town, **stored(columns))
    pothole(town, **stored(others))
    assert shown(tom, f"?{query}") == [one.reference]


def test_team_service_category_asset_and_area_are_named_by_code_or_id(town: Rivermark, tom: Client) -> None:
    team = Team.objects.create(department=town.streets, code="crew", name={"en": "Crew 1"})
    ward = factories.area(town.city)
    light = factories.asset(town.city, "L00417")
    one = pothole(town, team=team, asset=light)
    pothole(town)
    RequestArea.objects.exclude(service_request=one).delete()
    code = town.pothole.category.code
    for query in (f"team={team.pk}", "asset=l00417", f"area={ward.pk}&category={code}&service=pothole"):
        assert shown(tom, f"?{query}") == [one.reference]


def test_what_is_gone_or_not_ones_own_is_left_out_with_a_notice(town: Rivermark, tom: Client) -> None:
    hole = pothole(town)
    # Tom leads the whole of another city, which gives him nothing here.
    there = factories.lakeside()
    role = factories.role(there.city, "supervisor")
    Membership.objects.create(user=town.tom, jurisdiction=there.city, role=role)
    left = factories.staff("Gone", "crew", there.city)
    left.memberships.all().delete()
    theirs = factories.routed(there.pothole)
    ServiceRequest.objects.filter(pk=theirs.pk).update(assignee=left)
    strange = (
        f"assignee={there.sid.pk}",
        f"assignee={left.pk}",
        "assignee=x",
        f"team={Team.objects.create(department=town.parks, code='trees', name={'en': 'Trees'}).pk}",
        f"asset={factories.asset(there.city, 'LAKE1').asset_id}",
        "language=abcdefghijklm",
        "service=gone",
        "team=99",
        "area=1x",
        "assignee=0",
        "quiet=-1",
        "from=soon",
        "department=PK",
        "status=new",
    )
    # Each by itself, too: of some filters only the last value counts.
    pages = [tom.get(f"/staff/?{query}").content.decode() for query in strange]
    for query, page in zip(strange, pages, strict=True):
        assert re.findall(r'href="/staff/r/([0-9A-Z]{8})/\?list=', page) == [hole.reference], query
        assert page.count("so it was left out") == 1, query
    assert "so it was left out" not in tom.get("/staff/?language=abcdefghijkl").content.decode()


def test_days_without_an_update_and_since_the_end_are_counted_to_the_moment(
    town: Rivermark, tom: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = dt.datetime(2026, 1, 10, 17, tzinfo=dt.UTC)
    monkeypatch.setattr(filters, "app_now", lambda: now)
    quiet = pothole(town, last_public_message_at=now - 3 * DAY)
    pothole(town, last_public_message_at=now - 3 * DAY + MOMENT)
    assert shown(tom, "?quiet=3") == [quiet.reference]
    midnight = FIRST_MIDNIGHT + 7 * DAY
    ended = pothole(town, status="closed", disposition="fixed", resolved_at=midnight)
    pothole(town, status="closed", disposition="fixed", resolved_at=midnight - MOMENT)
    assert shown(tom, "?ended=2") == [ended.reference]


def test_an_address_is_written_back_and_has_a_chip_for_each_value(town: Rivermark, tom: Client) -> None:
    query = QueryDict("service=pothole&status=routed&status=closed&sort=quiet&q=elm")
    chosen = QueueFilter.from_query(query, town.tom, town.city)
    again = QueueFilter.from_query(chosen.query(), town.tom, town.city)
    assert again == chosen
    assert chosen.sentence() == "Search: “elm” · Status: Routed · Status: Closed · Service: Pothole"
    page = tom.get("/staff/?service=pothole&status=routed").content.decode()
    assert 'class="queue-chip" href="/staff/?status=routed"' in page


def test_a_form_with_empty_fields_leads_to_the_short_address(town: Rivermark, tom: Client) -> None:
    answer = tom.get("/staff/?tab=late&service=&priority=2&from=&q=")
    assert answer["Location"] == "/staff/?tab=late&priority=2"


def test_several_values_are_added_at_once_and_taken_out_again(town: Rivermark, tom: Client, monkeypatch: Any) -> None:
    """The form's boxes say all of their values; what they don't offer stays in the address."""
    path = "/staff/?service=pothole&service=tree&status=routed&assignee=me"

    def sent(page: str) -> tuple[list[str], list[str]]:
        form = page[page.index("queue-add") : page.index("queue-tools")]
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', form[: form.index("queue-add__fields")])
        boxes = re.findall(r'type="checkbox" name="(\w+)" value="([^"]+)" checked', form)
        return sorted(f"{n}={v}" for n, v in hidden), sorted(f"{n}={v}" for n, v in boxes)

    all_four = ["assignee=me", "service=pothole", "service=tree", "status=routed"]
    assert sent(tom.get(path).content.decode()) == ([], all_four)
    monkeypatch.setattr("staff_app.queue.filter_form.MOST_BOXES", 1)
    assert sent(tom.get(path).content.decode()) == (all_four, [])


def test_as_many_colleagues_as_a_big_department_has_are_boxes(town: Rivermark, tom: Client) -> None:
    for number in range(70):
        factories.staff(f"Colleague {number}", "crew", town.city, town.streets)
    page = tom.get("/staff/").content.decode()
    assert len(re.findall(r'type="checkbox" name="assignee"', page)) > 70


def test_services_are_offered_by_name(town: Rivermark, tom: Client) -> None:
    page = tom.get("/staff/").content.decode()
    names = re.findall(r'name="service" value="[^"]+">\s*([^<]+?)\s*</label>', page)
    assert names == sorted(names, key=str.casefold)
    assert len(names) > 2


def test_departments_and_teams_are_offered_to_who_works_with_them(town: Rivermark, signed_in: SignIn) -> None:
    teams = {
        code: Team.objects.create(department=of, code=code, name={"en": code}, active=code != "gone")
        for code, of in (("night", town.streets), ("gone", town.streets), ("trees", town.parks))
    }
    everywhere = factories.staff("Lea", "supervisor", town.city)

    def boxes(user: User, name: str) -> set[str]:
        page = signed_in(user).get("/staff/").content.decode()
        return set(re.findall(rf'type="checkbox" name="{name}" value="([^"]+)"', page))

    assert boxes(town.tom, "team") == {str(teams["night"].pk)}
    assert boxes(town.tom, "department") == set()
    assert boxes(everywhere, "team") == {str(teams[code].pk) for code in ("night", "trees")}
    assert {"PW", "PK"} <= boxes(everywhere, "department")


@pytest.mark.parametrize(
    ("sort", "column", "values"),
    [
        ("due", "due_at", [-DAY, DAY, 2 * DAY]),
        ("reported", "submitted_at", [-DAY, -2 * DAY, -3 * DAY]),
        ("priority", "priority", [1, 2, 3]),
        ("quiet", "last_public_message_at", [-3 * DAY, -2 * DAY, -DAY]),
    ],
)
def test_rows_are_sorted_and_paged_by_key(
    town: Rivermark, tom: Client, monkeypatch: pytest.MonkeyPatch, sort: str, column: str, values: list[Any]
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    now = app_now()
    made = [
        pothole(town, **{column: now + value if isinstance(value, dt.timedelta) else value})
        for value in reversed(values)
    ]
    expected = [one.reference for one in reversed(made)]
    page = tom.get(f"/staff/?sort={sort}").content.decode()
    assert re.findall(r'href="/staff/r/([0-9A-Z]{8})/\?list=', page) == expected[:2]
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert shown(tom, following.group(1).replace("&amp;", "&"), path="") == expected[2:]


def test_columns_and_rows_are_chosen_and_kept_for_the_next_sign_in(
    town: Rivermark, tom: Client, signed_in: SignIn
) -> None:
    one = pothole(town)
    assert "No update for" in tom.get("/staff/").content.decode()
    assert f">{one.display_reference}</td>" not in tom.get("/staff/").content.decode()
    choice = {"columns": ["reference", "nonsense"], "rows": "roomy", "next": "/staff/?tab=new"}
    assert tom.post("/staff/columns/", choice)["Location"] == "/staff/?tab=new"
    tom = signed_in(User.objects.get(pk=town.tom.pk))
    page = tom.get("/staff/").content.decode()
    assert f">{one.display_reference}</td>" in page
    assert "No update for" not in page
    assert '<table class="queue queue--roomy"' in page
    assert '<table class="queue"' in signed_in(town.dev).get("/staff/").content.decode()
    assert tom.post("/staff/columns/", {"next": "//elsewhere.example/"})["Location"] == "/staff/"
    assert f">{one.display_reference}</td>" not in tom.get("/staff/").content.decode()


def test_counts_are_kept_until_an_act_of_ones_own(town: Rivermark, tom: Client) -> None:
    one = pothole(town)
    count = re.compile(r'\?tab=new"[^>]*>[^<]*<span class="count">(\d+)<')
    assert count.findall(tom.get("/staff/").content.decode()) == ["1"]
    progress.accept(one.pk, actor=town.cal)
    assert count.findall(tom.get("/staff/").content.decode()) == ["1"]
    tom.post("/staff/columns/")
    assert count.findall(tom.get("/staff/").content.decode()) == ["0"]


@pytest.mark.parametrize("path", ["/staff/", "/staff/mine/"])
@pytest.mark.shows("14.10")
def test_a_page_of_the_day_costs_at_most_ten_queries(town: Rivermark, tom: Client, path: str) -> None:
    factories.area(town.city)
    for _ in range(3):
        pothole(town, assignee=town.tom)
    tom.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert len(shown(tom, path=path)) == 3
    assert len(queries) <= 10
    # Nothing in triage is anybody's, and catalog and people aren't joined row by row.
    assert not [one for one in queries if one["sql"].count("JOIN") > 2]


def test_the_ward_is_shown_and_each_row_carries_its_id(town: Rivermark, tom: Client) -> None:
    ward = Area.objects.get(pk=factories.area(town.city).pk)
    one = pothole(town)
    page = tom.get("/staff/").content.decode()
    assert f'<span class="queue__ward">{ward.name}</span>' in page
    assert f'data-request="{one.pk}"' in page
    assert ServiceRequest.objects.get(pk=one.pk).reference in page
