"""Email by a mail service's API, by the settings of a deployment. The service here answers as Postmark does, on loopback."""

import http.server
import json
import runpy
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from requests_app.models import ContactPoint, OutboxRow
from tests import factories
from tests.factories import ANA
from tests.live import ROOT
from tests.mail_server import deliver

pytestmark = pytest.mark.django_db


class Service:
    """What the service was sent, and what it answers."""

    def __init__(self) -> None:
        self.mails: list[dict[str, Any]] = []
        self.tokens: set[str | None] = set()
        self.status, self.answer = 200, {"ErrorCode": 0, "Message": "OK", "MessageID": "7", "SubmittedAt": "2026-11-26"}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Service]:
    service = Service()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            service.tokens.add(self.headers["X-Postmark-Server-Token"])
            service.mails.append(sent)
            body = json.dumps(service.answer | {"To": sent["To"]}).encode()
            self.send_response(service.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("ANYMAIL_SERVICE", "postmark")
    monkeypatch.setenv(
        "ANYMAIL_SETTINGS",
        f"POSTMARK_SERVER_TOKEN=a=b,POSTMARK_API_URL=http://127.0.0.1:{server.server_port}/",
    )
    deployed = runpy.run_path(str(ROOT / "config/settings.py"))
    settings.EMAIL_BACKEND, settings.ANYMAIL = deployed["EMAIL_BACKEND"], deployed["ANYMAIL"]
    yield service
    server.shutdown()
    server.server_close()


def test_email_goes_out_with_its_headers_and_both_bodies(service: Service) -> None:
    made = factories.report(factories.rivermark().pothole, answers={"where": "lane"}, reporter=ANA)
    deliver()
    mail = service.mails[0]
    assert service.tokens == {"a=b"}
    assert mail["To"] == "ana@example.org"
    assert made.display_reference in mail["Subject"]
    assert "<html" in mail["HtmlBody"]
    assert mail["TextBody"]
    headers = {header["Name"]: header["Value"] for header in mail["Headers"]}
    assert {"Message-ID", "X-Lamplighter-Event", "List-Unsubscribe", "List-Unsubscribe-Post"} <= set(headers)
    assert not OutboxRow.objects.filter(kind__startswith="email_", done_at=None).exists()


def test_an_address_that_the_service_refuses_gets_no_more_email(service: Service) -> None:
    service.status = 422
    service.answer = {
        "ErrorCode": 406,
        "Message": "You tried to send to recipient(s) that have been marked as inactive.\n"
        "Found inactive addresses: ana@example.org.\nInactive recipients are ones that have generated a hard bounce.",
    }
    factories.report(factories.rivermark().pothole, answers={"where": "lane"}, reporter=ANA)
    deliver()
    assert ContactPoint.objects.get(value="ana@example.org").bounced_at is not None
    assert {row.last_error for row in OutboxRow.objects.filter(dead_at__isnull=False)} == {"refused"}
    sent = len(service.mails)
    deliver()
    assert len(service.mails) == sent


def test_a_service_that_fails_is_tried_again(service: Service) -> None:
    service.status = 500
    factories.report(factories.rivermark().pothole, answers={"where": "lane"}, reporter=ANA)
    deliver()
    assert service.mails
    assert ContactPoint.objects.get(value="ana@example.org").bounced_at is None
    waiting = OutboxRow.objects.filter(kind__startswith="email_", done_at=None)
    assert waiting.exists()
    assert not waiting.filter(dead_at__isnull=False).exists()
