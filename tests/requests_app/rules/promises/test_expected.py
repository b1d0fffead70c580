"""By when a report is probably finished, and its place in line: what is open, and was finished in that order."""

import datetime as dt

import pytest

from requests_app.models import ServiceRequest, Status, TypicalTime
from requests_app.rules.promises import expected
from tests import factories
from tests.factories import Rivermark

NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
MOMENT, DAY = dt.timedelta(microseconds=1), dt.timedelta(days=1)


def finished_by(took: dt.timedelta | None, **columns: object) -> dt.datetime | None:
    made = ServiceRequest(**{"status": Status.ROUTED, "submitted_at": NOW - DAY, **columns})
    return expected.finished_by(made, TypicalTime(most=took), NOW)


def test_a_time_that_is_still_ahead_is_said_of_open_work_without_a_date() -> None:
    assert finished_by(DAY + MOMENT) == NOW + MOMENT
    assert finished_by(DAY) is None
    assert finished_by(None) is None
    for columns in ({"status": Status.RESOLVED}, {"status": Status.ON_HOLD}, {"scheduled_for": NOW.date() + DAY}):
        assert finished_by(2 * DAY, **columns) is None, columns


@pytest.mark.django_db
def test_the_line_is_of_open_public_reports_of_the_kind_and_not_too_long(
    town: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    lakeside = factories.lakeside()
    factories.routed(lakeside.pothole)
    factories.routed(town.tree)
    first = factories.routed(town.pothole, answers={"where": "lane"})
    second, third, private, ended = factories.copies(first, 4)
    for number, made in enumerate((first, second, third, private, ended)):
        ServiceRequest.objects.filter(pk=made.pk).update(submitted_at=NOW + number * DAY)
    ServiceRequest.objects.filter(pk=private.pk).update(public_state="private")
    factories.mark_ended(ended)
    rows = {one.pk: one for one in ServiceRequest.objects.all()}

    def place(made: ServiceRequest, order: float | None = expected.IN_ORDER) -> expected.Line | None:
        return expected.place_in_line(rows[made.pk], TypicalTime(order=order))

    monkeypatch.setattr(expected, "LONGEST_LINE", 3)
    assert [place(made) for made in (first, second, third)] == [expected.Line(number, 3) for number in (1, 2, 3)]
    assert place(private) is place(ended) is place(first, None) is place(first, 0.79) is None
    assert expected.place_in_line(rows[first.pk], None) is None
    monkeypatch.setattr(expected, "LONGEST_LINE", 2)
    assert place(first) is None
