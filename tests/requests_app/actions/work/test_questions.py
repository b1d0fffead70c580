"""Questions to reporters: the reminder, the day on which the request is closed without an answer, and late answers."""

import datetime as dt
from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from requests_app.actions.following import followers
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.work import conversation, holds
from requests_app.models import ServiceRequest
from requests_app.rules.shared.lifecycle import IllegalTransition
from requests_app.rules.work.reminders import remind_on
from tests import factories
from tests.factories import Rivermark
from tests.mail_server import deliver, serving
from tests.shifted_clock import dated, set_local_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.70")]
LANE = {"where": "lane"}
# A Tuesday; the question waits until Tuesday, June 15.
ASKED_ON = dt.date(2027, 6, 1)
# What the clock does with questions.
PARTS = ("end_holds", "end_waits", "remind_reporters")


@pytest.fixture
def made(town: Rivermark) -> ServiceRequest:
    set_local_time(town.city.zone, ASKED_ON, 10)
    return factories.routed(town.pothole, answers=LANE)


def at(town: Rivermark, day: int, hour: int = 10) -> None:
    set_local_time(town.city.zone, dt.date(2027, 6, day), hour)
    factories.run_clock(*PARTS)


def ask(town: Rivermark, made: ServiceRequest, *, days: int | None = None) -> None:
    until = ASKED_ON + dt.timedelta(days=days) if days else None
    conversation.ask(made.pk, question="Which lane?", until=until, actor=town.tom)


def reminders(made: ServiceRequest) -> int:
    return made.events.filter(kind="reminded").count()


def answer(made: ServiceRequest) -> None:
    conversation.answer(made.pk, text="The right one.", actor=made.participations.get(role="reporter").person)


def test_a_week_before_its_day_the_reporter_is_reminded_once(town: Rivermark, made: ServiceRequest) -> None:
    ask(town, made)
    at(town, 7)
    assert reminders(made) == 0
    at(town, 8, hour=8)
    assert reminders(made) == 0, "nobody is reminded before 9 a.m."
    for day in (8, 8, 9, 14):
        at(town, day)
        assert reminders(made) == 1


@pytest.mark.parametrize(("days", "day"), [(60, 53), (14, 7), (8, 1), (7, 4), (3, 2), (2, 1), (1, None)])
def test_with_less_than_a_week_the_reminder_comes_halfway(days: int, day: int | None) -> None:
    expected = None if day is None else ASKED_ON + dt.timedelta(days=day)
    assert remind_on(ASKED_ON, ASKED_ON + dt.timedelta(days=days)) == expected


def test_a_short_question_gets_one_reminder_and_one_of_a_day_none(town: Rivermark, made: ServiceRequest) -> None:
    ask(town, made, days=3)
    at(town, 2)
    assert reminders(made) == 0
    for hour in (10, 11, 20):
        at(town, 3, hour)
        assert reminders(made) == 1
    other = factories.routed(town.pothole, answers=LANE)
    conversation.ask(other.pk, question="Which one?", until=dt.date(2027, 6, 4), actor=town.tom)
    at(town, 3, 23)
    assert reminders(other) == 0


def test_a_second_question_is_reminded_of_by_itself(town: Rivermark, made: ServiceRequest) -> None:
    ask(town, made)
    at(town, 8)
    conversation.ask(made.pk, question="And which gate?", actor=town.tom)
    at(town, 14)
    assert reminders(made) == 1, "the second one waits until June 22"
    at(town, 15)
    assert reminders(made) == 2


def after_an_answer(town: Rivermark, made: ServiceRequest) -> None:
    answer(made)


def after_another_hold(town: Rivermark, made: ServiceRequest) -> None:
    holds.hold(made.pk, reason="weather", until=dt.date(2027, 7, 1), actor=town.tom)


@pytest.mark.parametrize("act", [after_an_answer, after_another_hold])
def test_nobody_is_reminded_of_what_does_not_wait_for_them(
    town: Rivermark, made: ServiceRequest, act: Callable[[Rivermark, ServiceRequest], None]
) -> None:
    ask(town, made)
    act(town, made)
    for day in (8, 15):
        at(town, day)
    made.refresh_from_db()
    assert reminders(made) == 0
    assert made.is_open


def test_on_its_day_it_is_closed_for_want_of_an_answer_and_no_sooner(town: Rivermark, made: ServiceRequest) -> None:
    ask(town, made)
    at(town, 14, hour=23)
    made.refresh_from_db()
    assert made.status == "on_hold"
    # With all that the clock does in a night.
    set_local_time(town.city.zone, dt.date(2027, 6, 15), 0)
    factories.run_clock()
    made.refresh_from_db()
    assert (made.status, made.disposition, made.hold_reason, made.hold_until) == ("resolved", "no_reply", "", None)
    event = made.events.get(kind="resolved")
    assert (event.user, event.person, event.data["disposition"]) == (None, None, "no_reply")
    assert not made.clocks.filter(met_at=None).exists()


# On the day itself, after 20 days, and long after it was closed for good.
@pytest.mark.parametrize("days_later", [0, 20, 100])
def test_any_answer_opens_it_again_however_late(town: Rivermark, made: ServiceRequest, days_later: int) -> None:
    ask(town, made)
    day = dt.date(2027, 6, 15)
    set_local_time(town.city.zone, day, 1)
    factories.run_clock(*PARTS)
    set_local_time(town.city.zone, day + dt.timedelta(days=days_later), 2)
    factories.run_clock(*PARTS, "close_resolved")
    made.refresh_from_db()
    assert made.status == ("closed" if days_later == 100 else "resolved")
    answer(made)
    made.refresh_from_db()
    assert (made.status, made.disposition, made.has_new_answer) == ("routed", "", True)
    assert made.due_at is not None, "the clock runs"


def test_a_question_answered_in_the_second_it_expires(
    town: Rivermark, made: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer between the worker's list and its lock counts, and nothing is closed."""
    ask(town, made)
    end = holds._end_overdue_hold

    def answered_first(pk: int) -> ServiceRequest:
        answer(made)
        return end(pk)

    monkeypatch.setattr(holds, "_end_overdue_hold", answered_first)
    at(town, 15, hour=0)
    made.refresh_from_db()
    assert (made.status, made.disposition) == ("routed", "")
    assert not made.events.filter(kind="resolved").exists()


def test_a_question_put_off_in_the_second_it_expires(town: Rivermark, made: ServiceRequest) -> None:
    ask(town, made)
    set_local_time(town.city.zone, dt.date(2027, 6, 15), 0)
    conversation.ask(made.pk, question="Still there?", actor=town.tom)
    with pytest.raises(IllegalTransition):
        holds._end_overdue_hold(made.pk)


def test_the_mails_say_by_when_and_what_happens_then(town: Rivermark, settings: Settings, made: ServiceRequest) -> None:
    with serving(settings) as box:
        ask(town, made)
        at(town, 8)
        deliver()
        at(town, 15)
        deliver()
        bodies = {mail["X-Lamplighter-Event"]: mail.get_body(("plain",)) for mail in box.mails}
    texts = {kind: " ".join(str(body.get_content()).split()) for kind, body in bodies.items() if body is not None}
    day = dated("Tuesday, June 15", 2027)
    for kind in ("asked", "reminded"):
        assert "Which lane?" in texts[kind]
        assert f"Please answer before {day}: without an answer, we’ll close your report on that day." in texts[kind]
    assert "Answer it anytime, and we’ll open your report again." in texts["resolved"]


def test_only_the_reporter_is_reminded_and_nobody_who_answered_meanwhile(
    town: Rivermark, settings: Settings, made: ServiceRequest
) -> None:
    followers.join(made.pk, reporter=Reporter(email="ben@example.org"), language="en")
    with serving(settings) as box:
        ask(town, made)
        at(town, 8)
        answer(made)
        deliver()
        kinds = [(mail["To"], mail["X-Lamplighter-Event"]) for mail in box.mails]
    assert ("ana@example.org", "asked") in kinds
    assert not [kind for _to, kind in kinds if kind == "reminded"]
    assert not [to for to, kind in kinds if kind == "asked" and to != "ana@example.org"]
