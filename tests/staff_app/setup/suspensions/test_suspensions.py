"""Stopped clocks: an administrator stops them for services, areas and a time, and they go on with what was left."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from requests_app.actions.promises import suspensions
from requests_app.actions.work import assignment, holds
from requests_app.clock import app_now
from requests_app.models import ClockSuspension, OutboxRow, ServiceRequest, SetupChange
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.7")]
PATH = "/staff/setup/suspensions/"
HOUR = dt.timedelta(hours=1)


def typed(city: Any, **more: Any) -> dict[str, Any]:
    now = app_now().astimezone(city.zone)
    times = {"starts_at": now.strftime("%Y-%m-%dT%H:%M"), "ends_at": (now + 10 * HOUR).strftime("%Y-%m-%dT%H:%M")}
    return {"reason_en": "Snow emergency", "reason_es": "Emergencia por nieve", **times, **more}


def add(town: Rivermark, start: int = 0, hours: int = 10, **more: Any) -> ClockSuspension:
    now = app_now()
    times = {"starts_at": now + start * HOUR, "ends_at": now + (start + hours) * HOUR}
    columns = {"services": [], "areas": [], "reason": {"en": "Snow emergency"}, **times, **more}
    return suspensions.add(town.city, **columns, actor=town.ada)


def later(hours: float) -> None:
    set_time(app_now() + hours * HOUR)


def pothole(town: Rivermark) -> ServiceRequest:
    return factories.routed(town.pothole, answers={"where": "lane"})


def due_in(made: ServiceRequest) -> float | None:
    made.refresh_from_db()
    return None if made.due_at is None else (made.due_at - app_now()) / HOUR


def is_near(hours: float | None, expected: float) -> bool:
    return hours is not None and abs(hours - expected) < 0.03


def test_an_administrator_stops_the_clocks_of_one_service_and_it_shows(
    town: Rivermark, ada: Client, tom: Client, client: Client
) -> None:
    made, other = pothole(town), factories.routed(town.tree)
    sent = typed(town.city, services=[town.pothole.service_id])
    assert ada.post(f"{PATH}new/", sent).status_code == 302
    factories.run_worker()
    assert due_in(made) is None
    assert is_near(due_in(other), 72)
    page = tom.get(f"/staff/r/{made.reference}/").content.decode()
    assert "The clock has been stopped since" in page
    assert "Snow emergency" in page
    # Everyone reads why, on the report's own page.
    paused = "paused its target for this report because of: Snow emergency."
    assert paused in " ".join(client.get(f"/r/{made.reference}/").content.decode().split())
    assert "paused its target" not in client.get(f"/r/{other.reference}/").content.decode()
    queue = " ".join(tom.get("/staff/").content.decode().split())
    assert ">Stopped<" in queue.replace("> ", ">").replace(" <", "<")
    change = SetupChange.objects.get(kind="suspension")
    assert change.user == town.ada
    assert change.after["services"] == ["pothole"]
    # Both clocks of the pothole: accepted by, and fixed by.
    assert ClockSuspension.objects.get().stopped == 2
    later(10.01)
    factories.run_worker()
    assert is_near(due_in(made), 72)
    assert made.clocks.get(kind="resolve").waited_s == pytest.approx(10 * 3600, abs=90)
    assert "The clock has been stopped" not in tom.get(f"/staff/r/{made.reference}/").content.decode()
    assert "paused its target" not in client.get(f"/r/{made.reference}/").content.decode()


def test_only_places_in_its_area_are_stopped(town: Rivermark) -> None:
    near = factories.area(town.city, code="5", polygon=factories.square(-69.01, 40.49, -68.99, 40.51))
    made = pothole(town)
    far = factories.routed(town.tree, point=factories.at(-69.04, 40.46))
    add(town, areas=[near])
    factories.run_worker()
    assert due_in(made) is None
    assert is_near(due_in(far), 72)


def test_what_comes_in_meanwhile_starts_stopped(town: Rivermark) -> None:
    add(town, hours=10)
    later(4)
    made = pothole(town)
    assert made.due_at is None
    assert made.acknowledge_due_at is None
    later(6.01)
    factories.run_worker()
    assert is_near(due_in(made), 72)


def test_overlapping_ones_count_once_and_a_gap_runs_even_if_the_worker_was_away(town: Rivermark) -> None:
    made = pothole(town)
    add(town, start=1, hours=10)
    add(town, start=5, hours=10)
    add(town, start=20, hours=10)
    # 1 to 15 and 20 to 30 are stopped; at 24, no worker has run yet.
    later(24)
    factories.run_worker()
    assert due_in(made) is None
    assert made.clocks.get(kind="resolve").waited_s == pytest.approx(14 * 3600, abs=2)
    later(6.01)
    factories.run_worker()
    assert is_near(due_in(made), 72 - 1 - 5)


@pytest.mark.parametrize("hold_first", [True, False])
def test_a_hold_and_a_suspension_stop_the_clock_once(town: Rivermark, hold_first: bool) -> None:
    made = pothole(town)
    if not hold_first:
        add(town, hours=10)
        factories.run_worker()
        later(2)
    holds.hold(made.pk, reason="weather", until=dt.date(2030, 1, 1), actor=town.tom)
    if hold_first:
        later(2)
        add(town, hours=10)
        factories.run_worker()
        later(1)
        holds.resume(made.pk, actor=town.tom)
        assert due_in(made) is None
        later(9.01)
    else:
        later(9)
        factories.run_worker()
        assert due_in(made) is None
        holds.resume(made.pk, actor=town.tom)
    factories.run_worker()
    assert is_near(due_in(made), 72)


def test_one_that_ends_early_or_is_called_off_lets_the_clocks_run(town: Rivermark, ada: Client) -> None:
    made = pothole(town)
    first, second = add(town, hours=10), add(town, start=30)
    factories.run_worker()
    later(3)
    assert ada.post(f"{PATH}{first.pk}/end/").status_code == 302
    assert ada.post(f"{PATH}{second.pk}/end/").status_code == 302
    factories.run_worker()
    assert is_near(due_in(made), 72)
    later(31)
    factories.run_worker()
    assert is_near(due_in(made), 72 - 31)
    # What is over can't begin again.
    assert "It’s over already" in ada.post(f"{PATH}{first.pk}/end/", follow=True).content.decode()


def test_late_work_stays_late_by_as_much(town: Rivermark) -> None:
    made = pothole(town)
    later(80)
    add(town, hours=10)
    factories.run_worker()
    later(10.01)
    factories.run_worker()
    assert is_near(due_in(made), -8)


def test_a_change_of_service_leaves_or_enters_it(town: Rivermark) -> None:
    made = pothole(town)
    add(town, hours=10, services=[town.pothole.service])
    factories.run_worker()
    later(4)
    assignment.change_service(made.pk, version=town.tree, actor=town.tom)
    # 4 hours were stopped, and the tree's clock runs.
    assert is_near(due_in(made), 72)
    assignment.change_service(made.pk, version=town.pothole, actor=town.tom)
    assert due_in(made) is None
    later(6.01)
    factories.run_worker()
    assert is_near(due_in(made), 72)


def test_batches_go_on_after_a_killed_worker(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspensions, "BATCH", 1)
    made = [pothole(town) for _ in range(3)]
    add(town)
    rows = OutboxRow.objects.filter(kind="suspend_clocks", done_at=None, due_at__lte=app_now())
    row = rows.get()
    # The worker dies after the batch, before its transaction ends; then the row is taken again, and later once too often.
    try:
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT killed")
        suspensions.suspend_row(row)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT killed")
    factories.run_worker()
    suspensions.suspend_row(row)
    factories.run_worker()
    assert [due_in(one) for one in made] == [None] * 3
    assert ClockSuspension.objects.get().stopped == 6
    later(10.01)
    factories.run_worker()
    assert all(is_near(due_in(one), 72) for one in made)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_at": "2020-01-01T10:00"}, "starts_at"),
        ({"ends_at": "2020-01-01T10:00"}, "ends_at"),
        ({"ends_at": "2099-01-01T10:00"}, "ends_at"),
        ({"starts_at": "2099-01-01T10:00", "ends_at": "2099-01-01T10:00"}, "ends_at"),
        ({"reason_es": ""}, "reason_es"),
        ({"services": ["999999"]}, "services"),
    ],
)
def test_a_wrong_form_keeps_what_was_typed(town: Rivermark, ada: Client, wrong: dict[str, Any], field: str) -> None:
    answer = ada.post(f"{PATH}new/", typed(town.city, **wrong))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not ClockSuspension.objects.exists()


def test_the_watches_are_the_administrators(town: Rivermark, ada: Client, pia: Client) -> None:
    assert pia.post(f"{PATH}watch/", {"silent_days": 300, "checked_endings": 0}).status_code == 403
    assert ada.post(f"{PATH}watch/", {"silent_days": 21, "checked_endings": 5}).status_code == 302
    town.city.refresh_from_db()
    assert (town.city.silent_days, town.city.checked_endings) == (21, 5)
    assert SetupChange.objects.get(key="watch").after == {"silent_days": 21, "checked_endings": 5}
