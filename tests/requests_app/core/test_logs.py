"""Logs in production: one JSON object a line, without personal data, user input or private links."""

import json
import os
import subprocess
import sys

import pytest

from tests.live import ROOT

pytestmark = pytest.mark.shows("9.5")

PRODUCTION = {
    "LAMPLIGHTER_ENV": "production",
    "DEBUG": "false",
    "SECRET_KEY": "s" * 50,
    "LINK_KEYS": "k" * 40,
    "SITE_URL": "https://311.example.gov",
    "ALLOWED_HOSTS": "311.example.gov",
}
# Errors whose messages contain what somebody typed.
PROGRAM = """
import logging
import django
import structlog
from celery import shared_task
django.setup()
import config.urls
from config.celery import app

SECRET = "ana@example.org"


def broken():
    try:
        raise KeyError(f"first {SECRET}")
    except KeyError as error:
        raise ValueError(f"Key (email)=({SECRET})\\nalready exists") from error


def tried(log):
    try:
        broken()
    except ValueError:
        log()


ours, djangos = structlog.get_logger("requests_app.worker.tasks"), logging.getLogger("django.request")
structlog.contextvars.bind_contextvars(trace_id="0123456789abcdef")
ours.warning("two\\nlines", path="/es/l/17-abcdefghijklmnopqrstuvwxyz/stop/")
logging.getLogger("gunicorn.error").error("GET %s", "/l/17-abcdefghijklmnopqrstuvwxyz")
ours.warning("proof", path="/c/17-abcdefghijklmnopqrstuvwxyz/")
ours.warning("way out", path="/es/d/17.4-abcdefghijklmnopqrstuvwxyz/stop/")
ours.warning("draft", path="/report/resume/0123456789abcdef0123456789abcdef-abcdefghijklmnopqrstuvwxyz/")
ours.warning("api", path="/open311/v2/tokens/7K3M9QWT.abcdefghijklmnopqrstuvwxyz.xml")
for path in (
    "/alarm/17-abcdefghijklmnopqrstuvwxyz/",
    "/es/staff/invitation/17-abcdefghijklmnopqrstuvwxyz/",
    "/staff/arrive/17-abcdefghijklmnopqrstuvwxyz/",
    "/staff/first-run/ImNpdHkijk:1vP0:abcdefghij-klmnopqrstuvwxyz/",
    "/accounts/password/reset/key/1f-cx12ab-abcdefghijklmnopqrstuvwxyz/",
    "/staff/by-email/1.2.not_ours-abcdefghijklmnopqrstuvwxyz/",
    "/staff/sign-in/done/?state=x&code=abcdefghijklmnopqrstuvwxyz",
):
    djangos.error("Service Unavailable: %s", path)
tried(lambda: ours.exception("own"))
tried(lambda: ours.warning("own again", exc_info=True))
tried(lambda: djangos.error("Internal Server Error: %s", "/l/17-abcdefghijklmnopqrstuvwxyz/", exc_info=True))
shared_task(name="tests.broken")(broken)
app.tasks["tests.broken"].apply()
"""


@pytest.fixture(scope="module")
def lines() -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env={**os.environ, **PRODUCTION}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()


def test_each_record_is_one_line_of_json_with_its_time_level_and_request(lines: list[str]) -> None:
    records = [json.loads(line) for line in lines]
    assert len(records) == 17
    assert all({"timestamp", "level", "logger", "event"} <= record.keys() for record in records)
    assert {record["trace_id"] for record in records} == {"0123456789abcdef"}


@pytest.mark.shows("5.44")
def test_a_private_link_is_masked_wherever_it_stands(lines: list[str]) -> None:
    assert not [line for line in lines if "abcdefghij" in line]
    assert [json.loads(line)["path"] for line in (lines[0], *lines[2:5])] == [
        "/es/l/17-…/stop/",
        "/c/17-…/",
        "/es/d/…/stop/",
        "/report/resume/…/",
    ]


def test_an_exception_is_told_by_class_and_place_never_by_its_words(lines: list[str]) -> None:
    assert not [line for line in lines if "ana@example.org" in line]
    told = [record["exception"] for line in lines if "exception" in (record := json.loads(line))]
    assert len(told) == 4
    assert all("KeyError" in one and one.endswith("ValueError") and "broken" in one for one in told)
    assert json.loads(lines[-1])["event"] == "task tests.broken failed"


def test_elsewhere_it_is_readable_and_as_discreet() -> None:
    development = {**os.environ, "LAMPLIGHTER_ENV": "development", "DEBUG": "false"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, env=development, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "own again" in done.stderr
    assert "ana@example.org" not in done.stderr
    assert "abcdefghij" not in done.stderr
