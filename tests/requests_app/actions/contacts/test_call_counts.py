"""The telephone system's counts: whole files, by line and half hour, also when the clock is changed."""

import datetime as dt

import pytest

from requests_app.actions.contacts import call_counts
from requests_app.actions.contacts.call_counts import REQUIRED
from requests_app.actions.shared.csv_rows import BadRows, Unreadable, rows_of_file
from requests_app.clock import app_now
from requests_app.models import CallCount, DeskLine, Jurisdiction
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db

HEADER = "line,starts_at,offered,answered,abandoned"
NOON = dt.datetime(2026, 11, 30, 17, 0, tzinfo=dt.UTC)


@pytest.fixture
def lines(cast: Rivermark) -> list[DeskLine]:
    lakeside = factories.jurisdiction("Lakeside", hosts=["lakeside.example"])
    set_time(NOON + dt.timedelta(minutes=35))
    rows = [(cast.city, "311", "311"), (cast.city, "(617) 555-0100", "+16175550100"), (lakeside, "411", "411")]
    return [
        DeskLine.objects.create(jurisdiction=city, number=number, phone=phone, name={"en": f"Line {number}"})
        for city, number, phone in rows
    ]


def read(city: Jurisdiction, *rows: str, header: str = HEADER) -> list[CallCount]:
    return call_counts.read(city, rows_of_file("\n".join([header, *rows]).encode(), REQUIRED))


def mistakes(city: Jurisdiction, *rows: str, header: str = HEADER) -> list[tuple[int, str]]:
    with pytest.raises(BadRows) as bad:
        read(city, *rows, header=header)
    return [(one.at, one.field) for one in bad.value.mistakes]


def test_a_file_of_two_lines_is_stored_and_the_same_half_hour_replaced(cast: Rivermark, lines: list[DeskLine]) -> None:
    first = read(cast.city, "311,2026-11-30T10:00,20,18,2", "617 555 0100,11/30/2026 10:30 AM,5,5,0")
    stored = call_counts.store(cast.city, first)
    assert (stored.added, stored.replaced, list(stored.gaps)) == (2, 0, [])
    header = f"{HEADER};seconds;wait_s".replace(",", ";")
    again = read(
        cast.city, "line 311;2026-11-30T15:00Z;30;27;3;1200;540", "311;2026-11-30 12:00;1;1;0;;", header=header
    )
    stored = call_counts.store(cast.city, again)
    assert (stored.added, stored.replaced) == (1, 1)
    rows = CallCount.objects.filter(line=lines[0]).order_by("starts_at")
    assert list(rows.values_list("starts_at", "seconds", "offered", "wait_s")) == [
        (NOON - dt.timedelta(hours=2), 1200, 30, 540),
        (NOON, 1800, 1, 0),
    ]
    # From 10:30 to noon, nobody counted for the first line.
    (gap,) = stored.gaps
    assert (gap.line, gap.begins, gap.ends) == (lines[0], NOON - dt.timedelta(minutes=90), NOON)


def test_what_is_closed_is_no_gap(cast: Rivermark, lines: list[DeskLine]) -> None:
    lines[0].calendar = factories.calendar(cast.city, "desk", always=False, hours={"mon": [["08:00", "11:00"]]})
    lines[0].save()
    stored = call_counts.store(cast.city, read(cast.city, "311,2026-11-30T10:00,1,1,0", "311,2026-11-30T12:00,1,1,0"))
    assert [(gap.ends - gap.begins).seconds for gap in stored.gaps] == [1800]


MORE = f"{HEADER},seconds,abandoned_early,answered_in_time"
WRONG = {
    "411,2026-11-30T10:00,1,1,0,,,": ["line"],
    "x,,,,,,,": ["line", "starts_at", "offered", "answered", "abandoned"],
    "311,yesterday,1,1,0,,,": ["starts_at"],
    "311,2026-11-30,1,1,0,,,": ["starts_at"],
    "311,2026-11-30T10:15,1,1,0,,,": ["starts_at"],
    "311,2026-11-30T12:30,1,1,0,,,": ["starts_at"],
    "311,2026-11-30T10:00,-1,1.5,x,,,": ["offered", "answered", "abandoned"],
    "311,2026-11-30T10:00,99999999999,1,0,,,": ["offered"],
    "311,2026-11-30T10:00,1000000001,1,0,,,": ["offered"],
    "311,2026-11-30T10:00,3,2,2,,,": ["offered"],
    "311,2026-11-30T10:00,3,2,1,0,2,3": ["seconds", "abandoned_early", "answered_in_time"],
    "311,2026-11-30T10:00,3,2,1,1801,,": ["seconds"],
}


def test_every_mistake_is_named_by_its_line_and_nothing_is_half_done(cast: Rivermark, lines: list[DeskLine]) -> None:
    # The second one ends a minute from now, which is as far ahead as a clock may be.
    right = ["311,2026-11-30T09:00,1000000000,1,0,1800,0,1", "6175550100,2026-11-30T12:30,2,1,1,360,1,1"]
    found = mistakes(cast.city, *right, *WRONG, *right[:1], header=MORE)
    wrong = [(at, name) for at, names in enumerate(WRONG.values(), start=2) for name in names]
    assert found == [*wrong, (len(WRONG) + 2, "starts_at")]
    assert len(read(cast.city, *right, header=MORE)) == 2
    assert mistakes(cast.city, "311,2026-11-30T12:30,1,1,0,361,0,1", header=MORE) == [(0, "starts_at")]
    assert not CallCount.objects.exists()


def test_the_clock_is_set_back_and_forward(cast: Rivermark, lines: list[DeskLine]) -> None:
    # On November 1, 2026, the hour from 1 to 2 came twice; on March 8, the one from 2 to 3 never.
    hours = ["00:30", "01:00", "01:30", "01:00", "01:30", "02:00"]
    counts = read(cast.city, *(f"311,2026-11-01T{hour},1,1,0" for hour in hours))
    assert [count.starts_at.strftime("%H:%M") for count in counts] == [
        "04:30",
        "05:00",
        "05:30",
        "06:00",
        "06:30",
        "07:00",
    ]
    assert [(gap.begins, gap.ends) for gap in call_counts.store(cast.city, counts).gaps] == []
    # One of them alone could be either.
    assert mistakes(cast.city, "311,2026-11-01T01:00,1,1,0") == [(0, "starts_at")]
    with_offset = read(cast.city, "311,2026-11-01T01:00-04:00,1,1,0", "311,2026-11-01T01:00-05:00,1,1,0")
    assert [count.starts_at.hour for count in with_offset] == [5, 6]
    # Each line has its own.
    rows = [f"{line},2026-11-01T01:00,1,1,0" for line in ("311", "6175550100", "311", "6175550100")]
    assert [count.starts_at.hour for count in read(cast.city, *rows)] == [5, 5, 6, 6]
    assert mistakes(cast.city, *rows, rows[0]) == [(4, "starts_at")]
    assert mistakes(cast.city, "311,2026-03-08T02:30,1,1,0") == [(0, "starts_at")]


def test_what_is_no_table_is_refused(cast: Rivermark, lines: list[DeskLine], monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (b"", b"\xff\xfe", b"a,b\n1,2", b"line,starts_at,offered\n"):
        with pytest.raises(Unreadable):
            rows_of_file(content, REQUIRED)
    assert rows_of_file(b"\xef\xbb\xbf" + HEADER.encode() + b"\n\n,,,,\n", REQUIRED) == []
    monkeypatch.setattr(call_counts, "ROWS_MAX", 2)
    assert len(read(cast.city, "311,2026-11-30T09:00,1,1,0", "311,2026-11-30T09:30,1,1,0")) == 2
    with pytest.raises(Unreadable):
        call_counts.read(cast.city, [{}] * 3)


def test_the_wait_is_that_of_fresh_half_hours(cast: Rivermark, lines: list[DeskLine]) -> None:
    header = f"{HEADER},seconds,wait_s"

    def wait(*rows: str) -> tuple[int | None, dt.datetime | None]:
        call_counts.store(cast.city, read(cast.city, *rows, header=header))
        cast.city.refresh_from_db()
        return cast.city.desk_wait_s, cast.city.desk_wait_until

    # It is 12:35. What ended at 12:25 is too old, and what is from last week was never fresh. Another city's calls don't count.
    CallCount.objects.create(
        jurisdiction=lines[2].jurisdiction,
        line=lines[2],
        starts_at=NOON,
        received_at=NOON,
        offered=9,
        answered=9,
        abandoned=0,
        wait_s=900,
    )
    assert wait("311,2026-11-30T12:00,9,9,0,1500,900", "311,2026-11-23T12:30,9,9,0,,900") == (None, None)
    until = NOON + dt.timedelta(minutes=40)
    assert wait("311,2026-11-30T12:00,10,10,0,1800,2400") == (240, until)
    # Two lines count by their calls; nobody was answered on the second until now.
    assert wait("6175550100,2026-11-30T12:00,2,0,2,1800,0") == (240, until)
    assert wait("6175550100,2026-11-30T12:30,30,30,0,240,1200") == (90, until)
    DeskLine.objects.filter(pk=lines[0].pk).update(is_active=False)
    assert wait("6175550100,2026-11-30T12:30,30,30,0,300,3600") == (120, app_now() + dt.timedelta(minutes=10))
