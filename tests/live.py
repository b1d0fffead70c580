"""Runs the site for tests: gunicorn and a Celery worker, in processes of their own, on the test's database."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, TypeVar

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
START_S = 60
# If the test run is killed, its processes end with it (on Linux, with setpriv).
TIED_TO_US = ["setpriv", "--pdeathsig=TERM", "--"] if shutil.which("setpriv") else []
T = TypeVar("T")


class Site:
    """The running site. `kill` and `start` stop and restart a process in the middle of a test."""

    # The one that the tests of a process share, once one of them has asked for it (conftest.py).
    shared: ClassVar["Site | None"] = None

    def __init__(self, *, demo: bool) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = Path(settings.VAR) / "log" / ("demo" if demo else "site")
        self.log.mkdir(parents=True, exist_ok=True)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        # The name of this process's test database; the environment already has the rest.
        name = connection.settings_dict["NAME"]
        address = f"postgis://lamplighter_owner@/{name}?host={connection.settings_dict['OPTIONS']['host']}"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.live_settings",
            "DATABASE_URL": address,
            "SITE_URL": self.url,
            # As in the demo: programs of this machine get webhooks.
            "WEBHOOKS_TO_LOOPBACK": "true",
            "LAMPLIGHTER_DEMO": "true" if demo else "false",
        }

    def commands(self) -> dict[str, Sequence[str]]:
        celery = [sys.executable, "-m", "celery", "--app=config.celery:app", "worker", "--loglevel=INFO"]
        celery += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        return {
            "web": [
                *[
                    sys.executable,
                    "-m",
                    "gunicorn",
                    "config.wsgi:application",
                    "--config=config/gunicorn.py",
                    f"--bind=127.0.0.1:{self.port}",
                ],
                *["--worker-class=gthread", "--threads=4", "--no-control-socket"],
            ],
            # One for all lanes. It polls, so that work left behind by a lost wake-up is found, too.
            "worker": [*celery, "--concurrency=1", "--queues=database,clock,alarm,outside,webhook"],
            # As in production; only the test of slow email needs it.
            "mailer": [*celery, "--concurrency=8", "--queues=alarm,outside,webhook"],
        }

    def start(self, name: str) -> None:
        with (self.log / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [*TIED_TO_US, *self.commands()[name]],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if name == "web":
            self.wait_until_ready()

    def kill(self, name: str) -> None:
        """Kills the whole process group without warning, as the kernel would."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Kills all of it: a worker that ends in order first waits for its pool."""
        for name in list(self.running):
            self.kill(name)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_S
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            with suppress(OSError):
                connection.request("GET", "/readyz")
                response = connection.getresponse()
                if response.status == 200:
                    return
            if time.monotonic() > deadline or self.running["web"].poll() is not None:
                raise RuntimeError(f"the site did not start:\n{(self.log / 'web.log').read_text()[-4000:]}")
            time.sleep(0.1)


def stop_worker() -> None:
    """Stops the shared site's worker before tests that process the outbox themselves."""
    if Site.shared is not None and worker_runs():
        Site.shared.kill("worker")


def worker_runs() -> bool:
    return Site.shared is not None and "worker" in Site.shared.running


def wait_for(condition: Callable[[], T], *, seconds: float = 60) -> T:
    """Polls until the condition is true, for what a worker does in the background, and returns its value."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"it did not happen within {seconds:.0f} s"
        time.sleep(0.1)
