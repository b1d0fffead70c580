"""How long callers wait, and a call at a time of the desk's calendar instead."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.clock import app_now
from requests_app.models import CallBack, DeskLine, Jurisdiction
from requests_app.rules.contacts.call_times import call_times
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 30, 14, 10, tzinfo=dt.UTC)


@pytest.fixture
def line(cast: Rivermark) -> DeskLine:
    hours = {day: [["08:00", "12:00"]] for day in ("mon", "tue")}
    calendar = factories.calendar(cast.city, "desk", always=False, hours=hours)
    return DeskLine.objects.create(
        jurisdiction=cast.city, number="311", phone="311", name={"en": "311"}, calendar=calendar,
        promise={"en": "We answer within two minutes.", "es": "Contestamos en dos minutos."},
    )  # fmt: skip


def shown(seconds: int | None, until: dt.timedelta, path: str = "/who-to-call/") -> str:
    at = dt.datetime.now(dt.UTC) + until
    Jurisdiction.objects.update(desk_wait_s=seconds, desk_wait_until=at)
    cache.clear()
    return Client().get(path).content.decode()


def test_the_wait_is_said_while_it_is_fresh(line: DeskLine) -> None:
    minute = dt.timedelta(minutes=1)
    for path in ("/who-to-call/", "/privacy/"):
        assert "About 4 minutes’ wait." in shown(200, minute, path)
    assert "About 1 minute’s wait." in shown(60, minute)
    assert "Less than a minute’s wait." in shown(59, minute)
    assert "minutos" in shown(200, minute, "/es/privacy/")
    for page in (shown(200, -minute), shown(None, minute)):
        assert "wait." not in page
        assert 'href="/call-back/"' not in page
    assert "We answer within two minutes." in shown(None, minute)


def test_calls_are_offered_in_the_desks_hours(cast: Rivermark, line: DeskLine) -> None:
    # Monday, 9:10 in the city. The hour that begins at 10 is the first; Wednesday is closed.
    times = [time.begins.astimezone(cast.city.zone).strftime("%a %H") for time in call_times(cast.city, MONDAY)]
    assert times[:6] == ["Mon 10", "Mon 11", "Tue 08", "Tue 09", "Tue 10", "Tue 11"]
    assert not any("12" in time for time in times)
    line.is_active = False
    line.save()
    assert call_times(cast.city, MONDAY) == []
    assert Client().get("/call-back/").status_code == 404


def test_who_asks_is_on_the_list_once_with_the_time_that_was_promised_first(
    cast: Rivermark, line: DeskLine, settings: Any
) -> None:
    settings.RATE_LIMITS = True
    set_time(MONDAY)
    page = Client().get("/es/call-back/").content.decode()
    codes = re.findall(r'<option value="(20[^"]+)"', page)
    sent = {"phone": "(617) 555-0142", "when": codes[0], "language": "es", "reason": "Mi basura"}
    assert Client().post("/es/call-back/", sent)["Location"] == "/es/call-back/?done=1"
    row = CallBack.objects.get()
    assert (row.kind, row.language, row.reason, row.jurisdiction) == ("call_back", "es", "Mi basura", cast.city)
    assert row.promised_at == MONDAY.replace(hour=16, minute=0)
    for wrong in ({"phone": "12"}, {"phone": ""}, {"when": "2020-01-01T10:00"}, {"when": ""}, {"language": "xx"}):
        assert Client().post("/call-back/", {**sent, **wrong}).status_code == 422
    # Somebody else who knows the number changes neither time nor words, and doesn't learn whether it waits.
    answer = Client().post("/call-back/", {**sent, "when": codes[1], "reason": "Other", "language": "en"}, follow=True)
    assert "If we promised this number a call before, the earlier time stays." in answer.content.decode()
    row = CallBack.objects.get()
    assert (row.promised_at, row.reason, row.language) == (MONDAY.replace(hour=16, minute=0), "Mi basura", "es")
    # Nobody has somebody else called all day, from wherever they ask.
    statuses = [Client(REMOTE_ADDR=f"203.0.{number}.9").post("/call-back/", sent).status_code for number in range(2)]
    assert statuses == [302, 429]
    # Nor does one network ask for many.
    numbers = [f"617-555-01{number}" for number in range(50, 56)]
    statuses = [
        Client(REMOTE_ADDR="198.51.100.9").post("/call-back/", {**sent, "phone": one}).status_code for one in numbers
    ]
    assert statuses == [302] * 5 + [429]
    assert app_now() >= MONDAY
