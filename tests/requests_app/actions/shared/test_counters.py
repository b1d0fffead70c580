"""Counters: correct as soon as a change is committed, without locks."""

import datetime as dt
import threading

import pytest
from django.db import connection

from requests_app.actions.publication import moderation
from requests_app.actions.shared import counters
from requests_app.actions.work import endings
from requests_app.models import Counter, CounterDelta, ServiceRequest
from requests_app.worker import tasks
from tests import factories

LANE = {"where": "lane"}
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_drain_folds_also_what_put_nothing_into_its_lane() -> None:
    town = factories.rivermark()
    made = factories.routed(town.pothole, answers=LANE)
    tasks.drain("database")
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    assert CounterDelta.objects.exists()
    tasks.drain("database")
    assert not CounterDelta.objects.exists()
    assert counters.read(town.city, "open") == 0


def test_a_count_may_begin_at_a_day_and_hold_what_only_staff_see() -> None:
    town = factories.rivermark()
    factories.report(town.pothole, answers=LANE)
    factories.report(town.outreach)
    counters.fold()
    factories.report(town.tree)
    assert counters.read(town.city, "submitted") == 2
    assert counters.read(town.city, "submitted", public_only=False) == 3
    tomorrow = dt.date.today() + dt.timedelta(days=2)
    assert counters.read(town.city, "submitted", since=tomorrow) == 0


def test_a_report_counts_on_the_citys_own_day() -> None:
    town = factories.rivermark()
    town.city.time_zone = "Pacific/Kiritimati"
    town.city.save()
    with connection.cursor() as cursor:
        # Noon by UTC is two in the morning of the next day there.
        shift = "set_config('lamplighter.time_shift', (timestamptz '2026-06-05 12:00Z' - now())::text, false)"
        cursor.execute(f"SELECT {shift}")
    try:
        factories.report(town.pothole, answers=LANE)
        assert counters.read(town.city, "submitted", since=dt.date(2026, 6, 6)) == 1
        assert counters.read(town.city, "submitted", since=dt.date(2026, 6, 7)) == 0
        assert counters.recount() == 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lamplighter.time_shift', '', false)")


def test_what_is_hidden_after_it_ended_counts_as_open_nowhere() -> None:
    town = factories.rivermark()
    made = factories.routed(town.pothole, answers=LANE)
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    moderation.hide(made.pk, reason="abuse", actor=town.pia)
    assert counters.read(town.city, "open", public_only=False) == counters.read(town.city, "open") == 0
    assert counters.read(town.city, "submitted", public_only=False) == 1
    assert counters.read(town.city, "submitted") == 0
    assert counters.recount() == 0


def test_what_waits_to_be_confirmed_is_counted_nowhere() -> None:
    town = factories.rivermark()
    factories.report(factories.service(town.city, "swings", must_confirm=True))
    assert counters.read(town.city, "submitted", public_only=False) == 0
    assert counters.recount() == 0


def test_a_recount_waits_for_nobody_and_keeps_nobody_waiting() -> None:
    """With ten million requests a recount takes a while: it must not block submissions, nor be blocked by them."""
    town = factories.rivermark()
    factories.report(town.pothole, answers=LANE)
    ServiceRequest.objects.update(public_state="hidden")
    sent, counted = threading.Event(), threading.Event()

    def send() -> None:
        from django.db import transaction

        with transaction.atomic():
            factories.report(town.pothole, answers=LANE)
            sent.set()
            counted.wait(20)
        connection.close()

    thread = threading.Thread(target=send)
    thread.start()
    assert sent.wait(20)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
    try:
        assert counters.recount() > 0
    finally:
        counted.set()
        thread.join()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert counters.recount() == 0, "the one that was sent meanwhile is counted once"
    assert counters.read(town.city, "open") == 1
    assert counters.read(town.city, "open", public_only=False) == 2
    counters.fold()
    assert counters.recount() == 0
    assert Counter.objects.exists()
