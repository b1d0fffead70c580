"""The page of rosters: listing, adding, changing, removing, and how long an alarm waits."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.messages.setup_differences import differences
from requests_app.models import OnCall, SetupChange, User
from requests_app.rules.alarms import calls, on_call_week
from requests_app.rules.shared.names import Names
from tests.factories import Rivermark
from tests.on_call import on_call

pytestmark = pytest.mark.django_db
PAGE = "/staff/on-call/"


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(town.ada)


def fields(**more: Any) -> dict[str, Any]:
    return {
        "department": "", "user": "", "name": "", "email": "", "phone": "", "starts_at": "", "ends_at": "", "order": "1",
        **more,
    }  # fmt: skip


def columns(entry: OnCall) -> tuple[Any, ...]:
    return (
        entry.department,
        entry.user,
        entry.name,
        entry.email,
        entry.phone,
        entry.weekdays,
        entry.starts_at,
        entry.ends_at,
    )


def test_an_outside_contact_is_added_to_a_department_with_a_shift(town: Rivermark, ada: Client) -> None:
    answer = ada.post(
        PAGE,
        fields(
            department=town.streets.pk, name="Night crew", email="night@crew.example", phone="555-0121",
            weekdays=["6", "0"], starts_at="18:00", ends_at="07:00",
        ),
        follow=True,
    )  # fmt: skip
    assert "Night crew is on the roster." in answer.content.decode()
    assert "Monday, Sunday, 6 p.m.–7 a.m." in answer.content.decode()
    right = (town.streets, None, "Night crew", "night@crew.example", "555-0121", [0, 6], dt.time(18), dt.time(7))
    assert columns(OnCall.objects.get()) == right


def test_a_member_of_staff_is_added_to_the_desk_and_keeps_their_own_address(town: Rivermark, ada: Client) -> None:
    ada.post(PAGE, fields(user=town.dev.pk, phone="555-0122", email="ignored@else.example"))
    assert columns(OnCall.objects.get()) == (None, town.dev, "", "", "555-0122", [], None, None)
    page = ada.get(PAGE).content.decode()
    assert town.dev.email in page
    assert "On duty now" in page


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "Choose a member of staff or enter the name of an outside contact"),
        ({"name": "Crew"}, "or we can’t reach them"),
        ({"name": "Crew", "email": "nobody"}, "Enter an email address like"),
        ({"name": "Crew", "phone": "the gate"}, "Enter a phone number like"),
        ({"name": "Crew", "phone": "555-0121", "starts_at": "18:00"}, "Enter both times"),
        ({"name": "Crew", "phone": "555-0121", "starts_at": "18:00", "ends_at": "18:00"}, "two different times"),
        ({"name": "Crew", "phone": "555-0121", "starts_at": "6 pm", "ends_at": "07:00"}, "Enter a time like"),
        ({"name": "Crew", "phone": "555-0121", "order": "0"}, "1"),
        ({"name": "Crew", "phone": "555-0121", "weekdays": ["7"]}, "7"),
        ({"name": "Crew", "phone": "555-0121", "department": "0"}, "0"),
    ],
)
def test_what_would_reach_nobody_is_refused(town: Rivermark, ada: Client, more: dict[str, Any], words: str) -> None:
    answer = ada.post(PAGE, fields(**more))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not OnCall.objects.exists()


def test_both_a_member_of_staff_and_a_name_are_refused(town: Rivermark, ada: Client) -> None:
    answer = ada.post(PAGE, fields(user=town.dev.pk, name="Crew", phone="555-0121"))
    assert answer.status_code == 422


def test_a_line_is_changed_and_removed(town: Rivermark, ada: Client) -> None:
    entry = on_call(town.city, town.streets, "Crew", weekdays=[5])
    page = ada.get(reverse("staff_app:on_call_entry", args=[entry.pk])).content.decode()
    assert 'value="Crew"' in page
    assert f'<option value="{town.streets.pk}" selected>' in page
    answer = ada.post(
        reverse("staff_app:on_call_entry", args=[entry.pk]),
        fields(department=town.parks.pk, name="Rangers", email="rangers@parks.example", order="2"),
    )
    assert answer.status_code == 302
    entry.refresh_from_db()
    assert (entry.name, entry.department, entry.weekdays, entry.order) == ("Rangers", town.parks, [], 2)
    ada.post(reverse("staff_app:remove_on_call", args=[entry.pk]))
    assert not OnCall.objects.exists()


def test_a_kind_of_danger_has_contacts_of_its_own(town: Rivermark, ada: Client) -> None:
    ada.post(PAGE, fields(department="self_harm", name="Crisis team", phone="555-0166", email="crisis@city.example"))
    entry = OnCall.objects.get()
    assert (entry.kind, entry.department) == ("self_harm", None)
    page = ada.get(PAGE)
    assert "Danger: Self-harm" in page.content.decode()
    rosters = {roster["name"]: len(roster["rows"]) for roster in page.context["rosters"]}
    assert (rosters["Danger: Self-harm"], rosters["The desk (311 Center)"]) == (1, 0)
    path = reverse("staff_app:on_call_entry", args=[entry.pk])
    assert ada.get(path).context["form"]["department"].value() == "self_harm"
    ada.post(path, fields(department="", name="Crisis team", phone="555-0166"))
    entry.refresh_from_db()
    assert (entry.kind, entry.department) == ("", None)
    # Wires and gas have no contacts of their own: they go to the service's roster.
    assert ada.post(PAGE, fields(department="utility", name="Crew", phone="555-0166")).status_code == 422
    changes = SetupChange.objects.filter(kind="on_call", user=town.ada).order_by("id")
    assert [(one.before or {}).get("kind") for one in changes] == [None, "self_harm"]


def test_somebody_who_left_is_marked(town: Rivermark, ada: Client) -> None:
    on_call(town.city, town.streets, user=town.dev)
    type(town.dev).objects.filter(pk=town.dev.pk).update(is_active=False)
    assert "Has left: skipped" in ada.get(PAGE).content.decode()


def test_the_wait_and_the_night_number(town: Rivermark, ada: Client) -> None:
    assert "Text messages aren’t set up" in ada.get(PAGE).content.decode()
    ada.post(PAGE, {"wait": "1", "alarm_minutes": "5", "desk_night_number": "555-0199"})
    town.city.refresh_from_db()
    assert (town.city.alarm_minutes, town.city.desk_night_number) == (5, "555-0199")
    for wrong in ("0", "", "241", "soon"):
        assert ada.post(PAGE, {"wait": "1", "alarm_minutes": wrong, "desk_night_number": ""}).status_code == 422
    town.city.refresh_from_db()
    assert town.city.alarm_minutes == 5


def test_only_administrators_edit_rosters(town: Rivermark, tom: Client, pia: Client) -> None:
    entry = on_call(town.city, town.streets, "Crew")
    for client in (tom, pia):
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, fields(name="Me", phone="555-0121")).status_code == 403
        for name in ("on_call_entry", "remove_on_call"):
            assert client.post(reverse(f"staff_app:{name}", args=[entry.pk]), fields()).status_code == 403
    assert list(OnCall.objects.values_list("name", flat=True)) == ["Crew"]


# --- The week -----------------------------------------------------------------------------------------------------------


def week(ada: Client, day: str = "") -> dict[str, list[Any]]:
    """By roster and day: who, and the gaps."""
    rows = ada.get(f"{PAGE}?week={day}").context["week"].rows
    return {
        row.name: [[*((who, when) for who, when, _ in cell.people), *cell.gaps] for cell in row.cells] for row in rows
    }


@pytest.mark.shows("13.4")
def test_the_week_says_when_nobody_is_on_call(town: Rivermark, ada: Client) -> None:
    nights, days = {"starts_at": dt.time(18), "ends_at": dt.time(7)}, {"starts_at": dt.time(7), "ends_at": dt.time(18)}
    on_call(town.city, town.streets, "Nights", weekdays=[0, 1, 2, 3, 4, 6], **nights)
    on_call(town.city, town.streets, "Days", **days)
    on_call(town.city, town.parks, "Weekend", weekdays=[5, 6])
    found = week(ada)
    night, day = ("Nights", "6 p.m.–7 a.m."), ("Days", "7 a.m.–6 p.m.")
    assert found["Streets"] == [*[[day, night]] * 5, [day, "Nobody 6 p.m.–7 a.m."], [day, night]]
    assert found["Parks"][0] == ["Nobody from midnight to the end of Friday"]
    assert found["Parks"][5] == [("Weekend", "")]
    on_call(town.city, None, "Desk", phone="555-0100")
    # Without a gateway for text messages, a phone alone reaches nobody.
    assert week(ada)["The desk (311 Center)"][0] == [("Desk", ""), "Nobody all week"]
    html = ada.get(PAGE).content.decode()
    assert "Can’t be alerted" in html
    assert "No one. Alarms go straight" in html


@pytest.mark.shows("13.4")
def test_the_week_counts_nobody_who_has_left_and_agrees_with_who_is_alerted(town: Rivermark, ada: Client) -> None:
    on_call(town.city, town.streets, user=town.dev, starts_at=dt.time(22), ends_at=dt.time(6), weekdays=[6, 2])
    on_call(town.city, town.streets, user=town.tom, starts_at=dt.time(9), ends_at=dt.time(17), weekdays=[0, 1])
    type(town.tom).objects.filter(pk=town.tom.pk).update(is_active=False)
    monday = dt.datetime(2026, 11, 23, tzinfo=town.city.zone)
    entries = list(OnCall.objects.filter(department=town.streets))
    reachable = {one.pk for one in calls.reachable(town.city, entries)}
    free = on_call_week.gaps(entries, reachable)
    for hour in range(7 * 24):
        is_free = any(gap.starts <= hour * 60 < gap.ends for gap in free)
        assert is_free == (not calls.on_duty(town.city, town.streets, monday + dt.timedelta(hours=hour))), hour


@pytest.mark.shows("13.4")
def test_weeks_lead_to_each_other(town: Rivermark, ada: Client) -> None:
    html = ada.get(f"{PAGE}?week=2026-11-25").content.decode()
    assert "Week of Nov. 23, 2026" in html
    assert "?week=2026-11-16" in html
    assert "?week=2026-11-30" in html
    for wrong in ("soon", "0001-01-01", "9999-12-31"):
        assert ada.get(f"{PAGE}?week={wrong}").context["week"].is_this_week


@pytest.mark.shows("13.10")
def test_changes_of_rosters_are_recorded(town: Rivermark, ada: Client) -> None:
    ada.post(PAGE, fields(department=town.streets.pk, name="Crew", phone="555-0121"))
    entry = OnCall.objects.get()
    ada.post(
        reverse("staff_app:on_call_entry", args=[entry.pk]),
        fields(department=town.streets.pk, name="Crew", phone="555-0199"),
    )
    ada.post(reverse("staff_app:remove_on_call", args=[entry.pk]))
    ada.post(PAGE, {"wait": "1", "alarm_minutes": "5", "desk_night_number": ""})
    changes = list(SetupChange.objects.filter(kind="on_call", user=town.ada).order_by("id"))
    assert [one.action for one in changes] == ["added", "changed", "removed", "changed"]
    assert differences("on_call", changes[1].before, changes[1].after, Names(town.city)) == [
        "Phone: 555-0199 instead of 555-0121"
    ]
