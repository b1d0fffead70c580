"""Acting on a row of the queue without leaving it: the answer is the row as it is now, or that it has left the list."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions.work import assignment, merges, progress
from requests_app.models import Event, Team, User
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time
from tests.staff_app.queue.test_queue import pothole
from tests.staff_app.test_leave import away

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


class Row:
    """A row of the page at this address, as the script reads it."""

    def __init__(self, client: Client, pk: int, path: str = "/staff/") -> None:
        self.client = client
        page = client.get(path).content.decode()
        row = re.search(rf'<tr role="row" data-request="{pk}".*?</tr>', page, re.DOTALL)
        assert row
        self.html = row.group()
        address = re.search(r'href="(/staff/r/[^"]+)"', self.html)
        number = re.search(r'data-last-event="(\d+)"', self.html)
        assert address
        assert number
        self.url = urlsplit(address.group(1).replace("&amp;", "&"))
        self.last_event = number.group(1)

    def send(self, verb: str, **data: Any) -> Any:
        position = parse_qs(self.url.query)["list"][0]
        sent = {"last_event": self.last_event, "list": position, **data}
        return self.client.post(f"{self.url.path}{verb}/", sent, headers={"X-In-Place": "row"})


def is_in(answer: Any) -> bool:
    """Whether the answer has the row."""
    return "<tr " in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "stays"), [("/staff/", True), ("/staff/?tab=new", False), ("/staff/?q=plate&status=routed", False)]
)
def test_the_row_is_answered_as_it_is_now_or_has_left_its_list(
    town: Rivermark, tom: Client, path: str, stays: bool
) -> None:
    one, other = pothole(town), pothole(town)
    assert "Not accepted yet" in Row(tom, one.pk, path).html
    row = Row(tom, one.pk, path)
    answer = row.send("accept")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'data-acted="{one.pk}"' in page
    assert f"{one.display_reference}: Accepted." in page
    assert is_in(answer) is stays
    assert "Not accepted yet" not in page
    assert str(other.pk) not in re.findall(r'data-request="(\d+)"', page)
    undo = re.search(r'action="(/staff/undo/\d+/)"', page)
    assert undo
    # Undone from the same list, the row is there again.
    position = parse_qs(row.url.query)["list"][0]
    undone = tom.post(undo.group(1), {"list": position}, headers={"X-In-Place": "row"})
    assert is_in(undone)
    assert "Not accepted yet" in undone.content.decode()
    assert "Undone" in undone.content.decode()
    # Nothing is left to say on the next page.
    assert "Accepted." not in tom.get("/staff/").content.decode()


def test_assigning_accepts_and_one_undo_takes_both_back(town: Rivermark, tom: Client) -> None:
    one = pothole(town)
    answer = Row(tom, one.pk).send("assign", assignee=town.dev.pk)
    assert 'title="Dev"' in answer.content.decode()
    kinds = list(Event.objects.filter(service_request=one, user=town.tom).order_by("id").values_list("kind", flat=True))
    assert kinds == ["accepted", "assigned"]
    one.refresh_from_db()
    assert (one.status, one.assignee) == ("in_progress", town.dev)
    undo = re.search(r'action="(/staff/undo/\d+/)"', answer.content.decode())
    assert undo
    tom.post(undo.group(1))
    one.refresh_from_db()
    assert (one.status, one.assignee, one.acknowledged_at) == ("routed", None, None)
    # Taking it from everybody accepts nothing.
    Row(tom, one.pk).send("assign", assignee="")
    one.refresh_from_db()
    assert one.status == "routed"


def test_who_closed_the_page_undoes_it_from_the_requests_activity(
    town: Rivermark, tom: Client, signed_in: SignIn
) -> None:
    """Once for both events of one action, for 30 seconds, and only by the one who did it."""
    one = pothole(town)
    Row(tom, one.pk).send("assign", assignee=town.dev.pk)
    accepted = Event.objects.get(service_request=one, kind="accepted")
    page = f"/staff/r/{one.reference}/"
    offer = r'action="(/staff/undo/\d+/)"'
    # The message about it is only on the first page.
    tom.get(page)
    assert re.findall(offer, tom.get(page).content.decode()) == [f"/staff/undo/{accepted.pk}/"]
    assert re.findall(offer, tom.get(f"{page}peek/").content.decode()) == [f"/staff/undo/{accepted.pk}/"]
    assert re.findall(offer, signed_in(town.dev).get(page).content.decode()) == []
    set_time(accepted.at + dt.timedelta(seconds=30))
    assert re.findall(offer, tom.get(page).content.decode()) != []
    set_time(accepted.at + dt.timedelta(seconds=30, milliseconds=1))
    assert re.findall(offer, tom.get(page).content.decode()) == []
    set_time(accepted.at)
    tom.post(f"/staff/undo/{accepted.pk}/")
    tom.get(page)
    assert re.findall(offer, tom.get(page).content.decode()) == []


def test_a_team_is_assigned_without_a_person_and_only_one_of_the_department(
    town: Rivermark, tom: Client, pia: Client
) -> None:
    crew = Team.objects.create(department=town.streets, code="crew-2", name={"en": "Night crew"})
    ended = Team.objects.create(department=town.streets, code="old", name={"en": "Old crew"}, active=False)
    other = Team.objects.create(department=town.parks, code="trees", name={"en": "Tree crew"})
    one = pothole(town, assignee=town.dev)
    for wrong in (ended, other):
        assert Row(tom, one.pk).send("assign", assignee=f"team-{wrong.pk}").status_code == 422
    answer = Row(tom, one.pk).send("assign", assignee=f"team-{crew.pk}")
    assert 'title="Night crew"' in answer.content.decode()
    one.refresh_from_db()
    assert (one.team, one.assignee) == (crew, None)
    assert "Assigned to Night crew" in tom.get(f"/staff/r/{one.reference}/").content.decode()


def test_oneself_and_those_assigned_lately_come_first(town: Rivermark, tom: Client) -> None:
    """Two with one name are told apart by their email."""
    twin = factories.staff("Dev.Too", "crew", town.city, town.streets)
    User.objects.filter(pk=twin.pk).update(name="Dev", email="dev.too@rivermark.example")
    crew = Team.objects.create(department=town.streets, code="crew-2", name={"en": "Night crew"})
    one = pothole(town)
    for value in (str(twin.pk), f"team-{crew.pk}", "", str(town.tom.pk)):
        Row(tom, one.pk).send("assign", assignee=value)
    page = tom.get(f"/staff/r/{one.reference}/assign/").content.decode()
    options = re.findall(r'<option value="([^"]*)"', page)
    assert options[:3] == [str(town.tom.pk), f"team-{crew.pk}", str(twin.pk)]
    assert options.count(str(twin.pk)) == 1
    assert options[-1] == ""
    assert "Dev (dev.too@rivermark.example)" in page


def test_what_somebody_else_did_meanwhile_is_told_and_not_overwritten(town: Rivermark, tom: Client) -> None:
    one, two = pothole(town), pothole(town)
    rows = Row(tom, one.pk), Row(tom, two.pk)
    progress.accept(one.pk, actor=town.cal)
    assignment.assign(two.pk, assignee=town.cal, actor=town.cal)
    answers = rows[0].send("accept"), rows[1].send("assign", assignee=town.dev.pk)
    assert [answer.status_code for answer in answers] == [409, 409]
    assert "Someone else got here first" in answers[0].content.decode()
    assert "Assigned to Cal" in answers[1].content.decode()
    two.refresh_from_db()
    assert two.assignee == town.cal


def test_a_key_pressed_twice_acts_once(town: Rivermark, tom: Client) -> None:
    one = pothole(town)
    row = Row(tom, one.pk)
    assert [row.send("accept").status_code for _ in range(2)] == [200, 409]
    assert Event.objects.filter(service_request=one, kind="accepted").count() == 1


def test_a_row_that_was_merged_or_is_out_of_reach_is_left_alone(town: Rivermark, tom: Client) -> None:
    one, parent, gone = pothole(town), pothole(town), pothole(town)
    rows = Row(tom, one.pk), Row(tom, gone.pk)
    merges.merge(one.pk, parent=parent, actor=town.cal)
    assignment.transfer(gone.pk, department=town.parks, reason="Theirs.", actor=town.cal)
    assert [row.send("assign", assignee=town.tom.pk).status_code for row in rows] == [409, 404]


def test_a_session_that_has_ended_says_so_and_keeps_what_was_typed(town: Rivermark, tom: Client) -> None:
    one = pothole(town)
    row = Row(tom, one.pk)
    tom.cookies.pop("sessionid", None)
    tom.logout()
    path = f"/staff/r/{one.reference}/"
    assert tom.get(f"{path}note/", headers={"X-In-Place": "row"}).status_code == 401
    answer = row.send("note", text="The lid is loose.", writer=town.tom.pk)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "nothing was changed" in page
    assert f'href="/accounts/login/?next={path}note/"' in page
    tom.force_login(town.tom, backend="django.contrib.auth.backends.ModelBackend")
    assert "The lid is loose." in tom.get(f"{path}note/").content.decode()


@pytest.mark.shows("14.10")
def test_acting_on_a_row_costs_at_most_twelve_statements(town: Rivermark, tom: Client) -> None:
    """Of which three are about who asks. Priority 1 isn't among them: it starts other clocks and an alarm."""
    crew = Team.objects.create(department=town.streets, code="crew-2", name={"en": "Night crew"})
    away(town, town.cal)
    acts: list[tuple[str, dict[str, Any]]] = [
        ("accept", {}),
        ("assign", {"assignee": town.tom.pk}),
        ("assign", {"assignee": town.dev.pk}),
        ("assign", {"assignee": f"team-{crew.pk}"}),
        ("transfer", {"department": town.parks.pk, "reason": "Theirs."}),
        ("hold", {"until": "+3d", "reason": "weather"}),
        ("set_priority", {"priority": 3}),
    ]
    costs = []
    for verb, data in acts:
        row = Row(tom, pothole(town).pk)
        with CaptureQueriesContext(connection) as captured:
            assert row.send(verb, **data).status_code == 200, verb
        statements = [query["sql"] for query in captured.captured_queries]
        costs.append((verb, sum(not sql.startswith(("SAVEPOINT", "RELEASE")) for sql in statements)))
    assert [cost for cost in costs if cost[1] > 12] == []
