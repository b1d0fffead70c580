"""What machines ask: healthz, readyz and metrics, by any address, also when the database is gone."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app import outbox
from requests_app.doctor import database
from tests.live import ROOT

pytestmark = pytest.mark.shows("9.1")

# The same request, without a database.
WITHOUT_DATABASE = """
import django, json
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
print(json.dumps([[answer.status_code, answer.content.decode(), answer.headers.get("Retry-After")] for answer in (
    client.get("/healthz"), client.get("/readyz"), client.get("/metrics", REMOTE_ADDR=""), client.get("/"),
    client.get("/es/status/")
)]))
"""


@pytest.fixture(autouse=True)
def _not_asked_yet() -> Iterator[None]:
    database._migrated = False
    yield
    database._migrated = False


@pytest.mark.django_db
def test_a_probe_may_call_by_any_address_and_over_plain_http(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["311.example.gov"]
    settings.SECURE_SSL_REDIRECT = True
    settings.METRICS_TOKEN = "the-token"
    for path in ("/healthz", "/readyz", "/metrics"):
        headers = {"host": "10.1.2.3:8000", "authorization": "Bearer the-token"}
        assert client.get(path, headers=headers).status_code == 200, path
    assert client.get("/", headers={"host": "311.example.gov"}).status_code == 301
    assert client.get("/", headers={"host": "10.1.2.3"}).status_code == 400


@pytest.mark.django_db
def test_readyz_says_how_long_the_outbox_waits_by_lane(client: Client) -> None:
    assert client.get("/readyz").json() == {
        "ready": True,
        "outbox": {
            **{lane: {"due": 0, "oldest_s": 0.0} for lane in ("database", "outside", "webhook", "alarm", "clock")},
            "dead": 0,
        },
    }
    with transaction.atomic():
        outbox.enqueue("route", lane="database", dedupe_key="one")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_outboxrow SET due_at = app_now() - interval '90 s'")
        # A flood in one lane does not hide the other.
        cursor.execute(
            "INSERT INTO requests_app_outboxrow (kind, lane, dedupe_key, ordering_key, attempts, errors, last_error, trace_id, "
            "due_at) SELECT 'mail', 'outside', n, '', 0, 0, '', '', app_now() - interval '1 h' "
            "FROM generate_series(1, 10050) n"
        )
        cursor.execute("UPDATE requests_app_outboxrow SET dead_at = app_now() WHERE dedupe_key = '7'")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    waiting = answer.json()["outbox"]
    assert (waiting["database"]["due"], waiting["outside"]["due"], waiting["dead"]) == (1, 10000, 1)
    assert 90 <= waiting["database"]["oldest_s"] < 100
    assert 3600 <= waiting["outside"]["oldest_s"] < 3700


@pytest.mark.django_db
def test_readyz_is_503_where_migrations_are_missing(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'requests_app'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "reason": "migrations are missing"})


def test_without_a_database_the_process_is_up_and_not_ready(tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": "postgis://nobody@/none?host=/nowhere", "DEBUG": "false"}
    environment["LAMPLIGHTER_VAR"] = str(tmp_path)
    (tmp_path / "status.json").write_text(json.dumps({"well_at": time.time() - 720, "away": True}))
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_DATABASE], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    healthz, readyz, metrics, home, status = json.loads(done.stdout)
    assert healthz[:2] == [200, "ok\n"]
    assert readyz[0] == 503
    assert json.loads(readyz[1]) == {"ready": False, "reason": "the database cannot be reached"}
    assert metrics[0] == 503
    assert (home[0], home[2]) == (503, "10")
    # For people, in both languages, since when.
    assert status[0] == 200
    assert "We can’t take reports right now" in status[1]
    assert "No podemos recibir reportes en este momento" in status[1]
    assert "12 min ago or less" in " ".join(status[1].split())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        # The server's own Unix socket.
        ("", {}, 200),
        # Another program on this machine, maybe another site's proxy.
        ("127.0.0.1", {}, 404),
        ("::1", {}, 404),
        ("192.0.2.7", {}, 404),
        # A call that a proxy passes on through the socket.
        ("", {"x-forwarded-for": "192.0.2.7"}, 404),
        # Nobody becomes local by saying so.
        ("192.0.2.7", {"x-forwarded-for": "127.0.0.1"}, 404),
        ("192.0.2.7", {"authorization": "Bearer the-token"}, 200),
        ("192.0.2.7", {"authorization": "Bearer the-tokén"}, 404),
        ("192.0.2.7", {"authorization": "Bearer "}, 404),
    ],
)
def test_metrics_are_for_the_socket_and_for_the_token(
    client: Client, settings: Settings, address: str, headers: dict[str, str], status: int
) -> None:
    settings.METRICS_TOKEN = "the-token"
    answer = client.get("/metrics", REMOTE_ADDR=address, headers=headers)
    assert answer.status_code == status
    if status == 200:
        assert b'lamplighter_outbox_oldest_seconds{lane="database"}' in answer.content


@pytest.mark.django_db
def test_an_empty_token_opens_nothing(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    answer = client.get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"authorization": "Bearer "})
    assert answer.status_code == 404
