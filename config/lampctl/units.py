"""Starts and stops the processes of an installed city: as systemd's units, or under a supervisor where systemd doesn't run."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from config.lampctl import shell
from config.lampctl.place import Place
from config.lampctl.users import GROUP, REDIS_USER
from config.stack import processes, redis
from config.stack.processes import Program

UNITS = Path("etc/systemd/system")
TMPFILES = Path("etc/tmpfiles.d/lamplighter.conf")
TARGET = "lamplighter.target"
TIMERS = ("backup", "drill", "train", "watch")
STOP_S = 60


def programs(place: Place) -> list[Program]:
    """Redis and the four processes, in the order of their start."""
    socket, folder = place.run / "redis.sock", place.run
    server = Program("redis", ["/usr/bin/redis-server", *redis.options(socket, folder, permissions="770")], priority=2)
    return [server, *processes.app_programs(f"unix:{place.run}/web.sock", place.current / ".venv/bin")]


def install(place: Place, *, systemd: bool) -> list[str]:
    """Writes the units of the release, or the supervisor's file. Returns what has changed."""
    if not systemd:
        path, text = _supervisor_file(place), supervisor_text(place)
        return [f"wrote {path}"] if _replace(path, text) else []
    sources = place.current.resolve() / "deploy/systemd"
    changed = [
        f"wrote {place.root / UNITS / source.name}"
        for source in sorted(sources.glob("lamplighter*"))
        if source.suffix != ".conf" and _replace(place.root / UNITS / source.name, source.read_text())
    ]
    if _replace(place.root / TMPFILES, (sources / "tmpfiles.conf").read_text()):
        changed.append(f"wrote {place.root / TMPFILES}")
        shell.run(["systemd-tmpfiles", "--create", place.root / TMPFILES])
    if changed:
        shell.run(["systemctl", "daemon-reload"])
    return changed


def start(place: Place, *, systemd: bool) -> list[str]:
    """Starts what doesn't run."""
    if systemd:
        timers = [f"lamplighter-{name}.timer" for name in TIMERS]
        before = _active([TARGET, *timers])
        shell.run(["systemctl", "enable", "--now", "--quiet", TARGET, *timers])
        return [] if before else ["started the processes and timers"]
    # One that is about to end still has its number.
    deadline = time.monotonic() + STOP_S
    while supervisor_pid(place):
        if _is_serving(place):
            return []
        if time.monotonic() > deadline:
            raise shell.Refusal(f"The supervisor doesn't answer. See {place.log}/supervisor.log.")
        time.sleep(0.5)
    _start_supervisor(place)
    return ["started the processes"]


def restart(place: Place, names: Sequence[str], *, systemd: bool) -> None:
    """names: of `programs`. Visits wait meanwhile at web's socket, which systemd or `held_socket` holds."""
    if systemd:
        shell.run(["systemctl", "restart", *(f"lamplighter-{name}.service" for name in names)])
    else:
        shell.run([*_supervisorctl(place), "update"])
        shell.run([*_supervisorctl(place), "restart", *names])


def stop(place: Place, names: Sequence[str] = (), *, systemd: bool) -> None:
    """names: of `programs`; none: all of them, with the timers."""
    if systemd:
        every = [TARGET, "lamplighter-web.socket", *(f"lamplighter-{name}.timer" for name in TIMERS)]
        every += [f"lamplighter-{program.name}.service" for program in programs(place)]
        shell.run(["systemctl", "stop", *([f"lamplighter-{name}.service" for name in names] if names else every)])
    elif names:
        shell.run([*_supervisorctl(place), "stop", *names])
    elif pid := supervisor_pid(place):
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_S
        while supervisor_pid(place):
            if time.monotonic() > deadline:
                raise shell.Refusal(f"The processes don't stop. See {place.log}/supervisor.log.")
            time.sleep(0.1)


def remove(place: Place, *, systemd: bool) -> None:
    stop(place, systemd=systemd)
    if not systemd:
        _supervisor_file(place).unlink(missing_ok=True)
        return
    shell.run(["systemctl", "disable", "--quiet", TARGET, *(f"lamplighter-{name}.timer" for name in TIMERS)])
    for path in [*(place.root / UNITS).glob("lamplighter*"), place.root / TMPFILES]:
        path.unlink(missing_ok=True)
    shell.run(["systemctl", "daemon-reload"])


def supervisor_text(place: Place) -> str:
    lines = processes.supervisor_head(place.log, place.run, place.run / "supervisor.sock")
    module = ["/usr/bin/python3", str(place.current / "config/lampctl/bootstrap.py")]
    socket = f"{place.run}/web.sock"
    # In the places of web's socket unit and of the timer. The supervisor is root's, as these are.
    held = Program("socket", [*module, "held_socket", "hold", socket], priority=3)
    watch = Program("watch", [str(place.current / "bin/lampctl"), "watch", "--loop"])
    for program in [held, *programs(place), watch]:
        # None of them outlives the supervisor.
        command = ["setpriv", "--pdeathsig=TERM", "--", *program.command]
        if program.name == "redis":
            command[1:1] = [f"--reuid={REDIS_USER}", f"--regid={GROUP}", "--clear-groups"]
        elif program.role:
            command = [*module, "as_role", program.role, *program.command]
        if program.name == "web":
            command = [*module, "held_socket", "take", socket, *command]
        lines += processes.program_section(program, command, folder=place.current, log=place.log, autostart=True)
    return "\n".join(lines) + "\n"


def supervisor_pid(place: Place) -> int:
    """Of the running supervisor, else 0."""
    try:
        pid = int((place.run / "supervisor.pid").read_text())
        # Another process may have the number by now.
        running = b"supervisord" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return 0
    return pid if running else 0


def _is_serving(place: Place) -> bool:
    """Whether the supervisor takes commands; it doesn't while it starts or stops."""
    done = subprocess.run([*_supervisorctl(place), "pid"], capture_output=True, text=True)
    return done.stdout.strip().isdigit()


def _start_supervisor(place: Place) -> None:
    plain = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    python = place.current.resolve() / ".venv/bin/python"
    with (place.log / "supervisor.log").open("ab") as log:
        subprocess.Popen(
            [python, "-m", "supervisor.supervisord", "-c", _supervisor_file(place)],
            cwd="/",
            env=plain,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _supervisorctl(place: Place) -> list[str | Path]:
    python = place.current.resolve() / ".venv/bin/python"
    return [python, "-m", "supervisor.supervisorctl", "-c", _supervisor_file(place)]


def _supervisor_file(place: Place) -> Path:
    return place.settings / "supervisor.conf"


def _active(units: list[str]) -> bool:
    return subprocess.run(["systemctl", "is-active", "--quiet", *units]).returncode == 0


def _replace(path: Path, text: str) -> bool:
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text)
    fresh.replace(path)
    return True
