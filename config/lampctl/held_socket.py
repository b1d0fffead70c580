"""Holds web's socket where systemd doesn't: visits wait at it while web is started again.

`hold PATH` listens at the path and hands the socket to each process that asks. `take PATH COMMAND …` asks, and becomes the command,
which gets the socket as from systemd (LISTEN_FDS).
"""

import os
import shutil
import socket
import time
from pathlib import Path

# As in deploy/systemd/lamplighter-web.socket.
BACKLOG = 512
MODE, GROUP = 0o660, "www-data"
# Where systemd puts the first socket.
LISTEN_FD = 3
# gunicorn takes 15 seconds at most to end.
WAIT_S = 60


def run(arguments: list[str]) -> None:
    verb, path, *command = arguments
    if verb == "hold":
        hold(Path(path))
    else:
        take(Path(path), command)


def hold(path: Path) -> None:
    """Until it's stopped. While a process still listens there without us, it waits for its end."""
    while _is_served(path):
        time.sleep(0.5)
    site = _listening(path, MODE)
    if os.geteuid() == 0:
        shutil.chown(path, group=GROUP)
    asked = _listening(_hand_over(path), 0o600)
    while True:
        taker, _ = asked.accept()
        with taker:
            try:
                socket.send_fds(taker, [b"socket"], [site.fileno()])
            except OSError:  # it has ended meanwhile
                continue


def take(path: Path, command: list[str]) -> None:
    """Doesn't return. Raises TimeoutError if nobody holds the socket."""
    held = _taken(path)
    os.dup2(held, LISTEN_FD)
    os.set_inheritable(LISTEN_FD, True)
    os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
    os.execvp(command[0], command)


def _hand_over(path: Path) -> Path:
    return path.with_suffix(".held")


def _listening(path: Path, mode: int) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o777 & ~mode)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(BACKLOG)
    return listener


def _is_served(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.setblocking(False)
        try:
            client.connect(str(path))
        except BlockingIOError:  # so many wait there already
            return True
        except OSError:
            return False
    return True


def _taken(path: Path) -> int:
    """The socket's number here."""
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(_hand_over(path)))
                _, sockets, _, _ = socket.recv_fds(client, 16, 1)
                return sockets[0]
        except (OSError, IndexError) as error:
            if time.monotonic() > deadline:
                raise TimeoutError(f"nobody holds {path}") from error
            time.sleep(0.1)
