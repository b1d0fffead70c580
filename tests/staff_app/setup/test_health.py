"""/staff/health/: administrators see what is wrong first, in their language, and each city only what is its own."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app.clock import app_now
from requests_app.doctor import table
from requests_app.models import OutboxRow, User
from requests_app.worker import heartbeats, polling, tasks
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn, settings: Settings, tmp_path: Path) -> Client:
    settings.VAR = tmp_path
    heartbeats._noted.clear()
    return signed_in(town.ada)


def wrote_health(settings: Settings, *, minutes_ago: float = 0) -> None:
    """As `lampctl watch` writes it."""
    at = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes_ago)
    findings = table.run([table.BY_CODE["disk"], table.BY_CODE["worker"]])
    rows = {"at": at.isoformat(), "findings": [finding.as_json() for finding in findings]}
    (Path(settings.VAR) / "health.json").write_text(json.dumps(rows))


def page(client: Client, path: str = "/staff/health/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_worst_comes_first_and_what_is_mended_moves_down(ada: Client, settings: Settings) -> None:
    shown = page(ada)
    assert shown.index("Fix now") < shown.index("The worker has never run") < shown.index("Check soon")
    assert "The server itself was never checked" in shown
    assert "No scheduled task has run yet." in shown
    for lane in polling.LANES:
        heartbeats.note(lane)
    tasks.enqueue_due_parts()
    OutboxRow.objects.filter(lane="clock").exclude(kind="end_waits").delete()
    tasks.drain("clock")
    wrote_health(settings)
    shown = page(ada)
    assert shown.index("Working") < shown.index("The worker is running.")
    assert shown.count("GB are free at") == 1
    # The page looks at the worker itself; the file knows it as it was.
    assert "The worker has never run" not in shown
    assert "Scheduled:" in shown
    wrote_health(settings, minutes_ago=11)
    assert "so nobody is alerted when something fails" in page(ada)


def test_it_speaks_spanish_from_the_file_too(ada: Client, settings: Settings) -> None:
    wrote_health(settings)
    shown = page(ada, "/es/staff/health/")
    assert "GB libres en" in shown
    assert "El proceso worker nunca funcionó" in shown
    assert not [text for text in ("GB are free", "has never run", "There is no backup") if text in shown]


def test_a_city_reads_its_own_failures_and_no_other_citys_name(ada: Client, town: Rivermark) -> None:
    there = factories.jurisdiction("Eastport", hosts=["eastport.example"])
    OutboxRow.objects.create(
        kind="layer_check", lane="database", dedupe_key="x", dead_at=app_now(), jurisdiction=there, last_error="X"
    )
    assert "Failed tasks in the outbox" not in page(ada)
    OutboxRow.objects.update(jurisdiction=town.city)
    shown = page(ada)
    assert "Failed tasks in the outbox: 1." in shown
    assert "Eastport" not in shown


def test_only_administrators_open_it(town: Rivermark, signed_in: SignIn) -> None:
    assert signed_in(town.cal).get("/staff/health/").status_code == 403
    assert 'href="/staff/health/"' not in signed_in(town.cal).get("/staff/setup/").content.decode()
    assert 'href="/staff/health/"' in signed_in(town.ada).get("/staff/setup/").content.decode()


def test_a_grant_too_many_is_named(ada: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT UPDATE ON requests_app_event TO lamplighter_web")
    assert "lamplighter_web may UPDATE requests_app_event" in page(ada)
