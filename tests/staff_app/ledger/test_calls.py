"""Did 911 calls fall? From a CSV file to the table: no count before the day is set, and no city's calls in another's."""

import datetime as dt
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase

from requests_app.models import CallMonth, SetupChange
from tests import factories
from tests.factories import Rivermark
from tests.requests_app.rules.figures.test_interrupted_series import CALLS, MONTHS, NEXT_DOOR
from tests.shifted_clock import set_local_time

pytestmark = pytest.mark.django_db

PAGE, START, COUNTS = "/staff/ledger/calls/", "/staff/ledger/calls/start/", "/staff/ledger/calls/counts/"
HEADER = "month,line,priority,calls"
WHOLE = [
    *(f"{month:%Y-%m},911,high,{calls // 4}" for month, calls in zip(MONTHS, CALLS, strict=True)),
    *(f"{month:%Y-%m},911,low,{calls - calls // 4}" for month, calls in zip(MONTHS, CALLS, strict=True)),
    *(f"{month:%Y-%m},neighbor_911,,{calls}" for month, calls in zip(MONTHS, NEXT_DOOR, strict=True)),
]


@pytest.fixture
def ada(cast: Rivermark) -> Client:
    set_local_time(cast.city.zone, dt.date(2026, 1, 10), 9)
    client = Client()
    client.force_login(cast.ada)
    return client


def send(client: Client, *rows: str, header: str = HEADER, **more: str) -> str:
    """The page that answers, with messages."""
    file = SimpleUploadedFile("calls.csv", "\n".join([header, *rows]).encode())
    answer = client.post(COUNTS, {"file": file, **more}, follow=True)
    return unescape(answer.content.decode())


def set_start(client: Client, day: str = "2024-01-01") -> int:
    """The status of the answer."""
    seen = re.search(r'name="seen" value="([^"]*)"', client.get(START).content.decode())
    with TestCase.captureOnCommitCallbacks(execute=True):
        return client.post(START, {"desk_began_on": day, "seen": seen[1] if seen else ""}).status_code


def table(client: Client) -> dict[str, list[str]]:
    rows = re.findall(r'<tr data-series="(\w+)">(.*?)</tr>', client.get(PAGE).content.decode(), re.DOTALL)
    return {
        code: [
            unescape(re.sub(r"<[^>]+>|\s+", " ", cell)).strip()
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        ]
        for code, row in rows
    }


def test_no_count_is_shown_before_the_day_is_set(cast: Rivermark, ada: Client) -> None:
    send(ada, *WHOLE)
    assert "No count is shown before" in ada.get(PAGE).content.decode()
    assert table(ada) == {}
    assert set_start(ada, "2026-01-11") == 422
    assert set_start(ada) == 302
    assert list(table(ada)) == ["emergency", "emergency_high", "emergency_low", "non_emergency", "all_lines"]
    # Changing it later is in the audit.
    assert set_start(ada, "2024-02-01") == 302
    changes = SetupChange.objects.filter(kind="city", key="desk_start").order_by("id")
    assert [(change.user, change.before, change.after) for change in changes] == [
        (cast.ada, {"desk_began_on": None}, {"desk_began_on": "2024-01-01"}),
        (cast.ada, {"desk_began_on": "2024-01-01"}, {"desk_began_on": "2024-02-01"}),
    ]


def test_each_series_has_its_change_its_interval_and_its_months(ada: Client) -> None:
    set_start(ada)
    assert "Stored: 180 new months, 0 replaced." in send(ada, *WHOLE)
    rows = table(ada)
    assert rows["emergency"][0] == "−32.3%"
    assert re.fullmatch(r"−3[6-9]\.\d% to −2[5-9]\.?\d?%", rows["emergency"][1])
    # Next door, nothing happened: the same change against it.
    assert rows["emergency"][2].startswith("−32")
    assert rows["emergency"][3] == "36 / 24"
    assert rows["emergency_low"][2] == "–"
    assert rows["non_emergency"] == ["No counts", "–"]
    assert rows["all_lines"][0] == rows["emergency"][0]
    page = unescape(ada.get(PAGE).content.decode())
    assert "Fewer calls: somewhere from" in page
    assert "Expected without 311" in page


def test_too_early_gaps_and_a_month_that_is_sent_again(ada: Client) -> None:
    set_start(ada)
    rows = [row for row in WHOLE if ",911,low" in row][:47]
    page = send(ada, *(row for row in rows if not row.startswith(("2022-03", "2022-04"))))
    assert "911, low priority wasn’t counted from March 2022 to April 2022." in page
    assert table(ada)["emergency_low"] == ["Too early to say.", "34 / 11"]
    page = send(ada, "04/2022,911,low,5", "2022-03-01,911,LOW,6", f"{MONTHS[47]:%Y-%m},911,low,2000", rows[0])
    assert "Stored: 3 new months, 1 replaced." in page
    assert table(ada)["emergency_low"][-1] == "36 / 12"
    assert table(ada)["emergency_low"][0] != "Too early to say."


def test_mistakes_are_named_by_line_and_nothing_is_stored(ada: Client) -> None:
    page = send(
        ada, "2025-01,911,,100", "2025-01,911,,90", "2026-01,911,,1", "13/2025,911,,1", "1967-12,911,,1", "2025-02,999,,1",
        "2025-02,911,urgent,1", "2025-02,311,low,1", "2025-02,311,,-1", "2025-02,311,,1.5",
    )  # fmt: skip
    for mistake in (
        "Line 3, month: This month of the line is there twice.",
        "Line 4, month: This month isn’t over yet.",
        "Line 5, month: Write the month as 2026-11.",
        "Line 6, month: Write the month as 2026-11.",
        "Line 7, line: Write one of these: 911, non_emergency, 311, neighbor_911.",
        "Line 8, priority: Write high or low, or leave it empty for all calls.",
        "Line 9, priority: Only 911 calls have a priority. Leave it empty.",
        "Line 10, calls: Enter a whole number, 0 or more.",
        "Line 11, calls: Enter a whole number, 0 or more.",
    ):
        assert mistake in page
    assert "Line 2," not in page
    assert not CallMonth.objects.exists()
    assert "These columns are missing: calls." in send(ada, "2025-01,911", header="month,line")
    assert "1 month is right. Nothing was stored." in send(ada, "2025-12,911,,1", check="1")
    assert "The file has no rows." in send(ada)
    assert not CallMonth.objects.exists()


def test_another_city_s_calls_stay_there(cast: Rivermark, ada: Client) -> None:
    lakeside = factories.lakeside()
    for month, calls in zip(MONTHS, NEXT_DOOR, strict=True):
        CallMonth.objects.create(jurisdiction=lakeside.city, line="911", month=month, calls=calls)
    set_start(ada)
    assert "No counts yet." in ada.get(PAGE).content.decode()
    assert "Stored: 1 new months, 0 replaced." in send(ada, f"{MONTHS[0]:%Y-%m},911,,7")
    assert table(ada)["emergency"] == ["Too early to say.", "1 / 0"]
    assert CallMonth.objects.get(jurisdiction=lakeside.city, month=MONTHS[0]).calls == NEXT_DOOR[0]


def test_who_reads_it_and_who_sets_it(cast: Rivermark) -> None:
    for user, page, status in (
        (cast.pia, PAGE, 200),
        (cast.pia, START, 403),
        (cast.pia, COUNTS, 403),
        (cast.tom, PAGE, 403),
    ):
        client = Client()
        client.force_login(user)
        assert client.get(page).status_code == status, (user, page)
