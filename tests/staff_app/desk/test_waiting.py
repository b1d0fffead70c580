"""Who waits at the desk: one list, taken by one taker, tried until somebody answers, and late ones are noticed once."""

import datetime as dt
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.contacts import call_backs, contacts, transfers_911, voicemail
from requests_app.actions.publication import moderation
from requests_app.clock import app_now
from requests_app.models import CallBack, Contact, Jurisdiction, Membership, ServiceRequest, StaffNotice, User
from requests_app.rules.contacts import call_backs as rules
from tests import factories
from tests.at_once import at_once
from tests.factories import Rivermark
from tests.shifted_clock import set_time
from tests.voicemail import voicemail as email_of
from tests.voicemail import wav

Kind, Outcome = CallBack.Kind, CallBack.Outcome
LIST = "/staff/desk/waiting/"
HOUR = dt.timedelta(hours=1)


def promised(city: Jurisdiction, number: int = 142, *, hours: float = 1, **more: Any) -> CallBack:
    row = call_backs.promise(
        city, kind=more.pop("kind", Kind.CALL_BACK), phone=f"617-555-0{number}", at=app_now() + hours * HOUR, **more
    )
    assert row is not None
    return row


class Taker:
    def __init__(self, user: User, host: str = "testserver") -> None:
        self.client, self.host = Client(), host
        self.client.force_login(user)

    def get(self, path: str = LIST, **headers: str) -> str:
        self.answer = self.client.get(path, headers=headers, HTTP_HOST=self.host)
        self.status = self.answer.status_code
        body = b"".join(self.answer.streaming_content) if self.answer.streaming else self.answer.content  # type: ignore[attr-defined]
        self.body = body
        return unescape(body.decode(errors="replace"))

    def post(self, row: CallBack, act: str, **data: str) -> str:
        answer = self.client.post(f"{LIST}{row.pk}/{act}/", data, follow=True, HTTP_HOST=self.host)
        self.status, self.page = answer.status_code, answer.request["PATH_INFO"]
        return unescape(answer.content.decode())

    def listed(self, query: str = "") -> list[int]:
        return [int(pk) for pk in re.findall(rf'<th scope="row"><a href="{LIST}(\d+)/"', self.get(LIST + query))]


@pytest.mark.django_db
def test_one_list_has_all_kinds_by_when_they_are_due_and_only_of_the_city(cast: Rivermark) -> None:
    beside = factories.lakeside()
    late = promised(cast.city, 142, hours=3, reason="Asks for the inspector", language="es")
    soon = promised(cast.city, 143, hours=2)
    missed = call_backs.promise(cast.city, kind=Kind.MISSED_CALL, phone="617-555-0144", line="311")
    theirs = promised(beside.city, 145)
    cal = Taker(cast.cal)
    assert missed is not None
    assert cal.listed() == [soon.pk, late.pk, missed.pk]
    html = cal.get()
    assert "Asks for the inspector" in html
    assert "617-555-0145" not in html
    assert cal.listed("?kind=missed_call") == [missed.pk]
    assert cal.listed("?kind=nope&owner=nope") == [soon.pk, late.pk, missed.pk]
    cal.post(late, "take")
    assert (cal.listed("?owner=mine"), cal.listed("?owner=nobody")) == ([late.pk], [soon.pk, missed.pk])
    for number in range(60):
        promised(cast.city, 200 + number, hours=10)
    first = cal.listed()
    (cursor,) = set(re.findall(r'href="\?(cursor=[^"]+)"', cal.get()))
    assert (len(first), len(cal.listed("?" + cursor))) == (50, 13)
    for path in (f"{LIST}{theirs.pk}/", f"{LIST}{theirs.pk}/audio/"):
        cal.get(path)
        assert cal.status == 404
    cal.post(theirs, "take")
    assert cal.status == 404
    dev = Taker(cast.dev)
    for path in (LIST, f"{LIST}{soon.pk}/", "/staff/desk/wall/"):
        dev.get(path)
        assert dev.status == 403


@pytest.mark.django_db
def test_taking_one_opens_a_call_and_its_outcome_ends_it(cast: Rivermark) -> None:
    earlier = contacts.start(cast.city, taker=cast.cal)
    row = promised(cast.city, language="es", contact=earlier, reason="Bulky pickup")
    cal = Taker(cast.cal)
    html = cal.post(row, "take")
    call = Contact.objects.exclude(pk=earlier.pk).get()
    assert cal.page == f"/staff/desk/{call.number}/"
    assert "Bulky pickup" in html
    assert (call.channel, call.language, call.caller_phone) == ("phone", "es", "+16175550142")
    row.refresh_from_db()
    assert (row.call, row.owner, row.tries) == (call, cast.cal, 0)
    # A second click, or coming back, begins no second call.
    cal.post(row, "take")
    assert Contact.objects.count() == 2
    cal.client.post(f"/staff/desk/{call.number}/close/", {"outcome": "answered"})
    row.refresh_from_db()
    assert (row.outcome, row.tries, row.first_tried_at) == ("reached", 1, row.taken_at)
    assert "is no longer on the list" in cal.post(row, "take")
    assert cal.listed() == []


@pytest.mark.django_db
def test_without_an_answer_they_wait_for_anybody_until_the_next_try(cast: Rivermark) -> None:
    row = promised(cast.city)
    cal, now = Taker(cast.cal), app_now()
    for tries in (1, 2):
        cal.post(row, "take")
        cal.post(row, "no-answer", again="120")
        row.refresh_from_db()
        assert (row.tries, row.owner, row.closed_at) == (tries, None, None)
        assert now + 2 * HOUR <= row.due_at <= app_now() + 2 * HOUR
    assert list(Contact.objects.values_list("outcome", flat=True)) == ["no_answer", "no_answer"]
    # A call that is cut off or reaches nobody, by the outcome of its contact.
    cal.post(row, "take")
    cal.client.post(f"/staff/desk/{Contact.objects.latest('id').number}/close/", {"outcome": "dropped"})
    row.refresh_from_db()
    assert (row.tries, row.owner) == (3, None)
    cal.post(row, "no-answer", again="7")
    assert cal.status == 422
    cal.post(row, "take")
    cal.post(row, "give-back")
    row.refresh_from_db()
    assert (row.tries, row.owner, row.call, Contact.objects.count()) == (3, None, None, 3)
    cal.post(row, "take")
    cal.post(row, "end", outcome="message_left")
    row.refresh_from_db()
    assert (row.tries, row.outcome) == (4, "message_left")


@pytest.mark.django_db(transaction=True)
def test_two_takers_never_call_the_same_person(cast: Rivermark) -> None:
    row = promised(cast.city)
    pat = factories.staff("Pat", "call_taker", cast.city)
    takers = [Taker(cast.cal), Taker(pat)]
    pages = at_once(*((taker.post, row, "take") for taker in takers))
    row.refresh_from_db()
    won = [taker.page.startswith("/staff/desk/C") for taker in takers]
    assert sorted(won) == [False, True]
    loser = won.index(False)
    assert f"{row.owner} already took this one. Take the next one." in pages[loser]
    assert takers[loser].page == LIST
    assert Contact.objects.get() == row.call
    # Nor does the other one end it, or put it back.
    for act, data in (("end", {"outcome": "reached"}), ("no-answer", {"again": "30"}), ("give-back", {})):
        assert "already took this one" in takers[loser].post(row, act, **data)
    row.refresh_from_db()
    assert (row.closed_at, row.tries) == (None, 0)


@pytest.mark.django_db
def test_a_late_one_is_noticed_by_supervisors_once(cast: Rivermark) -> None:
    beside = factories.lakeside()
    sue = factories.staff("Sue", "supervisor", cast.city)
    row, theirs = promised(cast.city), promised(beside.city)
    taken = promised(cast.city, 143)
    Taker(cast.cal).post(taken, "take")

    def noticed(at: dt.datetime) -> list[tuple[User, int | None]]:
        set_time(at)
        factories.run_part("late_call_backs")
        return [(one.user, one.call_back_id) for one in StaffNotice.objects.all()]

    assert noticed(row.due_at) == []
    assert noticed(row.due_at + dt.timedelta(seconds=1)) == [(sue, row.pk)]
    assert noticed(row.due_at + HOUR) == [(sue, row.pk)]
    assert theirs.late_notice_at is None
    page = Taker(sue).get("/staff/notices/")
    assert "Nobody called back by" in page
    assert "617-555" not in page
    assert '<span class="flag flag--urgent">Late</span>' in Taker(cast.cal).get()


@pytest.mark.django_db
def test_the_wall_has_numbers_but_nobodys(cast: Rivermark) -> None:
    sue = factories.staff("Sue", "supervisor", cast.city)
    row = promised(cast.city, reason="Ana Ortiz asks for the inspector")
    promised(cast.city, 143, hours=3)
    promised(factories.lakeside().city)
    set_time(row.due_at + HOUR)
    Membership.objects.filter(user=sue).update(role=factories.role(cast.city, "supervisor"))
    wall = Taker(sue)
    page = wall.get("/staff/desk/wall/")
    assert re.findall(r"<dd>([^<]*)</dd>", page) == ["2", "2\xa0hours", "1"]
    assert not re.search("555|Ana|inspector", page)
    assert wall.answer["Refresh"] == "30"
    wall.get("/staff/desk/wall/?refresh=off")
    assert "Refresh" not in wall.answer


@pytest.mark.django_db
def test_a_recording_is_played_in_part_and_kept_nowhere(cast: Rivermark, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    sound = wav()
    row = voicemail.receive(cast.city, email_of("It is about <b>trash</b>.", audio=sound))
    cal, path = Taker(cast.cal), f"{LIST}{row.pk}/audio/"
    page = cal.get(f"{LIST}{row.pk}/")
    assert "It is about <b>trash</b>." in page
    assert b"&lt;b&gt;trash" in cal.body
    assert "media-src 'self'" in cal.answer["Content-Security-Policy"]
    cal.get(path)
    assert (cal.body, cal.answer["Content-Type"], cal.answer["Accept-Ranges"]) == (sound, "audio/wav", "bytes")
    assert "no-store" in cal.answer["Cache-Control"]
    size = len(sound)
    for asked, status, body, shown in (
        ("bytes=0-3", 206, sound[:4], f"bytes 0-3/{size}"),
        ("bytes=4-", 206, sound[4:], f"bytes 4-{size - 1}/{size}"),
        ("bytes=-2", 206, sound[-2:], f"bytes {size - 2}-{size - 1}/{size}"),
        (f"bytes=0-{size}", 206, sound, f"bytes 0-{size - 1}/{size}"),
        (f"bytes={size}-", 416, b"", f"bytes */{size}"),
        ("bytes=5-2", 200, sound, None),
        ("bytes=0-1,4-5", 200, sound, None),
        ("lines=0-1", 200, sound, None),
    ):
        cal.get(path, Range=asked)
        assert (cal.status, cal.body, cal.answer.get("Content-Range")) == (status, body, shown), asked
    stranger = Client().get(path)
    assert (stranger.status_code, "login" in stranger["Location"]) == (302, True)
    dev = Taker(cast.dev)
    dev.get(path)
    assert dev.status == 403


@pytest.mark.django_db
def test_what_911_passed_on_waits_until_everyone_may_read_it_or_nobody(cast: Rivermark) -> None:
    sue = factories.staff("Sue", "records_officer", cast.city)
    made = factories.report(cast.pothole, answers={"where": "lane"})
    # Not what is pending review, and not what is kept for staff for another reason.
    for reason, state in (("transfer", "pending_review"), ("threat", "private")):
        made.review_reason, made.public_state = reason, state
        transfers_911.put_on_list(made)
    assert not CallBack.objects.exists()
    for one in (made, factories.report(factories.lakeside().pothole)):
        moderation.send_to_review(one.pk, reason="transfer")
    transfers_911.add_missing(cast.city)
    transfers_911.add_missing(cast.city)
    row = CallBack.objects.get()
    cal = Taker(cast.cal)
    assert cal.listed() == [row.pk]
    cal.post(row, "take")
    assert cal.page == f"/staff/r/{made.reference}/"
    assert Contact.objects.count() == 0
    cal.post(row, "end", outcome="reached")
    assert cal.status == 422
    moderation.keep_for_staff(made.pk, actor=sue)
    assert cal.listed() == []
    factories.run_part("late_call_backs")
    row.refresh_from_db()
    assert row.outcome == Outcome.REVIEWED
    assert ServiceRequest.objects.get(jurisdiction=cast.city).pk == made.pk


@pytest.mark.django_db
def test_a_promise_is_kept_up_to_its_minute(cast: Rivermark) -> None:
    beside = factories.lakeside()
    rows = [promised(cast.city, 140 + number) for number in range(4)]
    promised(beside.city)
    promised(cast.city, 150, hours=5)
    at = rows[0].promised_at
    assert at is not None
    for number, seconds in enumerate((0, 1)):
        set_time(at if number == 0 else at + dt.timedelta(seconds=60))
        CallBack.objects.filter(pk=rows[number].pk).update(promised_at=at)
        taken = Taker(cast.cal)
        taken.post(rows[number], "take")
        taken.post(rows[number], "no-answer", again="30")
        assert seconds == number
    call_backs.finish(rows[2], Outcome.NOT_NEEDED)
    set_time(at + HOUR)
    counted = rules.promises_kept(cast.city, at - HOUR, at + 24 * HOUR)
    # One in time, one late, one not called at all; left out: not needed, and not due yet.
    assert (counted.kept, counted.due, counted.left_out) == (1, 3, 2)
    assert rules.promises_kept(cast.city, at + HOUR, at + 2 * HOUR).due == 0
    assert "Promises kept in the last 30 days: 1 of 3." in Taker(cast.cal).get()
