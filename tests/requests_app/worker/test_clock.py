"""What is done by the clock: each part once in its period, made up for once, and no part stops or delays another."""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from requests_app import outbox
from requests_app.actions.work import conversation
from requests_app.clock import AppNow, app_now
from requests_app.models import DigestItem, Jurisdiction, OutboxRow, Team
from requests_app.models.outbox import PENDING
from requests_app.worker import clock, tasks
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
NEW_YORK = ZoneInfo("America/New_York")
Use = Callable[..., None]


class Killed(BaseException):
    """What no handler catches, like a worker that is killed."""


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Lets a test say what the parts of these names do; all others do nothing."""

    def use(**works: Callable[..., Any]) -> None:
        for name, part in clock.PARTS.items():
            monkeypatch.setitem(clock.PARTS, name, replace(part, work=works.get(name, lambda *city: None)))

    return use


def work(lane: str = "clock") -> None:
    """All that waits in the lane, tried once."""
    OutboxRow.objects.filter(PENDING, lane=lane).update(due_at=AppNow())
    tasks.drain(lane)


def rows(name: str) -> list[OutboxRow]:
    return list(OutboxRow.objects.filter(kind=name).order_by("id"))


def test_two_beats_make_each_part_once_and_for_each_city_that_has_its_own() -> None:
    cities = [factories.jurisdiction(), factories.jurisdiction("Eastport", hosts=["eastport.example"])]
    assert clock.enqueue_due() == sum(2 if part.by_city else 1 for part in clock.PARTS.values())
    OutboxRow.objects.update(done_at=AppNow())
    assert clock.enqueue_due() == 0
    assert [row.jurisdiction for row in rows("end_holds")] == cities
    assert [row.jurisdiction for row in rows("recount")] == [None]
    assert set(OutboxRow.objects.values_list("lane", flat=True)) == {"clock"}


def test_two_beats_in_the_same_moment_make_it_once() -> None:
    """Neither sees the row of the other before it adds its own."""
    factories.jurisdiction()
    clock.enqueue_due()
    count = OutboxRow.objects.count()
    every = [clock._row(name, None, part.period(app_now())) for name, part in clock.PARTS.items() if not part.by_city]
    outbox.enqueue_rows(every, lane="clock")
    assert OutboxRow.objects.count() == count


@pytest.mark.parametrize("day", [dt.date(2026, 11, 1), dt.date(2027, 3, 14)])
@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", "Europe/Berlin", "Australia/Lord_Howe"])
def test_an_hour_that_comes_twice_or_never_takes_and_adds_no_period(day: dt.date, zone: str) -> None:
    start = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(12), dt.UTC)
    times = [start + dt.timedelta(minutes=15 * number) for number in range(4 * 48)]
    hours = [clock.HOUR(at.astimezone(ZoneInfo(zone))) for at in times]
    assert len(set(hours)) == 48
    nights = list(dict.fromkeys(clock.night(at.astimezone(ZoneInfo(zone))) for at in times))
    first = dt.date.fromisoformat(nights[0])
    assert nights == [(first + dt.timedelta(days=number)).isoformat() for number in range(len(nights))]


def test_a_night_begins_at_three_by_the_citys_clock_and_by_a_fixed_hour_for_all_cities() -> None:
    before = dt.datetime(2027, 3, 14, 1, 59, tzinfo=NEW_YORK)
    # At two the clock is set to three.
    after = (before.astimezone(dt.UTC) + dt.timedelta(minutes=1)).astimezone(NEW_YORK)
    assert (clock.night(before), clock.night(after)) == ("2027-03-13", "2027-03-14")
    assert clock.night(dt.datetime(2027, 3, 14, 7, 59, tzinfo=dt.UTC)) == "2027-03-13"
    assert clock.night(dt.datetime(2027, 3, 14, 8, tzinfo=dt.UTC)) == "2027-03-14"


def test_a_week_without_a_worker_and_one_without_a_beat_are_made_up_for_once(use: Use) -> None:
    factories.jurisdiction()
    done: list[str] = []
    use(sweep=lambda: done.append("sweep"), typical_times=lambda city: done.append(city.name))
    start = dt.datetime(2027, 6, 1, 12, tzinfo=dt.UTC)
    for hour in range(0, 7 * 24, 12):
        set_time(start + dt.timedelta(hours=hour))
        clock.enqueue_due()
    assert (len(rows("sweep")), len(rows("typical_times"))) == (1, 1)
    work()
    assert done == ["sweep", "Rivermark"]
    # Another week, without beat.
    set_time(start + dt.timedelta(days=14))
    clock.enqueue_due()
    work()
    assert done == ["sweep", "Rivermark"] * 2
    set_time(start + dt.timedelta(days=14, minutes=59))
    assert not {"sweep", "typical_times"} & {row.kind for row in added()}
    set_time(start + dt.timedelta(days=14, minutes=60))
    assert "sweep" in {row.kind for row in added()}


def added() -> list[OutboxRow]:
    known = set(OutboxRow.objects.values_list("pk", flat=True))
    clock.enqueue_due()
    return list(OutboxRow.objects.exclude(pk__in=known))


def test_a_part_that_fails_is_retried_and_given_up_and_the_rest_runs(use: Use) -> None:
    one, two = factories.jurisdiction(), factories.jurisdiction("Eastport", hosts=["eastport.example"])
    done: list[Jurisdiction] = []

    def fails_for_the_first(city: Jurisdiction) -> None:
        if city == one:
            raise ValueError("no")
        done.append(city)

    use(end_holds=fails_for_the_first, sweep=lambda: done.append(one))
    clock.enqueue_due()
    for attempt in range(1, outbox.CLOCK_ERRORS_ALLOWED + 1):
        work()
        (failing, _other) = rows("end_holds")
        assert (failing.errors, failing.dead_at is not None) == (attempt, attempt == outbox.CLOCK_ERRORS_ALLOWED)
    assert failing.last_error == "ValueError"
    assert done == [two, one]
    # Its next period is another try; what was given up stays to be seen.
    OutboxRow.objects.filter(pk=failing.pk).update(dedupe_key="an hour ago")
    assert [row.kind for row in added()] == ["end_holds"]
    failing.refresh_from_db()
    assert failing.dead_at is not None


def test_rows_of_one_part_that_are_retried_together_do_it_once(use: Use) -> None:
    done: list[str] = []
    use(sweep=lambda: done.append("sweep"))
    for number in range(3):
        outbox.enqueue("sweep", lane="clock", dedupe_key=f"clock:sweep::{number}", ordering_key="clock:sweep:")
    OutboxRow.objects.update(dead_at=AppNow(), errors=4)
    assert outbox.retry(OutboxRow.objects.all()) == 3
    work()
    assert done == ["sweep"]
    assert not OutboxRow.objects.filter(done_at=None).exists()


def test_a_part_that_is_gone_after_an_upgrade_is_done() -> None:
    outbox.enqueue("tidy", lane="clock", dedupe_key="clock:tidy::2027", ordering_key="clock:tidy:")
    work()
    assert rows("tidy")[0].done_at is not None


@pytest.mark.django_db(transaction=True)
def test_what_a_part_commits_as_it_goes_stays_when_it_fails_or_is_killed(use: Use) -> None:
    """A team stands for what the part does: each in a transaction of its own."""
    city = factories.jurisdiction()
    department = factories.department(city, "streets")
    endings: list[type[BaseException] | None] = [ValueError, Killed, None]

    def makes_two_teams_a_try() -> None:
        for number in range(2):
            if not connection.in_atomic_block:
                Team.objects.create(department=department, code=f"{len(endings)}-{number}", name={})
            if number == 0 and (error := endings.pop(0)):
                raise error

    use(sweep=makes_two_teams_a_try)
    with transaction.atomic():
        outbox.enqueue("sweep", lane="clock", dedupe_key="clock:sweep::1", ordering_key="clock:sweep:")
    work()
    assert (Team.objects.count(), rows("sweep")[0].last_error) == (1, "ValueError")
    with pytest.raises(Killed):
        work()
    (row,) = rows("sweep")
    assert (Team.objects.count(), row.last_error, row.errors) == (2, outbox.KILLED, 1)
    work()
    (row,) = rows("sweep")
    assert (Team.objects.count(), row.done_at is not None, row.last_error) == (4, True, "")


def test_a_part_that_kills_its_worker_again_and_again_is_given_up(use: Use) -> None:
    def dies() -> None:
        raise Killed

    use(sweep=dies)
    outbox.enqueue("sweep", lane="clock", dedupe_key="clock:sweep::1", ordering_key="clock:sweep:")
    for _ in range(outbox.CLOCK_ERRORS_ALLOWED):
        with pytest.raises(Killed):
            work()
    work()
    (row,) = rows("sweep")
    assert (row.dead_at is not None, row.last_error) == (True, outbox.KILLED)


@pytest.mark.django_db(transaction=True)
def test_no_other_worker_takes_a_part_that_outlasts_its_lease(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "LEASE_RENEWED_EVERY_S", 0.02)
    due: list[dt.timedelta] = []

    def lasts() -> None:
        OutboxRow.objects.update(due_at=AppNow())
        for _ in range(500):
            left = OutboxRow.objects.get().due_at - app_now()
            if left > dt.timedelta(seconds=5):
                break
            threading.Event().wait(0.01)
        due.append(left)

    use(sweep=lasts)
    with transaction.atomic():
        outbox.enqueue("sweep", lane="clock", dedupe_key="clock:sweep::1", ordering_key="clock:sweep:")
    work()
    assert due[0] > dt.timedelta(seconds=5)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lease-")]


def test_a_digest_waits_for_the_events_before_it(cast: Rivermark, use: Use) -> None:
    """A part that ends work fails at first; then its event is still to be expanded."""
    made = factories.routed(cast.pothole, answers={"where": "lane"}, reporter=factories.ANA)
    order: list[str] = []
    tries: list[str] = []

    def comments() -> None:
        tries.append("close")
        if len(tries) == 1:
            raise ValueError
        conversation.comment(made.pk, text="We were there.", actor=None)

    def sends(city: Jurisdiction) -> None:
        told = OutboxRow.objects.get(kind="notify", event__kind="commented")
        order.append("digest" if told.done_at else "too early")

    use(close_resolved=comments, send_digests=sends)
    clock.enqueue_due()
    work()
    assert (tries, order) == (["close"], [])
    work()
    assert (tries, order) == (["close", "close"], [])
    (row,) = rows("send_digests")
    assert (row.errors, row.last_error) == (0, "")
    assert dt.timedelta() < row.due_at - app_now() <= clock.ASKED_AGAIN
    tasks.drain_database()
    work()
    assert order == ["digest"]


def test_a_digest_waits_neither_for_what_was_given_up_nor_for_what_came_later(cast: Rivermark, use: Use) -> None:
    order: list[str] = []
    use(send_digests=lambda city: order.append("digest"))
    clock.enqueue_due()
    OutboxRow.objects.filter(kind="close_resolved").update(dead_at=AppNow())
    OutboxRow.objects.filter(lane="clock").exclude(kind="send_digests").exclude(dead_at__isnull=False).update(
        done_at=AppNow()
    )
    set_time(app_now() + dt.timedelta(seconds=1))
    made = factories.report(cast.pothole, answers={"where": "lane"}, reporter=factories.ANA)
    assert OutboxRow.objects.filter(PENDING, service_request=made, kind="notify").exists()
    work()
    assert order == ["digest"]
    assert not DigestItem.objects.exists()


def test_a_recount_never_takes_all_threads_of_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    began, go_on = threading.Semaphore(0), threading.Event()
    claimed = iter([1, 2, 3])

    def lasts(_row_id: int) -> None:
        began.release()
        go_on.wait(10)

    monkeypatch.setattr(outbox, "claim", lambda lane: next(claimed) if lane == "clock" and not go_on.is_set() else None)
    monkeypatch.setattr(tasks, "handle_part", lasts)
    threads = [threading.Thread(target=tasks.drain, args=["clock"]) for _ in range(2)]
    for thread in threads:
        thread.start()
        assert began.acquire(timeout=10)
    try:
        assert tasks.drain("clock") == 0
    finally:
        go_on.set()
        for thread in threads:
            thread.join()


def test_what_the_lane_costs_other_rows_and_itself(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements: of a row of the database's lane as many as without this lane, and of a part two more."""
    use()
    monkeypatch.setitem(tasks.HANDLERS, "probe", lambda row: None)
    for kind, lane, most in (("probe", "database", 3), ("sweep", "clock", 5)):
        outbox.enqueue(kind, lane=lane, dedupe_key=f"clock:{kind}::1", ordering_key=f"clock:{kind}:")
        with CaptureQueriesContext(connection) as queries:
            row_id = outbox.claim(lane)
            assert row_id is not None
            (tasks.handle_part if lane == "clock" else tasks.handle)(row_id)
        sent = [one["sql"] for one in queries if "SAVEPOINT" not in one["sql"]]
        assert len(sent) == most, sent
        assert rows(kind)[0].done_at is not None
