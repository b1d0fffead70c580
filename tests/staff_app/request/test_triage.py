"""Triage in one step: the right service, department and dates with one email, and undone as one."""

import datetime as dt

import pytest
from django.test import Client

from requests_app.actions.work import assignment, endings, holds, reopenings, staff_actions
from requests_app.clock import app_now
from requests_app.models import Clock, Event, OutboxRow, RoutingRule, ServiceRequest, Target
from requests_app.rules.answers import suggestions
from requests_app.rules.answers.suggestions import Suggestions
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.2")]
LANE = {"where": "lane"}


@pytest.fixture
def unknown(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> ServiceRequest:
    """An “I don’t know” report whose words fit a pothole best, then a tree."""
    monkeypatch.setattr(suggestions, "suggest", lambda *_, **__: Suggestions([town.pothole, town.tree]))
    Target.objects.create(service=town.tree.service, kind="resolve", value=5, unit="days")
    one = factories.routed(town.unknown, "A limb fell into a hole in the road.")
    assert one.in_triage
    return one


def address(one: ServiceRequest) -> str:
    return f"/staff/r/{one.reference}/suggested-services/"


def emails(one: ServiceRequest) -> list[str]:
    rows = OutboxRow.objects.filter(service_request=one, lane="outside").exclude(kind="email_received")
    return list(rows.values_list("kind", flat=True))


def test_one_button_changes_the_service_routes_dates_and_emails_once(
    tom: Client, town: Rivermark, unknown: ServiceRequest
) -> None:
    page = tom.get(address(unknown)).content.decode()
    assert page.index("Pothole") < page.index("Tree to prune")
    assert "→ Parks" in page
    answer = tom.post(address(unknown), {"version": town.tree.pk})
    assert answer.status_code == 302
    unknown.refresh_from_db()
    assert (unknown.service_id, unknown.department, unknown.status) == (town.tree.service_id, town.parks, "routed")
    assert not unknown.in_triage
    assert unknown.due_at is not None
    own = Event.objects.filter(service_request=unknown, user=town.tom).order_by("id")
    assert [event.kind for event in own] == ["service_changed", "routed"]
    factories.run_worker(later=False)
    assert emails(unknown) == []
    factories.run_worker()
    assert emails(unknown) == ["email_routed"]


def test_it_is_undone_as_one(tom: Client, town: Rivermark, unknown: ServiceRequest) -> None:
    before = ServiceRequest.objects.get(pk=unknown.pk)
    clocks = Clock.objects.filter(service_request=unknown).order_by("pk").values_list("pk", "due_at", "met_at")
    clocks_before = list(clocks)
    tom.post(address(unknown), {"version": town.pothole.pk})
    event = Event.objects.get(service_request=unknown, kind="service_changed")
    staff_actions.undo(event.pk, actor=town.tom)
    after = ServiceRequest.objects.get(pk=unknown.pk)
    for name in ("service_id", "service_version_id", "department_id", "in_triage", "status", "priority", "due_at"):
        assert getattr(after, name) == getattr(before, name), name
    assert list(clocks.all()) == clocks_before
    factories.run_worker()
    assert emails(unknown) == []


def test_a_service_that_routes_nowhere_stays_in_triage_and_says_so(
    tom: Client, town: Rivermark, unknown: ServiceRequest
) -> None:
    RoutingRule.objects.create(
        jurisdiction=town.city, name="Trees are sorted by hand", order=1, when={"services": ["tree"]}, department=None
    )
    assert "stays in triage" in tom.get(address(unknown)).content.decode()
    answer = tom.post(address(unknown), {"name": "tree TO prune"}, follow=True)
    assert "stays in triage" in answer.content.decode()
    unknown.refresh_from_db()
    assert unknown.service_id == town.tree.service_id
    assert unknown.in_triage


def test_a_name_that_no_service_has_is_refused_and_kept(tom: Client, unknown: ServiceRequest) -> None:
    answer = tom.post(address(unknown), {"name": "Potholes & co"})
    assert answer.status_code == 422
    assert "Choose a service from the list" in answer.content.decode()
    assert "Potholes &amp; co" in answer.content.decode()


def test_a_page_that_is_outdated_changes_nothing(tom: Client, town: Rivermark, unknown: ServiceRequest) -> None:
    seen = Event.objects.filter(service_request=unknown).latest("id").pk
    assignment.transfer(unknown.pk, department=town.streets, reason="Ours", actor=town.tom)
    answer = tom.post(address(unknown), {"version": town.tree.pk, "last_event": seen})
    assert answer.status_code == 409
    unknown.refresh_from_db()
    assert unknown.department == town.streets


def test_it_returns_to_the_list_but_to_no_other_site(tom: Client, town: Rivermark, unknown: ServiceRequest) -> None:
    answer = tom.post(address(unknown), {"version": town.tree.pk, "next": "/staff/?tab=triage"})
    assert answer["Location"] == "/staff/?tab=triage"
    other = factories.routed(town.unknown)
    answer = tom.post(address(other), {"version": town.pothole.pk, "next": "//evil.example/"})
    assert answer["Location"] == f"/staff/r/{other.reference}/"


def test_the_page_and_the_triage_tab_offer_it_only_where_a_service_is_missing(
    tom: Client, town: Rivermark, unknown: ServiceRequest
) -> None:
    assert address(unknown) in tom.get(f"/staff/r/{unknown.reference}/").content.decode()
    assert address(unknown) in tom.get("/staff/?tab=triage").content.decode()
    pothole = factories.routed(town.pothole, answers=LANE)
    assert address(pothole) not in tom.get(f"/staff/r/{pothole.reference}/").content.decode()
    assignment.return_to_triage(pothole.pk, reason="Not ours", actor=town.tom)
    assert address(pothole) in tom.get(f"/staff/r/{pothole.reference}/").content.decode()


def target(town: Rivermark, hours: int, priority: int | None = None) -> Target:
    return Target.objects.create(
        service=town.pothole.service, kind="resolve", value=hours, unit="hours", priority=priority
    )


def test_a_changed_priority_dates_the_clocks_from_their_start_and_undo_restores_them(
    tom: Client, town: Rivermark
) -> None:
    target(town, 48)
    urgent = target(town, 4, priority=1)
    one = factories.routed(town.pothole, answers=LANE)
    began, before = Clock.objects.get(service_request=one, kind="resolve").started_at, one.due_at
    answer = tom.post(f"/staff/r/{one.reference}/set_priority/", {"priority": 1})
    assert answer.status_code == 302
    one.refresh_from_db()
    assert one.due_at == began + dt.timedelta(hours=4)
    event = Event.objects.get(service_request=one, kind="priority_set")
    staff_actions.undo(event.pk, actor=town.tom)
    one.refresh_from_db()
    assert one.due_at == before
    clock = Clock.objects.get(service_request=one, kind="resolve")
    assert clock.target_id != urgent.pk
    assert clock.target_words["value"] == 48


def test_a_paused_clock_gets_the_time_that_is_left_of_the_new_target(town: Rivermark) -> None:
    target(town, 48)
    target(town, 4, priority=1)
    one = factories.routed(town.pothole, answers=LANE)
    holds.hold(one.pk, reason="parts", until=app_now().date() + dt.timedelta(days=9), actor=town.tom)
    assignment.set_priority(one.pk, priority=1, actor=town.tom)
    clock = Clock.objects.get(service_request=one, kind="resolve")
    assert clock.remaining_s is not None
    assert 3.9 * 3600 < clock.remaining_s <= 4 * 3600


def test_a_transfer_dates_the_clocks_by_the_working_hours_of_the_new_department(town: Rivermark) -> None:
    target(town, 4)
    one = factories.routed(town.pothole, answers=LANE)
    before = one.due_at
    assert before is not None
    # Open for one hour a day, so four hours take more than three days.
    hours = {day: [["09:00", "10:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    town.parks.calendar = factories.calendar(town.city, "short", always=False, hours=hours)
    town.parks.save()
    assignment.transfer(one.pk, department=town.parks, reason="A tree", actor=town.tom)
    one.refresh_from_db()
    assert one.due_at is not None
    assert one.due_at > before + dt.timedelta(days=2)


def test_a_reopened_request_keeps_its_shorter_target_when_its_priority_changes(town: Rivermark) -> None:
    target(town, 48)
    target(town, 4, priority=1)
    one = factories.routed(town.pothole, answers=LANE)
    endings.resolve(one.pk, disposition="fixed", text="Done", visited=True, actor=town.tom)
    reopenings.reopen(one.pk, text="", actor=town.tom)
    assignment.set_priority(one.pk, priority=1, actor=town.tom)
    clock = Clock.objects.get(service_request=one, kind="resolve", met_at=None)
    assert clock.due_at - clock.started_at == dt.timedelta(hours=2)
