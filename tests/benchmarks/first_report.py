"""A stranger's path from /developers/ to the first report: seconds, pages and commands, without anybody at the city.

    bin/test tests/benchmarks/first_report.py -s

A browser without JavaScript follows the links and sends the forms, and a shell runs the commands as the page shows them. Reading
and typing take a person longer; what counts is that each number stays small.
"""

import html
import http.cookiejar
import json
import re
import subprocess
import time
import urllib.parse
import urllib.request

import pytest
from django.core import mail

from requests_app.models import ServiceRequest
from requests_app.worker import tasks
from tests.factories import Rivermark
from tests.live import Site

PAGES_MOST, COMMANDS_MOST, SECONDS_MOST = 5, 2, 15


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


@pytest.mark.django_db(transaction=True)
def test_from_the_developers_page_to_the_first_report(town: Rivermark, live_site: Site) -> None:
    began = time.perf_counter()
    browser = Browser(live_site.url)
    browser.open("/developers/")
    browser.follow("Get a test key")
    browser.send(name="Bus app", email="dev@example.org")
    # The worker's turn.
    tasks.drain("outside")
    link = re.search(r"http://[^/]+(/c/\S+)", mail.outbox[-1].body)
    assert link
    browser.open(link[1])
    browser.send()
    commands = [html.unescape(command) for command in re.findall(r"<code data-step>(.*?)</code>", browser.page, re.S)]
    shell = subprocess.run(["bash", "-e"], input="\n".join(commands), capture_output=True, text=True, timeout=60)
    seconds = time.perf_counter() - began
    receipt = json.loads(shell.stdout)
    print(f"\n{seconds:.1f} s, {browser.pages} pages, {len(commands)} commands: {receipt['reference']}")
    assert ServiceRequest.objects.get().is_test
    assert browser.pages <= PAGES_MOST
    assert len(commands) <= COMMANDS_MOST
    assert seconds <= SECONDS_MOST
