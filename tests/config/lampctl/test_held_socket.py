"""Without systemd, the supervisor's own program holds web's socket: a restart of web refuses no visit."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from config.lampctl import held_socket
from config.stack import processes
from config.stack.processes import Program
from tests.live import ROOT, wait_for

# As web, but for the application, which is ready at once.
WEB = ["-m", "gunicorn", "wsgiref.simple_server:demo_app", "--worker-class=gthread", "--workers=2", "--threads=4"]
RESTARTS = 2


class Visitor(threading.Thread):
    """Asks for a page again and again, each time by a new connection."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.path = path
        self.answers: list[str] = []
        self.ending = threading.Event()

    def run(self) -> None:
        while not self.ending.is_set():
            self.answers.append(visit(self.path))
            time.sleep(0.005)


def visit(path: Path) -> str:
    """The answer's status, or how it failed."""
    connection = http.client.HTTPConnection("localhost", timeout=30)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(30)
    with closing(connection):
        try:
            connection.sock.connect(str(path))
            connection.request("GET", "/")
            return str(connection.getresponse().status)
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__


@pytest.fixture
def folder() -> Iterator[Path]:
    # A short path, since it has sockets in it.
    with tempfile.TemporaryDirectory(prefix="lampctl-", dir="/tmp") as made:
        yield Path(made)


@contextmanager
def supervised(folder: Path) -> Iterator[list[str]]:
    """supervisorctl of a supervisor with the two programs, as config/lampctl/units.py writes them."""
    module = [sys.executable, str(ROOT / "config/lampctl/bootstrap.py"), "held_socket"]
    path = str(folder / "web.sock")
    web = [sys.executable, *WEB, f"--bind=unix:{path}", "--graceful-timeout=5", "--no-control-socket"]
    programs = [
        Program("socket", [*module, "hold", path], priority=3),
        Program("web", [*module, "take", path, "setpriv", "--pdeathsig=TERM", "--", *web]),
    ]
    lines = processes.supervisor_head(folder, folder, folder / "supervisor.sock")
    for program in programs:
        lines += processes.program_section(program, program.command, folder=ROOT, log=folder, autostart=True)
    config = folder / "supervisor.conf"
    config.write_text("\n".join(lines) + "\n")
    supervisor = subprocess.Popen([sys.executable, "-m", "supervisor.supervisord", "-c", str(config)])
    try:
        yield [sys.executable, "-m", "supervisor.supervisorctl", "-c", str(config)]
    finally:
        supervisor.terminate()
        supervisor.wait()


def pid(supervisorctl: list[str], name: str) -> int:
    """0: it doesn't run at the moment."""
    done = subprocess.run([*supervisorctl, "pid", name], capture_output=True, text=True)
    return 0 if done.returncode else int(done.stdout)


def test_no_visit_fails_while_web_is_started_again(folder: Path) -> None:
    path = folder / "web.sock"
    with supervised(folder) as supervisorctl:
        wait_for(lambda: visit(path) == "200")
        assert oct(path.stat().st_mode & 0o777) == "0o660"
        visitors = [Visitor(path) for _ in range(3)]
        for visitor in visitors:
            visitor.start()
        before = pid(supervisorctl, "web")
        for _ in range(RESTARTS):
            subprocess.run([*supervisorctl, "restart", "web"], check=True, stdout=subprocess.DEVNULL)
        assert pid(supervisorctl, "web") != before
        # The last one has begun its work.
        seen = sum(len(visitor.answers) for visitor in visitors)
        wait_for(lambda: sum(len(visitor.answers) for visitor in visitors) > seen + 30)
        for visitor in visitors:
            visitor.ending.set()
        for visitor in visitors:
            visitor.join()
        answers = [answer for visitor in visitors for answer in visitor.answers]
        print(f"{len(answers)} visits during {RESTARTS} restarts")
        assert len(answers) > 60
        assert set(answers) == {"200"}


def test_a_holder_that_was_killed_waits_for_the_end_of_the_web_it_gave_its_socket_to(folder: Path) -> None:
    path = folder / "web.sock"
    with supervised(folder) as supervisorctl:
        wait_for(lambda: visit(path) == "200")
        holder = pid(supervisorctl, "socket")
        os.kill(holder, signal.SIGKILL)
        wait_for(lambda: pid(supervisorctl, "socket") not in (0, holder))
        assert visit(path) == "200"
        subprocess.run([*supervisorctl, "restart", "web"], check=True, stdout=subprocess.DEVNULL)
        wait_for(lambda: visit(path) == "200")


def test_who_finds_no_holder_gives_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_socket, "WAIT_S", 0.2)
    with pytest.raises(TimeoutError, match="nobody holds"):
        held_socket.take(folder / "web.sock", ["true"])
