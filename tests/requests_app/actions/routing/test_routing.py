"""Routing: exactly once, with the reason recorded."""

import datetime as dt
import threading

import pytest
from django.db import connection

from requests_app.actions.report import confirm_report
from requests_app.actions.routing import routing
from requests_app.actions.work import assignment
from requests_app.models import Department, Event, OneTimeLink, OutboxRow, RoutingRule, ServiceRequest, User
from requests_app.rules.routing.routing import Decision
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark, rivermark

LANE = {"where": "lane"}


def rule(town: Rivermark, when: dict, department: object, order: int = 1) -> RoutingRule:
    return RoutingRule.objects.create(
        jurisdiction=town.city, order=order, name=f"rule {order}", when=when, department=department
    )


def test_without_a_rule_it_goes_to_the_services_own_department(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    assert (made.status, made.department) == ("routed", town.streets)
    assert made.routing_decisions.get().reason == "service"


def test_a_rule_assigns_nobody_who_left_or_works_elsewhere_alone(town: Rivermark) -> None:
    rule(town, {"services": ["pothole"]}, town.streets)
    left = factories.staff("Gil", "crew", town.city, town.streets)
    User.objects.filter(pk=left.pk).update(is_active=False)
    for user, assignee in ((factories.lakeside().lou, None), (left, None), (town.dev, town.dev)):
        RoutingRule.objects.update(then={"assignee": user.email})
        assert factories.routed(town.pothole, answers=LANE).assignee == assignee


@pytest.mark.shows("2.17")
@pytest.mark.parametrize(
    ("when", "description", "answers"),
    [
        ({"services": ["pothole"]}, "a hole", LANE),
        ({"areas": {"layer": "ward", "codes": ["5"]}}, "a hole", LANE),
        ({"answers": {"where": ["crosswalk"]}}, "a hole", {"where": "crosswalk"}),
        ({"words": ["in the park"]}, "A hole in the PARK path, in the park!", LANE),
        ({"services": ["pothole"], "words": ["Árbol"]}, "hay un arbol", LANE),
    ],
    ids=["service", "area", "answer", "words", "all that is named, without accents"],
)
def test_a_rule_by_service_area_answer_or_words_decides(
    town: Rivermark, when: dict, description: str, answers: dict
) -> None:
    factories.area(town.city)
    decided = rule(town, when, town.parks)
    made = factories.routed(town.pothole, description, answers=answers)
    assert made.department == town.parks
    decision = made.routing_decisions.get()
    assert (decision.rule, decision.reason, decision.is_first) == (decided, "rule", True)


@pytest.mark.parametrize(
    "fails",
    [
        {"services": ["tree"]},
        {"words": ["park"]},
        {"areas": {"layer": "ward", "codes": ["4"]}},
        {"areas": {"layer": "park", "codes": ["5"]}},
        {"answers": {"where": ["crosswalk"]}},
        {"answers": {"damage": ["lane"]}},
    ],
)
def test_a_rule_of_which_one_part_fails_does_not_match(town: Rivermark, fails: dict) -> None:
    factories.area(town.city)
    holds = {"services": ["pothole"], "words": ["elm"], "answers": {"where": ["lane"]}}
    rule(town, {**holds, **fails}, town.parks)
    assert factories.routed(town.pothole, "on Elm", answers=LANE).department == town.streets


@pytest.mark.parametrize("is_active", [True, False])
def test_a_rule_counts_while_it_is_active(town: Rivermark, is_active: bool) -> None:
    RoutingRule.objects.filter(pk=rule(town, {"services": ["pothole"]}, town.parks).pk).update(active=is_active)
    made = factories.routed(town.pothole, answers=LANE)
    assert made.department == (town.parks if is_active else town.streets)


def test_the_service_of_a_closed_department_goes_to_triage(town: Rivermark) -> None:
    town.streets.active = False
    town.streets.save()
    made = factories.routed(town.pothole, answers=LANE)
    assert (made.department, made.in_triage, made.routing_decisions.get().reason) == (None, True, "no_match")


def test_a_second_routing_leaves_what_lies_in_triage_there(town: Rivermark) -> None:
    made = factories.routed(town.unknown, "Something is odd.", reporter=factories.ANA)
    routing.route(made.pk)
    assert made.routing_decisions.count() == 1
    assert Event.objects.filter(service_request=made, kind="triaged").count() == 1


def test_the_working_hours_of_the_department_that_gets_it_count(town: Rivermark) -> None:
    """Its service's own department never sleeps; the one that the rule chose does not work today."""
    closed = factories.calendar(town.city, "closed", always=False, hours={})
    crew = factories.department(town.city, "NC", "Night crew", calendar=closed)
    rule(town, {"services": ["pothole"]}, crew)
    made = factories.report(town.pothole, answers=LANE)
    before = made.due_at
    factories.run_worker()
    made.refresh_from_db()
    assert (made.department, before) == (crew, made.submitted_at + dt.timedelta(hours=72))
    # A calendar without an hour ends where it began.
    assert made.due_at == made.submitted_at
    assert made.clocks.get(kind="resolve").due_at == made.due_at


def test_the_first_rule_in_order_wins(town: Rivermark) -> None:
    rule(town, {"services": ["pothole"]}, town.streets, order=2)
    rule(town, {"services": ["pothole"]}, town.parks, order=1)
    assert factories.routed(town.pothole, answers=LANE).department == town.parks


@pytest.mark.shows("2.15")
def test_nothing_matches_i_do_not_know_and_triage_has_it(town: Rivermark) -> None:
    made = factories.routed(town.unknown, "Something is odd.", reporter=factories.ANA)
    assert (made.status, made.department, made.in_triage) == ("received", None, True)
    assert made.routing_decisions.get().reason == "no_match"
    assert made in ServiceRequest.objects.in_triage()


def test_a_second_routing_changes_nothing(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    routing.route(made.pk)
    assert made.routing_decisions.count() == 1
    assert Event.objects.filter(service_request=made, kind="routed").count() == 1


@pytest.mark.shows("2.17")
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_route_it_once() -> None:
    town = rivermark()
    made = factories.report(town.pothole, answers=LANE)

    def run() -> None:
        tasks.drain("database")
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made.refresh_from_db()
    assert made.status == "routed"
    assert Event.objects.filter(service_request=made, kind="routed").count() == 1


def test_a_routing_that_fails_for_good_is_given_to_triage(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(row: OutboxRow) -> None:
        raise RuntimeError

    monkeypatch.setitem(tasks.HANDLERS, "route", broken)
    made = factories.report(town.pothole, answers=LANE)
    for _ in range(8):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE requests_app_outboxrow SET due_at = app_now() - interval '1 s' WHERE done_at IS NULL"
            )
        tasks.drain("database")
    made.refresh_from_db()
    assert made.in_triage
    assert made.status == "received"
    assert OutboxRow.objects.get(service_request=made, kind="route").dead_at is not None


def test_a_report_that_was_confirmed_later_is_routed_then(town: Rivermark) -> None:
    made = factories.report(factories.service(town.city, "swings", must_confirm=True))
    tasks.drain("database")
    made.refresh_from_db()
    assert made.status == "received"
    confirm_report.confirm(OneTimeLink.objects.get(service_request=made))
    tasks.drain("database")
    made.refresh_from_db()
    assert made.status == "routed"


def test_the_grounds_owner_gets_it_if_the_resident_asked_for_that(town: Rivermark) -> None:
    state = factories.owner(town.city, factories.square(-69.01, 40.49, -68.99, 40.51))
    made = factories.routed(town.tree, owner=state)
    assert (made.status, made.disposition, made.owner) == ("resolved", "handed_over", state)
    assert OutboxRow.objects.filter(service_request=made, kind="mail_owner").exists()


def test_what_is_urgent_is_taken_by_us_even_on_anothers_ground(town: Rivermark) -> None:
    state = factories.owner(town.city, factories.square(-69.01, 40.49, -68.99, 40.51))
    urgent = factories.service(town.city, "cavein", priority=1)
    made = factories.routed(urgent, owner=state)
    assert (made.status, made.department) == ("routed", town.streets)
    assert not OutboxRow.objects.filter(service_request=made, kind="mail_owner").exists()


@pytest.mark.shows("2.17")
def test_again_by_hand_after_a_correction(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    rule(town, {"services": ["pothole"]}, town.parks)
    routing.reroute(made.pk, actor=town.tom)
    made.refresh_from_db()
    assert made.department == town.parks
    assert list(made.routing_decisions.order_by("id").values_list("is_first", flat=True)) == [True, False]


def test_routed_back_it_is_due_by_the_hours_of_where_it_goes(town: Rivermark) -> None:
    """Parks keeps office hours, Streets works around the clock."""
    office = factories.calendar(town.city, "office", always=False, hours={"mon": [["08:00", "12:00"]]})
    Department.objects.filter(pk=town.parks.pk).update(calendar=office)
    made = factories.routed(town.pothole, answers=LANE)
    parks = Department.objects.select_related("calendar").get(pk=town.parks.pk)
    away = assignment.transfer(made.pk, department=parks, reason="A root.", actor=town.tom)
    assert away.due_at > made.due_at
    back = routing.reroute(made.pk, actor=town.tom)
    assert (back.department, back.due_at) == (town.streets, made.due_at)


def test_what_stays_in_triage_takes_a_rules_priority_by_hand(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    assignment.return_to_triage(made.pk, reason="Whose road is this?", actor=town.tom)
    rule(town, {"services": ["pothole"]}, None)
    RoutingRule.objects.update(then={"priority": 3})
    routing.reroute(made.pk, actor=town.tom)
    made.refresh_from_db()
    assert (made.department, made.in_triage, made.priority) == (None, True, 3)


def test_a_moved_report_keeps_its_assignee_unless_another_department_gets_it(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    ServiceRequest.objects.filter(pk=made.pk).update(assignee=town.dev)
    for department, assignee in ((town.streets, town.dev), (town.parks, None), (None, None)):
        locked = ServiceRequest.objects.locked(made.pk)
        routing.reroute_moved(locked, Decision(department, "rule" if department else "no_match"), actor=town.tom)
        made.refresh_from_db()
        assert made.assignee == assignee
        assert made.department == department


def test_a_rule_that_says_the_priority_it_has_sets_nothing(town: Rivermark) -> None:
    row = rule(town, {"services": ["pothole"]}, town.streets)
    for priority, is_set in ((2, False), (3, True)):
        RoutingRule.objects.filter(pk=row.pk).update(then={"priority": priority})
        made = factories.routed(town.pothole, answers=LANE)
        assert made.events.filter(kind="priority_set").exists() is is_set


def test_what_failed_about_nothing_is_given_to_nobody(db: None) -> None:
    routing.route_failed(OutboxRow(kind="route", dedupe_key="route:1"))
    assert not Event.objects.exists()
