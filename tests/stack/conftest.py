"""bin/demo as a newcomer starts it: a process of its own, in a var folder of its own."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.stack.folders import ROOT, stack_folders

# Two other processes are at their heaviest at the same time.
READY_S = 300
OURS = re.compile(r"^(DATABASE_URL|REDIS_URL|LAMPLIGHTER_|DJANGO_|PYTEST_)")


class Demo:
    """One bin/demo. Its processes are recognized by the folder in their environment."""

    def __init__(self, var: Path, **environment: str) -> None:
        self.var = var
        self.servers = stack_folders(var).servers
        inherited = {name: value for name, value in os.environ.items() if not OURS.match(name)}
        self.environment = inherited | {"LAMPLIGHTER_VAR": str(var)} | environment
        # What the last start in the foreground printed.
        self.said: list[str] = []

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ROOT / "bin/demo", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=READY_S,
        )

    @contextlib.contextmanager
    def in_foreground(self, *arguments: str, until: str = "READY") -> Iterator[subprocess.Popen[str]]:
        """A bin/demo that stays, from the moment that it says `until`."""
        process = subprocess.Popen(
            [ROOT / "bin/demo", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None
        self.said = []
        try:
            for line in process.stdout:
                self.said.append(line)
                if until in line:
                    break
            else:
                pytest.fail(f"it never said {until}:\n{''.join(self.said)}")
            yield process
        finally:
            process.kill()
            process.stdout.close()
            process.wait()

    def manage(self, *arguments: str) -> str:
        command = [ROOT / "bin/manage", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True).stdout

    def process_ids(self) -> set[int]:
        """Every process of this stack that is alive, whatever became of its parent."""
        mark = f"LAMPLIGHTER_VAR={self.var}\0".encode()
        found = set()
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                # PostgreSQL's children overwrite their environment, but run in the folder.
                stands_in = Path(os.readlink(entry / "cwd"))
                if mark in (entry / "environ").read_bytes() or stands_in.is_relative_to(self.servers):
                    found.add(int(entry.name))
        return found

    def noted(self, name: str) -> int:
        return int((self.var / "run" / f"{name}.pid").read_text())

    def wait_until_gone(self, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while left := self.process_ids():
            assert time.monotonic() < deadline, f"still running: {[command_line(number) for number in left]}"
            time.sleep(0.1)

    def runs(self) -> bool:
        with contextlib.suppress(OSError, ValueError):
            return self.noted("supervisor") in self.process_ids()
        return False

    def remove(self) -> None:
        """Sooner than in order: Celery's processes would first wait for their work. PostgreSQL ends with the supervisor."""
        if self.runs():
            for name in ("supervisor", "web", "worker", "mailer", "beat"):
                with contextlib.suppress(OSError, ValueError):
                    os.kill(self.noted(name), signal.SIGKILL)
            with contextlib.suppress(AssertionError):
                self.wait_until_gone()
        for number in self.process_ids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        shutil.rmtree(self.servers, ignore_errors=True)
        shutil.rmtree(self.var, ignore_errors=True)


def command_line(process_id: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process_id}/cmdline").read_text().replace("\0", " ")
    return ""


def url_in(output: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+/", output)
    assert found is not None, output
    return found.group()


def answers(url: str) -> bool:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
    with contextlib.suppress(OSError), contextlib.closing(connection):
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    return False


@pytest.fixture(scope="session")
def make_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Demo]]:
    made: list[Demo] = []

    def make(var: Path | None = None, **environment: str) -> Demo:
        demo = Demo(var or tmp_path_factory.mktemp("demo") / "var", **environment)
        made.append(demo)
        return demo

    yield make
    for demo in made:
        demo.remove()
