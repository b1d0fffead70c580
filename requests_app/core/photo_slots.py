"""How many photos a machine decodes at once, whatever the number of its web processes and threads."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

SLOTS = 2
WAIT_S = 5.0
LOOK_EVERY_S = 0.05


class NoneFree(Exception):
    """All are taken, and were for WAIT_S."""


@contextmanager
def slot() -> Iterator[int]:
    """A file descriptor that holds one of the slots. Raises NoneFree, and OSError if the folder can't be used.

    Pass it to the child process. A slot is free when nobody has its file open anymore, so neither a web process nor a child that
    dies keeps one, and a child that outlives its web process keeps its own.
    """
    held = _wait()
    try:
        yield held
    finally:
        os.close(held)


def _wait() -> int:
    until = time.monotonic() + WAIT_S
    while (held := _take()) is None:
        if time.monotonic() >= until:
            raise NoneFree
        time.sleep(LOOK_EVERY_S)
    return held


def _take() -> int | None:
    folder: Path = settings.PHOTO_SLOTS_ROOT
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(SLOTS):
        file = os.open(folder / str(number), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        except OSError:
            os.close(file)
            raise
        else:
            return file
    return None
