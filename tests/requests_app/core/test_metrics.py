"""What several processes count is added up in a folder, also after they have ended, and a full folder harms nobody."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live import ROOT

pytestmark = pytest.mark.shows("9.1")

# A process that counts and waits, without the database: what metrics.py needs of Django is one setting.
BEGIN = """
import resource, sys
from django.conf import settings
settings.configure(METRICS_FOLDER=sys.argv[1])
from requests_app.core import metrics
"""
COUNT = """
metrics.start(sys.argv[2])
for _ in range(int(sys.argv[3])):
    metrics.count(metrics.LIMIT_REFUSALS, "photo")
    metrics.observe(metrics.REQUEST_SECONDS, 0.2, "home", "2xx")
    metrics.note_time(metrics.PART_DONE, 1000.0 + int(sys.argv[3]), "sweep")
print("counted", flush=True)
sys.stdin.read()
"""
READ = """
print(metrics.processes())
for metric in metrics.collected():
    for sample in metric.samples:
        if sample.labels.get("le") in (None, "0.25", "+Inf"):
            print(sample.name, *(value for _name, value in sorted(sample.labels.items())), sample.value)
"""
# As many series as it can write, in files of at most 128 kB: as in a folder without room.
FILL = """
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 17, 1 << 17))
for number in range(2_000):
    metrics.count(metrics.OUTBOX_ATTEMPTS, f"kind{number}", "done")
metrics.count(metrics.OUTBOX_ATTEMPTS, "kind1", "done")
"""


def _process(code: str, folder: Path, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BEGIN + code, str(folder), *map(str, arguments)]
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True)


def _output(code: str, folder: Path, *arguments: object) -> list[str]:
    process = _process(code, folder, *arguments)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return printed.splitlines()


@contextmanager
def _counting(folder: Path, program: str, times: int) -> Iterator[subprocess.Popen[str]]:
    process = _process(COUNT, folder, program, times)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "counted\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_processes_are_added_up_also_after_they_have_ended(tmp_path: Path) -> None:
    sums = [
        "lamplighter_limit_refusals_total photo 10.0",
        "lamplighter_part_done_timestamp_seconds sweep 1007.0",
        "lamplighter_request_seconds_bucket 0.25 2xx home 10.0",
        "lamplighter_request_seconds_bucket +Inf 2xx home 10.0",
        "lamplighter_request_seconds_count 2xx home 10.0",
        "lamplighter_request_seconds_sum 2xx home 2.0",
    ]
    with _counting(tmp_path, "web", 3), _counting(tmp_path, "worker", 7) as worker:
        first, *lines = _output(READ, tmp_path)
        assert first == "{'web': 1, 'worker': 1, 'mailer': 0, 'beat': 0}"
        assert set(sums) <= set(lines)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        first, *lines = _output(READ, tmp_path)
        assert first == "{'web': 1, 'worker': 0, 'mailer': 0, 'beat': 0}"
        assert set(sums) <= set(lines)
    # The second time, what had ended before is added to.
    first, *lines = _output(READ, tmp_path)
    assert first == "{'web': 0, 'worker': 0, 'mailer': 0, 'beat': 0}"
    assert set(sums) <= set(lines)
    names = {path.name for path in tmp_path.iterdir() if not path.name.endswith(".alive")}
    assert names == {"lock", "counter_ended.db", "histogram_ended.db", "gauge_max_ended.db"}
    assert len(list(tmp_path.glob("*.alive"))) == 1, "that of the last reader, whose end nobody has seen yet"


def test_a_full_folder_costs_counts_and_nothing_else(tmp_path: Path) -> None:
    _output(FILL, tmp_path)
    lines = [line for line in _output(READ, tmp_path) if line.startswith("lamplighter_outbox_attempts")]
    assert "lamplighter_outbox_attempts_total kind1 done 2.0" in lines
    assert 200 < len(lines) < 2_000


def test_a_folder_that_cannot_be_used_leaves_each_process_its_own_counts(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    own = COUNT.replace("sys.stdin.read()", "") + READ
    lines = _output(own, tmp_path / "file", "web", 2)
    assert "lamplighter_limit_refusals_total photo 2.0" in lines
