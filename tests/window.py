"""A real browser on pages rendered in this process, so that it sees data from the test's uncommitted transaction."""

import mimetypes
from functools import partial
from typing import Any, Self
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import Client
from playwright.sync_api import BrowserContext, Page, Request, Route

from config.roomy import with_room

# Nothing listens there, so requests that the window does not answer fail.
SITE = "http://testserver"


class Window:
    """A browser context in which `client` answers for the site, and the static folders for files.

    reader: the client whose cookies are sent. Redirects are followed here, because the browser would follow them past us.
    """

    def __init__(self, context: BrowserContext, reader: Client) -> None:
        self.context, self.reader = context, reader
        # Of the last page that was opened, after redirects.
        self.status, self.path = 0, ""
        self.connection = connections[DEFAULT_DB_ALIAS]
        context.route("**/*", partial(with_room, self._answer))
        self.page: Page = context.new_page()

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
        self.context.close()

    def _answer(self, route: Route, request: Request) -> None:
        address = urlsplit(request.url)
        if address.path.startswith("/static/"):
            file = finders.find(address.path.removeprefix("/static/"))
            if not file:
                route.fulfill(status=404)
                return
            route.fulfill(path=file, content_type=mimetypes.guess_type(file)[0] or "application/octet-stream")
            return
        # Playwright's callbacks run in another context, which would open its own connection.
        connections[DEFAULT_DB_ALIAS] = self.connection
        response = self._ask(request, f"{address.path}?{address.query}" if address.query else address.path)
        if request.is_navigation_request():
            self.status, self.path = response.status_code, response.request["PATH_INFO"]
        body = b"".join(response.streaming_content) if response.streaming else response.content
        route.fulfill(status=response.status_code, headers=dict(response.items()), body=body)

    def _ask(self, request: Request, path: str) -> Any:
        headers = {name: value for name, value in request.headers.items() if name.startswith(("accept", "hx-"))}
        if request.method == "POST":
            body = request.post_data_buffer or b""
            kind = request.headers["content-type"]
            return self.reader.post(path, data=body, content_type=kind, headers=headers, follow=True)
        return self.reader.get(path, headers=headers, follow=True)
