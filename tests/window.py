"""A real browser on pages rendered in this process, so that it sees data from the test's uncommitted transaction."""

import asyncio
import mimetypes
import socket
from collections.abc import Mapping
from email.message import Message
from email.parser import Parser
from functools import cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import Client
from playwright.sync_api import Browser, Page

from config.roomy import with_room

# Nothing listens there. The window's proxy answers for it, and for all other hosts.
SITE = "http://testserver"
Answer = tuple[int, Mapping[str, str], bytes]


class Window:
    """A browser context in which `client` answers for the site, and the static folders for files.

    reader: the client whose cookies are sent. Redirects are followed here, because the browser would follow them past us.
    options: the context's, as Playwright takes them.
    """

    def __init__(self, browser: Browser, reader: Client, **options: Any) -> None:
        self.reader = reader
        # Of the last page that was opened, after redirects.
        self.status, self.path = 0, ""
        self.connection = connections[DEFAULT_DB_ALIAS]
        # A proxy in Playwright's own loop, so that it answers in this thread, while a test waits for the browser. With
        # Playwright's route() each answer would go through two more processes, and the browser would keep no style sheet.
        listener = socket.create_server(("127.0.0.1", 0))
        loop = asyncio.get_running_loop()
        self._server = loop.create_task(loop.create_server(lambda: Proxy(self), sock=listener))
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.context = browser.new_context(proxy={"server": proxy}, **options)
        self.page: Page = self.context.new_page()

    def open(self, path: str) -> Page:
        self.page.goto(SITE + path)
        return self.page

    @property
    def asks_to_sign_in(self) -> bool:
        """Whether the last page is the one on which staff sign in."""
        return self.path.endswith("/accounts/login/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self.context.close()
        self._server.result().close()

    def answer(self, method: str, url: str, headers: Message, body: bytes) -> Answer:
        address = urlsplit(url)
        if address.path.startswith("/static/"):
            return static_file(address.path.removeprefix("/static/"))
        # What runs in Playwright's loop has another context, which would open its own connection.
        connections[DEFAULT_DB_ALIAS] = self.connection
        path = f"{address.path}?{address.query}" if address.query else address.path
        response = self._ask(method, path, headers, body)
        # Only pages ask for it, not what they are made of.
        if "upgrade-insecure-requests" in headers:
            self.status, self.path = response.status_code, response.request["PATH_INFO"]
        content = b"".join(response.streaming_content) if response.streaming else response.content
        # Another test has another city.
        return response.status_code, {**dict(response.items()), "Cache-Control": "no-store"}, content

    def _ask(self, method: str, path: str, given: Message, body: bytes) -> Any:
        wanted = {name.lower(): value for name, value in given.items() if name.lower().startswith(("accept", "hx-"))}
        headers = {name: value for name, value in wanted.items() if name != "accept-encoding"}
        if method == "POST":
            kind = given["content-type"]
            return self.reader.post(path, data=body, content_type=kind, headers=headers, follow=True)
        return self.reader.get(path, headers=headers, follow=True)


@cache
def static_file(name: str) -> Answer:
    file = finders.find(name)
    if not file:
        return 404, {}, b""
    kind = mimetypes.guess_type(file)[0] or "application/octet-stream"
    return 200, {"Content-Type": kind, "Cache-Control": "max-age=3600"}, Path(file).read_bytes()


class Proxy(asyncio.Protocol):
    """A connection of the browser: one request after another."""

    def __init__(self, window: Window) -> None:
        self.window, self.received = window, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, rest = self.received.partition(b"\r\n\r\n")
        line, _, fields = head.decode("latin-1").partition("\r\n")
        headers = Parser().parsestr(fields, headersonly=True)
        length = int(headers["content-length"] or 0)
        # The browser sends the next request after the answer.
        if not found or len(rest) < length:
            return
        self.received = b""
        method, url, _ = line.split(" ")
        if method == "CONNECT":
            # To a site elsewhere.
            self.transport.close()
            return
        status, answered, body = with_room(self.window.answer, method, url, headers, rest)
        answered = {**answered, "Content-Length": str(len(body))}
        lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in answered.items())]
        self.transport.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
