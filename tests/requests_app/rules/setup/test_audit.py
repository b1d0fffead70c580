"""The audit's two logs as one list: of this city, in their order, page after page, there and back."""

import datetime as dt

import pytest

from requests_app.models import Event, SetupChange
from requests_app.rules.setup import audit
from requests_app.rules.setup.audit import Filters
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
MOMENT = dt.timedelta(microseconds=1)


@pytest.fixture
def rows(town: Rivermark) -> list[Event | SetupChange]:
    """Newest first: at each of three moments two acts and two changes of setup."""
    lakeside = factories.lakeside()
    made, theirs = factories.routed(town.pothole, answers={"where": "lane"}), factories.routed(lakeside.pothole)
    acts: list[Event] = []
    changes: list[SetupChange] = []
    for number in range(6):
        at = NOW + number // 2 * MOMENT
        acts.append(
            Event.objects.create(
                jurisdiction=town.city, service_request=made, kind="accepted", user=town.tom, at=at, data={}
            )
        )
        changes.append(
            SetupChange.objects.create(jurisdiction=town.city, kind="service", key="pothole", action="changed", at=at)
        )
    Event.objects.create(
        jurisdiction=lakeside.city, service_request=theirs, kind="accepted", user=lakeside.sid, at=NOW, data={}
    )
    SetupChange.objects.create(jurisdiction=lakeside.city, kind="service", key="pothole", action="changed", at=NOW)
    return sorted([*acts, *changes], key=lambda row: (row.at, isinstance(row, SetupChange), row.pk), reverse=True)


def listed(town: Rivermark, filters: Filters, cursor: str = "", size: int = 50) -> tuple[list[object], str, str]:
    page = audit.page(town.city, town.tom, filters, cursor, size)
    return [entry.row for entry in page.entries], page.next_cursor, page.previous_cursor


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_pages_follow_each_other_there_and_back(town: Rivermark, rows: list[object], size: int) -> None:
    since = Filters(since=NOW)
    seen: list[object] = []
    cursor, pages = "", []
    while True:
        found, following, _previous = listed(town, since, cursor, size)
        seen += found
        pages.append(found)
        if not following:
            break
        cursor = following
    assert seen == rows
    _last, _none, back = listed(town, since, cursor, size)
    for expected in reversed(pages[:-1]):
        found, _following, back = listed(town, since, back, size)
        assert found == expected
    assert back == ""


def test_a_full_page_without_a_row_more_is_the_last(town: Rivermark, rows: list[object]) -> None:
    assert listed(town, Filters(since=NOW), size=12) == (rows, "", "")
    found, following, _previous = listed(town, Filters(since=NOW), size=11)
    assert (found, following != "") == (rows[:11], True)


def test_from_a_moment_on_until_before_another(town: Rivermark, rows: list[object]) -> None:
    found, _following, _previous = listed(town, Filters(since=NOW + MOMENT, until=NOW + 2 * MOMENT))
    assert found == rows[4:8]


def test_each_log_by_itself(town: Rivermark, rows: list[object]) -> None:
    acts = [row for row in rows if isinstance(row, Event)]
    changes = [row for row in rows if isinstance(row, SetupChange)]
    for of, expected in (
        ("acts", acts),
        ("act:accepted", acts),
        ("act:resolved", []),
        ("setup", changes),
        ("setup:service", changes),
        ("setup:role", []),
    ):
        assert listed(town, Filters(of=of, since=NOW))[0] == expected, of
    made = acts[0].service_request
    assert listed(town, Filters(service_requests=[made], since=NOW))[0] == acts
    by_service = Filters(service_id=town.pothole.service_id, service_code="pothole", since=NOW)
    assert listed(town, by_service)[0] == rows
    # Pia, of Parks, isn't shown by a service what Streets did.
    page = audit.page(town.city, town.pia, by_service)
    assert [entry.row for entry in page.entries] == changes
