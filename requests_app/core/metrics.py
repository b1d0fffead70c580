"""What the program counts for Prometheus: of this process, or of all of them where settings.METRICS_FOLDER is set.

No label comes from a visitor: an address is counted by its name in urls.py, a limit by its rule's, work by its kind.

In the folder, each process has files of its own, which prometheus-client adds up. A process keeps a lock while it lives. The files
of those that have ended are added to those that nobody writes anymore, so that no sum falls and the folder stays small.
"""

import errno
import fcntl
import os
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, values
from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

log = structlog.get_logger(__name__)

FOLDER = Path(settings.METRICS_FOLDER)
ALIVE = ".alive"
# The name of the files of processes that have ended.
ENDED = "ended"
PROGRAMS = ("web", "worker", "mailer", "beat")
# What no address in urls.py answers, and a limit without a plain name.
OTHER = "other"
_RULE = re.compile(r"[a-z][a-z_-]{0,39}")


class _Reserved(MmapedDict):
    """Takes its room on the disk before it writes: in a full folder, writing to a file in memory ends the process (SIGBUS).

    Raises OSError while nothing is changed.
    """

    def __init__(self, filename: str, read_mode: bool = False) -> None:
        if not read_mode:
            with open(filename, "ab") as file:
                os.posix_fallocate(file.fileno(), 0, FIRST_BYTES)
        super().__init__(filename, read_mode)

    def _init_value(self, key: str) -> None:
        # The key, padded, its length and two numbers; the library doubles the file as often as it needs.
        if self._used + len(key.encode()) + 32 > self._capacity:
            os.posix_fallocate(self._f.fileno(), 0, self._capacity * 2)
        super()._init_value(key)


# As the library's own first size, 64 kB.
FIRST_BYTES = 1 << 16


# --- Processes --------------------------------------------------------------------------------------------------------


class _Own:
    """This process's lock, and the name of its files. A forked child takes its own."""

    lock: Any

    def __init__(self) -> None:
        self.process_id, self.name, self.lock = 0, "", None

    def take(self) -> str:
        """The name. The host is part of it, since containers that share the folder have the same ids."""
        if self.process_id != os.getpid():
            host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())
            name = f"{host}-{os.getpid()}"
            with _locked():
                lock: Any = (FOLDER / f"{name}{ALIVE}").open("w")
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.process_id, self.name, self.lock = os.getpid(), name, lock
        return self.name

    def note(self, program: str) -> None:
        self.take()
        self.lock.write(program)
        self.lock.flush()


_own = _Own()


@contextmanager
def _locked() -> Iterator[None]:
    """Nobody else takes or gives up a name, or adds files up, meanwhile."""
    file = os.open(FOLDER / "lock", os.O_RDONLY | os.O_CREAT, 0o660)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _share() -> bool:
    """Whether this process counts in the folder. Otherwise it counts for itself: no metric is worth a page."""
    values.ValueClass = values.MutexValue
    if not settings.METRICS_FOLDER:
        return False
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        values.MmapedDict = _Reserved  # type: ignore[misc]
        values.ValueClass = values.MultiProcessValue(_own.take)
    except OSError:
        # start() logs it. A management command of another user has nothing to count.
        values.ValueClass = values.MutexValue
        return False
    return True


disable_created_metrics()
SHARED = _share()


def start(program: str) -> None:
    """Says which program this process is (web, worker, mailer or beat), and adds up those that have ended.

    Counters that an alert reads begin at 0: Prometheus sees no increase in one whose first value is 1.
    """
    with suppress(OSError):
        for answer in EMAIL_ANSWER_CLASSES:
            EMAIL_ANSWERS.labels(answer)
        for error in ("ConnectionError", "TimeoutError"):
            REDIS_FAILURES.labels(error)
    if SHARED:
        with suppress(OSError):
            _own.note(program)
            add_up_ended()
    elif settings.METRICS_FOLDER:
        log.warning("metrics_not_shared", program=program)


def add_up_ended() -> None:
    """Adds the files of processes that have ended to the files `ended`, and removes them."""
    with _locked():
        _add_up_ended()


def processes() -> dict[str, int]:
    """How many processes of each program live. {} where each counts for itself: then nobody knows."""
    counts: dict[str, int] = {}
    if SHARED:
        counts = dict.fromkeys(PROGRAMS, 0)
        with _locked():
            for path in FOLDER.glob(f"*{ALIVE}"):
                program = path.read_text()
                if program and not _has_ended(path):
                    counts[program] = counts.get(program, 0) + 1
    return counts


def _has_ended(path: Path) -> bool:
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            return False
    return True


def _add_up_ended() -> None:
    alive = {path.name.removesuffix(ALIVE) for path in FOLDER.glob(f"*{ALIVE}") if not _has_ended(path)}
    files = [path for path in FOLDER.glob("*.db") if path.stem.rpartition("_")[2] not in alive]
    kinds: dict[str, list[Path]] = {}
    for path in files:
        kinds.setdefault(path.stem.rpartition("_")[0], []).append(path)
    for kind, paths in kinds.items():
        total = FOLDER / f"{kind}_{ENDED}.db"
        if [path for path in paths if path != total]:
            fresh = total.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            _write(fresh, _sums(paths, latest=kind == LATEST))
            fresh.replace(total)
            for path in paths:
                if path != total:
                    path.unlink()
    for path in FOLDER.glob(f"*{ALIVE}"):
        if path.name.removesuffix(ALIVE) not in alive:
            path.unlink()


def _sums(paths: Iterable[Path], *, latest: bool) -> dict[str, float]:
    sums: dict[str, float] = {}
    for path in paths:
        for key, value, _at, _position in MmapedDict.read_all_values_from_file(path):
            sums[key] = max(sums.get(key, value), value) if latest else sums.get(key, 0.0) + value
    return sums


def _write(path: Path, sums: dict[str, float]) -> None:
    file = _Reserved(str(path))
    for key, value in sums.items():
        file.write_value(key, value, 0.0)
    file.close()


# --- What is counted --------------------------------------------------------------------------------------------------

REGISTRY = CollectorRegistry()
# The kind of the files of a gauge that has the latest time of all processes.
LATEST = "gauge_max"

REQUEST_SECONDS = Histogram(
    "lamplighter_request_seconds",
    "Seconds until a page or an API answered, by the name of its address and the class of the status",
    ["url", "status"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
REQUEST_STATEMENTS = Histogram(
    "lamplighter_request_statements",
    "Statements that the database was sent for one answer",
    ["url", "status"],
    buckets=(5, 10, 20, 50, 100),
    registry=REGISTRY,
)
REQUEST_DATABASE_SECONDS = Histogram(
    "lamplighter_request_database_seconds",
    "Seconds that one answer waited for the database",
    ["url", "status"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1),
    registry=REGISTRY,
)
OUTBOX_ATTEMPTS = Counter(
    "lamplighter_outbox_attempts",
    "Attempts at outbox rows, by kind and result: done, later, failed, dead, database_lost",
    ["kind", "result"],
    registry=REGISTRY,
)
PART_SECONDS = Histogram(
    "lamplighter_part_seconds",
    "Seconds that a part of the clock took, whether it failed or not",
    ["part"],
    buckets=(0.1, 1, 10, 60, 300, 1800),
    registry=REGISTRY,
)
PART_DONE = Gauge(
    "lamplighter_part_done_timestamp_seconds",
    "When a part of the clock was last done, for any city",
    ["part"],
    multiprocess_mode="max",
    registry=REGISTRY,
)
# In the order of how bad they are. sign_in: our own password was refused. refused: by an email service's API.
EMAIL_ANSWER_CLASSES = ("2xx", "4xx", "5xx", "refused", "sign_in", "no_answer")
EMAIL_ANSWERS = Counter(
    "lamplighter_email_answers",
    "What the mail server answered: 2xx, 4xx, 5xx, refused (by an email service), sign_in (it refused ours), no_answer",
    ["answer"],
    registry=REGISTRY,
)
LIMIT_REFUSALS = Counter(
    "lamplighter_limit_refusals", "Uses that a limit refused, by rule", ["rule"], registry=REGISTRY
)
PHOTO_REFUSALS = Counter(
    "lamplighter_photo_refusals", "Photos that weren't stored, by reason", ["reason"], registry=REGISTRY
)
REDIS_FAILURES = Counter(
    "lamplighter_redis_failures",
    "How often Redis couldn't be reached; it is then left alone for 5 seconds",
    ["error"],
    registry=REGISTRY,
)


def count(counter: Counter, *labels: str) -> None:
    """One more. A full folder is no reason to fail."""
    with suppress(OSError):
        counter.labels(*labels).inc()


def observe(histogram: Histogram, value: float, *labels: str) -> None:
    """As count()."""
    with suppress(OSError):
        histogram.labels(*labels).observe(value)


def note_time(gauge: Gauge, at: float, *labels: str) -> None:
    """at: in seconds since 1970. As count()."""
    with suppress(OSError):
        gauge.labels(*labels).set(at)


def count_refusal(limit: str) -> None:
    """limit: the name that is counted under, `rule:whose`. What comes after the rule is somebody's, and is left out."""
    rule = limit.partition(":")[0]
    count(LIMIT_REFUSALS, rule if _RULE.fullmatch(rule) else OTHER)


def collected() -> list[Metric]:
    """Everything above: of all processes that share the folder, whether they live or have ended, or of this one."""
    if not SHARED:
        return list(REGISTRY.collect())
    with _locked():
        _add_up_ended()
        files = [str(path) for path in FOLDER.glob("*.db") if os.access(path, os.R_OK)]
        return list(MultiProcessCollector.merge(files))
