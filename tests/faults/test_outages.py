"""Redis, PostgreSQL or the mail server away: workers live on, reports are routed, and the site is back by itself."""

import asyncio
import http.client
import itertools
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from celery import current_app
from django.core import mail
from django.db import connection, transaction
from kombu import Connection
from pytest_django.fixtures import Settings

from config.stack.machine import redis_server
from requests_app import api_keys, outbox
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.programs import webhooks
from requests_app.models import OutboxRow, ServiceRequest
from requests_app.worker.tasks import drain
from tests import factories
from tests.factories import Rivermark
from tests.live import Site, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

ROUTED_WITHIN_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Redis:
    """A Redis on TCP: unlike on a Unix socket, a connection to it can die with a message on its way."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        program = redis_server()
        assert program is not None
        where = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            [program, *where, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
        )
        wait_for(lambda: answers(self.port), seconds=20)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    yield server
    server.kill()


@contextmanager
def running_worker(**environment: str) -> Iterator[Site]:
    site = Site(demo=False)
    site.environment |= environment
    site.start("worker")
    try:
        yield site
    finally:
        site.stop()


def is_routed(service_request: ServiceRequest) -> bool:
    return ServiceRequest.objects.filter(pk=service_request.pk, department__isnull=False).exists()


@contextmanager
def busy_workers() -> Iterator[None]:
    """Keeps tasks from finishing, so that the messages after them are fetched and not yet done."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE requests_app_outboxrow")
        time.sleep(0.5)
        yield


def send_hints(url: str, stopping: threading.Event) -> None:
    """Wakes the workers as often as many residents would, so that messages are on their way at any moment."""
    while not stopping.is_set():
        with (
            suppress(Exception),
            Connection(url, transport_options={"socket_timeout": 1}) as broker,
            broker.Producer() as producer,
        ):
            for lane in itertools.islice(itertools.cycle(["database", "outside"]), 40):
                current_app.send_task(outbox.DRAIN, args=[lane], queue=lane, producer=producer, retry=False)


@pytest.mark.parametrize("kills", [1, pytest.param(50, marks=pytest.mark.slow)])
def test_a_worker_survives_redis_dying_with_messages_on_their_way(redis: Redis, cast: Rivermark, kills: int) -> None:
    stopping = threading.Event()
    hints = threading.Thread(target=send_hints, args=[redis.url, stopping])
    with running_worker(REDIS_URL=redis.url) as site:
        hints.start()
        try:
            for _ in range(kills):
                service_request = factories.report(cast.pothole, answers={"where": "lane"})
                wait_for(lambda: is_routed(service_request), seconds=ROUTED_WITHIN_S)  # noqa: B023
                with busy_workers():
                    redis.kill()
                    redis.start()
                    # Longer than the worker waits before it connects again.
                    time.sleep(2.5)
                assert site.running["worker"].poll() is None, (site.log / "worker.log").read_text()[-4000:]
        finally:
            stopping.set()
            hints.join()
        service_request = factories.report(cast.pothole, answers={"where": "lane"})
        wait_for(lambda: is_routed(service_request), seconds=ROUTED_WITHIN_S)
        assert site.running["worker"].poll() is None
        assert "Unrecoverable" not in (site.log / "worker.log").read_text()
        # Gone for good.
        redis.kill()
        service_request = factories.report(cast.pothole, answers={"where": "lane"})
        wait_for(lambda: is_routed(service_request), seconds=ROUTED_WITHIN_S)


@pytest.mark.slow
def test_a_worker_that_starts_without_redis_routes(cast: Rivermark) -> None:
    service_request = factories.report(cast.pothole, answers={"where": "lane"})
    with running_worker(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"):
        wait_for(lambda: is_routed(service_request), seconds=ROUTED_WITHIN_S)


class Silent:
    """An SMTP server that takes the connection and never answers for some addresses."""

    def __init__(self) -> None:
        self.delivered: list[str] = []

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("silent"):
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.delivered += envelope.rcpt_tos
        return "250 OK"


def test_a_silent_mail_server_keeps_neither_others_email_nor_routing_waiting(redis: Redis, cast: Rivermark) -> None:
    box = Silent()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        for number in range(12):
            reporter = Reporter(name="", email=f"silent{number}@mail.example", phone="")
            factories.report(cast.pothole, answers={"where": "lane"}, reporter=reporter)
        email_url = f"smtp://127.0.0.1:{controller.port}"
        with running_worker(REDIS_URL=redis.url, EMAIL_URL=email_url) as site:
            # A mailer with as many threads as in production.
            site.start("mailer")
            ana = Reporter(name="Ana", email="ana@mail.example", phone="")
            service_request = factories.report(cast.pothole, answers={"where": "lane"}, reporter=ana)
            wait_for(lambda: is_routed(service_request), seconds=20)
            wait_for(lambda: "ana@mail.example" in box.delivered, seconds=30)
    finally:
        controller.stop()


class SilentReceiver(socketserver.ThreadingTCPServer):
    """Takes each connection and never answers."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.asked: list[Any] = []

    def process_request(self, request: Any, client_address: Any) -> None:
        self.asked.append(request)

    def end(self) -> None:
        """Hangs up on everybody, and takes no more calls."""
        self.shutdown()
        self.server_close()
        for request in self.asked:
            request.close()


# As many threads as a mailer has in production.
MAILER_THREADS = 8


@contextmanager
def mailer_threads() -> Iterator[Callable[[str], None]]:
    """Yields a function that does what a hint makes a mailer do: one of its threads drains a lane."""
    with ThreadPoolExecutor(MAILER_THREADS) as threads:

        def hint(lane: str) -> None:
            def drained() -> None:
                try:
                    drain(lane)
                finally:
                    connection.close()

            threads.submit(drained)

        yield hint


@pytest.mark.slow
@pytest.mark.shows("15.10")
def test_silent_receivers_of_webhooks_keep_no_email_waiting(cast: Rivermark, settings: Settings) -> None:
    """More of them than a mailer has threads, and each waits for eight seconds. The threads are our own, without a process that
    first has to start."""
    settings.WEBHOOKS_TO_LOOPBACK = True
    with SilentReceiver() as silent, mailer_threads() as hint:
        threading.Thread(target=silent.serve_forever, args=[0.05], daemon=True).start()
        try:
            for number in range(20):
                key, _plain = api_keys.create(cast.city, f"App {number}", scopes=["webhooks"])
                webhooks.test(webhooks.create(key, {"url": f"http://127.0.0.1:{silent.server_address[1]}/"})[0].pk)
            for lane in (OutboxRow.Lane.WEBHOOK, OutboxRow.Lane.OUTSIDE) * MAILER_THREADS:
                hint(lane)
            wait_for(lambda: silent.asked, seconds=5)
            for number in range(3):
                reporter = Reporter(name="", email=f"ana{number}@mail.example", phone="")
                factories.report(cast.pothole, answers={"where": "lane"}, reporter=reporter)
            factories.run_worker()
            hint(OutboxRow.Lane.OUTSIDE)
            # Less than a receiver is waited for.
            wait_for(lambda: len({one.to[0] for one in mail.outbox}) == 3, seconds=6)
            # Some threads are left for email, so not all of them have been asked yet.
            assert 1 <= len(silent.asked) < MAILER_THREADS
        finally:
            silent.end()


class CuttableDatabase:
    """A Unix socket in front of PostgreSQL's own, that can be closed and opened again."""

    def __init__(self, folder: Path, real: str) -> None:
        self.folder, self.real = folder, f"{real}/.s.PGSQL.5432"
        self.path = folder / ".s.PGSQL.5432"
        self.sockets: list[socket.socket] = []
        self.open()

    def open(self) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen()
        threading.Thread(target=self._accept, args=[self.listener], daemon=True).start()

    def cut(self) -> None:
        self.path.unlink()
        for one in (self.listener, *self.sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.sockets = []

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.real)
                self.sockets += [client, server]
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=_copy, args=[source, target], daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def status(port: int) -> int:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        client.request("GET", "/")
        return client.getresponse().status
    except OSError:
        return 0
    finally:
        client.close()


@pytest.mark.slow
def test_pages_are_back_within_five_seconds_of_the_database(cast: Rivermark, tmp_path: Path) -> None:
    settings = connection.settings_dict
    database = CuttableDatabase(tmp_path, settings["OPTIONS"]["host"])
    site = Site(demo=False)
    site.environment["DATABASE_URL"] = f"postgis://lamplighter_owner@/{settings['NAME']}?host={tmp_path}"
    try:
        site.start("web")
        assert status(site.port) == 200
        database.cut()
        gone_until = time.monotonic() + 75
        while time.monotonic() < gone_until:
            assert status(site.port) == 503
            time.sleep(1)
        database.open()
        wait_for(lambda: status(site.port) == 200, seconds=5)
    finally:
        site.stop()
        database.cut()
