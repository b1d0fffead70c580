"""systemd's units start what the demo starts, as users of their own, and can do little else."""

import json
import re
import shlex
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from config.lampctl.place import USERS, Place
from config.lampctl.units import TIMERS, programs, supervisor_text

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy/systemd"
SERVICES = sorted(UNITS.glob("*.service"))
PLACE = Place(Path("/"))
PROGRAMS = {program.name: program for program in programs(PLACE)}
EXPOSURE_MAX = 2.5


def values(unit: Path, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", unit.read_text(), re.MULTILINE)


def value(unit: Path, name: str) -> str:
    (single,) = values(unit, name)
    return single


def test_there_is_a_unit_for_each_process_and_each_timer() -> None:
    assert {unit.stem.removeprefix("lamplighter-") for unit in SERVICES} == {*PROGRAMS, *TIMERS}
    assert {timer.stem.removeprefix("lamplighter-") for timer in UNITS.glob("*.timer")} == set(TIMERS)
    wanted = value(UNITS / "lamplighter.target", "Wants").split()
    assert set(wanted) == {*(f"lamplighter-{name}.service" for name in PROGRAMS), "lamplighter-web.socket"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_unit_has_the_demos_command_and_its_role_and_user(name: str) -> None:
    unit, program = UNITS / f"lamplighter-{name}.service", PROGRAMS[name]
    command = shlex.split(value(unit, "ExecStart"))
    assert sorted(command) == sorted(map(str, program.command))
    assert command[0] == program.command[0]
    if program.role:
        assert value(unit, "User") == USERS[program.role]
        assert f"LAMPLIGHTER_DATABASE_ROLE={program.role}" in value(unit, "Environment")
        folder = "/etc/lamplighter"
        assert values(unit, "EnvironmentFile") == [f"{folder}/shared.env", f"{folder}/{program.role}.env"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_process_is_started_again_however_often_it_ends(name: str) -> None:
    unit = UNITS / f"lamplighter-{name}.service"
    assert (value(unit, "Restart"), value(unit, "StartLimitIntervalSec")) == ("always", "0")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_unit_has_limits(unit: Path) -> None:
    assert re.fullmatch(r"\d+[MG]", value(unit, "MemoryMax"))
    assert value(unit, "ProtectSystem") == "strict"
    assert values(unit, "SystemCallFilter")[0] == "@system-service"


def test_web_listens_where_nginx_connects() -> None:
    (bind,) = [word.removeprefix("--bind=unix:") for word in PROGRAMS["web"].command if word.startswith("--bind")]
    assert value(UNITS / "lamplighter-web.socket", "ListenStream") == bind
    assert f"server unix:{bind} " in (ROOT / "deploy/nginx/lamplighter.conf").read_text()


def test_the_supervisor_starts_the_same() -> None:
    sections = ConfigParser(interpolation=None, strict=False)
    sections.read_string(supervisor_text(PLACE))
    for name, program in PROGRAMS.items():
        command = shlex.split(sections[f"program:{name}"]["command"].replace("%%", "%"))
        assert command[-len(program.command) :] == list(map(str, program.command))
        assert sections[f"program:{name}"]["autorestart"] == "true"
    assert sections["program:watch"]["command"].endswith("/bin/lampctl watch --loop")


def test_systemd_accepts_the_units_and_finds_little_exposed(tmp_path: Path) -> None:
    # It looks for the programs, too.
    for unit in UNITS.iterdir():
        text = re.sub(r"^(ExecStart|ExecReload)=\S+", r"\1=/bin/true", unit.read_text(), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text)
    names = [str(unit) for unit in sorted(tmp_path.glob("lamplighter*"))]
    verified = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    services = [name for name in names if name.endswith(".service")]
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", *services], capture_output=True, text=True
    )
    exposed = {
        name: float(level) for name, level in re.findall(r"level for lamplighter-(\w+)\.service: ([\d.]+)", done.stdout)
    }
    assert set(exposed) == {*PROGRAMS, *TIMERS}
    assert {name: level for name, level in exposed.items() if level > EXPOSURE_MAX} == {}


def filtered(unit: str, *command: str) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, str(Path(__file__).with_name("filtered.py")), str(UNITS / unit), *command]
    return subprocess.run(words, capture_output=True, text=True)


@pytest.mark.parametrize("kind", ["JPEG", "HEIF"])
def test_photos_are_decoded_under_the_system_call_filter_of_web(tmp_path: Path, kind: str) -> None:
    """In a child with limits of its own (requests_app/core/photo_decoder.py)."""
    register_heif_opener()
    photo, large, small = (tmp_path / name for name in ("photo", "large.jpg", "small.jpg"))
    Image.effect_noise((1200, 900), 40).convert("RGB").save(photo, kind)
    decoder = str(ROOT / "requests_app/core/photo_decoder.py")
    done = filtered("lamplighter-web.service", sys.executable, "-I", decoder, str(photo), str(large), str(small))
    assert json.loads(done.stdout) == {"width": 1200, "height": 900}, done.stderr
    assert Image.open(small).size == (480, 360)


def test_the_filter_stops_what_no_process_of_ours_needs() -> None:
    done = filtered("lamplighter-web.service", sys.executable, "-c", "import os; os.chroot('/')")
    assert "PermissionError" in done.stderr
    limit = "import resource as r; r.setrlimit(r.RLIMIT_AS, (2**30, 2**30))"
    allowed = filtered("lamplighter-web.service", sys.executable, "-c", limit)
    assert (allowed.returncode, allowed.stderr) == (0, "")
