"""Several departments at one request: tasks, work orders of other systems, waits, and teams that share by load."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from requests_app.actions.routing import versions
from requests_app.actions.setup import departments
from requests_app.actions.work import endings, holds, progress, tasks
from requests_app.clock import app_now
from requests_app.models import Leave, ServiceRequest, SetupChange, Task, Team, User
from requests_app.rules.shared.lifecycle import IllegalTransition
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.5")]
SignIn = Callable[[User], Client]


@pytest.fixture
def one(town: Rivermark) -> ServiceRequest:
    """Of Streets, accepted."""
    one = factories.routed(town.pothole, "A hole under a tree.", answers={"where": "lane"})
    progress.accept(one.pk, actor=town.tom)
    return one


def parks_task(town: Rivermark, one: ServiceRequest, what: str = "Cut the roots", **more: object) -> Task:
    return tasks.add(one.pk, department=town.parks, what=what, actor=town.tom, **more)  # type: ignore[arg-type]


def in_a_week() -> dt.date:
    return app_now().date() + dt.timedelta(days=7)


def hold(client: Client, one: ServiceRequest, **entered: str) -> int:
    path = reverse("staff_app:action", args=[one.reference, "hold"])
    return client.post(path, {"until": in_a_week().isoformat(), **entered}).status_code


def test_another_department_gets_a_task_and_does_it_and_the_waiting_request_goes_on(
    town: Rivermark, one: ServiceRequest, tom: Client, pia: Client
) -> None:
    path = reverse("staff_app:add_task", args=[one.reference])
    assert tom.post(path, {"department": town.parks.pk, "what": ""}).status_code == 422
    tom.post(path, {"department": town.parks.pk, "what": "Cut the roots"})
    assert "Cut the roots" in tom.get(reverse("staff_app:detail", args=[one.reference])).content.decode()
    assert hold(tom, one, reason="tasks") == 302
    # Pia of Parks may not open the request, but reads what was reported and where.
    assert pia.get(reverse("staff_app:detail", args=[one.reference])).status_code == 404
    task = Task.objects.get()
    assert "Cut the roots" in pia.get(reverse("staff_app:tasks")).content.decode()
    page = pia.get(reverse("staff_app:task", args=[task.pk])).content.decode()
    assert "A hole under a tree." in page
    pia.post(reverse("staff_app:task", args=[task.pk]), {"act": "done", "note": "Roots are gone."})
    one.refresh_from_db()
    assert (one.status, one.hold_reason) == ("in_progress", "")
    assert one.comments.get(kind="note").text == "Roots are gone."


def test_a_team_gets_a_task_and_has_it_on_its_day_list(
    town: Rivermark, one: ServiceRequest, tom: Client, pia: Client, signed_in: SignIn
) -> None:
    north = Team.objects.create(department=town.parks, code="north", name={"en": "North crew"})
    streets_crew = Team.objects.create(department=town.streets, code="crew", name={"en": "Crew"})
    rob = factories.staff("Rob", "crew", town.city, town.parks)
    eve = factories.staff("Eve", "crew", town.city, town.parks)
    north.members.add(rob)
    path = reverse("staff_app:add_task", args=[one.reference])
    sent = {"department": town.parks.pk, "what": "Cut the roots"}
    refused = tom.post(path, {**sent, "team": streets_crew.pk})
    assert refused.status_code == 422
    assert "Crew isn’t a team of Parks." in refused.content.decode()
    assert "Cut the roots" in refused.content.decode()
    assert tom.post(path, {**sent, "team": north.pk}).status_code == 302
    task = Task.objects.get()
    page = reverse("staff_app:task", args=[task.pk])

    def on_day(user: User) -> bool:
        return "Cut the roots" in signed_in(user).get(reverse("staff_app:crew_day")).content.decode()

    assert (on_day(rob), on_day(eve)) == (True, False)
    # Pia gives out the work of Parks, a crew doesn't.
    assert signed_in(rob).post(page, {"act": "team", "team": ""}).status_code == 403
    assert pia.post(page, {"act": "team", "team": streets_crew.pk}).status_code == 422
    assert pia.post(page, {"act": "team", "team": ""}).status_code == 302
    assert (on_day(rob), on_day(eve)) == (True, True)
    timeline = tom.get(reverse("staff_app:detail", args=[one.reference])).content.decode()
    assert "Task for Parks given to another team" in timeline
    # With the team, its tasks go elsewhere.
    assert pia.post(page, {"act": "team", "team": north.pk}).status_code == 302
    departments.end_team(north, to=None, actor=town.ada)
    task.refresh_from_db()
    assert task.team is None


def test_a_task_shows_nothing_of_a_confidential_report(town: Rivermark, one: ServiceRequest, pia: Client) -> None:
    task = parks_task(town, one)
    ServiceRequest.objects.filter(pk=one.pk).update(public_state="private")
    page = pia.get(reverse("staff_app:task", args=[task.pk])).content.decode()
    assert "Cut the roots" in page
    assert "A hole under a tree." not in page


def test_a_task_waits_for_the_one_it_comes_after(town: Rivermark, one: ServiceRequest, pia: Client) -> None:
    first = parks_task(town, one)
    parks_task(town, one, "Plant a new tree", after=first)
    assert "Plant a new tree" not in pia.get(reverse("staff_app:tasks")).content.decode()
    tasks.end(first.pk, state="done", actor=town.pia)
    assert "Plant a new tree" in pia.get(reverse("staff_app:tasks")).content.decode()


def test_the_second_of_two_who_end_a_task_is_told(town: Rivermark, one: ServiceRequest, pia: Client) -> None:
    task = parks_task(town, one)
    tasks.end(task.pk, state="done", actor=town.ada)
    answer = pia.post(reverse("staff_app:task", args=[task.pk]), {"act": "dropped", "note": "Not ours at all."})
    assert answer.status_code == 409
    assert "Not ours at all." in answer.content.decode()
    task.refresh_from_db()
    assert task.state == "done"


def test_a_file_of_work_orders_asks_once_what_a_status_means(town: Rivermark, one: ServiceRequest, pia: Client) -> None:
    task = parks_task(town, one)
    path = reverse("staff_app:work_orders")
    rows = f"task,number,link,status\n{task.pk},WO-7,https://orders.example.com/7,CMPL\n"
    asked = pia.post(path, {"file": SimpleUploadedFile("orders.csv", rows.encode())})
    assert asked.status_code == 422
    assert "CMPL" in asked.content.decode()
    assert not Task.objects.exclude(outside_number="").exists()
    assert pia.post(path, {"rows": rows, "means-0": "done"}).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.outside_number, task.outside_status) == ("done", "WO-7", "CMPL")
    assert SetupChange.objects.get(kind="work_orders").user == town.pia
    # Known by its number from now on, and by its status. What somebody opened again stays open until the status changes.
    tasks.reopen(task.pk, actor=town.pia)
    for status, state in (("CMPL", "open"), ("", "open"), ("CMPL", "done")):
        assert pia.post(path, {"rows": f"number,status\nWO-7,{status}\n"}).status_code == 302
        task.refresh_from_db()
        assert task.state == state


def test_a_bad_file_of_work_orders_changes_nothing_and_says_which_lines(
    town: Rivermark, one: ServiceRequest, pia: Client
) -> None:
    task = parks_task(town, one)
    of_streets = tasks.add(one.pk, department=town.streets, what="Fill it", actor=town.tom)
    rows = f"task,number,link,status\n{task.pk},WO-7,,\n{of_streets.pk},WO-8,,\n{task.pk},WO-9,nowhere,\n,WO-1,,\n"
    answer = pia.post(reverse("staff_app:work_orders"), {"rows": rows})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert [f"Line {line}:" in page for line in (2, 3, 4, 5)] == [False, True, True, True]
    task.refresh_from_db()
    assert task.outside_number == ""


def test_a_request_waits_for_another_and_goes_on_when_that_one_has_ended(
    town: Rivermark, one: ServiceRequest, tom: Client
) -> None:
    other = factories.routed(town.pothole, "The pipe below.", answers={"where": "lane"})
    assert hold(tom, one, reason="request", number="") == 422
    assert hold(tom, one, reason="request", number=one.reference) == 422
    assert hold(tom, one, reason="request", number=other.display_reference) == 302
    # Neither would ever go on.
    assert hold(tom, other, reason="request", number=one.reference) == 422
    factories.run_part("end_waits")
    one.refresh_from_db()
    assert (one.status, one.waits_for) == ("on_hold", other)
    # As if the other had been reopened since it was listed.
    with pytest.raises(IllegalTransition):
        holds._end_wait(one.pk)
    endings.resolve(other.pk, disposition="fixed", text="Done.", visited=True, actor=town.tom)
    factories.run_part("end_waits")
    one.refresh_from_db()
    assert one.status == "in_progress"


def test_a_team_that_shares_by_load_gives_the_next_one_to_whom_has_the_fewest(town: Rivermark) -> None:
    team = Team.objects.create(department=town.streets, code="day", name={"en": "Day"}, shares_by_load=True)
    team.members.set([town.tom, town.dev])
    rule = {"name": "Day", "when": {"services": ["pothole"]}, "department": "PW", "team": "day"}
    versions.publish(town.city, [rule], actor=None)
    taken = [factories.routed(town.pothole, "A hole.", answers={"where": "lane"}).assignee for _n in range(3)]
    assert taken == [town.tom, town.dev, town.tom]
    today = app_now().astimezone(town.city.zone).date()
    Leave.objects.create(jurisdiction=town.city, user=town.dev, starts_on=today, ends_on=today)
    assert factories.routed(town.pothole, "A hole.", answers={"where": "lane"}).assignee == town.tom


@pytest.mark.parametrize("to", ["assignee", "team"])
def test_a_rule_assigns_no_test(town: Rivermark, to: str) -> None:
    team = Team.objects.create(department=town.streets, code="day", name={"en": "Day"}, shares_by_load=True)
    team.members.add(town.tom)
    rule = {"name": "Tom’s", "when": {"services": ["pothole"]}, "department": "PW"}
    rule |= {"assignee": town.tom.email} if to == "assignee" else {"team": "day"}
    versions.publish(town.city, [rule], actor=None)
    lane = {"where": "lane"}
    assert factories.routed(town.pothole, "A hole.", answers=lane).assignee == town.tom
    test = factories.routed(town.pothole, "A hole.", answers=lane, is_test=True)
    assert (test.status, test.department, test.assignee) == ("routed", town.streets, None)
    assert not test.events.filter(kind="assigned").exists()


def test_photos_of_the_work_say_whether_they_were_taken_before_or_after_it(
    town: Rivermark, one: ServiceRequest, tom: Client
) -> None:
    before, after = (SimpleUploadedFile(f"{n}.jpg", factories.jpeg(), "image/jpeg") for n in "ab")
    entered = {
        "disposition": "fixed",
        "visited": "yes",
        "words": "Filled.",
        "photos_before": [before],
        "photos": [after],
    }
    tom.post(reverse("staff_app:action", args=[one.reference, "resolve"]), entered)
    assert list(one.photos.order_by("id").values_list("kind", "stage")) == [("work", "before"), ("work", "after")]
    page = Client().get(f"/r/{one.reference}/").content.decode()
    assert page.index("<figcaption>Before") < page.index("<figcaption>After")
