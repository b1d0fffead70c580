"""Restored rows are the same as those built first, without changes by earlier tests."""

import re
import threading

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from requests_app.models import Jurisdiction, OutboxRow
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
