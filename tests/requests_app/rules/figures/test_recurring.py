"""Recurring problems: three of a service in the last 90 days, duplicates left out."""

import datetime as dt

import pytest

from requests_app.clock import app_now
from requests_app.models import ServiceRequest
from requests_app.places.public_filter import LATELY
from requests_app.rules.figures.recurring import recurring_problems
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("oldest", "disposition", "times"),
    [(LATELY, "", 3), (LATELY + SECOND, "", 0), (LATELY, "fixed", 3), (LATELY, "duplicate", 0)],
)
def test_the_third_in_ninety_days_makes_it_recur(
    town: Rivermark, oldest: dt.timedelta, disposition: str, times: int
) -> None:
    made = factories.report(town.tree)
    factories.copies(made, 2)
    if disposition:
        factories.mark_ended(made, disposition)
    ServiceRequest.objects.filter(pk=made.pk).update(submitted_at=app_now() - oldest)
    expected = [(town.tree.name, times)] if times else []
    assert recurring_problems(ServiceRequest.objects.all(), "here") == expected
