"""lampctl upgrade: its order, what it refuses, how it goes back, and that it goes on after a kill anywhere."""

import datetime as dt
import fcntl
import json
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.lampctl import doctor, rehearsal, release, releases_feed, shell, units, upgrade, upgrade_preflight
from config.lampctl.place import Place
from config.lampctl.rehearsal import Step
from config.lampctl.shell import Refusal

WELL: dict[str, Any] = {"color": "green", "findings": []}
RED = {"code": "worker", "color": "red", "text": "No worker runs.", "advice": "See lampctl logs worker."}


class Killed(BaseException):
    """As kill -9: nothing of the program runs after it."""


class Machine:
    """Counts the steps that would change it, and ends at one of them if `die_at` says so."""

    def __init__(self, root: Path) -> None:
        self.place = Place(root)
        self.steps: list[str] = []
        self.die_at = -1
        self.fails = ""
        self.findings: list[dict[str, Any]] = []
        for folder in (self.place.settings, self.place.data, self.place.run, self.place.releases):
            folder.mkdir(parents=True)
        (self.place.settings / "install.env").write_text("SYSTEMD=no\n")
        self.old = self.release("0.2.0")
        release.use(self.place, self.old)

    def release(self, version: str, folder: Path | None = None) -> Path:
        made = folder or self.place.releases / version
        made.mkdir()
        (made / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n')
        (made / release.COMPLETE).touch()
        return made

    def step(self, name: str) -> None:
        if len(self.steps) == self.die_at:
            raise Killed
        self.steps.append(name)
        if name == self.fails:
            raise Refusal("made up")

    def manage(self, place: Place, *words: str, release: Path | None = None, **_: Any) -> str:
        self.step(f"{words[0]} of {(release or place.current.resolve()).name}")
        return ""

    def upgrade(self, wanted: str, **given: Any) -> int:
        options = {"release": wanted, "check": False, "accept": "", "yes": True, **given}
        return upgrade.main(self.place, Namespace(**options))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    it = Machine(tmp_path)

    def restart(place: Place, names: tuple[str, ...], *, systemd: bool) -> None:
        it.step(f"restart {' '.join(names)} in {place.current.resolve().name}")

    def examine(place: Place) -> dict[str, Any]:
        bad = it.findings if place.current.resolve() != it.old else []
        return {**WELL, "findings": bad}

    monkeypatch.setattr(shell, "manage", it.manage)
    monkeypatch.setattr(units, "restart", restart)
    monkeypatch.setattr(units, "install", lambda place, *, systemd: [])
    monkeypatch.setattr(doctor, "examine", examine)
    monkeypatch.setattr(upgrade, "problems", lambda place: iter([]))
    monkeypatch.setattr(upgrade, "ANSWERS_S", 0)
    monkeypatch.setattr(release, "make", lambda place, source: (source, False))
    monkeypatch.setattr(release, "folder_for", lambda place, source: source)
    monkeypatch.setattr(rehearsal, "run", lambda place, new: it.step("rehearse") or [Step("0044_made_up", 40, {})])
    return it


def test_it_rehearses_migrates_and_restarts_workers_before_web(machine: Machine, capsys: Any) -> None:
    new = machine.release("0.3.0")
    machine.upgrade("0.3.0")
    assert machine.steps == [
        "rehearse",
        "migrate of 0.3.0",
        "create_roles of 0.3.0",
        "collectstatic of 0.3.0",
        "write_away_pages of 0.3.0",
        "restart worker mailer beat in 0.3.0",
        "restart web in 0.3.0",
    ]
    assert machine.place.current.resolve() == new
    assert "0044_made_up: 40.0 s, blocks nothing" in capsys.readouterr().out
    machine.upgrade("0.3.0")
    assert "0.3.0 is running already." in capsys.readouterr().out
    assert len(machine.steps) == 7
    with pytest.raises(Refusal, match=r"0\.2\.0 is older than 0\.3\.0"):
        machine.upgrade("0.2.0")


@pytest.mark.parametrize("step", range(7))
def test_killed_at_a_step_it_goes_on(machine: Machine, step: int) -> None:
    new = machine.release("0.3.0")
    machine.release("0.4.0")
    machine.die_at = step
    with pytest.raises(Killed):
        machine.upgrade("0.3.0")
    machine.die_at = -1
    with pytest.raises(Refusal, match=r"interrupted.*0\.3\.0"):
        machine.upgrade("0.4.0")
    machine.findings = [RED]
    # It still knows where it came from.
    with pytest.raises(Refusal, match=r"No worker runs\. 0\.2\.0 runs again"):
        machine.upgrade("0.3.0")
    assert machine.place.current.resolve() == machine.old
    assert machine.steps[-4:] == [
        "collectstatic of 0.2.0",
        "write_away_pages of 0.2.0",
        "restart worker mailer beat in 0.2.0",
        "restart web in 0.2.0",
    ]
    machine.findings = []
    machine.upgrade("0.3.0")
    assert machine.place.current.resolve() == new
    assert machine.steps.count("rehearse") == 2


def test_a_rehearsal_that_fails_or_blocks_changes_nothing(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.release("0.3.0")

    def fail(place: Place, new: Path) -> None:
        raise Refusal("0044_made_up failed.")

    monkeypatch.setattr(rehearsal, "run", fail)
    with pytest.raises(Refusal, match=r"0044_made_up failed\.\nNothing of the running city was changed\."):
        machine.upgrade("0.3.0")
    monkeypatch.setattr(rehearsal, "run", lambda place, new: [Step("0044_made_up", 3, {"requests_app_person": 1.2})])
    monkeypatch.setattr("config.lampctl.upgrade._preflight", lambda *_: None)
    with pytest.raises(Refusal, match="keeps people waiting"):
        machine.upgrade("0.3.0", yes=False)
    assert machine.steps == []
    assert not list(machine.place.data.iterdir())
    assert str(Step("0044_made_up", 3, {"requests_app_person": 1.2})) == "0044_made_up: 3.0 s, blocks person for 1.2 s"


def test_two_at_once_are_refused_and_so_is_what_is_not_a_release(machine: Machine, tmp_path: Path) -> None:
    machine.release("0.3.0")
    with (machine.place.run / "upgrade.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Refusal, match="Another upgrade is running"):
            machine.upgrade("0.3.0")
    for wanted in (str(tmp_path), "0.9.0"):
        with pytest.raises(Refusal, match="There's no release"):
            machine.upgrade(wanted)
    assert machine.steps == []


def drilled(days: float, **noted: Any) -> dict[str, Any]:
    return {
        "ok": True,
        "at": (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).isoformat(),
        "sentence": "x.",
        **noted,
    }


@pytest.mark.parametrize(
    ("note", "free", "dead", "red", "names"),
    [
        (drilled(7.9), 1 << 40, 0, [], []),
        (drilled(8.1), 1 << 40, 0, [], ["backup"]),
        (drilled(1, ok=False), 1 << 40, 0, [], ["backup"]),
        ({}, 1 << 40, 1, [RED], ["backup", "outbox", "doctor"]),
        # Twice the largest table and a gigabyte, and two for the release.
        (drilled(1), 3 * (1 << 30), 0, [], []),
        (drilled(1), 3 * (1 << 30) - 1, 0, [], ["disk"]),
        (drilled(1), (1 << 31) - 1, 0, [], ["disk", "disk"]),
    ],
)
def test_what_must_be_right_before_it_begins(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, note: Any, free: int, dead: int, red: Any, names: list[str]
) -> None:
    if note:
        (machine.place.data / "drill.json").write_text(json.dumps(note))
    answers = {upgrade_preflight.LARGEST: str(1 << 30), upgrade_preflight.DEAD: str(dead)}
    ask: Callable[[Place, str], str] = lambda place, sql: answers[sql]  # noqa: E731
    monkeypatch.setattr(upgrade_preflight, "_ask", ask)
    monkeypatch.setattr(upgrade_preflight.shutil, "disk_usage", lambda path: Namespace(free=free))
    monkeypatch.setattr(doctor, "examine", lambda place: {**WELL, "findings": red})
    monkeypatch.setattr(upgrade, "problems", upgrade_preflight.problems)
    assert [problem.name for problem in upgrade_preflight.problems(machine.place)] == names
    machine.release("0.3.0")
    if names:
        with pytest.raises(Refusal, match=f"--accept {','.join(dict.fromkeys(names))}"):
            machine.upgrade("0.3.0")
        assert machine.steps == []
    machine.upgrade("0.3.0", accept=",".join(names))
    assert machine.steps


@pytest.mark.parametrize(("silent_s", "is_well"), [(0.0, True), (9.0, False)])
def test_what_the_processes_before_did_is_not_what_the_new_ones_do(
    machine: Machine, silent_s: float, is_well: bool
) -> None:
    machine.findings = [
        {"code": name, "color": "green", "text": "Well.", "measures": {"silent_s": silent_s}}
        for name in ("worker", "mailer", "beat")
    ]
    machine.release("0.3.0")
    if is_well:
        assert machine.upgrade("0.3.0") == 0
    else:
        with pytest.raises(Refusal, match="The new worker has done nothing"):
            machine.upgrade("0.3.0")
        assert machine.place.current.resolve() == machine.old


@pytest.mark.parametrize("fails", ["write_away_pages of 0.3.0", "restart worker mailer beat in 0.3.0"])
def test_what_fails_at_once_in_the_new_release_leads_back_as_well(machine: Machine, fails: str) -> None:
    machine.fails = fails
    machine.release("0.3.0")
    with pytest.raises(Refusal, match=r"made up\n.*0\.2\.0 runs again"):
        machine.upgrade("0.3.0")
    assert machine.place.current.resolve() == machine.old
    assert machine.steps[-1] == "restart web in 0.2.0"
    machine.fails = ""
    machine.upgrade("0.3.0")


def test_what_the_workers_before_did_while_files_were_copied_is_not_what_the_new_ones_do(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They go on until they are stopped, a minute after the change of release began."""
    now = 1000.0

    def monotonic() -> float:
        nonlocal now
        now += 0.001
        return now

    def take_a_minute(place: Place, names: tuple[str, ...], *, systemd: bool) -> None:
        nonlocal now
        now += 60

    monkeypatch.setattr(upgrade.time, "monotonic", monotonic)
    monkeypatch.setattr(units, "restart", take_a_minute)
    machine.findings = [{"code": "worker", "color": "green", "text": "Well.", "measures": {"silent_s": 61.0}}]
    machine.release("0.3.0")
    with pytest.raises(Refusal, match="The new worker has done nothing in 60 seconds"):
        machine.upgrade("0.3.0")


FEED = """<feed xmlns="http://www.w3.org/2005/Atom">
<entry><title>Lamplighter 0.10.0</title><content type="html">New pages.</content></entry>
<entry><title>v0.3.1</title><content type="html">{}</content></entry>
<entry><title>Notes</title></entry></feed>"""


@pytest.mark.parametrize(
    ("text", "running", "sentence"),
    [
        (
            "Security: links.",
            "0.2.0",
            "A fix of security waits: 0.10.0 is out, 0.2.0 is running, and 0.3.1 has the fix.",
        ),
        ("Security: links.", "0.3.1", "0.10.0 is out, without a fix of security; 0.3.1 is running."),
        ("Other things.", "0.2.0", "0.10.0 is out, without a fix of security; 0.2.0 is running."),
        ("Security: links.", "0.10.0", "0.10.0 is the newest release."),
    ],
)
def test_check_says_in_a_sentence_whether_a_fix_waits(machine: Machine, text: str, running: str, sentence: str) -> None:
    settings = machine.place.settings / "install.env"
    assert releases_feed.sentence(machine.place, running).startswith("Looking for releases is off")
    feed = machine.place.data / "feed.xml"
    feed.write_text(FEED.format(text))
    settings.write_text(f"RELEASES_URL=file://{feed}\n")
    assert releases_feed.sentence(machine.place, running) == sentence
    for bad in ("<feed>", ""):
        feed.write_text(bad)
        with pytest.raises(Refusal, match="can't be read"):
            releases_feed.sentence(machine.place, running)
    settings.write_text("RELEASES_URL=http://example.org/\n")
    with pytest.raises(Refusal, match="https"):
        releases_feed.sentence(machine.place, running)
