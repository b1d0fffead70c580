"""One backup, drill or restore at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from config.lampctl.place import Place
from config.lampctl.shell import Refusal


@contextmanager
def alone(place: Place, *, busy: str) -> Iterator[None]:
    """busy: what to say if another one runs. The lock ends with the process, however that ends."""
    place.run.mkdir(parents=True, exist_ok=True)
    with (place.run / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refusal(busy) from error
        yield
