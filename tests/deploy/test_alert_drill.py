"""Alerts ring by their real faults, and fall silent when these are mended: `python -m tests.alert_drill` shows each."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3
from aiosmtpd.controller import Controller
from django.db import connection, transaction

from requests_app import outbox
from requests_app.models import OutboxRow
from requests_app.worker import clock
from tests import factories
from tests.factories import Rivermark
from tests.live import ROOT, TIED_TO_US, Site, wait_for
from tests.mail_server import Mailbox, _free_port
from tests.prometheus import Prometheus, watching

pytestmark = [
    pytest.mark.shows("9.1"),
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="needs Debian's package prometheus"),
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts a disk that it fills"),
]
TMPFS_BYTES = 8 << 20
# A photo that somebody sends, in a process with the site's settings.
UPLOAD = """
import django, sys
django.setup()
from requests_app import photos
from requests_app.models import Jurisdiction
try:
    photos.store_upload(sys.stdin.buffer, size=1000, jurisdiction=Jurisdiction.objects.first())
except photos.StorageFailed:
    pass
"""


class WholeSite(Site):
    """With all four processes, each with the lanes that it has in production."""

    def commands(self) -> dict[str, Sequence[str]]:
        commands = super().commands()
        worker = [word.replace("database,clock,alarm,outside,webhook", "database,clock") for word in commands["worker"]]
        beat = [sys.executable, "-m", "celery", "--app=config.celery:app", "beat", "--loglevel=WARNING"]
        return {**commands, "worker": worker, "beat": beat}


class Drill:
    def __init__(self, site: WholeSite, prometheus: Prometheus, disk: Path, redis: "Redis", mail_port: int) -> None:
        self.site, self.prometheus, self.disk, self.redis, self.mail_port = site, prometheus, disk, redis, mail_port
        self.mailbox = Mailbox()
        self.mail: Controller | None = None

    def rings(self, *alerts: str, during: Callable[[], object] = lambda: None) -> None:
        self._wait(lambda: set(alerts) <= self.prometheus.firing(), during, f"rings: {', '.join(alerts)}")

    def falls_silent(self, *alerts: str, during: Callable[[], object] = lambda: None) -> None:
        self._wait(lambda: not set(alerts) & self.prometheus.firing(), during, f"silent: {', '.join(alerts)}")

    def _wait(self, condition: Callable[[], bool], during: Callable[[], object], text: str) -> None:
        began = time.monotonic()

        def look() -> bool:
            during()
            return condition()

        wait_for(look, seconds=150)
        print(f"{time.monotonic() - began:5.0f} s  {text}", flush=True)

    def ask(self) -> None:
        urllib3.request("GET", f"{self.site.url}/report/", timeout=30, retries=False)

    def start_mail(self) -> None:
        self.mail = Controller(self.mailbox, hostname="127.0.0.1", port=self.mail_port)
        self.mail.start()

    def stop_mail(self) -> None:
        if self.mail is not None:
            self.mail.stop()
            self.mail = None


class Redis:
    """One of the site's own, which can be killed."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = ["redis-server", "--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self.process = subprocess.Popen([*TIED_TO_US, *words], stdout=subprocess.DEVNULL)
        wait_for(self.socket.exists)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        self.socket.unlink(missing_ok=True)


@contextmanager
def _disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES},mode=0777", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def drill(town: Rivermark, tmp_path: Path) -> Iterator[Drill]:
    site, redis, port = WholeSite(demo=False), Redis(tmp_path), _free_port()
    with _disk(tmp_path / "photos") as disk:
        site.environment |= {
            "METRICS_TOKEN": "the-token",
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"),
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "REDIS_URL": f"unix://{redis.socket}?db=0",
            "MEDIA_ROOT": str(disk),
        }
        redis.start()
        try:
            for name in ("web", "worker", "mailer", "beat"):
                site.start(name)
            with watching(tmp_path, port=site.port, token="the-token") as prometheus:
                drill = Drill(site, prometheus, disk, redis, port)
                drill.start_mail()
                wait_for(lambda: len(prometheus.query("lamplighter_processes == 1")) == 4)
                yield drill
                drill.stop_mail()
        finally:
            site.stop()
            redis.kill()


def _age(**rows: object) -> None:
    """Two hours go by for what waits."""
    pending = OutboxRow.objects.filter(done_at=None, dead_at=None, **rows)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE requests_app_outboxrow SET due_at = app_now() - interval '2 h' WHERE id = ANY(%s)",
            [list(pending.values_list("pk", flat=True))],
        )


@pytest.mark.django_db(transaction=True)
def test_each_alert_rings_by_its_fault_and_falls_silent(town: Rivermark, drill: Drill) -> None:
    drill.falls_silent("LamplighterProgramMissing")

    # Killed processes.
    for name in ("worker", "mailer", "beat"):
        drill.site.kill(name)
    made = factories.report(town.pothole, answers={"where": "lane"}, reporter=factories.ANA)
    with transaction.atomic():
        for lane in ("alarm", "webhook", "outside"):
            outbox.enqueue("index", lane=lane, dedupe_key=f"drill:{lane}", service_request=made)
    clock.enqueue_due()
    OutboxRow.objects.filter(lane="clock").exclude(kind__in=["escalate", "fold_api_usage"]).delete()
    _age()
    late = [f"Lamplighter{name}Late" for name in ("Routing", "Alarm", "Email", "Webhooks", "Clock")]
    drill.rings("LamplighterProgramMissing", *late)
    for name in ("worker", "mailer", "beat"):
        drill.site.start(name)
    drill.falls_silent("LamplighterProgramMissing", *late)

    drill.site.kill("web")
    drill.rings("LamplighterDown")
    drill.site.start("web")
    drill.falls_silent("LamplighterDown")

    # A mail server that is away, and one that refuses a mailbox.
    drill.stop_mail()
    factories.report(town.tree, reporter=factories.ANA)
    drill.rings("LamplighterEmailRefused", during=lambda: _age(lane="outside"))
    drill.start_mail()
    drill.falls_silent("LamplighterEmailRefused", during=lambda: _age(lane="outside", attempts__gt=0))
    drill.mailbox.rcpt_answer = "550 no such user"
    factories.report(town.tree, reporter=factories.Reporter(email="nobody@example.org"))
    drill.rings("LamplighterRowsDead", during=lambda: _age(lane="outside"))
    outbox.settle(OutboxRow.objects.exclude(dead_at=None))
    drill.falls_silent("LamplighterRowsDead")

    drill.redis.kill()
    drill.rings("LamplighterRedisLost", during=drill.ask)
    drill.redis.start()
    drill.falls_silent("LamplighterRedisLost", during=drill.ask)

    # A disk that is full.
    room = os.statvfs(drill.disk)
    (drill.disk / "full").write_bytes(b"x" * (room.f_bavail * room.f_frsize - 4096))
    environment = {**os.environ, **drill.site.environment}

    def upload() -> None:
        subprocess.run(
            [sys.executable, "-c", UPLOAD],
            cwd=ROOT,
            env=environment,
            input=factories.jpeg(2000, 1500),
            check=True,
            capture_output=True,
        )

    # The first refusal begins the series, and the second one is an increase.
    upload()
    drill.rings("LamplighterDiskFull")
    upload()
    drill.rings("LamplighterPhotosNotStored")
    (drill.disk / "full").unlink()
    drill.falls_silent("LamplighterDiskFull", "LamplighterPhotosNotStored")
