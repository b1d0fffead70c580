"""Late is what was due before now: not at that moment, nor without a due time."""

import datetime as dt

import pytest

from requests_app.models import ServiceRequest
from requests_app.rules.promises import lateness
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
UNTIL = NOW + dt.timedelta(days=1)
MOMENT = dt.timedelta(microseconds=1)


def test_what_is_due_now_is_not_late_yet_and_what_is_due_at_the_end_comes_later(town: Rivermark) -> None:
    first = factories.routed(town.pothole, answers={"where": "lane"})
    late, now, last, later, waiting = (first, *factories.copies(first, 4))
    for made, due_at in ((late, NOW - MOMENT), (now, NOW), (last, UNTIL - MOMENT), (later, UNTIL), (waiting, None)):
        ServiceRequest.objects.filter(pk=made.pk).update(due_at=due_at)
        made.due_at = due_at
    assert [one for one in (late, now, last, later, waiting) if lateness.is_late(one, NOW)] == [late]
    assert list(ServiceRequest.objects.filter(lateness.late_rows(NOW))) == [late]
    assert set(ServiceRequest.objects.filter(lateness.due_rows(NOW, UNTIL))) == {now, last}
