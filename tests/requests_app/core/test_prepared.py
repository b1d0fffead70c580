"""A prepared statement answers as its queryset would, each time for other values, and is written once."""

import threading

import pytest
from django.db import connection, connections, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from requests_app.core.prepared import Parameter, Prepared
from requests_app.models import Comment, ServiceRequest
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_models_with_what_was_joined_and_added(cast: Rivermark) -> None:
    plain = factories.service(cast.city, "plain")
    mine, other = factories.report(plain), factories.report(plain)
    ServiceRequest.objects.filter(pk=mine.pk).update(assignee=cast.tom)
    commented = Exists(Comment.objects.filter(service_request=OuterRef("pk")))
    by_reference = Prepared(
        lambda: (
            ServiceRequest.objects.filter(reference=Parameter("reference"))
            .select_related("assignee")
            .annotate(commented=commented)
        )
    )
    with CaptureQueriesContext(connection) as queries:
        (first,) = by_reference.rows(reference=mine.reference)
        (second,) = by_reference.rows(reference=other.reference)
        assert (first.pk, first.assignee, first.commented) == (mine.pk, cast.tom, False)
        assert (second.pk, second.assignee) == (other.pk, None)
        assert first.point == mine.point
        assert by_reference.rows(reference="it's 100%") == []
    assert len(queries) == 3


def test_values_in_a_list_an_or_and_a_part_of_the_rows(cast: Rivermark) -> None:
    plain = factories.service(cast.city, "plain")
    made = [factories.report(plain) for _ in range(4)]
    newest = Prepared(
        lambda: (
            ServiceRequest.objects.filter(
                Q(reference__in=[Parameter("one"), Parameter("two")]) | Q(pk__gt=Parameter("after")), is_test=False
            )
            .order_by("-pk")
            .values_list("pk", flat=True)[:2]
        )
    )
    assert newest.rows(one=made[0].reference, two=made[1].reference, after=made[3].pk) == [made[1].pk, made[0].pk]
    assert newest.rows(one=made[0].reference, two="", after=made[1].pk) == [made[3].pk, made[2].pk]


def test_it_is_written_once() -> None:
    written = []

    def make() -> "object":
        written.append(True)
        return ServiceRequest.objects.filter(pk=Parameter("pk"))

    statement = Prepared(make)  # type: ignore[arg-type]
    assert written == []
    assert statement.rows(pk=1) == statement.rows(pk=2) == []
    assert written == [True]


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError, match="pk"):
        Prepared(lambda: ServiceRequest.objects.filter(pk=Parameter("pk"))).rows()


def test_each_thread_asks_by_its_own_connection(cast: Rivermark) -> None:
    """This thread's connection sees the row, which is in a transaction that hasn't ended; the other thread's doesn't."""
    made = factories.report(factories.service(cast.city, "plain"))
    by_pk = Prepared(lambda: ServiceRequest.objects.filter(pk=Parameter("pk")))
    assert by_pk.rows(pk=made.pk) == [made]
    seen: list[list[ServiceRequest]] = []

    def ask() -> None:
        seen.append(by_pk.rows(pk=made.pk))
        connections.close_all()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert seen == [[]]


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only() -> None:
    """Without one, the lock would end before the caller reads the row."""
    locked = Prepared(lambda: ServiceRequest.objects.select_for_update().filter(pk=Parameter("pk")))
    with transaction.atomic():
        assert locked.rows(pk=1) == []
    with pytest.raises(TransactionManagementError):
        locked.rows(pk=1)
