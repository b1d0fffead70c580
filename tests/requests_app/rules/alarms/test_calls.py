"""Who is alerted next: rosters with shifts, and rosters that are empty, of people who left, or without an address."""

import datetime as dt
from typing import Any

import pytest

from requests_app.models import Alarm, AlarmCall, Membership, OnCall, ServiceRequest
from requests_app.rules.alarms import calls
from tests import factories
from tests.factories import Rivermark
from tests.on_call import on_call

pytestmark = pytest.mark.django_db
# A Wednesday, 2 a.m. in Rivermark.
NIGHT = dt.datetime(2026, 7, 15, 6, 0, tzinfo=dt.UTC)
DAY = NIGHT + dt.timedelta(hours=10)
SUN, MON, TUE, WED = 6, 0, 1, 2


@pytest.fixture
def made(cast: Rivermark) -> ServiceRequest:
    cast.city.all_night_number = ""
    cast.city.save()
    service_request = factories.routed(cast.pothole, answers={"where": "lane"})
    service_request.jurisdiction = cast.city
    return service_request


def names(service_request: ServiceRequest, at: dt.datetime = NIGHT) -> list[str]:
    return [callee.name or callee.phone for callee in calls.chain(service_request, at)]


def shift(hours: str, *weekdays: int) -> OnCall:
    starts, _dash, ends = hours.partition("-")
    times: dict[str, Any] = {}
    if hours:
        times = {"starts_at": dt.time.fromisoformat(starts), "ends_at": dt.time.fromisoformat(ends)}
    return OnCall(name="Somebody", weekdays=list(weekdays), **times)


# --- Shifts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "local", "right"),
    [
        (shift(""), "Wed 02:00", True),
        (shift("", WED), "Wed 23:59", True),
        (shift("", TUE), "Wed 00:00", False),
        (shift("08:00-17:00"), "Wed 08:00", True),
        (shift("08:00-17:00"), "Wed 16:59", True),
        (shift("08:00-17:00"), "Wed 17:00", False),
        (shift("08:00-17:00"), "Wed 07:59", False),
        (shift("08:00-17:00", TUE), "Wed 12:00", False),
        # Over midnight: until the end of the night, which belongs to the day on which it began.
        (shift("18:00-07:00"), "Wed 18:00", True),
        (shift("18:00-07:00"), "Wed 02:00", True),
        (shift("18:00-07:00"), "Wed 07:00", False),
        (shift("18:00-07:00"), "Wed 12:00", False),
        (shift("18:00-07:00", TUE), "Wed 02:00", True),
        (shift("18:00-07:00", WED), "Wed 02:00", False),
        (shift("18:00-07:00", WED), "Wed 20:00", True),
        (shift("18:00-07:00", SUN), "Mon 02:00", True),
        (shift("18:00-07:00", MON), "Mon 02:00", False),
        # No real window: nobody is left out by a slip.
        (shift("08:00-08:00"), "Wed 03:00", True),
        (shift("08:00-08:00", TUE), "Wed 03:00", False),
    ],
)
def test_a_shift(entry: OnCall, local: str, right: bool) -> None:
    day, _space, time = local.partition(" ")
    date = dt.date(2026, 7, 13) + dt.timedelta(days=("Mon", "Tue", "Wed").index(day))
    assert calls.is_on_duty(entry, dt.datetime.combine(date, dt.time.fromisoformat(time))) is right


def test_a_shift_with_one_time_lasts_all_day() -> None:
    entry = OnCall(name="Somebody", weekdays=[], starts_at=dt.time(8))
    assert calls.is_on_duty(entry, dt.datetime(2026, 7, 15, 3))


def test_shifts_are_in_the_city_s_time_also_when_the_clocks_change(made: ServiceRequest, cast: Rivermark) -> None:
    on_call(cast.city, cast.streets, "Early", starts_at=dt.time(1), ends_at=dt.time(3))
    # November 1, 2026: 1:30 happens twice in New York.
    twice = [dt.datetime(2026, 11, 1, hour, 30, tzinfo=dt.UTC) for hour in (4, 5, 6, 7, 8)]
    assert [names(made, at) == ["Early"] for at in twice] == [False, True, True, True, False]
    # March 14, 2027: after 1:59 comes 3:00.
    skipped = [dt.datetime(2027, 3, 14, hour, 30, tzinfo=dt.UTC) for hour in (5, 6, 7)]
    assert [names(made, at) == ["Early"] for at in skipped] == [False, True, False]


# --- The chain --------------------------------------------------------------------------------------------------------


def test_the_department_then_its_supervisor_then_the_desk_then_the_night_number(
    made: ServiceRequest, cast: Rivermark, settings: Any
) -> None:
    settings.SMS_BACKEND = "somewhere"
    cast.city.desk_night_number = "555-0199"
    on_call(cast.city, None, "Operator")
    on_call(cast.city, cast.streets, "Second", order=2)
    on_call(cast.city, cast.streets, "First", order=1)
    on_call(cast.city, cast.parks, "Ranger")
    factories.staff("Sue", "supervisor", cast.city, cast.streets)
    assert names(made) == ["First", "Second", "Sue", "Operator", "555-0199"]
    alerted = {"first@on-call.example", "second@on-call.example"}
    callee = calls.next_callee(Alarm(service_request=made), alerted, NIGHT)
    assert callee is not None
    assert (callee.name, callee.level) == ("Sue", "supervisor")


@pytest.mark.parametrize("where", ["no department", "pending review"])
def test_the_desk_begins_without_a_department_and_pending_review(
    made: ServiceRequest, cast: Rivermark, where: str
) -> None:
    on_call(cast.city, None, "Operator")
    on_call(cast.city, cast.streets, "Crew")
    factories.staff("Sue", "supervisor", cast.city, cast.streets)
    factories.staff("Max", "supervisor", cast.city)
    if where == "no department":
        made.department = None
    else:
        made.public_state = "pending_review"
    assert names(made) == ["Operator", "Max"]


def test_only_who_is_on_duty(made: ServiceRequest, cast: Rivermark) -> None:
    on_call(cast.city, cast.streets, "Night", starts_at=dt.time(18), ends_at=dt.time(7))
    on_call(cast.city, cast.streets, "Office", starts_at=dt.time(7), ends_at=dt.time(18))
    on_call(cast.city, cast.streets, "Sunday", weekdays=[SUN])
    assert (names(made, NIGHT), names(made, DAY)) == (["Night"], ["Office"])


def test_somebody_on_two_rosters_is_alerted_once(made: ServiceRequest, cast: Rivermark) -> None:
    on_call(cast.city, cast.streets, "Kim", email="kim@on-call.example")
    on_call(cast.city, cast.streets, user=cast.dev)
    on_call(cast.city, None, "Kim of the desk", email="KIM@on-call.example")
    on_call(cast.city, None, user=cast.dev)
    on_call(cast.city, None, "Operator")
    assert names(made) == ["Kim", "Dev", "Operator"]


# --- Bad rosters ------------------------------------------------------------------------------------------------------


def test_an_empty_roster_goes_on_at_once(made: ServiceRequest, cast: Rivermark) -> None:
    on_call(cast.city, None, "Operator")
    assert names(made) == ["Operator"]


def test_people_who_left_are_skipped(made: ServiceRequest, cast: Rivermark) -> None:
    gone, moved = factories.staff("Gone", "crew", cast.city, cast.streets), factories.staff("Moved", "crew", cast.city)
    gone.is_active = False
    gone.save()
    Membership.objects.filter(user=moved).delete()
    for user in (gone, moved):
        on_call(cast.city, cast.streets, user=user)
    boss = factories.staff("Boss", "supervisor", cast.city, cast.streets)
    boss.is_active = False
    boss.save()
    assert names(made) == []
    on_call(cast.city, cast.streets, user=cast.dev)
    assert names(made) == ["Dev"]


def test_contacts_without_an_address_are_skipped(made: ServiceRequest, cast: Rivermark, settings: Any) -> None:
    on_call(cast.city, cast.streets, "No Address", email="")
    on_call(cast.city, cast.streets, "No Digits", email="", phone="ask at the gate")
    on_call(cast.city, cast.streets, "Phone", email="", phone="555-0121")
    assert names(made) == []
    settings.SMS_BACKEND = "somewhere"
    assert names(made) == ["Phone"]
    # A phone cannot get a text message without a gateway, so there is nobody.
    settings.SMS_BACKEND = ""
    assert calls.next_callee(Alarm(service_request=made), (), NIGHT) is None


def test_the_night_number_is_the_public_one_if_the_desk_has_none(
    made: ServiceRequest, cast: Rivermark, settings: Any
) -> None:
    settings.SMS_BACKEND = "somewhere"
    cast.city.all_night_number = "555-0100"
    assert names(made) == ["555-0100"]
    cast.city.desk_night_number = "555-0199"
    assert names(made) == ["555-0199"]


def test_nobody_at_all(made: ServiceRequest) -> None:
    assert calls.chain(made, NIGHT) == []


# --- Two cities -------------------------------------------------------------------------------------------------------


def test_only_this_citys_roster_and_those_who_work_here_are_on_duty(made: ServiceRequest, cast: Rivermark) -> None:
    lakeside = factories.lakeside()
    both = factories.staff("Bo", "crew", lakeside.city, lakeside.streets)
    for city, department, user, kind in (
        (cast.city, None, cast.cal, ""),
        (cast.city, cast.streets, cast.dev, ""),
        (cast.city, None, cast.pia, "self_harm"),
        (lakeside.city, None, lakeside.lou, ""),
        # Of this city's roster, but works in the other one.
        (cast.city, None, both, ""),
        (cast.city, cast.parks, lakeside.sid, ""),
    ):
        OnCall.objects.create(jurisdiction=city, department=department, user=user, kind=kind)

    def on_duty(department: object = None, kind: str = "") -> list[str]:
        return [one.name for one in calls.on_duty(cast.city, department, DAY, kind)]  # type: ignore[arg-type]

    assert on_duty() == ["Cal"]
    assert on_duty(cast.streets) == ["Dev"]
    assert on_duty(cast.parks) == []
    assert on_duty(kind="self_harm") == ["Pia"]
    assert [one.name for one in calls.on_duty(lakeside.city, None, DAY)] == ["Lou"]


def test_the_citys_supervisor_supervises_all_of_this_city_and_still_works_here(
    made: ServiceRequest, cast: Rivermark
) -> None:
    lakeside = factories.lakeside()
    factories.staff("Kim", "supervisor", lakeside.city)
    gus = factories.staff("Gus", "supervisor", cast.city)
    type(gus).objects.filter(pk=gus.pk).update(is_active=False)
    made.department = None
    assert names(made) == [], "Pia supervises Parks alone, Cal takes calls, Gus has left and Kim works elsewhere"
    factories.staff("Wes", "supervisor", cast.city)
    assert names(made) == ["Wes"]


@pytest.mark.parametrize(
    ("kind", "level", "who", "is_theirs"),
    [
        ("red_flag", "department", "Dev", True),
        ("self_harm", "danger", "Dev", True),
        ("self_harm", "desk", "Dev", True),
        ("self_harm", "night", "", True),
        ("self_harm", "department", "Dev", False),
        ("self_harm", "department", "", False),
        ("self_harm", "supervisor", "Pia", False),
        ("self_harm", "supervisor", "Kim", False),
        ("self_harm", "supervisor", "Wes", True),
    ],
)
def test_an_alarm_about_a_person_is_no_longer_a_crews(
    made: ServiceRequest, cast: Rivermark, kind: str, level: str, who: str, is_theirs: bool
) -> None:
    lakeside = factories.lakeside()
    wes, kim = factories.staff("Wes", "supervisor", cast.city), factories.staff("Kim", "supervisor", lakeside.city)
    user = {"Dev": cast.dev, "Pia": cast.pia, "Wes": wes, "Kim": kim}.get(who)
    alarm = Alarm(jurisdiction=cast.city, service_request=made, kind=kind)
    assert calls.is_theirs(AlarmCall(alarm=alarm, level=level, user=user)) is is_theirs
