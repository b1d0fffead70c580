"""/status/: reports, email and planned work in a few words, and nothing of the inside; without the database, test_probes.py."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from requests_app.clock import app_now
from requests_app.models import OutboxRow
from tests import factories

pytestmark = pytest.mark.django_db


def page(client: Client, path: str = "/status/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_says_how_far_behind_email_is_in_both_languages(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    factories.jurisdiction()
    assert "Emails go out within a few minutes." in page(client)
    OutboxRow.objects.create(
        kind="email_received", lane="outside", dedupe_key="a", due_at=app_now() - dt.timedelta(minutes=3)
    )
    shown = page(client)
    assert "Emails are about 3 minutes behind. None is lost." in shown
    assert "You can send a report" in shown
    assert "unos 3 minutos de retraso" in page(client, "/es/status/")
    # Another's server that is away isn't ours.
    OutboxRow.objects.update(attempts=3, last_error="451", created_at=app_now() - dt.timedelta(hours=2))
    OutboxRow.objects.create(kind="email_received", lane="outside", dedupe_key="b", done_at=app_now())
    assert "Emails go out within a few minutes." in page(client)


def test_planned_work_is_announced_until_it_is_over(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    factories.jurisdiction()
    now = timezone.now().timestamp()
    file = tmp_path / "planned.json"
    for starts, ends, is_shown in ((-60, 60, True), (3600, 7200, True), (-120, -60, False)):
        file.write_text(json.dumps({"from": now + starts, "until": now + ends}))
        assert ("This site may be down for part of that time." in page(client)) is is_shown
    file.write_text('{"from": "soon"')
    assert "None planned." in page(client)


def test_a_read_only_database_takes_no_reports_and_says_so(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    factories.jurisdiction()
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    assert "We can’t take reports right now." in page(client)
