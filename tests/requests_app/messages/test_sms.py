"""Text messages: the HTTP gateway with its answers and its patience, and the simulated one of the demo."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from requests_app.messages import sms


class Gateway(ThreadingHTTPServer):
    """Answers with `status`, or not before `released` is set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 201
        self.hangs = False
        self.released = threading.Event()
        self.got: list[tuple[str, dict[str, list[str]]]] = []


class Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append((self.headers["Authorization"], parse_qs(body)))
        if self.server.hangs:
            self.server.released.wait()
            return
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Not to the tests' output."""


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.SMS_BACKEND = "requests_app.messages.sms.send_by_http"
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}/Messages.json"
    settings.SMS_USER, settings.SMS_PASSWORD, settings.SMS_FROM = "account", "secret", "+15550100"
    yield server
    server.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_posts_what_gateways_expect(gateway: Gateway) -> None:
    sms.send("555-0121", "Algo pasó: ¿está bien?")
    ((authorization, body),) = gateway.got
    assert authorization == "Basic YWNjb3VudDpzZWNyZXQ="
    assert body == {"To": ["555-0121"], "From": ["+15550100"], "Body": ["Algo pasó: ¿está bien?"]}


@pytest.mark.parametrize(
    ("status", "for_good"), [(400, True), (401, True), (404, True), (408, False), (429, False), (500, False)]
)
def test_a_refusal_is_for_good_and_a_failure_may_be_tried_again(gateway: Gateway, status: int, for_good: bool) -> None:
    gateway.status = status
    with pytest.raises(sms.Undeliverable if for_good else OSError) as raised:
        sms.send("555-0121", "Hello")
    assert isinstance(raised.value, sms.Undeliverable) is for_good


def test_it_does_not_wait_for_a_gateway_that_never_answers(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms, "TIMEOUT_S", 0.05)
    gateway.hangs = True
    with pytest.raises(OSError, match="timed out"):
        sms.send("555-0121", "Hello")


def test_a_gateway_that_is_away_may_be_tried_again(settings: Any) -> None:
    settings.SMS_BACKEND = "requests_app.messages.sms.send_by_http"
    settings.SMS_URL = "http://127.0.0.1:1/"
    with pytest.raises(OSError, match="refused"):
        sms.send("555-0121", "Hello")


@pytest.mark.django_db
def test_the_demo_keeps_them(settings: Any, tmp_path: Path) -> None:
    settings.SMS_BACKEND, settings.SMS_FOLDER = "requests_app.messages.sms.write_to_file", tmp_path / "sms"
    assert sms.latest() == []
    sms.send("555-0121", "¿Está bien?")
    (kept,) = sms.latest()
    assert (kept.to, kept.text) == ("555-0121", "¿Está bien?")
