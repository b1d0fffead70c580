"""The value report through its pages: its months are the city's, its parts add up, and it names nobody."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.contacts import contacts
from requests_app.models import (
    AnsweredCount,
    CallBack,
    CallCount,
    Contact,
    ContactCost,
    ContactCount,
    DeskLine,
    Jurisdiction,
    SetupChange,
    User,
    ValueCount,
)
from requests_app.rules.contacts import call_backs
from requests_app.rules.figures import value_counts
from requests_app.rules.figures.value_report import FIGURES
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_local_time

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
TODAY = dt.date(2026, 11, 20)


def count(city: Jurisdiction, day: dt.date, outcome: str, value: int, channel: str = "phone", topic: str = "") -> None:
    ContactCount.objects.create(jurisdiction=city, day=day, channel=channel, outcome=outcome, value=value, topic=topic)


def calls(line: DeskLine, at: dt.datetime, *, offered: int, answered: int, in_time: int) -> None:
    CallCount.objects.create(
        jurisdiction=line.jurisdiction, line=line, starts_at=at, offered=offered, answered=answered,
        abandoned=offered - answered, answered_in_time=in_time, handle_s=answered * 200,
    )  # fmt: skip


def plant(city: Jurisdiction, times: int = 1) -> None:
    """October and November of a desk that opened on October 12."""
    for day in (dt.date(2026, 10, 12), dt.date(2026, 11, 1), dt.date(2026, 11, 19)):
        count(city, day, "answered", 40 * times, topic="trash")
        count(city, day, "answered", 20 * times)
        count(city, day, "request_made", 30 * times)
        count(city, day, "answered", 10 * times, channel="counter")
        count(city, day, "test", 5)
        AnsweredCount.objects.create(jurisdiction=city, day=day, article_code="trash", value=20 * times)
        for measure, part, value in (
            ("report", "web", 30), ("report", "staff", 20), ("report", "phone", 30), ("joined", "", 40), ("merged", "", 10),
            ("intake", "sent", 60), ("intake", "left_after_answer", 15), ("intake", "left", 5),
        ):  # fmt: skip
            ValueCount.objects.create(jurisdiction=city, measure=measure, day=day, part=part, value=value * times)
    for day in (dt.date(2026, 10, 12), dt.date(2026, 11, 1)):
        for part, value in (("resolved", 60), ("repeat", 20), ("passed_on", 10), ("cant_tell", 10)):
            ValueCount.objects.create(
                jurisdiction=city, measure="first_contact", day=day, part=part, value=value * times
            )
    line = DeskLine.objects.create(jurisdiction=city, number="311", phone="311", name={"en": "311"})
    # The last half hour of October by the city's clock is November in Greenwich.
    calls(line, dt.datetime(2026, 10, 31, 23, 30, tzinfo=city.zone), offered=50, answered=50, in_time=25)
    calls(
        line,
        dt.datetime(2026, 11, 1, 0, 0, tzinfo=city.zone),
        offered=100 * times,
        answered=90 * times,
        in_time=80 * times,
    )
    at = dt.datetime(2026, 11, 3, 12, tzinfo=city.zone)
    for number in range(40):
        CallBack.objects.create(
            jurisdiction=city, kind="call_back", phone="617-555-0142", promised_at=at, due_at=at,
            first_tried_at=at + dt.timedelta(minutes=number - 29), closed_at=at, outcome="reached",
        )  # fmt: skip


@pytest.fixture
def town(cast: Rivermark) -> Rivermark:
    set_local_time(cast.city.zone, TODAY, 9)
    plant(cast.city)
    plant(factories.lakeside().city, times=7)
    return cast


def table(html: str) -> dict[str, list[str]]:
    """The texts of each figure's cells."""
    rows = re.findall(r'<tr data-figure="(\w+)">(.*?)</tr>', html, re.DOTALL)
    return {code: [unescape(one) for one in re.findall(r"<td[^>]*><a[^>]*>([^<]*)</a>", row)] for code, row in rows}


def test_promises_are_those_of_the_list_of_who_waits(town: Rivermark) -> None:
    city = town.city
    since, until = (dt.datetime(2026, 11, day, tzinfo=city.zone) for day in (1, 30))
    at, minute = dt.datetime(2026, 11, 5, 12, tzinfo=city.zone), dt.timedelta(minutes=1)
    for kind, promised, tried, outcome in (
        ("call_back", at, None, ""),
        ("call_back", at, None, "not_needed"),
        ("call_back", at, at, "reached"),
        ("call_back", at, at + minute, "not_needed"),
        ("call_back", dt.datetime(2026, 11, 20, 9, tzinfo=city.zone), None, ""),
        ("call_back", dt.datetime(2026, 11, 20, 9, tzinfo=city.zone) - minute, None, ""),
        ("missed_call", at, None, ""),
    ):
        CallBack.objects.create(
            jurisdiction=city, kind=kind, phone="617-555-0142", promised_at=promised, due_at=promised, first_tried_at=tried,
            outcome=outcome, closed_at=at if outcome else None,
        )  # fmt: skip
    counts = value_counts.by_month(city, dt.date(2026, 11, 1), dt.date(2026, 12, 1))[dt.date(2026, 11, 1)]
    kept, late, *left_out = (counts["promise", part] for part in ("kept", "late", "not_due", "not_needed"))
    listed = call_backs.promises_kept(city, since, until)
    assert (listed.kept, listed.due, listed.left_out) == (kept, kept + late, sum(left_out)) == (31, 44, 2)


def test_each_figure_of_each_month(town: Rivermark, signed_in: SignIn) -> None:
    html = signed_in(town.pia).get("/staff/value/").content.decode()
    assert [one for one in re.findall(r'<th scope="col">([^<]*)</th>', html) if "2026" in one] == [
        "June 2026", "July 2026", "August 2026", "September 2026", "October 2026", "November 2026 so far",
    ]  # fmt: skip
    shown = {code: cells[3:] for code, cells in table(html).items()}
    assert shown == {
        "contacts": ["No counts", "150", "300"],
        "information": ["No counts", "60%", "60%"],
        "answered_strict": ["No counts", "20%", "20%"],
        "answered_loose": ["No counts", "35%", "35%"],
        "first_contact": ["No counts", "60%", "60%"],
        # In October 25 of 50, and the first half hour of November isn't in it.
        "service_level": ["No counts", "50%", "80%"],
        "abandonment": ["No counts", "0%", "10%"],
        "promises": ["No counts", "No counts", "75%"],
        "duplicates": ["No counts", "80%", "80%"],
        "own_reports": ["No counts", "25%", "25%"],
        "cost": ["No counts", "Not set", "Not yet"],
        "visits": ["No counts", "Not set", "Not set"],
    }
    assert list(shown) == [figure.code for figure in FIGURES]
    assert "since October 12" in html
    assert "since November" not in html.replace("since November 3", "")


def test_a_quarter_is_its_months_and_earlier_ones_are_a_link_away(town: Rivermark, signed_in: SignIn) -> None:
    client = signed_in(town.pia)
    html = client.get("/staff/value/?by=quarter").content.decode()
    assert table(html)["contacts"] == ["No counts", "No counts", "No counts", "450"]
    assert "Q4 2026 so far" in html
    earlier = unescape(re.findall(r'href="([^"]*)">Earlier<', html)[0])
    before = client.get(earlier).content.decode()
    assert ("Q4 2025" in before, "Q1 2026" in before, "so far" in before) == (True, False, False)
    later = unescape(re.findall(r'href="([^"]*)">Later<', before)[0])
    assert table(client.get(later).content.decode())["contacts"] == table(html)["contacts"]
    assert ">Later<" not in html
    # What isn't a period, or isn't begun, is now.
    for until in ("2027-01", "x", "2026-Q4"):
        assert table(client.get(f"/staff/value/?until={until}").content.decode())["contacts"][-1] == "300"


def test_a_month_is_over_on_the_first_day_of_the_next(town: Rivermark, signed_in: SignIn) -> None:
    set_local_time(town.city.zone, dt.date(2026, 12, 1), 9)
    count(town.city, dt.date(2026, 12, 1), "answered", 100)
    client = signed_in(town.pia)
    november = client.get("/staff/value/?until=2026-11").content.decode()
    assert ("November 2026 so far" in november, ">Later<" in november) == (False, True)
    rows = csv.DictReader(io.StringIO(client.get("/staff/value/csv/?until=2026-11").content.decode()))
    assert {row["is_over"] for row in rows} == {"yes"}
    # All of one is 100%, and the month that begins today is there.
    assert table(client.get("/staff/value/").content.decode())["information"][-1] == "100%"
    months = [client.get(f"/staff/value/contacts/?period={month}").status_code for month in ("2026-12", "2027-01")]
    assert months == [200, 404]


@pytest.mark.parametrize("code", [figure.code for figure in FIGURES])
def test_a_figure_opens_parts_that_add_up_to_it_and_days_that_add_up_to_them(
    town: Rivermark, signed_in: SignIn, code: str
) -> None:
    ContactCost.objects.create(jurisdiction=town.city, channel="phone", year=2026, month=10, amount=1800)
    # The desk opened before October.
    count(town.city, dt.date(2026, 9, 30), "answered", 1)
    Jurisdiction.objects.filter(pk=town.city.pk).update(visits_avoided_percent=25)
    response = signed_in(town.pia).get(f"/staff/value/{code}/?period=2026-10")
    if code == "promises":
        assert "Nothing was counted then" in response.content.decode()
        return
    context = response.context
    if code == "cost":
        assert context["text"] == "$20.00"
        rows = {row["name"]: (row["amount"], row["contacts"], row["is_left_out"]) for row in context["costs"]}
        assert rows == {"Phone": ("$1,800.00", 90, False), "In person": ("", 10, True), "Website": ("", 50, True)}
        return
    counted = sum(part["number"] for part in context["parts"])
    assert context["value"].counted == counted == sum(day["counted"] for day in context["days"])
    total = counted + sum(part["number"] for part in context["others"])
    assert context["value"].total == total == sum(day["total"] for day in context["days"])
    if code == "visits":
        assert (context["text"], counted) == ("20", 80)


def test_a_part_that_is_reports_leads_to_them(town: Rivermark, signed_in: SignIn) -> None:
    html = signed_in(town.pia).get("/staff/value/own_reports/?period=2026-Q4").content.decode()
    links = [unescape(url) for url in re.findall(r'href="(/staff/\?[^"]*)"', html)]
    assert any("channel=staff" in url and "from=2026-10-01" in url and "to=2026-12-31" in url for url in links)


def test_the_file_has_the_numbers_and_parts_of_the_page(town: Rivermark, signed_in: SignIn) -> None:
    answer = signed_in(town.pia).get("/staff/value/csv/?by=month&until=2026-11")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    whole = {(row["figure"], row["period"]): row for row in rows if not row["part"]}
    november = whole["information", "2026-11"]
    assert (november["value"], november["counted"], november["total"]) == ("60.00", "180", "300")
    assert (november["first_day"], november["last_day"], november["is_over"]) == ("2026-11-01", "2026-11-30", "no")
    assert (whole["contacts", "2026-09"]["state"], whole["contacts", "2026-09"]["counted"]) == ("no_counts", "")
    parts = [row for row in rows if row["figure"] == "information" and row["period"] == "2026-11" and row["part"]]
    assert sum(int(row["number"]) for row in parts if row["part_is_in"] in ("counted", "total")) == 300
    assert {row["part_is_in"] for row in parts} == {"counted", "total", "left_out"}


def test_nobody_is_named_and_no_taker_is_counted(town: Rivermark, signed_in: SignIn) -> None:
    contact = contacts.start(town.city, taker=town.cal, caller_number="617-555-0199")
    contacts.change(contact, note="Planted note")
    contacts.close(contact, Contact.Outcome.ANSWERED)
    client = signed_in(town.pia)
    pages = ["/staff/value/", "/staff/value/?by=quarter", "/staff/value/takers/", "/staff/value/csv/"]
    pages += [f"/staff/value/{figure.code}/" for figure in FIGURES]
    for page in pages:
        text = client.get(page).content.decode()
        for secret in (town.cal.name, town.cal.email, "555-0199", "Planted note", "617-555-0142"):
            assert not re.search(rf"\b{re.escape(secret)}\b", text), (page, secret)


def test_the_city_sets_its_share_and_its_target(
    town: Rivermark, signed_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in(town.ada)
    sent = {"visits_avoided_percent": "25", "takers_percent": "95", "takers_answer_s": "30", "takers_handle_s": ""}
    for wrong in (
        {"visits_avoided_percent": "101"},
        {"takers_percent": "100"},
        {"takers_percent": "0"},
        {"takers_handle_s": "0"},
    ):
        assert client.post("/staff/value/settings/", sent | wrong).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/staff/value/settings/", sent).status_code == 302
    town.city.refresh_from_db()
    assert (town.city.visits_avoided_percent, town.city.takers_percent, town.city.takers_handle_s) == (25, 95, None)
    assert SetupChange.objects.get(kind="city", key="value").user == town.ada
    assert table(client.get("/staff/value/").content.decode())["visits"][-1] == "40"
    assert signed_in(town.pia).get("/staff/value/settings/").status_code == 403
    assert signed_in(town.tom).get("/staff/value/").status_code == 403


def test_costs_are_added_once_changed_undone_and_removed(town: Rivermark, signed_in: SignIn) -> None:
    client = signed_in(town.ada)
    page = "/staff/setup/desk/costs/"
    count(town.city, dt.date(2026, 9, 30), "answered", 1)
    sent = {"channel": "phone", "year": "2026", "month": "10", "amount": "1800"}
    assert client.post(page, sent).status_code == 302
    assert table(client.get("/staff/value/").content.decode())["cost"][-2:] == ["$20.00", "Not yet"]
    again = client.post(page, sent | {"amount": "5"})
    assert (again.status_code, "There’s an amount for this channel and time already." in again.content.decode()) == (
        422,
        True,
    )
    for wrong in ({"amount": "-1"}, {"amount": "x"}, {"month": "13"}, {"channel": "staff"}):
        assert client.post(page, sent | {"year": "2025"} | wrong).status_code == 422
    # The whole year is another amount; twice it isn't.
    assert client.post(page, sent | {"month": ""}).status_code == 302
    assert client.post(page, sent | {"month": ""}).status_code == 422
    cost = ContactCost.objects.get(jurisdiction=town.city, month=10)
    assert client.post(f"{page}{cost.pk}/remove/").status_code == 302
    assert not ContactCost.objects.filter(pk=cost.pk).exists()
    change = SetupChange.objects.filter(kind="contact_cost").latest("pk")
    assert client.post(page, {"undo": change.pk}).status_code == 302
    assert ContactCost.objects.get(pk=cost.pk).amount == 1800
    html = client.get(page).content.decode()
    assert "Phone, October 2026" in html
    assert signed_in(town.pia).get(page).status_code == 403
    # Another city's.
    other = ContactCost.objects.create(
        jurisdiction=Jurisdiction.objects.get(name="Lakeside"), channel="phone", year=2026, month=10, amount=1
    )
    assert client.get(f"{page}{other.pk}/").status_code == 404
    assert f"{page}{other.pk}/" not in client.get(page).content.decode()
    ContactCost.objects.filter(jurisdiction=town.city, month=None).delete()
    assert table(client.get("/staff/value/").content.decode())["cost"][-2] == "$20.00"
