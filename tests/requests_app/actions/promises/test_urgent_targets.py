"""The city's target for priority 1: by the clock, from when the request has that priority, unless the service has its own."""

import datetime as dt
from typing import Any

import pytest

from requests_app.actions.alarms import alarms
from requests_app.actions.work import assignment, conversation, endings, holds, progress, reopenings, staff_actions
from requests_app.clock import app_now
from requests_app.models import Alarm, Clock, ServiceRequest, Target
from requests_app.rules.promises import service_levels
from staff_app import due
from tests import factories
from tests.factories import Rivermark
from tests.on_call import GAS, work
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
# A Friday evening, when the office has closed until Monday.
FRIDAY = dt.datetime(2027, 3, 5, 23, 0, tzinfo=dt.UTC)


@pytest.fixture
def weekend(cast: Rivermark) -> Rivermark:
    """Streets keeps office hours, and promises a pothole within four business days. Another city has other minutes."""
    set_time(FRIDAY)
    factories.jurisdiction("Elsewhere", urgent_resolve_minutes=5)
    office = factories.calendar(
        cast.city, "office", always=False,
        hours={day: [["08:00", "17:00"]] for day in service_levels.WEEKDAYS[:5]},
    )  # fmt: skip
    cast.streets.calendar = cast.pothole.department.calendar = office
    cast.streets.save()
    Target.objects.all().delete()
    promise(cast, "acknowledge", 1, "business_days")
    promise(cast, "resolve", 4, "business_days")
    return cast


def promise(cast: Rivermark, kind: str, value: int, unit: str, **more: Any) -> Target:
    long_ago = FRIDAY - dt.timedelta(days=400)
    return Target.objects.create(
        service=cast.pothole.service, kind=kind, value=value, unit=unit, valid_from=long_ago, **more
    )


def fresh(service_request: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.select_related("jurisdiction").get(pk=service_request.pk)


def left(service_request: ServiceRequest) -> tuple[dt.timedelta | None, dt.timedelta | None]:
    """How long from now until it is to be acknowledged and resolved."""
    row, now = fresh(service_request), app_now()
    return (
        row.acknowledge_due_at - now if row.acknowledge_due_at else None,
        row.due_at - now if row.due_at else None,
    )


URGENT = (HOUR / 2, 4 * HOUR)


def test_danger_is_due_in_hours_of_the_clock_not_in_working_days(weekend: Rivermark) -> None:
    harmless = factories.report(weekend.pothole, answers={"where": "lane"})
    assert (fresh(harmless).due_at or FRIDAY) - FRIDAY > dt.timedelta(days=4)
    report = factories.report(weekend.pothole, GAS, answers={"where": "lane"})
    assert left(report) == URGENT
    clock = report.clocks.get(kind="resolve")
    assert clock.target is None
    assert due.promise(clock) == "4 hours, the city’s target for priority 1"


def test_a_services_own_hours_for_danger_are_those_of_the_department_that_has_it(weekend: Rivermark) -> None:
    """Parks works around the clock, Streets from Monday on."""
    promise(weekend, "resolve", 2, "hours", priority=1)
    made = factories.report(weekend.pothole, answers={"where": "lane"})
    ServiceRequest.objects.filter(pk=made.pk).update(department=weekend.parks)
    alarms.raise_alarm(fresh(made), reason=Alarm.Reason.STAFF, actor=weekend.tom)
    assert left(made)[1] == 2 * HOUR


def test_each_city_has_its_own(weekend: Rivermark) -> None:
    weekend.city.urgent_acknowledge_minutes, weekend.city.urgent_resolve_minutes = 7, 90
    weekend.city.save()
    assert left(factories.report(weekend.pothole, GAS, answers={"where": "lane"})) == (HOUR * 7 / 60, HOUR * 1.5)


@pytest.mark.parametrize("way", ["alarm", "staff", "message"])
def test_it_counts_from_when_the_request_gets_priority_1_and_the_clock_before_it_stays(
    weekend: Rivermark, way: str
) -> None:
    report = factories.routed(weekend.pothole, answers={"where": "lane"})
    before = list(report.clocks.order_by("id"))
    set_time(FRIDAY + dt.timedelta(days=1))
    if way == "alarm":
        alarms.raise_alarm(fresh(report), reason=Alarm.Reason.WORDS)
    elif way == "staff":
        assignment.set_priority(report.pk, priority=1, actor=weekend.tom)
    else:
        reporter = report.participations.get(role="reporter").person
        conversation.add_message(report.pk, text=GAS, actor=reporter)
    assert left(report) == URGENT
    assert report.clocks.filter(met_at=None).count() == 2
    kept = report.clocks.filter(pk__in=[clock.pk for clock in before]).order_by("id")
    # Never counted, as after a change of the service: neither late nor on time.
    assert [(one.due_at, one.target_id, one.met_at) for one in kept] == [
        (one.due_at, one.target_id, one.started_at) for one in before
    ]
    # A second reason doesn't start it again.
    set_time(FRIDAY + dt.timedelta(days=1) + HOUR)
    alarms.raise_alarm(fresh(report), reason=Alarm.Reason.WORDS)
    assert left(report)[1] == 3 * HOUR


def test_a_lowered_priority_brings_back_what_counted_before(weekend: Rivermark) -> None:
    report = factories.routed(weekend.pothole, answers={"where": "lane"})
    before = fresh(report)
    set_time(FRIDAY + HOUR)
    assignment.set_priority(report.pk, priority=1, actor=weekend.tom)
    set_time(FRIDAY + 2 * HOUR)
    assignment.set_priority(report.pk, priority=2, actor=weekend.tom)
    after = fresh(report)
    assert (after.acknowledge_due_at, after.due_at) == (before.acknowledge_due_at, before.due_at)
    assert report.clocks.filter(met_at=None).count() == 2


def test_a_report_sent_with_danger_falls_back_to_its_service_s_target(weekend: Rivermark) -> None:
    usual = fresh(factories.report(weekend.pothole, answers={"where": "lane"})).due_at
    report = factories.routed(weekend.pothole, GAS, answers={"where": "lane"})
    assignment.set_priority(report.pk, priority=3, actor=weekend.tom)
    assert fresh(report).due_at == usual


def test_the_service_s_target_for_priority_1_goes_first(weekend: Rivermark) -> None:
    promise(weekend, "resolve", 9, "hours", priority=1, calendar=factories.calendar(weekend.city, "day-and-night"))
    report = factories.report(weekend.pothole, GAS, answers={"where": "lane"})
    # Longer than the city's, and still the service's own; the city's where it has none.
    assert left(report) == (HOUR / 2, 9 * HOUR)
    later = factories.routed(weekend.pothole, answers={"where": "lane"})
    assignment.set_priority(later.pk, priority=1, actor=weekend.tom)
    assert left(later) == (HOUR / 2, 9 * HOUR)


def test_a_service_of_priority_1_keeps_its_target(weekend: Rivermark) -> None:
    version = factories.service(weekend.city, "main-break", priority=1, acknowledge_hours=None, resolve_hours=None)
    assert left(factories.report(version)) == URGENT
    target = promise(weekend, "resolve", 9, "days")
    Target.objects.filter(pk=target.pk).update(service=version.service)
    assert left(factories.report(version, "Another one.")) == (HOUR / 2, dt.timedelta(days=9))
    assert service_levels.target_for(version.service, "acknowledge", priority=2, areas=[], at=app_now()) is None
    goal = service_levels.target_for(version.service, "acknowledge", priority=1, areas=[], at=app_now())
    assert goal is not None
    assert (goal.value, goal.unit, goal.pk) == (30, "minutes", None)


@pytest.mark.parametrize(("minutes", "right"), [(239, 239), (240, 240), (241, 240)])
def test_a_sooner_target_of_the_service_stays(weekend: Rivermark, minutes: int, right: int) -> None:
    always = factories.calendar(weekend.city, "day-and-night")
    Target.objects.filter(kind="resolve").update(value=minutes, unit="minutes", calendar=always)
    report = factories.report(weekend.pothole, GAS, answers={"where": "lane"})
    assert left(report)[1] == dt.timedelta(minutes=right)
    later = factories.routed(weekend.pothole, answers={"where": "lane"})
    assignment.set_priority(later.pk, priority=1, actor=weekend.tom)
    assert left(later)[1] == dt.timedelta(minutes=right)


def answering(cast: Rivermark, code: str, **effects: Any) -> Any:
    yes = {"value": "yes", "label": {"en": "Yes", "es": "Sí"}, "effects": effects}
    question = factories.question("hurt", "single", options=[yes, "no"])
    return factories.service(cast.city, code, questions=[question], duplicate_policy="never")


def test_an_answer_that_sets_priority_and_target_goes_first(weekend: Rivermark) -> None:
    day = {"value": 24, "unit": "hours"}
    version = answering(weekend, "hazard", priority=1, resolve_target=day)
    assert left(factories.report(version, answers={"hurt": "yes"}))[1] == 24 * HOUR
    # With the priority alone, the city says how soon.
    version = answering(weekend, "other", resolve_target=day)
    report = factories.routed(version, GAS, answers={"hurt": "yes"})
    assert left(report)[1] == 4 * HOUR
    assignment.set_priority(report.pk, priority=2, actor=weekend.tom)
    assert left(report)[1] == 24 * HOUR


def test_without_any_target_the_city_s_begins_and_ends_with_the_priority(weekend: Rivermark) -> None:
    Target.objects.all().delete()
    report = factories.routed(weekend.pothole, answers={"where": "lane"})
    assert left(report) == (None, None)
    assignment.set_priority(report.pk, priority=1, actor=weekend.tom)
    assert left(report) == URGENT
    assignment.set_priority(report.pk, priority=2, actor=weekend.tom)
    assert left(report) == (None, None)
    assert not report.clocks.filter(met_at=None).exists()


def test_what_was_acknowledged_gets_no_second_clock_for_it(weekend: Rivermark) -> None:
    report = factories.routed(weekend.pothole, answers={"where": "lane"})
    progress.accept(report.pk, actor=weekend.tom)
    assignment.set_priority(report.pk, priority=1, actor=weekend.tom)
    assert left(report) == (None, 4 * HOUR)


def test_on_hold_it_waits_with_all_its_time(weekend: Rivermark) -> None:
    report = factories.routed(weekend.pothole, answers={"where": "lane"})
    progress.accept(report.pk, actor=weekend.tom)
    holds.hold(report.pk, reason="weather", until=FRIDAY.date() + dt.timedelta(days=9), actor=weekend.tom)
    set_time(FRIDAY + HOUR)
    assignment.set_priority(report.pk, priority=1, actor=weekend.tom)
    assert left(report)[1] is None
    set_time(FRIDAY + 3 * HOUR)
    holds.resume(report.pk, actor=weekend.tom)
    assert left(report)[1] == 4 * HOUR


def test_after_a_reopening_it_is_half_as_long(weekend: Rivermark) -> None:
    report = factories.routed(weekend.pothole, GAS, answers={"where": "lane"})
    endings.resolve(report.pk, disposition="fixed", text="It is done.", actor=weekend.tom)
    set_time(FRIDAY + 48 * HOUR)
    reopenings.reopen(report.pk, text="", actor=weekend.tom)
    assert left(report) == (HOUR / 4, 2 * HOUR)
    # The first round's clock is no part of it: lowered, the service's target counts from the reopening.
    assignment.set_priority(report.pk, priority=2, actor=weekend.tom)
    clock = Clock.objects.get(service_request=report, kind="resolve", met_at=None)
    assert clock.started_at == FRIDAY + 48 * HOUR


def test_undo_brings_the_clocks_back(weekend: Rivermark) -> None:
    report = factories.routed(weekend.pothole, answers={"where": "lane"})
    before = fresh(report).due_at
    event = staff_actions.perform(
        report.pk,
        lambda: assignment.set_priority(report.pk, priority=1, actor=weekend.tom),
        form="set_priority",
        actor=weekend.tom,
    )
    assert left(report) == URGENT
    assert event is not None
    staff_actions.undo(event.pk, actor=weekend.tom)
    assert fresh(report).due_at == before
    assert report.clocks.count() == 2


def test_a_closed_request_gets_no_clock(weekend: Rivermark) -> None:
    report = factories.routed(weekend.pothole, answers={"where": "lane"})
    endings.resolve(report.pk, disposition="fixed", text="It is done.", actor=weekend.tom)
    alarms.raise_alarm(fresh(report), reason=Alarm.Reason.WORDS)
    assert not report.clocks.filter(met_at=None).exists()


def test_a_change_of_department_leaves_it_by_the_clock(weekend: Rivermark) -> None:
    report = factories.routed(weekend.pothole, GAS, answers={"where": "lane"})
    work()
    assignment.transfer(report.pk, department=weekend.parks, reason="Trees", actor=weekend.tom)
    assert left(report)[1] == 4 * HOUR
