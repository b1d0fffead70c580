"""What is asked of the machine, and what is said where it cannot be had."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config.stack import machine
from config.stack.machine import Need


@pytest.fixture
def lacking_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    need = Need(("redis-server",), "the worker's queue and the cache", lambda: False)
    monkeypatch.setattr(machine, "needs", lambda purpose: [need])


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Put programs on a PATH that holds nothing else."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(name: str, script: str) -> None:
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)

    return put


@pytest.mark.shows("1.5")
def test_without_apt_it_prints_the_lines_for_each_system(
    lacking_redis: None, programs: Callable[[str, str], None]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        machine.install_packages("demo")

    words = str(stopped.value)
    assert "apt is not available" in words
    assert "apt-get install -y --no-install-recommends redis-server" in words
    assert "brew install python@3.13 postgresql@17 postgis redis gdal gettext" in words
    assert "docker run --rm -it -p 8311:8311" in words


@pytest.mark.shows("1.5")
def test_without_root_and_sudo_it_prints_the_lines(
    lacking_redis: None, programs: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs("apt-get", "exit 99")
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    with pytest.raises(SystemExit, match="you are not root and sudo is not available"):
        machine.install_packages("demo")


def test_sudo_is_never_left_to_ask_where_nobody_can_answer(
    programs: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs("sudo", 'test "$1" != -n')
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    assert machine.how_to_be_root() is None


@pytest.mark.shows("1.1")
def test_a_user_with_sudo_installs_by_sudo(
    programs: Callable[[str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs("sudo", "exit 0")
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    assert machine.how_to_be_root() == [str(tmp_path / "sudo"), "-n"]


def test_given_services_need_no_packages_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgis://db.example.org/lamplighter")
    monkeypatch.setenv("REDIS_URL", "redis://redis.example.org")

    packages = {package for need in machine.needs("demo") for package in need.packages}

    assert packages.isdisjoint({"postgresql-17", "redis-server", "chromium-headless-shell"})


@pytest.mark.shows("1.9")
def test_the_tests_need_all_that_the_demo_needs_and_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)

    packages = {
        purpose: {name for need in machine.needs(purpose) for name in need.packages} for purpose in ("demo", "test")
    }

    servers = {"nginx", "libnginx-mod-http-brotli-filter", "systemd", "pgbackrest", "restic"}
    assert packages["test"] - packages["demo"] <= {"chromium-headless-shell", "gdal-bin", "curl"} | servers
    assert "chromium-headless-shell" in packages["test"]
    assert packages["demo"] <= packages["test"]


@pytest.mark.shows("1.8")
@pytest.mark.parametrize("version", ["16", "18"])
def test_postgresql_is_found_by_its_folder_and_only_with_postgis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    for number in ("15", version):
        (tmp_path / number / "bin").mkdir(parents=True)
        (tmp_path / number / "bin" / "postgres").touch()
    monkeypatch.setattr(machine, "POSTGRES_FOLDERS", [f"{tmp_path}/{number}/bin" for number in ("17", version)])

    monkeypatch.setattr(machine, "has_postgis", lambda folder: False)
    assert machine.postgres_folder() is None

    monkeypatch.setattr(machine, "has_postgis", lambda folder: True)
    assert machine.postgres_folder() == tmp_path / version / "bin"
