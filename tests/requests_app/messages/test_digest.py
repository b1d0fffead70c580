"""Digests, read from a real mail server: who gets which updates and how often, each change once, and how to unsubscribe."""

import datetime as dt
import re
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app.actions.following import followers
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.publication import moderation
from requests_app.actions.work import conversation, endings, holds, merges, progress, reopenings
from requests_app.clock import app_now
from requests_app.messages import digest, notifications
from requests_app.models import (
    Comment,
    ContactPoint,
    DigestItem,
    Event,
    Message,
    OutboxRow,
    Participation,
    Person,
    ServiceRequest,
    Subscription,
)
from tests import factories, mail_server
from tests.factories import ANA, Rivermark
from tests.mail_server import Mailbox, deliver, html, make_due, plain
from tests.shifted_clock import dated, set_local_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.17")]

LANE = {"where": "lane"}
DEV = "dev@press.example"
MONDAY = dt.date(2026, 6, 1)


@pytest.fixture
def town() -> Rivermark:
    cast = factories.rivermark()
    set_local_time(cast.city.zone, MONDAY, 12)
    return cast


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with mail_server.serving(settings) as box:
        yield box


def rings(cast: Rivermark, day: dt.date, hour: int = 8) -> None:
    """The alarm clock of that hour, and the worker after it."""
    set_local_time(cast.city.zone, day, hour)
    factories.run_worker()
    notifications.send_due_digests(cast.city)
    deliver()


def subscribed(cast: Rivermark, cadence: str, email: str = DEV, **what: object) -> Subscription:
    person = Person.objects.create(jurisdiction=cast.city)
    contact_point = ContactPoint.objects.create(
        person=person, kind="email", value=email, normalized=email, verified_at=app_now()
    )
    if not what:
        what = {"service": cast.pothole.service}
    return Subscription.objects.create(
        jurisdiction=cast.city,
        contact_point=contact_point,
        label="Pothole",
        cadence=cadence,
        confirmed_at=app_now(),
        **what,
    )


def anas(cast: Rivermark, cadence: str = "at_once") -> ServiceRequest:
    """Ana's report, of whose coming in she has heard; her address is confirmed, so that no cap is met."""
    made = factories.routed(cast.pothole, "A deep hole.", answers=LANE, reporter=ANA)
    ContactPoint.objects.update(verified_at=app_now())
    deliver()
    Participation.objects.filter(service_request=made).update(cadence=cadence)
    return made


def events_of(mails: list[EmailMessage]) -> list[str]:
    return [str(one["X-Lamplighter-Event"]) for one in mails]


# --- At once, by day, by week -----------------------------------------------------------------------------------------


def test_at_once_each_change_is_one_mail_to_the_reporter(town: Rivermark, mailbox: Mailbox) -> None:
    made = anas(town)
    mailbox.mails.clear()
    progress.accept(made.pk, actor=town.tom)
    progress.schedule(made.pk, on=dt.date(2026, 6, 4), actor=town.tom)
    progress.visit(made.pk, actor=town.tom)
    progress.make_safe(made.pk, actor=town.tom)
    holds.hold(made.pk, reason="parts", until=dt.date(2026, 6, 9), actor=town.tom)
    holds.resume(made.pk, actor=None)
    endings.resolve(made.pk, disposition="fixed", text="Filled.", actor=town.tom)
    deliver()
    deliver()
    subjects = [str(one["Subject"]) for one in mailbox.to("ana@example.org")]
    report, number = "Pothole at 12 Elm St", f"({made.display_reference})"
    assert subjects == [
        f"{report}: work has started {number}",
        f"{report}: scheduled for {dated('Thursday, June 4', 2026)} {number}",
        f"{report}: someone visited the site {number}",
        f"{report}: made safe for now; repair still to come {number}",
        f"{report}: on hold {number}",
        f"{report}: no longer on hold {number}",
        f"{report}: fixed {number}",
    ]


def test_at_once_each_change_is_one_mail_to_whoever_follows_the_service(town: Rivermark, mailbox: Mailbox) -> None:
    subscribed(town, "at_once")
    made = anas(town)
    assert events_of(mailbox.to(DEV)) == ["digest"]
    conversation.comment(made.pk, text="We look on Friday.", actor=town.tom)
    deliver()
    assert len(mailbox.to(DEV)) == 2
    assert f"/r/{made.reference}/me-too/" in plain(mailbox.to(DEV)[-1])
    assert "We look on Friday." in plain(mailbox.to(DEV)[-1])


def test_a_day_of_changes_is_one_mail_after_seven_in_the_citys_morning(town: Rivermark, mailbox: Mailbox) -> None:
    made = anas(town, "daily")
    mailbox.mails.clear()
    conversation.comment(made.pk, text="We look on Friday.", actor=town.tom)
    progress.accept(made.pk, actor=town.tom)
    deliver()
    assert mailbox.mails == []
    rings(town, MONDAY + dt.timedelta(days=1), hour=6)
    assert mailbox.mails == []
    rings(town, MONDAY + dt.timedelta(days=1), hour=7)
    rings(town, MONDAY + dt.timedelta(days=1), hour=8)
    (told,) = mailbox.mails
    for body in (plain(told), html(told)):
        assert body.count("Work has started") == 1
        assert body.count("We look on Friday.") == 1
        assert made.display_reference in body
    rings(town, MONDAY + dt.timedelta(days=2))
    assert len(mailbox.mails) == 1, "each change once"


def test_a_week_comes_on_monday_and_a_machine_that_was_down_then_sends_it_on_tuesday(
    town: Rivermark, mailbox: Mailbox
) -> None:
    set_local_time(town.city.zone, MONDAY + dt.timedelta(days=1), 12)
    made = anas(town, "weekly")
    mailbox.mails.clear()
    conversation.comment(made.pk, text="We look on Friday.", actor=town.tom)
    for day in range(2, 7):
        rings(town, MONDAY + dt.timedelta(days=day))
    assert mailbox.mails == []
    # Nobody rang on Monday the eighth.
    rings(town, MONDAY + dt.timedelta(days=8))
    assert len(mailbox.mails) == 1


def test_a_second_try_of_a_digest_has_the_same_message_id_and_a_success_is_not_repeated(
    town: Rivermark, mailbox: Mailbox
) -> None:
    made = anas(town, "daily")
    mailbox.mails.clear()
    conversation.comment(made.pk, text="We look on Friday.", actor=town.tom)
    mailbox.answer = "451 later"
    rings(town, MONDAY + dt.timedelta(days=1))
    row = OutboxRow.objects.get(kind="send_digest")
    assert row.last_error == "SMTPDataError 451"
    assert DigestItem.objects.get().sent_at is None
    mailbox.answer = "250 OK"
    make_due()
    deliver()
    first = mailbox.mails[0]["Message-ID"]
    # As after a kill between the server's 250 and our commit.
    OutboxRow.objects.filter(pk=row.pk).update(done_at=None, due_at=app_now())
    DigestItem.objects.update(sent_at=None)
    deliver()
    assert [one["Message-ID"] for one in mailbox.mails] == [first, first]
    OutboxRow.objects.filter(pk=row.pk).update(done_at=None, due_at=app_now())
    deliver()
    assert len(mailbox.mails) == 2


def test_more_reports_than_a_mail_lists_are_a_number_at_its_end(
    town: Rivermark, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert digest.REPORTS_LISTED == 50
    monkeypatch.setattr(digest, "REPORTS_LISTED", 5)
    subscribed(town, "daily")
    for number in range(12):
        factories.report(town.pothole, f"Hole {number}.", answers=LANE, reporter=factories.NOBODY)
    deliver()
    mailbox.mails.clear()
    rings(town, MONDAY + dt.timedelta(days=1))
    (told,) = mailbox.to(DEV)
    assert "12 updates" in told["Subject"]
    for body in (plain(told), html(told)):
        assert "And 7 more reports." in body
        assert len(set(re.findall(r"/r/([0-9A-Z-]+)/", body))) == 5
    assert not DigestItem.objects.filter(sent_at=None).exists(), "what was only counted is told too"


# --- Who does not hear ------------------------------------------------------------------------------------------------


@pytest.mark.shows("A27")
def test_nobody_hears_of_what_they_did_themselves(town: Rivermark, mailbox: Mailbox) -> None:
    made = anas(town)
    ben, _link = followers.join(made.pk, reporter=Reporter(email="ben@example.org"), language="en")
    subscribed(town, "at_once")
    ContactPoint.objects.update(verified_at=app_now())
    endings.resolve(made.pk, disposition="fixed", text="Filled.", actor=town.tom)
    deliver()
    mailbox.mails.clear()
    ana = made.participations.get(role="reporter").person
    reopenings.reopen(made.pk, text="No.", actor=ana)
    deliver()
    assert sorted(str(one["To"]) for one in mailbox.mails) == ["ben@example.org", DEV]
    endings.resolve(made.pk, disposition="fixed", text="Filled.", actor=town.tom)
    deliver()
    mailbox.mails.clear()
    reopenings.reopen(made.pk, text="No.", actor=ben)
    deliver()
    assert sorted(str(one["To"]) for one in mailbox.mails) == ["ana@example.org", DEV]


def test_whoever_stopped_the_mails_of_their_report_does_not_hear_of_their_own_act_by_another_way(
    town: Rivermark, mailbox: Mailbox
) -> None:
    subscribed(town, "at_once", email="ana@example.org")
    made = anas(town)
    Participation.objects.filter(service_request=made).update(unsubscribed_at=app_now())
    endings.resolve(made.pk, disposition="fixed", text="Filled.", actor=town.tom)
    deliver()
    mailbox.mails.clear()
    reopenings.reopen(made.pk, text="No.", actor=made.participations.get().person)
    deliver()
    assert mailbox.mails == []


@pytest.mark.shows("A27")
@pytest.mark.parametrize("cadence", ["at_once", "daily"])
def test_words_that_were_hidden_before_the_mail_went_are_told_to_nobody(
    town: Rivermark, mailbox: Mailbox, cadence: str
) -> None:
    made = anas(town, cadence)
    subscribed(town, cadence)
    mailbox.mails.clear()
    said = conversation.comment(made.pk, text="CANARY the phone of a neighbor", actor=town.tom)
    Comment.objects.filter(pk=said.pk).update(hidden_at=app_now())
    deliver()
    rings(town, MONDAY + dt.timedelta(days=1))
    assert mailbox.mails == []
    conversation.comment(made.pk, text="We look on Friday.", actor=town.tom)
    deliver()
    rings(town, MONDAY + dt.timedelta(days=2))
    assert len(mailbox.mails) == 2
    assert not any("CANARY" in plain(one) + html(one) for one in mailbox.mails)


@pytest.mark.shows("A28")
@pytest.mark.parametrize("cadence", ["at_once", "daily"])
def test_of_what_turned_private_only_its_reporter_hears(town: Rivermark, mailbox: Mailbox, cadence: str) -> None:
    made = anas(town, cadence)
    followers.join(made.pk, reporter=Reporter(email="ben@example.org"), language="en")
    followers.join(made.pk, reporter=Reporter(email="cem@example.org"), language="en", role="follower")
    Participation.objects.update(cadence=cadence)
    ContactPoint.objects.update(verified_at=app_now())
    subscribed(town, cadence)
    mailbox.mails.clear()
    conversation.comment(made.pk, text="We look on Friday.", actor=town.tom)
    moderation.hide(made.pk, reason="personal_data", actor=town.pia)
    deliver()
    rings(town, MONDAY + dt.timedelta(days=1))
    assert {str(one["To"]) for one in mailbox.mails} == {"ana@example.org"}


def test_whoever_joined_reads_the_place_that_everybody_reads_and_no_question_to_the_reporter(
    town: Rivermark, mailbox: Mailbox
) -> None:
    made = anas(town)
    ServiceRequest.objects.filter(pk=made.pk).update(address="CANARY 12 Elm St", public_address="Elm St, 10–19 block")
    followers.join(made.pk, reporter=Reporter(email="ben@example.org"), language="en")
    ContactPoint.objects.update(verified_at=app_now())
    mailbox.mails.clear()
    conversation.ask(made.pk, question="CANARY which gate?", actor=town.tom)
    conversation.comment(made.pk, text="We look on Friday.", actor=town.tom)
    factories.run_worker()
    Participation.objects.update(cadence="daily")
    endings.resolve(made.pk, disposition="fixed", text="Filled.", actor=town.tom)
    deliver()
    rings(town, MONDAY + dt.timedelta(days=1))
    bens = mailbox.to("ben@example.org")
    assert events_of(bens) == ["commented", "digest"]
    for one in bens:
        assert "CANARY" not in plain(one) + html(one)
        assert "Elm St, 10–19 block" in plain(one)


def test_a_joined_report_keeps_how_often_its_people_want_to_hear(town: Rivermark, mailbox: Mailbox) -> None:
    parent = factories.routed(town.pothole, answers=LANE, reporter=factories.NOBODY)
    mine = anas(town, "daily")
    merges.merge(mine.pk, parent=parent, actor=town.tom)
    deliver()
    mailbox.mails.clear()
    conversation.comment(parent.pk, text="We look on Friday.", actor=town.tom)
    deliver()
    assert mailbox.mails == []
    rings(town, MONDAY + dt.timedelta(days=1))
    (told,) = mailbox.mails
    assert "We look on Friday." in plain(told)


@pytest.mark.parametrize(
    ("cadence", "before", "goes"),
    [
        ("weekly", dt.timedelta(0), False),
        ("weekly", dt.timedelta(microseconds=1), True),
        ("daily", dt.timedelta(0), False),
        ("daily", dt.timedelta(microseconds=1), True),
    ],
)
def test_what_happens_at_the_hour_itself_is_in_the_next_one(
    town: Rivermark, cadence: str, before: dt.timedelta, goes: bool
) -> None:
    seven = dt.datetime.combine(MONDAY, dt.time(notifications.HOUR), town.city.zone)
    made = factories.routed(town.pothole, answers=LANE)
    DigestItem.objects.create(
        contact_point=subscribed(town, cadence).contact_point,
        service_request=made,
        event=Event.objects.filter(service_request=made).latest("pk"),
        cadence=cadence,
        created_at=seven - before,
    )
    assert notifications.send_due_digests(factories.lakeside().city) == 0
    assert notifications.send_due_digests(town.city) == (1 if goes else 0)


def test_what_the_cap_held_back_is_in_one_mail_of_the_next_day(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.routed(town.pothole, "A deep hole.", answers=LANE, reporter=ANA)
    for number in range(6):
        conversation.comment(made.pk, text=f"Word {number}.", actor=town.tom)
    deliver()
    assert len(mailbox.mails) == 5
    assert Message.objects.filter(skipped="cap").count() == 2
    rings(town, MONDAY + dt.timedelta(days=1))
    (told,) = mailbox.mails[5:]
    for number in (4, 5):
        assert f"Word {number}." in plain(told)
    assert "Word 3." not in plain(told)


def test_gathered_news_that_meets_the_cap_is_told_once_there_is_room(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.routed(town.pothole, "A deep hole.", answers=LANE, reporter=ANA)
    Participation.objects.filter(service_request=made).update(cadence="daily")
    conversation.comment(made.pk, text="We look on Friday.", actor=town.tom)
    deliver()
    set_local_time(town.city.zone, MONDAY + dt.timedelta(days=1), 8)
    for _report in range(5):
        factories.report(town.pothole, answers=LANE, reporter=ANA)
    deliver()
    mailbox.mails.clear()
    rings(town, MONDAY + dt.timedelta(days=1))
    assert mailbox.mails == []
    set_local_time(town.city.zone, MONDAY + dt.timedelta(days=1), 10)
    make_due()
    deliver()
    (told,) = mailbox.mails
    assert "We look on Friday." in plain(told)


def test_the_same_stranger_cannot_be_sent_more_than_ten_mails_a_day_by_any_way(
    town: Rivermark, mailbox: Mailbox
) -> None:
    for hour in range(12, 20):
        set_local_time(town.city.zone, MONDAY, hour)
        for _report in range(4):
            factories.report(town.pothole, answers=LANE, reporter=Reporter(email=DEV))
        Client().post("/follow/?service=pothole", {"email": DEV, "cadence": "daily"})
        deliver()
    assert len(mailbox.to(DEV)) == 10


# --- Layout and unsubscribing -----------------------------------------------------------------------------------------


def test_a_digest_speaks_the_readers_language_and_marks_the_words_of_another(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.routed(town.pothole, "Un hoyo.", answers=LANE, reporter=ANA, language="es")
    ContactPoint.objects.update(verified_at=app_now())
    deliver()
    mailbox.mails.clear()
    Participation.objects.update(cadence="daily")
    conversation.comment(made.pk, text="We look on Friday.", actor=town.tom)
    rings(town, MONDAY + dt.timedelta(days=1))
    (told,) = mailbox.mails
    assert '<html lang="es">' in html(told)
    assert 'lang="en" dir="auto"' in " ".join(html(told).split())
    assert "Bache" in plain(told)


def one_click(told: EmailMessage) -> int:
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = urlsplit(str(told["List-Unsubscribe"]).strip("<>")).path
    return int(Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}).status_code)


@pytest.mark.shows("A30")
def test_one_click_stops_that_subscription_alone_also_when_it_is_gone(town: Rivermark, mailbox: Mailbox) -> None:
    potholes = subscribed(town, "at_once")
    trees = Subscription.objects.create(
        jurisdiction=town.city, contact_point=potholes.contact_point, service=town.tree.service, label="Tree",
        cadence="at_once", confirmed_at=app_now(),
    )  # fmt: skip
    factories.routed(town.pothole, answers=LANE, reporter=factories.NOBODY)
    deliver()
    (told,) = mailbox.to(DEV)
    assert one_click(told) == 200
    potholes.refresh_from_db()
    trees.refresh_from_db()
    assert potholes.unsubscribed_at is not None
    assert trees.unsubscribed_at is None
    mailbox.mails.clear()
    factories.routed(town.pothole, answers=LANE, reporter=factories.NOBODY)
    factories.routed(town.tree, reporter=factories.NOBODY)
    deliver()
    (other,) = mailbox.to(DEV)
    assert "Tree" in other["Subject"]
    DigestItem.objects.all().delete()
    potholes.delete()
    assert one_click(told) == 200, "twice, and of what is gone, is done as well"


def test_one_click_in_a_mail_at_once_stops_the_mails_of_that_report_alone(town: Rivermark, mailbox: Mailbox) -> None:
    first, second = anas(town), anas(town)
    mailbox.mails.clear()
    conversation.comment(first.pk, text="We look on Friday.", actor=town.tom)
    deliver()
    assert one_click(mailbox.mails[0]) == 200
    mailbox.mails.clear()
    conversation.comment(first.pk, text="And on Monday.", actor=town.tom)
    conversation.comment(second.pk, text="We look there too.", actor=town.tom)
    deliver()
    assert ["We look there too." in plain(one) for one in mailbox.mails] == [True]
