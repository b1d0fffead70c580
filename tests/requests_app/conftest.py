"""Fixtures for the tests of the domain."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def stopped_redis(tmp_path: Path) -> Iterator[str]:
    """The socket of a Redis that accepts connections but never responds, as on a machine that is swapping."""
    socket = tmp_path / "redis.sock"
    server = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    for _ in range(250):
        if socket.exists():
            break
        time.sleep(0.02)
    server.send_signal(signal.SIGSTOP)
    yield str(socket)
    server.kill()
    server.wait()
