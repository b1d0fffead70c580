"""Mail, read from a real mail server: who hears, in which words, once."""

import datetime as dt
import smtplib
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app.actions.following import followers
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.publication import moderation
from requests_app.actions.report import submission
from requests_app.actions.routing import place_corrections, routing
from requests_app.actions.work import assignment, conversation, endings, holds, merges, reopenings
from requests_app.clock import app_now
from requests_app.messages import email, limits, notifications
from requests_app.models import (
    Calendar,
    ContactPoint,
    DigestItem,
    Event,
    Jurisdiction,
    Message,
    OutboxRow,
    Participation,
    Person,
    ServiceRequest,
)
from requests_app.worker import tasks
from tests import factories, mail_server
from tests.factories import ANA, Rivermark
from tests.mail_server import Mailbox, deliver, make_due
from tests.shifted_clock import dated, set_local_time, set_time

LANE = {"where": "lane"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with mail_server.serving(settings) as box:
        yield box


@pytest.mark.shows("2.18")
def test_each_step_tells_the_reporter_once_in_order(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.report(town.pothole, answers=LANE, reporter=ANA)
    deliver()
    conversation.comment(made.pk, text="We look on Monday.", actor=town.tom)
    holds.hold(made.pk, reason="weather", until=app_now().date(), actor=town.tom)
    endings.resolve(made.pk, disposition="fixed", text="We filled it.", actor=town.tom)
    reopenings.reopen(made.pk, text="No.", actor=town.pia)
    conversation.comment(made.pk, text="We come back.", actor=town.tom)
    deliver()
    told = [mail["X-Lamplighter-Event"] for mail in mailbox.mails]
    assert told == ["received", "commented", "on_hold", "resolved", "reopened"], "the sixth in an hour is over the cap"
    assert Message.objects.get(skipped="cap").kind == "commented"
    assert DigestItem.objects.get().event.kind == "commented", "it waits for tomorrow's mail"


@pytest.mark.shows("2.18")
def test_a_mail_has_reference_link_and_both_bodies(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.report(town.pothole, answers=LANE, reporter=ANA)
    deliver()
    mail = mailbox.mails[0]
    assert mail["To"] == "ana@example.org"
    assert made.display_reference in mail["Subject"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain = mail.get_body(("plain",))
    html = mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    for body in (plain.get_content(), html.get_content()):
        assert made.display_reference in body
        assert "/l/" in body
        assert "911" in body
    assert "<" not in plain.get_content()
    assert '<html lang="en">' in html.get_content()


@pytest.mark.shows("2.18")
def test_it_is_in_the_readers_language(town: Rivermark, mailbox: Mailbox) -> None:
    factories.report(town.pothole, "Un hoyo.", answers=LANE, reporter=ANA, language="es")
    deliver()
    html = mailbox.mails[0].get_body(("html",))
    assert html is not None
    assert '<html lang="es">' in html.get_content()
    assert "Bache en 12 Elm St: recibimos su reporte (" in mailbox.mails[0]["Subject"]


@pytest.mark.shows("2.18")
def test_a_second_try_has_the_same_message_id(town: Rivermark, mailbox: Mailbox) -> None:
    factories.report(town.pothole, answers=LANE, reporter=ANA)
    factories.run_worker(later=False)
    tasks.drain("outside")
    # As after a kill between the server's 250 and our commit.
    OutboxRow.objects.filter(kind="email_received").update(done_at=None, due_at=app_now())
    Message.objects.filter(kind="received").update(sent_at=None)
    deliver()
    received = [mail["Message-ID"] for mail in mailbox.mails if mail["X-Lamplighter-Event"] == "received"]
    assert len(received) == 2
    assert len(set(received)) == 1


def test_done_again_without_a_kill_it_is_sent_once(town: Rivermark, mailbox: Mailbox) -> None:
    factories.report(town.pothole, answers=LANE, reporter=ANA)
    factories.run_worker(later=False)
    tasks.drain("outside")
    OutboxRow.objects.filter(kind="email_received").update(done_at=None, due_at=app_now())
    deliver()
    assert [mail["X-Lamplighter-Event"] for mail in mailbox.mails] == ["received"]


def a_minute_later() -> None:
    set_time(app_now() + dt.timedelta(seconds=61))


@pytest.mark.shows("2.18")
def test_receipt_and_routing_are_one_email(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.report(town.pothole, answers=LANE, reporter=ANA)
    # The event is expanded, but nobody has routed the report yet.
    notifications.notify(OutboxRow.objects.get(kind="notify"))
    assert tasks.drain("outside") == 0
    routing.route(made.pk)
    deliver(later=False)
    a_minute_later()
    deliver()
    (told,) = mailbox.mails
    for part in (mail_server.plain(told), mail_server.html(told)):
        assert "We got your report" in part
        assert "Streets has your report now" in part
    assignment.transfer(made.pk, department=town.parks, reason="wrong_department", actor=town.tom)
    deliver()
    assert [mail["X-Lamplighter-Event"] for mail in mailbox.mails] == ["received", "routed"], "another one has it now"


@pytest.mark.shows("2.18")
@pytest.mark.parametrize("killed_at", ["routing", "telling"])
def test_a_killed_worker_neither_loses_nor_repeats_the_receipt(
    town: Rivermark, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    made = factories.report(town.pothole, answers=LANE, reporter=ANA)

    def killed(subject: OutboxRow | Event) -> bool:
        if subject.kind in ("route", "routed"):
            raise RuntimeError
        return False

    with monkeypatch.context() as patch:
        if killed_at == "routing":
            patch.setitem(tasks.HANDLERS, "route", killed)
        else:
            patch.setattr(notifications, "_is_first_routing", killed)
        deliver(later=False)
        assert mailbox.mails == []
        a_minute_later()
        deliver(later=False)
    assert [mail["X-Lamplighter-Event"] for mail in mailbox.mails] == ["received"], "after a minute, in any case"
    make_due()
    deliver()
    made.refresh_from_db()
    assert made.department == town.streets
    assert [mail["X-Lamplighter-Event"] for mail in mailbox.mails] == ["received"], "once"


def test_a_server_that_is_busy_gets_it_later(town: Rivermark, mailbox: Mailbox) -> None:
    factories.report(town.pothole, answers=LANE, reporter=ANA)
    mailbox.answer = "451 try later"
    deliver()
    row = OutboxRow.objects.get(kind="email_received")
    assert (row.done_at, row.dead_at, row.last_error) == (None, None, "SMTPDataError 451")
    mailbox.answer = "250 OK"
    make_due()
    deliver()
    assert "received" in [mail["X-Lamplighter-Event"] for mail in mailbox.mails]


def test_an_address_refused_for_good_is_given_up_and_marked(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.report(town.pothole, answers=LANE, reporter=ANA)
    mailbox.rcpt_answer = "550 no such user: CANARY"
    deliver()
    row = OutboxRow.objects.get(kind="email_received")
    assert row.dead_at is not None
    assert row.last_error == "550", "a code, never the server's words"
    assert ContactPoint.objects.get(kind="email").bounced_at is not None
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    factories.run_worker()
    assert OutboxRow.objects.get(kind="notify", event__kind="resolved").done_at is not None
    assert not OutboxRow.objects.filter(kind="email_resolved").exists(), "nothing more is sent there"


def test_a_strangers_mailbox_is_not_flooded_through_us(town: Rivermark, mailbox: Mailbox) -> None:
    for _ in range(8):
        factories.report(town.pothole, answers=LANE, reporter=ANA)
    deliver()
    assert len(mailbox.mails) == 5
    assert Message.objects.filter(skipped="cap").count() == 8 - 5


def test_a_confirmed_address_hears_of_everything(town: Rivermark, mailbox: Mailbox) -> None:
    factories.report(town.pothole, answers=LANE, reporter=ANA)
    ContactPoint.objects.update(verified_at=app_now())
    for _ in range(9):
        factories.report(town.pothole, answers=LANE, reporter=ANA)
    deliver()
    assert len(mailbox.mails) == 10


def test_an_internal_note_is_told_to_nobody(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.report(town.pothole, answers=LANE, reporter=ANA)
    conversation.note(made.pk, text="CANARY note", actor=town.tom)
    conversation.ask(made.pk, question="Which lane is it?", actor=town.tom)
    deliver()
    bodies = [str(mail.get_body(("plain",)).get_content()) for mail in mailbox.mails]  # type: ignore[union-attr]
    assert not any("CANARY" in body for body in bodies)
    assert any("Which lane is it?" in body for body in bodies)


def test_a_follower_hears_nothing_of_what_turned_private(town: Rivermark, mailbox: Mailbox) -> None:

    made = factories.report(town.pothole, answers=LANE, reporter=factories.NOBODY)
    follower = Reporter(email="follower@example.org")
    followers.join(made.pk, reporter=follower, language="en", role="follower")
    moderation.hide(made.pk, reason="personal_data", actor=town.pia)
    conversation.comment(made.pk, text="News.", actor=town.tom)
    deliver()
    assert mailbox.mails == []


def to_follower(mailbox: Mailbox) -> list[str]:
    return [str(mail["X-Lamplighter-Event"]) for mail in mailbox.mails if mail["To"] == "follower@example.org"]


def follow(made: ServiceRequest) -> Person:
    return followers.join(made.pk, reporter=Reporter(email="follower@example.org"), language="en", role="follower")[0]


def test_what_turned_private_before_the_email_went_goes_to_its_reporter_alone(
    town: Rivermark, mailbox: Mailbox
) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    follow(made)
    conversation.comment(made.pk, text="We come on Monday.", actor=town.tom)
    factories.run_worker()
    assert OutboxRow.objects.filter(kind="email_commented", done_at=None).count() == 2, "both emails wait"
    moderation.hide(made.pk, reason="personal_data", actor=town.pia)
    deliver()
    assert to_follower(mailbox) == []
    assert "commented" in [mail["X-Lamplighter-Event"] for mail in mailbox.mails]


def test_nobody_gets_an_email_about_what_they_did_themselves(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    follow(made)
    deliver()
    mailbox.mails.clear()
    endings.withdraw(made.pk, actor=made.participations.get(role="reporter").person)
    deliver()
    assert to_follower(mailbox) == ["changed"]
    assert len(mailbox.mails) == 1


def test_a_question_to_the_reporter_goes_to_no_follower(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    follow(made)
    conversation.ask(made.pk, question="Which lane is it?", actor=town.tom)
    deliver()
    assert to_follower(mailbox) == []
    assert "asked" in [mail["X-Lamplighter-Event"] for mail in mailbox.mails]


def test_whoever_unsubscribes_before_the_email_goes_does_not_get_it(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    follower = follow(made)
    conversation.comment(made.pk, text="We come on Monday.", actor=town.tom)
    factories.run_worker()
    assert OutboxRow.objects.filter(kind="email_commented", done_at=None).count() == 2, "both emails wait"
    followers.unsubscribe(made, actor=follower)
    deliver()
    assert to_follower(mailbox) == []


def test_words_that_were_hidden_before_the_email_went_are_sent_to_nobody(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    said = conversation.comment(made.pk, text="CANARY words.", actor=town.tom)
    said.hidden_at = app_now()
    said.save(update_fields=["hidden_at"])
    deliver()
    assert "commented" not in [mail["X-Lamplighter-Event"] for mail in mailbox.mails]


def test_whoever_joins_later_hears_nothing_of_what_was_before(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.report(town.pothole, answers=LANE)
    conversation.comment(made.pk, text="We come on Monday.", actor=town.tom)
    joined = follow(made)
    # Within one transaction all times are the same.
    Participation.objects.filter(person=joined).update(created_at=app_now() + dt.timedelta(seconds=1))
    factories.run_worker()
    deliver()
    assert to_follower(mailbox) == []
    assert "commented" in [mail["X-Lamplighter-Event"] for mail in mailbox.mails]


@pytest.mark.parametrize("own", [True, False])
def test_a_follower_reads_the_block_where_the_reporter_reads_the_house(
    town: Rivermark, mailbox: Mailbox, own: bool
) -> None:
    quiet = factories.service(town.city, "quiet", visibility="coarse")
    made = factories.routed(quiet, address="1234 Elm St")
    follow(made)
    ContactPoint.objects.update(verified_at=app_now())
    holds.hold(made.pk, reason="weather", until=app_now().date(), actor=town.tom)
    deliver()
    address = "ana@example.org" if own else "follower@example.org"
    (mail,) = [one for one in mailbox.mails if one["To"] == address and one["X-Lamplighter-Event"] == "on_hold"]
    for body in (mail_server.plain(mail), mail_server.html(mail)):
        assert ("1234 Elm St" in body) == own
        assert ("1200 block of Elm St" in body) != own
        assert (f"/r/{made.reference}/me-too/" in body) != own


def test_people_of_a_joined_report_hear_of_the_earlier_ones_end(town: Rivermark, mailbox: Mailbox) -> None:
    first = factories.routed(town.pothole, answers=LANE, reporter=factories.NOBODY)
    second = factories.routed(town.pothole, answers=LANE, reporter=ANA)
    merges.merge(second.pk, parent=ServiceRequest.objects.get(pk=first.pk), actor=town.tom)
    endings.resolve(first.pk, disposition="fixed", text="Both are done.", actor=town.tom)
    deliver()
    assert "Both are done." in str(mailbox.mails[-1].get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_one_click_stops_the_mails_of_what_ones_report_was_joined_to_too(town: Rivermark, mailbox: Mailbox) -> None:
    first = factories.routed(town.pothole, answers=LANE, reporter=factories.NOBODY)
    second = factories.routed(town.pothole, answers=LANE, reporter=ANA)
    merges.merge(second.pk, parent=first, actor=town.tom)
    deliver()
    stop = urlsplit(str(mailbox.to("ana@example.org")[-1]["List-Unsubscribe"]).strip("<>")).path
    assert Client().post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    mailbox.mails.clear()
    conversation.comment(first.pk, text="We come on Monday.", actor=town.tom)
    deliver()
    assert mailbox.mails == []


def test_whoever_reported_it_twice_hears_once_of_what_was_joined(town: Rivermark, mailbox: Mailbox) -> None:
    first = factories.routed(town.pothole, answers=LANE)
    second = factories.routed(town.pothole, answers=LANE)
    # Else the cap for addresses that nobody confirmed would keep it from hearing anything.
    ContactPoint.objects.update(verified_at=app_now())
    merges.merge(second.pk, parent=ServiceRequest.objects.get(pk=first.pk), actor=town.tom)
    deliver()
    mailbox.mails.clear()
    conversation.comment(first.pk, text="We come on Monday.", actor=town.tom)
    deliver()
    assert [mail["X-Lamplighter-Event"] for mail in mailbox.mails] == ["commented"]


@pytest.mark.shows("5.48")
def test_what_a_resident_typed_becomes_no_link_of_the_citys(town: Rivermark, mailbox: Mailbox) -> None:
    state = factories.owner(town.city, factories.square(-69.01, 40.49, -68.99, 40.51))
    typed = "A limb hangs low.\nConfirm here:\nhttps://elsewhere.example/login"
    factories.routed(town.tree, typed, owner=state, reporter=ANA)
    deliver()
    html = next(mail for mail in mailbox.mails if mail["To"] == state.email).get_body(("html",))
    assert html is not None
    assert "https://elsewhere.example/login" in html.get_content(), "it can be read"
    assert 'href="https://elsewhere' not in html.get_content()


def test_the_owner_of_the_ground_gets_the_report_without_the_reporter(town: Rivermark, mailbox: Mailbox) -> None:
    state = factories.owner(town.city, factories.square(-69.01, 40.49, -68.99, 40.51))
    place = submission.Place(factories.at(), "12 Elm St", note="Call 617-555-0142 at the gate.")
    factories.routed(town.tree, "A limb hangs over SR 9.", owner=state, reporter=ANA, place=place)
    deliver()
    sent: dict[str, Any] = {str(mail["To"]): mail for mail in mailbox.mails}
    body = str(sent["roads@dot.example"].get_body(("plain",)).get_content())
    assert "A limb hangs over SR 9." in body
    assert "Call [phone number] at the gate." in body
    assert "Ana" not in body
    assert "ana@example.org" not in body


def nine_to_five(town: Rivermark) -> None:
    hours = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    Calendar.objects.update(always=False, hours=hours)


@pytest.mark.shows("5.16")
@pytest.mark.parametrize(("hour", "is_night"), [(3, True), (12, False)])
def test_at_night_the_mail_says_who_reads_it_when_and_which_number_is_answered(
    town: Rivermark, mailbox: Mailbox, hour: int, is_night: bool
) -> None:
    nine_to_five(town)
    set_local_time(town.city.zone, dt.date(2027, 6, 1), hour)
    factories.report(town.pothole, answers=LANE, reporter=ANA)
    factories.run_worker(later=False)
    tasks.drain("outside")
    told = mailbox.mails[0]
    for body in (mail_server.plain(told), mail_server.html(told)):
        opens = f"{dated('Tuesday, June 1', 2027)}, 9 a.m."
        assert (f"Streets is closed. They’ll see your report when they open {opens}" in body) == is_night
        assert ("Call this number, day or night:" in body) == is_night


def test_a_place_that_staff_corrected_is_news_to_whoever_reported_it(town: Rivermark, mailbox: Mailbox) -> None:
    made = factories.routed(town.pothole, answers=LANE, reporter=ANA)
    deliver()
    place_corrections.correct_place(made.pk, point=factories.at(), address="14 Elm St", note="", actor=town.tom)
    deliver()
    assert ": the place was corrected (" in mailbox.mails[-1]["Subject"]


@pytest.mark.parametrize(
    ("code", "is_final"), [(450, False), (499, False), (500, True), (530, False), (535, False), (550, True)]
)
def test_an_address_is_given_up_for_what_is_wrong_with_it_alone(
    monkeypatch: pytest.MonkeyPatch, code: int, is_final: bool
) -> None:
    """530 and 535: our own login failed; below 500: later."""
    errors = [smtplib.SMTPResponseException(code, b"No.")]
    if code not in (530, 535):
        errors.append(smtplib.SMTPRecipientsRefused({"a@example.org": (code, b"No.")}))
    for error in errors:
        monkeypatch.setattr(EmailMultiAlternatives, "send", Mock(side_effect=error))
        with pytest.raises(email.Undeliverable if is_final else type(error)):
            email.send(EmailMultiAlternatives(to=["a@example.org"]), None)


def test_a_message_is_of_its_city_and_has_an_address_of_it() -> None:
    here, there, unnamed = (Jurisdiction(jurisdiction_id=name) for name in ("rivermark.example", "lake side!", "ñ"))
    assert email.message_id(1, 2, "received", here).endswith("@rivermark.example>")
    assert email.message_id(1, 2, "received", there).endswith("@lakeside>")
    assert email.message_id(1, 2, "received", unnamed).endswith("@lamplighter>")
    assert (
        email.sender(Jurisdiction(name="Rivermark", sender_name="", sender_address=""))
        == f"Rivermark 311 <{settings.DEFAULT_FROM_EMAIL}>"
    )
    own = Jurisdiction(name="Rivermark", sender_name="City Desk", sender_address="desk@rivermark.example")
    assert email.sender(own) == "City Desk <desk@rivermark.example>"


def test_an_address_that_somebody_proved_has_no_limit_and_another_may_get_ten_a_day(town: Rivermark) -> None:
    points = [
        ContactPoint.objects.create(
            person=Person.objects.create(jurisdiction=town.city), kind="email", value=value, normalized=value
        )
        for value in ("a@example.org", "a@example.org", "b@example.org")
    ]
    now = app_now()
    # The first of ten goes out of the day at its end.
    for first, is_over in ((dt.timedelta(days=1) - dt.timedelta(microseconds=1), True), (dt.timedelta(days=1), False)):
        Message.objects.all().delete()
        for number in range(limits.A_DAY):
            age = first if not number else dt.timedelta(hours=2 + number)
            for point in points[1:]:
                Message.objects.create(
                    jurisdiction=town.city, contact_point=point, person=point.person, channel="email", kind=f"k{number}",
                    sent_at=now - age,
                )  # fmt: skip
        set_time(now)
        assert [limits.is_over(point) for point in points] == [is_over] * 3
    Message.objects.update(sent_at=now - dt.timedelta(hours=2))
    assert [limits.is_over(point) for point in points] == [True] * 3
    ContactPoint.objects.filter(pk=points[0].pk).update(verified_at=now)
    assert [limits.is_over(point) for point in points] == [False, False, True]
