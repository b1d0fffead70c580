"""Production refuses to start with an insecure setting, and says why in one sentence."""

import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.core.checks import WARNING, Tags, run_checks
from pytest_django.fixtures import Settings

from config.refusal import GUNICORN_BOOT_ERROR, refuse_unsafe_settings
from config.stack.linting import PRODUCTION
from requests_app.checks import check_email_backend, check_production_settings
from tests.live import ROOT

CAREFUL: dict[str, Any] = {
    "PRODUCTION": True,
    "DEMO": False,
    "DEBUG": False,
    "SECRET_KEY": "s" * 50,
    "LINK_KEYS": ["k" * 32],
    "ALLOWED_HOSTS": ["311.example.gov"],
    "SITE_URL": "https://311.example.gov",
    "RATE_LIMITS": True,
    "DATABASE_URL": "postgis://web@db/lamplighter",
    "TRUSTED_PROXIES": ["10.0.0.1", "10.1.0.0/16", "fd00::/8"],
}


@pytest.fixture
def careful(settings: Settings) -> Settings:
    for name, value in CAREFUL.items():
        setattr(settings, name, value)
    return settings


def test_a_careful_production_starts(careful: Settings) -> None:
    refuse_unsafe_settings()
    assert check_production_settings(None) == []


@pytest.mark.shows("9.6")
@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("DEMO", True, "LAMPLIGHTER_DEMO"),
        ("DEBUG", True, "DEBUG"),
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("SECRET_KEY", "development-only-" + "0" * 40, "SECRET_KEY"),
        ("LINK_KEYS", [], "LINK_KEYS"),
        ("LINK_KEYS", ["k" * 32, "short"], "LINK_KEYS"),
        ("ALLOWED_HOSTS", [], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS"),
        ("SITE_URL", "http://311.example.gov", "SITE_URL"),
        ("RATE_LIMITS", False, "RATE_LIMITS"),
        ("DATABASE_URL", "", "DATABASE_URL"),
        ("TRUSTED_PROXIES", ["*"], "TRUSTED_PROXIES"),
        ("TRUSTED_PROXIES", ["0.0.0.0/0"], "TRUSTED_PROXIES"),
        ("TRUSTED_PROXIES", ["10.0.0.1", "proxy.example.gov"], "TRUSTED_PROXIES"),
        ("REDIS_URL", "redis://redis:6379/0", "REDIS_URL"),
        ("REDIS_URL", "redis://:@10.0.0.5:6379/0", "REDIS_URL"),
        ("REDIS_URL", "rediss://localhost.example.gov:6379/0", "REDIS_URL"),
        ("REDIS_URL", "redis://127.0.0.1:6379/0;redis://10.0.0.5:6379/0", "REDIS_URL"),
        ("REDIS_URL", "redis://[::/0", "REDIS_URL"),
        ("EMAIL_HOST_PASSWORD", "secret", "EMAIL_URL"),
    ],
)
def test_each_rule_refuses_and_says_what_to_set(
    careful: Settings, capsys: pytest.CaptureFixture[str], name: str, value: Any, word: str
) -> None:
    setattr(careful, name, value)
    with pytest.raises(SystemExit) as ended:
        refuse_unsafe_settings()
    # The code at which gunicorn stops as a whole, instead of starting its workers again and again.
    assert ended.value.code == GUNICORN_BOOT_ERROR
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert said.startswith("Lamplighter refuses to start: ")
    assert word in said


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:6379/0",
        "redis://127.8.0.1/0",
        "redis://[::1]:6379/0",
        "redis://localhost:6379",
        "unix:///run/redis/redis.sock?db=0",
        "redis+socket:///run/redis/redis.sock?virtual_host=0",
        "redis://:secret@redis:6379/0",
        "rediss://user:secret@redis.example.gov:6379/0",
    ],
)
def test_a_redis_that_only_this_machine_reaches_or_with_a_password_is_enough(careful: Settings, url: str) -> None:
    careful.REDIS_URL = url
    assert check_production_settings(None) == []


@pytest.mark.parametrize("name", ["EMAIL_USE_TLS", "EMAIL_USE_SSL"])
def test_an_email_password_may_travel_encrypted(careful: Settings, name: str) -> None:
    careful.EMAIL_HOST_PASSWORD = "secret"
    setattr(careful, name, True)
    assert check_production_settings(None) == []


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("name", "value"), [("REDIS_URL", "redis://redis:6379/0"), ("EMAIL_URL", "smtp://user:secret@mail.example.gov:25")]
)
def test_what_the_environment_says_is_what_is_checked(name: str, value: str) -> None:
    done = start("-c", "import config.wsgi", **{name: value})
    assert done.returncode == GUNICORN_BOOT_ERROR
    assert f"refuses to start: {name} " in done.stderr
    assert "secret" not in done.stderr


def test_on_ones_own_machine_all_of_it_is_allowed(settings: Settings) -> None:
    settings.PRODUCTION = False
    settings.DEMO = settings.DEBUG = True
    refuse_unsafe_settings()
    assert check_production_settings(None) == []


def start(*command: str, **changed: str) -> subprocess.CompletedProcess[str]:
    ours = ("DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**inherited, **PRODUCTION, **changed},
        capture_output=True,
        text=True,
        timeout=60,
    )


# In each run, tests/config/test_refusal.py starts the web.
@pytest.mark.slow
@pytest.mark.parametrize("setting", ["LAMPLIGHTER_DEMO", "SECRET_KEY"])
@pytest.mark.parametrize(
    "command",
    [
        [
            "-m",
            "gunicorn",
            "config.wsgi:application",
            "--config=config/gunicorn.py",
            "--bind=127.0.0.1:0",
            "--no-control-socket",
        ],
        ["-m", "celery", "--app=config.celery:app", "worker", "--pool=solo"],
        ["-m", "celery", "--app=config.celery:app", "beat"],
    ],
    ids=["web", "worker", "beat"],
)
def test_web_worker_and_beat_refuse_alike(command: list[str], setting: str) -> None:
    done = start(*command, **{setting: {"LAMPLIGHTER_DEMO": "true", "SECRET_KEY": ""}[setting]})
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if "refuses to start" in line]
    assert len(said) == 1
    assert setting in said[0]
    assert "Traceback" not in done.stderr


@pytest.mark.sampled(4)
@pytest.mark.parametrize("slip", ["Production", "", "prod", "staging"])
def test_a_slip_in_its_name_does_not_make_production_careless(slip: str) -> None:
    done = start("-c", "import config.wsgi", LAMPLIGHTER_ENV=slip, LAMPLIGHTER_DEMO="true")
    assert done.returncode == GUNICORN_BOOT_ERROR
    assert "refuses to start" in done.stderr


def test_production_is_warned_if_its_email_goes_to_files(careful: Settings) -> None:
    careful.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert check_email_backend(None) == []
    careful.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert [warning.id for warning in check_email_backend(None)] == ["lamplighter.W002"]


@pytest.mark.slow
def test_the_deployment_checks_only_say_that_no_resident_would_get_an_email() -> None:
    """With EMAIL_URL they say nothing, as bin/lint shows."""
    done = start("manage.py", "check", "--deploy", "--fail-level=WARNING", EMAIL_URL="")
    assert done.returncode == 1
    assert re.findall(r"\((\w+\.[EW]\d+)\)", done.stderr) == ["lamplighter.W002"]


@pytest.mark.django_db
def test_the_database_check_says_when_the_trigger_is_the_only_lock(careful: Settings) -> None:
    urls = dict.fromkeys(["web", "owner", "worker", "export", "read"], "postgis://one@db/lamplighter")
    careful.DATABASE_ROLE_URLS = urls

    def said() -> list[str]:
        found = run_checks(tags=[Tags.database], databases=["default"])
        return [str(one.id) for one in found if one.level >= WARNING]

    assert "lamplighter.W001" in said()
    careful.DATABASE_ROLE_URLS = urls | {"owner": "postgis://owner@db/lamplighter"}
    assert "lamplighter.W001" not in said()
