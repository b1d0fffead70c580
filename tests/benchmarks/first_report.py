"""A stranger's path from /developers/ to the first report and the first verified webhook: seconds, pages and commands.

    bin/test tests/benchmarks/first_report.py -s

Nobody at the city does anything. A browser without JavaScript follows the links and sends the forms, and a shell runs the commands
as the pages and the Python client's README show them. `pip` asks the package index once. Reading and typing take a person longer;
what counts is that each number stays small.
"""

import html
import http.cookiejar
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core import mail

from requests_app.models import ServiceRequest
from requests_app.web.developers.webhook_examples import PORT
from requests_app.worker import tasks
from tests.clients import build
from tests.code_blocks import blocks_of
from tests.factories import Rivermark
from tests.live import Site

PAGES_MOST, COMMANDS_MOST, SECONDS_MOST = 5, 2, 15
# From there to the first webhook.
WEBHOOK_COMMANDS_MOST, WEBHOOK_SECONDS_MOST = 7, 60
README = build.CLIENTS / "python/README.md"
LISTEN = re.compile(r"`(lamplighter listen --forward-to )\S+`")
# A person sees when a line is there.
UNTIL = "for _ in $(seq 300); do grep -q {} {} && break; sleep 0.1; done"


class Browser:
    """Follows links by their text and sends the page's first form, as a person does."""

    def __init__(self, site: str) -> None:
        self.site, self.address, self.page, self.pages = site, site, "", 0
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def open(self, address: str, fields: dict[str, str] | None = None) -> None:
        self.address = urllib.parse.urljoin(self.address, address)
        body = urllib.parse.urlencode(fields).encode() if fields is not None else None
        with self.opener.open(urllib.request.Request(self.address, body)) as answer:  # noqa: S310 - our own site
            self.page = html.unescape(answer.read().decode())
        self.pages += 1

    def follow(self, text: str) -> None:
        link = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>{re.escape(text)}</a>', self.page)
        assert link, text
        self.open(link[1])

    def send(self, **fields: str) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page.partition("<main")[2])
        assert token
        self.open("", {"csrfmiddlewaretoken": token[1], **fields})


def steps_on(page: str) -> list[str]:
    return [html.unescape(step) for step in re.findall(r"<code data-step>(.*?)</code>", page, re.DOTALL)]


def to_the_first_report(site: str) -> tuple[Browser, list[str], dict[str, str]]:
    """Returns the browser, the commands and the receipt."""
    browser = Browser(site)
    browser.open("/developers/")
    browser.follow("Get a test key")
    browser.send(name="Bus app", email="dev@example.org")
    # The worker's turn.
    tasks.drain("outside")
    link = re.search(r"http://[^/]+(/c/\S+)", mail.outbox[-1].body)
    assert link
    browser.open(link[1])
    browser.send()
    commands = steps_on(browser.page)
    shell = subprocess.run(["bash", "-e"], input="\n".join(commands), capture_output=True, text=True, timeout=60)
    receipt: dict[str, str] = json.loads(shell.stdout)
    return browser, commands, receipt


def to_the_first_webhook(site: str, page: str, port: int) -> Iterator[str]:
    """The commands: of the client's README to listen, of /developers/ to verify what comes, and to make something happen.

    page: /developers/.
    """
    install, export = [block.code.strip() for block in blocks_of(README.read_text(), str(README))[:2]]
    yield install
    yield export.replace("https://311.example.org", site)
    listen = LISTEN.search(README.read_text())
    assert listen
    yield f"{listen[1]}http://127.0.0.1:{port}/"
    steps = {step.partition("=")[0].removeprefix("export "): step for step in steps_on(page)}
    yield steps["SECRET"]
    (receive,) = [step.replace(str(PORT), str(port)) for step in steps.values() if "HTTPServer" in step]
    yield receive
    yield steps["REFERENCE"]
    (advance,) = [step for step in steps.values() if "/advance/" in step]
    yield advance


def as_typed(commands: list[str], key: str, reference: str) -> str:
    """A script: with the reader's own values, `listen` in a window of its own, and a look at what was printed."""
    install, export, listen, secret, receive, reference_step, advance = commands
    return "\n".join(
        [
            f"{install} >&2",
            export.replace("lk_…", key),
            f"{listen} > listened 2>&1 &",
            UNTIL.format("whsec_", "listened"),
            secret.replace("whsec_…", "$(grep -o 'whsec_[A-Za-z0-9+/=]*' listened)"),
            f"export KEY={key}",
            "exec 3>&1 > received",
            receive,
            reference_step.replace("…", reference),
            f"{advance} >&2",
            UNTIL.format("request.accepted", "received"),
            "cat received >&3",
            "kill $(jobs -p)",
        ]
    )


@pytest.mark.django_db(transaction=True)
def test_from_the_developers_page_to_the_first_report_and_webhook(
    town: Rivermark, live_site: Site, tmp_path: Path
) -> None:
    # What a stranger has: a Python of their own, the clients' folder, a free port.
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    shutil.copytree(README.parent, tmp_path / "docs/clients/python", ignore=build.MADE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    began = time.perf_counter()
    browser, commands, receipt = to_the_first_report(live_site.url)
    seconds = time.perf_counter() - began
    print(f"\n{seconds:.1f} s, {browser.pages} pages, {len(commands)} commands: {receipt['reference']}")
    assert ServiceRequest.objects.get().is_test
    assert browser.pages <= PAGES_MOST
    assert len(commands) <= COMMANDS_MOST
    assert seconds <= SECONDS_MOST

    began = time.perf_counter()
    browser.open("/developers/")
    more = list(to_the_first_webhook(live_site.url, browser.page, port))
    key = commands[0].removeprefix("export KEY=")
    environment = {
        "PATH": f"{tmp_path / 'venv/bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
    }
    (tmp_path / "typed.sh").write_text(as_typed(more, key, receipt["reference"]))
    with (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err:
        shell = subprocess.Popen(["bash", "-e", "typed.sh"], cwd=tmp_path, env=environment, stdout=out, stderr=err)
        while shell.poll() is None:
            # The worker's turn.
            tasks.drain_database()
            time.sleep(0.1)
            assert time.perf_counter() - began < WEBHOOK_SECONDS_MOST * 2
    seconds = time.perf_counter() - began
    received = (tmp_path / "out").read_text()
    assert "'type': 'request.accepted'" in received, (tmp_path / "err").read_text()[-2000:]
    assert receipt["reference"] in received
    print(f"{seconds:.1f} s, {len(more)} commands more, with one page: request.accepted, verified")
    for command in [*commands, *more]:
        print(f"  {command.splitlines()[0]}")
    assert len(more) <= WEBHOOK_COMMANDS_MOST
    assert seconds <= WEBHOOK_SECONDS_MOST
