"""The calendar file of an area, read by the rules of RFC 5545: lines, escapes, days, and UIDs that stay."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from requests_app.models import Area, Calendar, Jurisdiction
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.33")]

PATH = "/areas/ward/5/collection.ics"
TODAY = dt.date.today()
# A week ahead, so that both the day and its move are in the file.
DAY = TODAY + dt.timedelta(days=7)
# Names with everything that has to be escaped or folded.
LABEL = "Trash, recycling; and \\ ñandú paper for everybody who lives on a street with a long name"


@pytest.fixture
def town(cast: Rivermark) -> Rivermark:
    field = {"key": "trash", "label": {"en": LABEL, "es": "Basura"}, "kind": "weekday"}
    field |= {"calendar": "trash", "holiday_rule": "next_day"}
    Jurisdiction.objects.update(address_card=[{"layer": "ward", "name": {"en": "Ward"}, "fields": [field]}])
    Calendar.objects.create(jurisdiction=cast.city, code="trash", always=True)
    factories.area(cast.city)
    Area.objects.update(attributes={"trash": f"{DAY:%A}"})
    return cast


def properties(content: bytes) -> list[tuple[str, str]]:
    """The content lines, unfolded: name with parameters, and value."""
    assert content.endswith(b"\r\n")
    lines = content[:-2].split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        # No letter is cut in two.
        line.decode()
    unfolded = content[:-2].replace(b"\r\n ", b"").decode().split("\r\n")
    found = [re.fullmatch(r"([A-Z][A-Z-]*(?:;[A-Z-]+=[\w-]+)*):(.*)", line) for line in unfolded]
    assert all(found)
    return [(one[1], one[2]) for one in found if one is not None]


def events(content: bytes) -> list[dict[str, str]]:
    """Each VEVENT's properties, every one of them once."""
    inside: list[dict[str, str]] = []
    depth: list[str] = []
    for name, value in properties(content):
        if name == "BEGIN":
            depth.append(value)
            if value == "VEVENT":
                assert depth == ["VCALENDAR", "VEVENT"]
                inside.append({})
        elif name == "END":
            assert depth.pop() == value
        elif depth == ["VCALENDAR", "VEVENT"]:
            assert name not in inside[-1]
            inside[-1][name] = value
    assert depth == []
    return inside


def days_of(content: bytes) -> dict[str, str]:
    """UID to the day, which ends where the next begins."""
    found = {}
    for event in events(content):
        first = dt.datetime.strptime(event["DTSTART;VALUE=DATE"], "%Y%m%d").date()
        assert event["DTEND;VALUE=DATE"] == f"{first + dt.timedelta(days=1):%Y%m%d}"
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])
        found[event["UID"]] = first.isoformat()
    assert len(found) == len(events(content))
    return found


def get(client: Client, path: str = PATH, **headers: str) -> Any:
    return client.get(path, headers=headers)


def test_it_has_a_year_of_days_and_keeps_to_the_standard(client: Client, town: Rivermark) -> None:
    answer = get(client)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    heads = dict(properties(answer.content)[:10])
    assert (heads["BEGIN"], heads["VERSION"], heads["CALSCALE"]) == ("VCALENDAR", "2.0", "GREGORIAN")
    assert "PRODID" in heads
    days = days_of(answer.content)
    assert 52 <= len(days) <= 58
    assert {dt.date.fromisoformat(day).weekday() for day in days.values()} == {DAY.weekday()}
    assert max(days.values()) > (TODAY + dt.timedelta(days=358)).isoformat()
    summary = events(answer.content)[0]["SUMMARY;LANGUAGE=en"]
    assert re.sub(r"\\(.)", r"\1", summary) == LABEL
    assert "SUMMARY;LANGUAGE=es" in events(get(client, f"/es{PATH}").content)[0]


def test_a_holiday_moves_the_event_under_the_same_uid_and_says_why(client: Client, town: Rivermark) -> None:
    before = days_of(get(client).content)
    holiday = [{"date": DAY.isoformat(), "name": {"en": "Thanksgiving"}}]
    Calendar.objects.filter(code="trash").update(holidays={"extra": holiday})
    content = get(client).content
    changed = {uid: day for uid, day in days_of(content).items() if before.get(uid) != day}
    assert list(changed.values()) == [(DAY + dt.timedelta(days=1)).isoformat()]
    assert set(changed) <= set(before)
    (told,) = [one for one in events(content) if "DESCRIPTION" in one]
    assert "(moved: Thanksgiving)" in told["SUMMARY;LANGUAGE=en"]
    assert told["DESCRIPTION"].startswith("Thanksgiving: your pickup moves to ")


def test_when_the_citys_day_changes_events_move_and_none_is_left_behind(client: Client, town: Rivermark) -> None:
    first = get(client)
    before = days_of(first.content)
    assert get(client, **{"If-None-Match": first["ETag"]}).status_code == 304
    # Another day of the same week.
    other = DAY + dt.timedelta(days=-1 if DAY.weekday() == 6 else 1)
    Area.objects.update(attributes={"trash": f"{other:%A}"})
    second = get(client, **{"If-None-Match": first["ETag"]})
    assert second.status_code == 200
    after = days_of(second.content)
    assert {dt.date.fromisoformat(day).weekday() for day in after.values()} == {other.weekday()}
    # But for the first or last week, whose day came in or fell out.
    assert len(set(before) ^ set(after)) <= 2


@pytest.mark.parametrize(
    "path", ["/areas/ward/6/collection.ics", "/areas/town/5/collection.ics", "/areas/ward/%00/collection.ics"]
)
def test_an_area_without_collection_days_has_no_calendar(client: Client, town: Rivermark, path: str) -> None:
    assert get(client, path).status_code == 404
    Area.objects.update(attributes={"trash": "twice a week"})
    assert get(client).status_code == 404
