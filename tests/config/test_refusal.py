"""Production starts on no insecure setting: web, worker and beat say one sentence and end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "LAMPLIGHTER_ENV": "production",
    "SECRET_KEY": "k" * 20 + "0123456789" * 4,
    "LINK_KEYS": "l" * 20 + "0123456789" * 2,
    "ALLOWED_HOSTS": "311.city.example",
    "SITE_URL": "https://311.city.example",
}
WEB = [sys.executable, "-c", "import config.wsgi; print('started')"]
CELERY = [sys.executable, "-m", "celery", "--app=config.celery:app"]
WORKER = [*CELERY, "worker", "--concurrency=1", "--loglevel=ERROR"]
BEAT = [*CELERY, "beat", "--loglevel=ERROR"]


def start(command: list[str], folder: Path, **changed: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if name not in (*SAFE, "LAMPLIGHTER_DEMO", "DEBUG")}
    environment = {**kept, **SAFE, "LAMPLIGHTER_VAR": str(folder), **changed}
    return subprocess.run(
        command,
        cwd=ROOT,
        env={name: value for name, value in environment.items() if value},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_safe_production_starts(tmp_path: Path) -> None:
    done = start(WEB, tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "started"), done.stderr


@pytest.mark.sampled(4)
@pytest.mark.shows("6.6")
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"LAMPLIGHTER_DEMO": "1"}, "one-click sign-in cannot run in production"),
        ({"DEBUG": "1"}, "DEBUG shows the server’s internals"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or short"),
        ({"LINK_KEYS": ""}, "LINK_KEYS is missing or short"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is empty or open"),
        ({"SITE_URL": "http://311.city.example"}, "SITE_URL is not https"),
        ({"RATE_LIMITS": "off"}, "RATE_LIMITS is off"),
    ],
)
def test_the_web_ends_with_one_sentence(tmp_path: Path, changed: dict[str, str], sentence: str) -> None:
    done = start(WEB, tmp_path, **changed)
    # The code at which gunicorn gives up instead of starting its workers again and again.
    assert done.returncode == 3
    assert done.stdout == ""
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("Lamplighter refuses to start: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.sampled(4)
@pytest.mark.shows("9.6")
@pytest.mark.parametrize("command", [WORKER, BEAT], ids=["worker", "beat"])
@pytest.mark.parametrize("changed", [{"LAMPLIGHTER_DEMO": "1"}, {"SECRET_KEY": ""}], ids=["demo", "no key"])
def test_worker_and_beat_end_too(tmp_path: Path, command: list[str], changed: dict[str, str]) -> None:
    done = start(command, tmp_path, **changed)
    assert done.returncode == 3
    assert "Lamplighter refuses to start: " in done.stderr
    assert "Traceback" not in done.stderr
