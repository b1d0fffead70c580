"""The email on the evening before collection, read from a real mail server: once for each address and evening, at 6 p.m."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app.clock import app_now
from requests_app.messages import collection_reminders
from requests_app.models import Area, Calendar, ContactPoint, Jurisdiction, Message, OutboxRow, Person, Subscription
from tests import factories, mail_server, resident
from tests.factories import Rivermark
from tests.mail_server import Mailbox, deliver, html, make_due, plain
from tests.shifted_clock import dated, set_local_time, set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.33", "5.17")]

DEV = "dev@press.example"
# Of November 2026, when Thanksgiving is the 26th.
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (dt.date(2026, 11, number) for number in (23, 24, 25, 26, 27))


@pytest.fixture
def town(cast: Rivermark) -> Rivermark:
    rule = {"kind": "weekday", "calendar": "trash", "holiday_rule": "next_day"}
    fields = [{"key": "trash", "label": {"en": "Trash", "es": "Basura"}, **rule}]
    fields.append({"key": "paper", "label": {"en": "Paper", "es": "Papel"}, **rule})
    Jurisdiction.objects.update(address_card=[{"layer": "ward", "name": {"en": "Ward"}, "fields": fields}])
    thanksgiving = {"date": "2026-11-26", "name": {"en": "Thanksgiving", "es": "Acción de Gracias"}}
    Calendar.objects.create(jurisdiction=cast.city, code="trash", always=True, holidays={"extra": [thanksgiving]})
    for code, trash in (("4", "Tuesday"), ("5", "Thursday")):
        factories.area(cast.city, code=code)
        Area.objects.filter(code=code).update(attributes={"trash": trash})
    return cast


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with mail_server.serving(settings) as box:
        yield box


def subscribed(town: Rivermark, code: str = "5", email: str = DEV, language: str = "en", **more: Any) -> Subscription:
    person = Person.objects.create(jurisdiction=town.city, language=language)
    contact_point = ContactPoint.objects.create(
        person=person, kind="email", value=email, normalized=email, verified_at=app_now()
    )
    defaults = {"area": Area.objects.get(code=code), "label": "Trash", "confirmed_at": app_now(), "collection": True}
    return Subscription.objects.create(jurisdiction=town.city, contact_point=contact_point, **defaults | more)


def ring(town: Rivermark, day: dt.date, hour: int = 18) -> None:
    """The schedule at that hour, and the mailer after it."""
    set_local_time(town.city.zone, day, hour)
    factories.run_part("remind_of_collections")
    deliver()


def subjects(mailbox: Mailbox) -> list[str]:
    return [str(one["Subject"]) for one in mailbox.mails]


def test_it_comes_at_six_on_the_evening_before_and_once(town: Rivermark, mailbox: Mailbox) -> None:
    subscribed(town, "4")
    ring(town, MONDAY, 17)
    assert mailbox.mails == []
    for hour in (18, 18, 19, 23):
        ring(town, MONDAY, hour)
    (sent,) = mailbox.mails
    assert (sent["To"], sent["Subject"]) == (DEV, "Tomorrow: Trash")
    for text in (plain(sent), html(sent)):
        assert f"Tomorrow, {dated('Tuesday, November 24', 2026)}" in text
        assert "Ward 4" in text
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # Nor on the day itself, nor on others.
    for day in (TUESDAY, WEDNESDAY):
        ring(town, day, 6)
        ring(town, day)
    assert len(mailbox.mails) == Message.objects.filter(kind="collection_reminder").count() == 1
    ring(town, dt.date(2026, 11, 30))
    assert len(mailbox.mails) == 2


def test_a_holiday_is_told_where_the_pickup_is_missing_and_where_it_comes(town: Rivermark, mailbox: Mailbox) -> None:
    subscribed(town, "5", language="es")
    subscribed(town, "5", email="ana@press.example")
    for day in (WEDNESDAY, THURSDAY, FRIDAY):
        ring(town, day)
    mails = mailbox.to("ana@press.example")
    assert [one["Subject"] for one in mails] == ["Not tomorrow: Trash", "Tomorrow: Trash"]
    moved = f"Thanksgiving: your pickup moves to {dated('Friday, November 27', 2026)}."
    assert all(moved in plain(one) and moved in html(one) for one in mails)
    spanish = mailbox.to(DEV)
    assert [one["Subject"] for one in spanish] == ["Mañana no: Basura", "Mañana: Basura"]
    assert "Acción de Gracias: su recolección pasa al" in plain(spanish[0])


def test_a_change_of_the_next_time_is_told_a_week_before(town: Rivermark, mailbox: Mailbox) -> None:
    subscribed(town, "5")
    ring(town, dt.date(2026, 11, 18))
    (sent,) = mailbox.mails
    assert sent["Subject"] == "Tomorrow: Trash"
    assert "Thanksgiving: your pickup moves to" in plain(sent)


def test_two_subscriptions_of_one_address_are_one_email_and_one_press_stops_both(
    town: Rivermark, mailbox: Mailbox, client: Client
) -> None:
    Area.objects.update(attributes={"trash": "Tuesday"})
    subscribed(town, "4")
    subscribed(town, "5")
    other = subscribed(town, "5", email="ana@press.example")
    ring(town, MONDAY)
    (sent,) = mailbox.to(DEV)
    assert "Trash (Ward 4)" in plain(sent)
    assert "Trash (Ward 5)" in plain(sent)
    stop = urlsplit(re.findall(r"<(.+)>", str(sent["List-Unsubscribe"]))[0]).path
    assert client.get(stop).status_code == 200
    assert Subscription.objects.filter(unsubscribed_at=None).count() == 3
    assert client.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert list(Subscription.objects.filter(unsubscribed_at=None)) == [other]
    ring(town, dt.date(2026, 11, 30))
    assert (len(mailbox.to(DEV)), len(mailbox.to("ana@press.example"))) == (1, 2)


def test_what_comes_on_one_day_is_one_email(town: Rivermark, mailbox: Mailbox) -> None:
    Area.objects.filter(code="4").update(attributes={"trash": "Tuesday", "paper": "Tuesday"})
    subscribed(town, "4")
    ring(town, MONDAY)
    assert subjects(mailbox) == ["Tomorrow: Trash, Paper"]


def test_nothing_goes_to_who_did_not_confirm_or_left_or_bounced_or_follows_reports(
    town: Rivermark, mailbox: Mailbox
) -> None:
    subscribed(town, "4", "a@press.example", confirmed_at=None)
    subscribed(town, "4", "b@press.example", unsubscribed_at=app_now())
    subscribed(town, "4", "c@press.example", collection=False)
    bounced = subscribed(town, "4", "d@press.example")
    ContactPoint.objects.filter(pk=bounced.contact_point_id).update(bounced_at=app_now())
    ring(town, MONDAY)
    assert mailbox.mails == []
    assert not OutboxRow.objects.filter(kind="collection_reminder").exists()
    # And who is reminded gets no updates on reports.
    subscribed(town, "4", cadence="at_once")
    factories.routed(town.tree, "A branch.")
    deliver()
    assert mailbox.to(DEV) == []


def test_who_unsubscribes_before_it_is_sent_gets_none(town: Rivermark, mailbox: Mailbox) -> None:
    subscription = subscribed(town, "4")
    set_local_time(town.city.zone, MONDAY, 18)
    factories.run_part("remind_of_collections")
    Subscription.objects.filter(pk=subscription.pk).update(unsubscribed_at=app_now())
    deliver()
    assert mailbox.mails == []


def test_an_address_that_is_refused_gets_no_more(town: Rivermark, mailbox: Mailbox) -> None:
    subscribed(town, "4")
    mailbox.rcpt_answer = "550 No such user"
    ring(town, MONDAY)
    mailbox.rcpt_answer = "250 OK"
    ring(town, dt.date(2026, 11, 30))
    assert mailbox.mails == []


@pytest.mark.parametrize(("day", "hour", "expected"), [(MONDAY, 23, "Tomorrow: Trash"), (TUESDAY, 0, "Today: Trash")])
def test_a_worker_that_was_down_until_midnight_loses_none(
    town: Rivermark, mailbox: Mailbox, day: dt.date, hour: int, expected: str
) -> None:
    subscribed(town, "4")
    ring(town, day, hour)
    ring(town, day, hour)
    assert subjects(mailbox) == [expected]


def test_after_the_trucks_have_come_it_is_not_sent_anymore(town: Rivermark, mailbox: Mailbox) -> None:
    subscribed(town, "4")
    ring(town, TUESDAY, 7)
    assert mailbox.mails == []
    # Nor what waited for the mail server all night.
    mailbox.answer = "451 Try later"
    ring(town, dt.date(2026, 11, 30))
    mailbox.answer = "250 OK"
    set_local_time(town.city.zone, dt.date(2026, 12, 1), 8)
    make_due()
    deliver()
    assert mailbox.mails == []
    assert not OutboxRow.objects.filter(kind="collection_reminder", done_at=None).exists()


def test_a_mail_server_that_is_away_in_the_evening_gets_it_later_once(town: Rivermark, mailbox: Mailbox) -> None:
    subscribed(town, "4")
    mailbox.answer = "451 Try later"
    ring(town, MONDAY)
    mailbox.answer = "250 OK"
    set_local_time(town.city.zone, TUESDAY, 5)
    factories.run_part("remind_of_collections")
    make_due()
    deliver()
    assert subjects(mailbox) == ["Today: Trash"]


def test_thousands_are_enqueued_in_batches_that_survive_a_kill(
    town: Rivermark, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection_reminders, "AT_ONCE", 2)
    for number in range(5):
        subscribed(town, "4", f"p{number}@press.example")
    set_local_time(town.city.zone, MONDAY, 18)
    assert collection_reminders._enqueue(town.city, [Area.objects.get(code="4").pk], TUESDAY) == 2
    ring(town, MONDAY, 19)
    assert sorted(str(one["To"]) for one in mailbox.mails) == [f"p{number}@press.example" for number in range(5)]


@pytest.mark.parametrize(
    ("day", "utc_hour", "comes"),
    [
        # Summer time ends on Sunday, November 1, 2026, and begins on March 14, 2027: 6 p.m. is another hour of UTC.
        (dt.date(2026, 10, 26), 22, True),
        (dt.date(2026, 11, 2), 22, False),
        (dt.date(2026, 11, 2), 23, True),
        (dt.date(2027, 3, 8), 22, False),
        (dt.date(2027, 3, 15), 22, True),
    ],
)
def test_six_is_six_by_the_citys_clock_in_summer_and_winter(
    town: Rivermark, mailbox: Mailbox, day: dt.date, utc_hour: int, comes: bool
) -> None:
    subscribed(town, "4")
    set_time(dt.datetime.combine(day, dt.time(utc_hour), dt.UTC))
    factories.run_part("remind_of_collections")
    deliver()
    assert subjects(mailbox) == ["Tomorrow: Trash"] * comes


def test_the_day_on_which_the_clocks_change_is_announced_on_the_right_evening(
    town: Rivermark, mailbox: Mailbox
) -> None:
    Area.objects.filter(code="4").update(attributes={"trash": "Sunday"})
    subscribed(town, "4")
    ring(town, dt.date(2026, 10, 31))
    ring(town, dt.date(2026, 11, 1))
    (sent,) = mailbox.mails
    assert dated("Sunday, November 1", 2026) in plain(sent)


def test_when_the_citys_day_changes_the_new_one_is_announced(town: Rivermark, mailbox: Mailbox) -> None:
    subscribed(town, "4")
    set_local_time(town.city.zone, MONDAY, 18)
    factories.run_part("remind_of_collections")
    # Between the schedule and the mailer.
    Area.objects.filter(code="4").update(attributes={"trash": "Wednesday"})
    deliver()
    assert mailbox.mails == []
    ring(town, TUESDAY)
    assert subjects(mailbox) == ["Tomorrow: Trash"]


def test_it_is_asked_for_and_confirmed_by_email_like_any_other(town: Rivermark, client: Client) -> None:
    page = client.get("/follow/?collection=ward:4").content.decode()
    assert "Trash · Ward 4" in page
    assert "How often?" not in page
    assert client.get("/follow/?collection=ward:99").status_code == 404
    client.post("/follow/?collection=ward:4", {"email": DEV})
    client.post("/follow/?collection=ward:4", {"email": DEV})
    subscription = Subscription.objects.get()
    assert (subscription.collection, subscription.area.code, subscription.point) == (True, "4", None)  # type: ignore[union-attr]
    sent = resident.run_outbox()
    assert Subscription.objects.get().confirmed_at is None
    client.post(resident.link_from(sent[0]))
    assert Subscription.objects.get().confirmed_at is not None
    # Signed in, they see what it is and can stop it.
    at_home = resident.signed_in(DEV)
    assert "An email the evening before each collection day." in at_home.get("/my/").content.decode()
    at_home.post(f"/my/updates/{subscription.pk}/", {"stop": "1"})
    assert Subscription.objects.get().unsubscribed_at is not None
