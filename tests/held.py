"""Delays what a page asks for, until the test has looked at the page that waits for it."""

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


class Held:
    """The requests of a page for addresses that fit a pattern: `held.first().continue_()` lets the first one go."""

    def __init__(self, page: "Page", pattern: str) -> None:
        self.page = page
        self.routes: list[Route] = []
        page.route(pattern, self.hold)

    def hold(self, route: "Route") -> None:
        self.routes.append(route)

    def first(self) -> "Route":
        """Waits until the page has asked. What it shows by then may be seen before the request is."""
        deadline = time.monotonic() + 15
        while not self.routes:
            assert time.monotonic() < deadline, "the page has not asked"
            self.page.wait_for_timeout(10)
        return self.routes[0]
