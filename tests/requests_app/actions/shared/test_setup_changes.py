"""The log of setup."""

import pytest
from django.db import DatabaseError, transaction

from requests_app.actions.shared import setup_changes
from requests_app.models import SetupChange
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.10")]


def test_it_tells_what_was_added_changed_and_removed(cast: Rivermark) -> None:
    for before, after in ((None, {"name": "A"}), ({"name": "A"}, {"name": "B"}), ({"name": "B"}, None)):
        setup_changes.record(cast.city, "team", "crew-1", actor=cast.ada, name="Crew 1", before=before, after=after)
    assert [one.action for one in SetupChange.objects.order_by("id")] == ["added", "changed", "removed"]


def test_no_change_is_no_row(cast: Rivermark) -> None:
    same = {"name": "A"}
    assert setup_changes.record(cast.city, "team", "crew-1", actor=cast.ada, before=same, after=dict(same)) is None


@pytest.mark.parametrize("change", [lambda rows: rows.update(name="other"), lambda rows: rows.delete()])
def test_the_database_keeps_what_was_written(cast: Rivermark, change: object) -> None:
    setup_changes.record(cast.city, "team", "crew-1", actor=cast.ada, before=None, after={"name": "A"})
    with pytest.raises(DatabaseError), transaction.atomic():
        change(SetupChange.objects.all())  # type: ignore[operator]
