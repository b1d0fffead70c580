"""Restored rows are the same as those built first, without changes by earlier tests."""

import re
import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from requests_app.clock import app_now
from requests_app.models import Jurisdiction, OutboxRow, User
from tests import factories
from tests.saved import empty_database, filled_tables, insert_statement, saved

pytestmark = pytest.mark.django_db(transaction=True)


def everything() -> dict[str, list[str]]:
    """The rows of each table, in an order of their own: PostgreSQL promises none."""
    return {
        table: sorted(re.findall(r"\((?:'(?:[^']|'')*'|[^()'])*\)", insert_statement(table)))
        for table in filled_tables()
    }


def test_the_same_rows_come_back_with_new_instances() -> None:
    town = saved(factories.rivermark.__wrapped__)
    first = town()
    built = everything()
    assert len(built) > 10
    first.city.name = "Elsewhere"
    first.tom.delete()
    empty_database()
    second = town()
    assert everything() == built
    assert (second.city, second.city.name) == (first.city, "Rivermark")
    assert second.tom.memberships.get().department == second.streets
    # One instance of each row, as when it was built.
    assert second.pothole.service.jurisdiction is second.city
    # New rows get ids that no row of the city has.
    report = factories.routed(second.pothole, answers={"where": "lane"})
    assert (report.department, report.status) == (second.streets, "routed")


def test_what_was_built_upon_other_rows_is_not_saved() -> None:
    elsewhere = factories.jurisdiction("Elsewhere")
    town = saved(factories.rivermark.__wrapped__)
    town()
    empty_database()
    town()
    assert not Jurisdiction.objects.filter(pk=elsewhere.pk).exists()


def routed_in(change: Callable[[factories.Rivermark], object] = lambda _town: None) -> tuple[str, list[str], int]:
    """The reference of a new report, its events, and how many statements it took, in a transaction of its own."""
    with transaction.atomic():
        town = factories.rivermark()
        change(town)
        with CaptureQueriesContext(connection) as took:
            made = factories.routed(town.tree, "Hangs low.", reporter=factories.ANA)
        kinds = list(made.events.order_by("id").values_list("kind", flat=True))
        assert (made.department, made.submitted_at) == (town.parks, app_now())
        assert set(made.participations.values_list("contact_point__value", flat=True)) == {"ana@example.org"}
        transaction.set_rollback(True)
    return made.reference, kinds, len(took)


def test_a_report_that_came_before_is_restored_with_what_follows_from_it(settings: Settings) -> None:
    first, second, third = routed_in(), routed_in(), routed_in()
    assert first[0] != second[0] == third[0]
    assert first[1] == second[1] == third[1] == ["submitted", "routed"]
    assert first[2] > 50 > 10 > third[2]
    # A sign-in changes nothing, nor does the mail server.
    settings.EMAIL_PORT = 2525
    assert routed_in(lambda town: Client().force_login(town.tom))[0] == second[0]
    # Not where something else was there before it, or is set otherwise.
    area = routed_in(lambda town: factories.area(town.city))
    off = routed_in(lambda town: User.objects.filter(pk=town.pia.pk).update(is_active=False))
    settings.RATE_LIMITS = not settings.RATE_LIMITS
    assert second[0] not in {area[0], off[0], routed_in()[0]}


def test_an_emptied_database_keeps_what_the_migrations_put_into_it() -> None:
    kept = [ContentType.objects.count(), Permission.objects.count()]
    factories.routed(factories.rivermark().pothole, answers={"where": "lane"})
    empty_database()
    assert filled_tables() == []
    assert [ContentType.objects.count(), Permission.objects.count()] == kept
    assert all(kept)


def test_a_deadlock_with_another_process_only_delays_it() -> None:
    factories.rivermark()
    has_first, may_go_on = threading.Event(), threading.Event()

    def another_process() -> None:
        """Reads a table, and a second one when the other waits for the first."""
        with transaction.atomic():
            Jurisdiction.objects.count()
            has_first.set()
            may_go_on.wait(10)
            list(OutboxRow.objects.all())
        connection.close()

    reader = threading.Thread(target=another_process)
    reader.start()
    assert has_first.wait(10)
    threading.Timer(0.3, may_go_on.set).start()
    empty_database()
    reader.join()
    assert filled_tables() == []
