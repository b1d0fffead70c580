"""The Dockerfile, compose.yaml and nginx.conf agree with each other, with the settings and with the stack of bin/demo."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import settings
from config.stack.options import DEFAULT_PORT
from config.stack.processes import app_programs
from requests_app.core.database_roles import ROLES

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_TEXT = (ROOT / "deploy/compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
DOCKERFILE = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
NGINX = (ROOT / "deploy/nginx.conf").read_text()
PROGRAMS = {program.name: program for program in app_programs(f"0.0.0.0:{DEFAULT_PORT}")}
INTERPOLATED = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE_TEXT))


def listed(example: Path) -> set[str]:
    """The variables of an example file, those that are commented out included."""
    return set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", example.read_text(), re.MULTILINE))


def last(instruction: str) -> str:
    """The arguments of an instruction where the Dockerfile has it last, which is the one that counts."""
    return re.findall(rf"^{instruction} (.*)$", DOCKERFILE, re.MULTILINE)[-1]


def command(service: str) -> list[str]:
    return SERVICES[service].get("command") or json.loads(last("CMD"))


def environment(service: str) -> dict[str, str]:
    return SERVICES[service]["environment"]


def role(url: str) -> str:
    return re.match(r"postgis://(\w+):", url)[1]  # type: ignore[index]


# --- Processes ---------------------------------------------------------------------------------------------------------


def test_the_processes_are_those_of_the_demo() -> None:
    assert [name for name in OURS if SERVICES[name].get("restart") != "no"] == list(PROGRAMS)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_process_is_started_as_in_the_demo(name: str) -> None:
    """Every word of the demo's command, apart from the address that it listens on."""
    program, *words = PROGRAMS[name].command
    assert command(name)[0] == Path(program).name
    assert {word for word in words if not word.startswith("--bind")} <= set(command(name))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_process_speaks_to_the_database_as_its_own_role_and_knows_no_other_password(name: str) -> None:
    said = environment(name)
    assert said.get("LAMPLIGHTER_DATABASE_ROLE", "web") == PROGRAMS[name].role
    urls = [value for key, value in said.items() if key.startswith("DATABASE_URL")]
    assert [role(url) for url in urls] == [f"lamplighter_{PROGRAMS[name].role}"]


def test_the_owner_migrates_and_grants_before_anything_starts() -> None:
    said = environment("migrate")
    assert said["LAMPLIGHTER_DATABASE_ROLE"] == "owner"
    assert role(said["DATABASE_URL_OWNER"]) == "lamplighter_owner"
    steps = command("migrate")[-1].split(" && ")
    assert [step.split()[:3] for step in steps] == [
        *(["python", "manage.py", name] for name in ("migrate", "create_roles", "write_away_pages")),
        ["cp", "-r", "var/static"],
    ]
    for name in PROGRAMS:
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", [name for name in OURS if "manage.py" in " ".join(command(name))])
def test_the_management_commands_exist(name: str) -> None:
    from django.core.management import get_commands

    called = re.findall(r"manage\.py (\w+)", " ".join(command(name)))
    assert called
    assert set(called) <= set(get_commands())


def test_the_database_makes_the_roles_that_the_processes_use() -> None:
    script = (ROOT / "deploy/database.sh").read_text()
    made = set(re.findall(r"^CREATE ROLE (\w+) LOGIN", script, re.MULTILINE))
    used = {role(url) for name in OURS for key, url in environment(name).items() if key.startswith("DATABASE_URL")}
    assert made == used
    assert made <= {"lamplighter_owner", *(each.name for each in ROLES)}
    assert os.access(ROOT / "deploy/database.sh", os.X_OK)
    # Every password that the script reads is given to it.
    assert set(re.findall(r"\$([A-Z]+_PASSWORD)", script)) <= set(environment("db"))


# --- Variables ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OURS)
def test_the_settings_know_every_variable(name: str) -> None:
    assert set(environment(name)) - listed(ROOT / ".env.example") == set()


def test_every_variable_that_compose_reads_is_in_the_example_and_the_other_way_round() -> None:
    assert listed(ROOT / "deploy/env.example") == INTERPOLATED


def test_what_must_be_filled_in_stops_the_start_where_it_is_missing() -> None:
    example = (ROOT / "deploy/env.example").read_text()
    needed = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    assert needed == set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE_TEXT))


def test_redis_asks_for_the_password_that_everybody_was_given() -> None:
    words = SERVICES["redis"]["command"]
    password = words[words.index("--requirepass") + 1]
    assert password == "${REDIS_PASSWORD:?set it in .env}"
    assert {environment(name)["REDIS_URL"] for name in OURS} == {f"redis://:{password}@redis:6379/0"}
    assert SERVICES["redis"]["environment"] == {"REDISCLI_AUTH": password}, "or its health check would be refused"


# --- Ports and networks ------------------------------------------------------------------------------------------------


def test_the_ports_agree() -> None:
    bound = re.search(r"--bind=0\.0\.0\.0:(\d+)", last("CMD"))[1]  # type: ignore[index]
    assert last("EXPOSE") == bound
    assert f"set $web web:{bound};" in NGINX
    assert f":{bound}/healthz" in last("HEALTHCHECK")
    assert f":{bound}/readyz" in " ".join(SERVICES["web"]["healthcheck"]["test"])
    listening = re.search(r"^\s+listen (\d+);", NGINX, re.MULTILINE)[1]  # type: ignore[index]
    assert [port.rpartition(":")[2] for port in SERVICES["nginx"]["ports"]] == [listening]
    assert f":{listening}/healthz" in " ".join(SERVICES["nginx"]["healthcheck"]["test"])


def test_only_nginx_is_published_and_only_on_this_machine() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert SERVICES["nginx"]["ports"][0].startswith("${LISTEN:-127.0.0.1:")


def test_the_proxy_that_is_trusted_is_nginx() -> None:
    subnet = COMPOSE["networks"]["front"]["ipam"]["config"][0]["subnet"]
    assert re.match(r"[\d./]+", environment("web")["TRUSTED_PROXIES"])[0] == subnet  # type: ignore[index]
    assert [name for name, service in SERVICES.items() if "front" in service["networks"]] == ["nginx", "web"]
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in NGINX
    assert "proxy_set_header X-Forwarded-Proto $forwarded_proto;" in NGINX


# --- Limits ------------------------------------------------------------------------------------------------------------

UNITS = {"k": 1024, "m": 1024**2}


def size(directive: str) -> int:
    number, unit = re.search(rf"^\s+{directive}(?: \d+)? (\d+)([km]);", NGINX, re.MULTILINE).groups()  # type: ignore[union-attr]
    return int(number) * UNITS[unit]


def test_nginx_lets_through_what_the_application_takes_and_refuses() -> None:
    assert settings.BODY_MAX_BYTES < size("client_max_body_size") <= settings.BODY_MAX_BYTES * 1.2
    assert "--config=config/gunicorn.py" in last("CMD")
    settings_of_gunicorn = (ROOT / "config/gunicorn.py").read_text()
    line = int(re.search(r"^limit_request_line = (\d+)$", settings_of_gunicorn, re.MULTILINE)[1])  # type: ignore[index]
    assert line == 8190
    assert size("large_client_header_buffers") > line


def test_nginx_waits_longer_than_gunicorn() -> None:
    waits = re.search(r"proxy_read_timeout (\d+)s;", NGINX)[1]  # type: ignore[index]
    gives_up = re.search(r"--timeout=(\d+)", last("CMD"))[1]  # type: ignore[index]
    assert int(waits) > int(gives_up)


def test_nginx_takes_in_slow_clients_and_writes_no_private_link_into_a_log() -> None:
    for line in (
        "proxy_request_buffering on;",
        "proxy_buffering on;",
        "gzip on;",
        "access_log off;",
        "error_log stderr crit;",
    ):
        assert line in NGINX


# --- The image ---------------------------------------------------------------------------------------------------------


def test_the_image_installs_the_locked_requirements_checked_against_their_hashes() -> None:
    installs = re.findall(r"pip install (.*)", DOCKERFILE)
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    named = re.findall(r"-r (requirements[\w-]*\.txt)", installs[0])
    assert named == ["requirements.txt", "requirements-train.txt"]
    assert all((ROOT / name).is_file() for name in named)


def test_the_image_runs_as_nobody_in_particular() -> None:
    user = last("USER")
    assert int(user) > 0
    assert f"--uid {user} " in DOCKERFILE
    assert DOCKERFILE.index("\nUSER ") > DOCKERFILE.rindex("\nRUN ")


def test_the_files_that_must_outlive_a_container_are_on_volumes_of_its_user() -> None:
    folders = dict(entry.split(":")[:2] for name in OURS for entry in SERVICES[name]["volumes"])
    assert {*folders, "database"} == set(COMPOSE["volumes"])
    home = last("WORKDIR")
    # By default they are in var/, next to the code.
    assert (folders["media"], folders["suggestions"]) == (f"{home}/var/media", f"{home}/var/suggestions")
    assert folders["beat"] == environment("beat")["LAMPLIGHTER_VAR"]
    made = re.search(r"install -d -o lamplighter -g lamplighter (.*)", DOCKERFILE)[1].split()  # type: ignore[index]
    assert {str(Path(home, folder)) for folder in made} >= set(folders.values())
    for name in ("web", "worker", "migrate", "train"):
        assert {entry.split(":")[0] for entry in SERVICES[name]["volumes"]} >= {"media", "suggestions"}


def test_no_secret_and_no_history_goes_into_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".*", "**/.env", "var", "tests"} <= set(ignored)
    for name in ("SECRET_KEY", "PASSWORD", "LINK_KEYS"):
        assert not re.search(rf"^(ENV|ARG).*{name}", DOCKERFILE, re.MULTILINE)
