"""A private Redis on a Unix socket, for cache, counters and wake-ups. It stores nothing on disk."""

import socket
import time
from pathlib import Path

from config.stack.folders import Folders, StackError
from config.stack.machine import redis_server


def command(folders: Folders) -> list[str]:
    """The server's command line."""
    program = redis_server()
    if program is None:
        raise StackError("Redis is not installed. Run bin/demo once to install it.")
    return [program, *options(folders.redis_socket, folders.servers, permissions="700")]


def options(socket: Path, folder: Path, *, permissions: str) -> list[str]:
    where = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", permissions]
    no_persistence = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
    return [*where, *no_persistence, "--maxmemory", "256mb", "--maxmemory-policy", "volatile-lru"]


def wait_until_ready(folders: Folders, *, seconds: float = 30) -> None:
    """Raises StackError if the server does not answer in time."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(folders.redis_socket))
                client.sendall(b"PING\r\n")
                if client.recv(16).startswith(b"+PONG"):
                    return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise StackError(f"Redis did not start within {seconds:.0f} s. See redis.log in {folders.log}.")
        time.sleep(0.05)
