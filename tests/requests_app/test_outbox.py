"""The outbox: each row is done once, in order, and failures are visible."""

import time
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, connection, transaction

from requests_app import outbox
from requests_app.models import OutboxRow
from requests_app.worker import tasks

pytestmark = pytest.mark.django_db(transaction=True)


def put(kind: str = "probe", *, lane: str = "database", key: str = "", ordering: str = "") -> OutboxRow:
    with transaction.atomic():
        outbox.enqueue(kind, lane=lane, dedupe_key=key or f"{kind}-{OutboxRow.objects.count()}", ordering_key=ordering)
    return OutboxRow.objects.latest("id")


def make_due() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_outboxrow SET due_at = app_now() - interval '1 second'")


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[OutboxRow], None]], None]:
    """Lets a test define the handler of "probe"."""

    def use(handler: Callable[[OutboxRow], None]) -> None:
        monkeypatch.setitem(tasks.HANDLERS, "probe", handler)

    return use


def test_it_refuses_a_row_that_no_transaction_ties_to_its_change() -> None:
    with pytest.raises(outbox.OutsideTransaction):
        outbox.enqueue("probe", lane="database", dedupe_key="alone")


def test_a_change_that_is_rolled_back_leaves_no_row() -> None:
    with transaction.atomic():
        outbox.enqueue("probe", lane="database", dedupe_key="undone")
        transaction.set_rollback(True)
    assert not OutboxRow.objects.exists()


def test_the_same_key_is_one_row() -> None:
    put(key="same")
    put(key="same")
    assert OutboxRow.objects.count() == 1


def test_what_waits_is_hurried_but_not_what_a_worker_has(handle: Callable) -> None:
    """Its lease would end, and a second worker would make the same call."""
    during: list[OutboxRow] = []

    def call() -> None:
        outbox_rows = OutboxRow.objects.all()
        with transaction.atomic():
            outbox.hurry(outbox_rows)
        during.extend(OutboxRow.objects.order_by("id"))

    handle(lambda row: outbox.Call(call, lambda answer: None))
    calling, waiting, claimed = put(lane="webhook"), put(lane="webhook"), put(lane="outside")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_app_outboxrow SET due_at = app_now() + interval '1 hour' WHERE id = %s", [waiting.pk]
        )
    assert outbox.claim("outside") == claimed.pk
    assert outbox.claim("webhook") == calling.pk
    tasks.handle(calling.pk)
    now = waiting.created_at
    seconds = [(row.due_at - now).total_seconds() for row in during]
    assert seconds[0] > 20
    assert seconds[1] < 5
    assert 5 < seconds[2] < 20
    assert not OutboxRow.objects.filter(last_error=outbox.KILLED).exists()


@pytest.mark.shows("2.8")
def test_a_row_is_done_once_and_marked_in_the_transaction_of_its_work(handle: Callable) -> None:
    seen: list[int] = []
    handle(lambda row: seen.append(row.pk))
    row = put()
    assert tasks.drain("database") == 1
    assert tasks.drain("database") == 0
    row.refresh_from_db()
    assert seen == [row.pk]
    assert row.done_at is not None
    assert row.attempts == 1


@pytest.mark.shows("2.8")
def test_a_kill_between_claim_and_work_is_counted_and_costs_the_lease(handle: Callable) -> None:
    handle(lambda row: None)
    row = put()
    assert outbox.claim("database") == row.pk
    assert outbox.claim("database") is None, "claimed: nobody else's for 10 seconds"
    make_due()
    assert tasks.drain("database") == 1
    row.refresh_from_db()
    assert row.attempts == 2
    assert row.done_at is not None


@pytest.mark.shows("2.8")
def test_a_row_waits_for_an_earlier_undone_one_of_its_key(handle: Callable) -> None:
    order: list[int] = []

    def fail_first(row: OutboxRow) -> None:
        if row.pk == first.pk and not order:
            order.append(-1)
            raise ValueError
        order.append(row.pk)

    handle(fail_first)
    first, second = put(ordering="request:1"), put(ordering="request:1")
    other = put(ordering="request:2")
    tasks.drain("database")
    assert order == [-1, other.pk], "the failed one holds back its own key alone"
    make_due()
    tasks.drain("database")
    assert order == [-1, other.pk, first.pk, second.pk]


def test_database_work_is_given_up_after_eight_errors_of_its_own(handle: Callable) -> None:
    def broken(row: OutboxRow) -> None:
        raise KeyError("secret words")

    handle(broken)
    row = put()
    for _ in range(8):
        make_due()
        tasks.drain("database")
    row.refresh_from_db()
    assert row.dead_at is not None
    assert row.last_error == "KeyError", "a class, never the words"
    make_due()
    assert tasks.drain("database") == 0


def test_a_lost_connection_is_nobodys_error(handle: Callable) -> None:
    def lost(row: OutboxRow) -> None:
        raise OperationalError("server closed the connection")

    handle(lost)
    row = put()
    for _ in range(10):
        make_due()
        tasks.drain("database")
    row.refresh_from_db()
    assert row.dead_at is None
    assert (row.attempts, row.errors) == (10, 0)


def test_work_that_is_always_too_slow_is_given_up(handle: Callable) -> None:
    def slow(row: OutboxRow) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20ms'")
            cursor.execute("SELECT pg_sleep(5)")

    handle(slow)
    row = put()
    for _ in range(8):
        make_due()
        tasks.drain("database")
    row.refresh_from_db()
    assert row.last_error == "QueryCanceled"
    assert row.dead_at is not None


def test_a_row_is_dead_only_together_with_what_that_means(handle: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill in between would leave a request that is neither routed nor in triage."""

    def broken(row: OutboxRow) -> None:
        raise ValueError

    def killed(row: OutboxRow) -> None:
        raise SystemExit

    handle(broken)
    row = put()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_outboxrow SET errors = 7")
    monkeypatch.setitem(tasks.DEAD_HANDLERS, "probe", killed)
    with pytest.raises(SystemExit):
        tasks.drain("database")
    row.refresh_from_db()
    assert row.dead_at is None
    seen: list[int] = []
    monkeypatch.setitem(tasks.DEAD_HANDLERS, "probe", lambda row: seen.append(row.pk))
    make_due()
    tasks.drain("database")
    row.refresh_from_db()
    assert row.dead_at is not None
    assert seen == [row.pk]


def test_a_late_failure_does_not_touch_what_another_worker_did_meanwhile() -> None:
    row = put()
    outbox.finish(row.pk)
    assert not outbox.fail(row.pk, "ValueError", counts=True, give_up=True)
    row.refresh_from_db()
    assert (row.dead_at, row.last_error) == (None, "")


def test_taking_a_row_stays_quick_behind_a_long_queue() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO requests_app_outboxrow (kind, lane, dedupe_key, ordering_key, attempts, errors, last_error, trace_id) "
            "SELECT 'probe', 'outside', n, 'mail:' || n, 0, 0, '', '' FROM generate_series(1, 5000) n"
        )
        cursor.execute("ANALYZE requests_app_outboxrow")
        cursor.execute("EXPLAIN " + outbox.CLAIM, ["outside"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "outbox_order" in plan
    assert "Seq Scan" not in plan


@pytest.mark.shows("2.8")
def test_the_back_off_grows_and_has_its_cap(handle: Callable) -> None:
    def broken(row: OutboxRow) -> None:
        raise ValueError

    handle(broken)
    waits = []
    row = put(lane="outside")
    for _ in range(10):
        make_due()
        tasks.drain("outside")
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM due_at - app_now()) FROM requests_app_outboxrow")
            waits.append(float(cursor.fetchone()[0]))
    assert 20 < waits[0] < 40
    assert waits[0] < waits[2] < waits[4]
    assert max(waits) <= 3600 * 1.2
    row.refresh_from_db()
    assert row.dead_at is None


@pytest.mark.parametrize(("hours", "is_dead"), [(71, False), (73, True)])
def test_outside_work_is_given_up_after_three_days(handle: Callable, hours: int, is_dead: bool) -> None:
    def broken(row: OutboxRow) -> None:
        raise ValueError

    handle(broken)
    row = put(lane="outside")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_outboxrow SET created_at = app_now() - make_interval(hours => %s)", [hours])
    tasks.drain("outside")
    row.refresh_from_db()
    assert (row.dead_at is not None) == is_dead


def test_a_dead_row_can_be_brought_back(handle: Callable) -> None:
    row = put()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_outboxrow SET dead_at = app_now(), errors = 8")
    handle(lambda row: None)
    assert outbox.retry(OutboxRow.objects.filter(pk=row.pk))
    tasks.drain("database")
    row.refresh_from_db()
    assert row.done_at is not None
    assert not outbox.retry(OutboxRow.objects.filter(pk=row.pk)), "what is done stays done"


@pytest.mark.parametrize("lane", ["database", "outside"])
def test_a_dead_row_that_is_brought_back_has_as_many_tries_as_a_new_one(handle: Callable, lane: str) -> None:
    def broken(row: OutboxRow) -> None:
        raise ValueError

    row = put(lane=lane)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_app_outboxrow SET dead_at = app_now(), errors = 8, attempts = 40,"
            " created_at = app_now() - interval '73 hours'"
        )
    handle(broken)
    assert outbox.retry(OutboxRow.objects.filter(pk=row.pk))
    assert tasks.drain(lane) == 1
    row.refresh_from_db()
    assert row.dead_at is None, "the next failure does not kill it at once"
    assert (row.attempts, row.errors) == (1, 1)


def test_a_row_that_was_done_meanwhile_is_not_worked_on_again(handle: Callable) -> None:
    seen: list[int] = []
    handle(lambda row: seen.append(row.pk))
    row = put()
    assert outbox.claim("database") == row.pk
    outbox.finish(row.pk)
    tasks.handle(row.pk)
    assert seen == []


@pytest.fixture
def wake_up_through(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Lets a test choose the Redis for the wake-up."""
    real = outbox.current_app.connection_for_write

    def use(broker: str) -> None:
        app = type("App", (), {"connection_for_write": staticmethod(lambda **options: real(url=broker, **options))})
        monkeypatch.setattr(outbox, "current_app", app)

    monkeypatch.setattr(outbox.breaker, "open_until", 0.0)
    outbox._broker.cache_clear()
    yield use
    outbox._broker.cache_clear()


@pytest.mark.shows("2.9")
@pytest.mark.parametrize("how", ["gone", "stopped but accepting"])
def test_the_wake_up_neither_fails_nor_delays_the_change(
    how: str, stopped_redis: str, wake_up_through: Callable[[str], None]
) -> None:
    wake_up_through(f"redis+socket://{stopped_redis}" if how != "gone" else "redis+socket:///nowhere/redis.sock")
    began = time.monotonic()
    assert put().done_at is None
    assert time.monotonic() - began < 2, "a resident does not wait for Redis"
    assert outbox.breaker.open_until > 0, "and the next one does not even try"


def test_the_wake_up_reaches_the_queue(wake_up_through: Callable[[str], None]) -> None:
    from django.conf import settings
    from redis import Redis

    put()
    with Redis.from_url(settings.CACHES["default"]["LOCATION"]) as redis:
        assert redis.llen("database") == 1
