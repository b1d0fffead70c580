"""The cast of the other tests is as they expect it."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def test_a_report_of_the_cast_is_routed_to_its_department() -> None:
    world = factories.rivermark()
    made = factories.routed(world.pothole, answers={"where": "lane"})
    assert (made.status, made.department, made.public_state) == ("routed", world.streets, "public")
