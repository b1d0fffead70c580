"""`lamplighter listen`: each event reaches a program on this machine once, signed, also after both were down."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from lamplighter_client import Lamplighter, Problem
from lamplighter_client.listen import State, checked, listen
from lamplighter_client.webhooks import read

from requests_app import api_keys
from requests_app.clock import app_now
from requests_app.models import Webhook
from tests import factories
from tests.live import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shows("15.8")]
COMMAND = [sys.executable, "-c", "import sys; from lamplighter_client.command import main; sys.exit(main())", "listen"]


@pytest.fixture
def cast(live_site: Site) -> factories.Rivermark:
    return factories.rivermark()


@pytest.fixture
def key(cast: factories.Rivermark) -> str:
    return api_keys.create(cast.city, "My machine", scopes=["webhooks"])[1]


@pytest.fixture
def client(live_site: Site, key: str) -> Lamplighter:
    return Lamplighter(live_site.url, key)


@pytest.fixture
def state(client: Lamplighter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return State(client.site, "lk_1", "http://127.0.0.1/hook")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    return free


@contextmanager
def program(port: int, status: int = 204) -> Iterator[list[tuple[dict[str, str], bytes]]]:
    """A program at this port. Yields what it got: headers and body."""
    received: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    httpd = HTTPServer(("127.0.0.1", port), Handler)
    Thread(target=httpd.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield received
    finally:
        httpd.shutdown()
        httpd.server_close()


def report(cast: factories.Rivermark) -> str:
    made = factories.report(cast.tree)
    factories.run_worker()
    return made.display_reference


def run(client: Lamplighter, state: State, port: int, *meanwhile: Callable[[], object]) -> list[str]:
    """Listens. Each time that it would sleep, does the next of these; then Ctrl-C. Returns what it said."""
    lines: list[str] = []
    left = list(meanwhile)

    def sleep(_seconds: float) -> None:
        if not left:
            raise KeyboardInterrupt
        left.pop(0)()

    with pytest.raises(KeyboardInterrupt):
        listen(
            client, state, f"http://127.0.0.1:{port}/hook", {"events": ["request.submitted"]}, lines.append, sleep=sleep
        )
    return lines


def test_each_event_comes_once_and_signed_also_after_both_were_down(
    cast: factories.Rivermark, client: Lamplighter, state: State, port: int
) -> None:
    # The program isn't there yet, when the first event comes.
    lines = run(client, state, port, lambda: report(cast))
    assert "No program answers at" in lines[-1]
    assert oct(state.path.stat().st_mode)[-3:] == "600"
    with program(port) as received:
        lines = run(client, state, port)
        assert lines[-1].split("  ")[1] == "request.submitted"
        assert "204 in" in lines[-1]
        second = report(cast)
        lines = run(client, state, port)
        assert "Going on" in lines[0]
        assert len(lines) == 3
        secret = state.read().secret  # type: ignore[union-attr]
        events = [read(body, headers, secret) for headers, body in received]
        assert [event["type"] for event in events] == ["request.submitted"] * 2
        assert events[1]["data"]["reference"] == second
    with program(port, 500) as received:
        report(cast)
        assert "500 in" in run(client, state, port)[-1]
        assert run(client, state, port)[2:] == []
    assert client.webhooks()[0]["events"] == ["request.submitted"]
    assert len(client.webhooks()) == 1


def test_a_listener_that_ended_goes_on_and_one_that_is_gone_is_made_again(
    cast: factories.Rivermark, client: Lamplighter, state: State, port: int
) -> None:
    run(client, state, port)
    Webhook.objects.update(ended_at=app_now(), end_reason=Webhook.EndReason.UNREAD)
    assert "Nobody listened for 10 minutes" in run(client, state, port, lambda: None)[-1]
    assert client.webhooks()[0]["enabled"]
    client.delete_webhook(client.webhooks()[0]["id"])
    run(client, state, port, lambda: client.delete_webhook(client.webhooks()[0]["id"]), lambda: None)
    assert len(client.webhooks()) == 1
    # What can't be read is as if it weren't there.
    state.path.write_text("{")
    run(client, state, port)
    assert len(client.webhooks()) == 2


def test_ctrl_c_ends_it_and_a_wrong_key_is_said(
    live_site: Site, cast: factories.Rivermark, key: str, client: Lamplighter, tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": "docs/clients/python/src",
        "LAMPLIGHTER_SITE": live_site.url,
        "LAMPLIGHTER_KEY": key,
        "XDG_STATE_HOME": str(tmp_path),
    }
    with subprocess.Popen(
        [*COMMAND, "--forward-to=localhost:9/hook"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout
        assert "whsec_" in running.stdout.readline()
        running.send_signal(signal.SIGINT)
        try:
            out, err = running.communicate(timeout=20)
        finally:
            # Where SIGINT is ignored, as in the background of a script, it would go on forever.
            running.kill()
    assert (running.returncode, err) == (0, "")
    assert "Stopped." in out
    with pytest.raises(Problem) as refused:
        listen(Lamplighter(live_site.url, "lk_wrong"), State("", "", ""), "", {}, print)
    assert refused.value.status in (401, 403)
    with pytest.raises(ValueError, match="ftp"):
        checked("ftp://localhost/")
