"""What residents answered is shown of public services, of this city, and from five answers on."""

import datetime as dt

import pytest

from requests_app.models import Counter, Jurisdiction, ServiceVersion
from requests_app.rules.truth import survey_numbers
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)


def answered(city: Jurisdiction, version: ServiceVersion, value: int) -> None:
    Counter.objects.create(
        jurisdiction=city, service=version.service, measure="fixed_yes", day=MAY, public_state="public", value=value
    )


def test_a_number_is_shown_from_the_least_on_and_of_what_everybody_may_read(cast: Rivermark) -> None:
    lakeside = factories.lakeside()
    inside = factories.service(cast.city, "inside", visibility="staff")
    for city, version, value in (
        (cast.city, cast.pothole, survey_numbers.SMALLEST),
        (cast.city, cast.tree, survey_numbers.SMALLEST - 1),
        (cast.city, inside, 50),
        (lakeside.city, lakeside.pothole, 70),
    ):
        answered(city, version, value)
    [month] = survey_numbers.months(cast.city, MAY, JUNE)
    assert [(row.service, row.fixed.yes) for row in month.rows] == [(cast.pothole.service, 5), (None, None)]
    assert month.total.fixed.yes == 5
