"""`lampctl doctor`: what it prints, its exit code, and that it answers when settings or database are broken."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from config.lampctl import settings_files
from tests.live import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "0123456789-very-secret-key-0123456789-0123456789"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An installation in a folder: its settings lead to the test's database."""
    settings = tmp_path / "etc/lamplighter"
    settings.mkdir(parents=True)
    (tmp_path / "opt/lamplighter").mkdir(parents=True)
    (tmp_path / "opt/lamplighter/current").symlink_to(ROOT)
    data = tmp_path / "var/lib/lamplighter"
    data.mkdir(parents=True)
    shared = {
        "SECRET_KEY": SECRET,
        "LINK_KEYS": "k" * 40,
        "SITE_URL": "https://311.example.gov",
        "ALLOWED_HOSTS": "311.example.gov",
        "LAMPLIGHTER_VAR": str(data),
        "LAMPLIGHTER_ENV": "production",
        "REDIS_URL": os.environ["REDIS_URL"],
        "EMAIL_URL": "smtp+tls://una:hidden-word@mail.example.gov:587",
    }
    settings_files.write(settings / "shared.env", shared)
    name = connection.settings_dict["NAME"]
    host = connection.settings_dict["OPTIONS"]["host"]
    web = {"DATABASE_URL": f"postgis://lamplighter_owner@/{name}?host={host}"}
    settings_files.write(settings / "web.env", web)
    return tmp_path


def lampctl(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "LAMPCTL_ROOT": str(place), "HOME": str(place)}
    command = [sys.executable, "-m", "config.lampctl", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def findings(answer: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    return {finding["code"]: finding for finding in json.loads(answer.stdout)["findings"]}


@pytest.mark.slow
def test_it_says_what_is_red_in_five_seconds(place: Path) -> None:
    began = time.monotonic()
    answer = lampctl(place, "doctor", "--json")
    took = time.monotonic() - began
    rows = findings(answer)
    assert answer.returncode == 1, answer.stderr
    assert rows["rights"]["color"] == "green"
    assert rows["role"]["color"] == "red"
    assert rows["backup"]["text"] == "There is no backup."
    # On a machine of its own; here others run, too.
    assert took < 15


def test_it_answers_without_a_database_and_with_settings_that_are_broken(place: Path) -> None:
    web = place / "etc/lamplighter/web.env"
    settings_files.write(web, {"DATABASE_URL": "postgis://nobody@/none?host=/nowhere"})
    answer = lampctl(place, "doctor")
    assert answer.returncode == 1
    assert answer.stdout.startswith("RED   database     The database can’t be reached")
    assert "\nok    disk" in answer.stdout
    assert "rights" not in answer.stdout
    settings_files.write(web, {"EMAIL_URL": "carrier-pigeon://x"})
    rows = findings(lampctl(place, "doctor", "--json"))
    assert list(rows) == ["lamplighter"]
    assert "carrier-pigeon" in rows["lamplighter"]["text"]
    web.write_text("not a setting\n")
    assert "line 1" in findings(lampctl(place, "doctor", "--json"))["lamplighter"]["text"]


@pytest.mark.slow
def test_what_is_sent_for_help_has_no_value_of_a_setting(place: Path, tmp_path: Path) -> None:
    file = tmp_path / "support.json"
    answer = lampctl(place, "doctor", "--support", str(file))
    assert answer.returncode == 0, answer.stderr
    content = file.read_text()
    report = json.loads(content)
    assert report["versions"]["postgresql"]
    assert report["settings"]["EMAIL_URL"] == "set"
    assert report["settings"]["SMS_URL"] == "default"
    assert report["files"]["web.env"] == ["DATABASE_URL"]
    assert report["files"]["owner.env"] == "missing"
    assert report["tables"]["requests_app_event"]["columns"]["kind"].startswith("character varying")
    assert not [secret for secret in (SECRET, "hidden-word", "kkkk", "mail.example.gov") if secret in content]
    assert file.stat().st_mode & 0o777 == 0o600
    # What is there already is never overwritten.
    assert lampctl(place, "doctor", "--support", str(file)).returncode == 1
