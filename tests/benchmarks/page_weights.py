"""What residents' pages weigh, move and wait on a phone: bin/test tests/benchmarks/page_weights.py -s.

Rivermark with 4,000 of its reports and photos, and static files as in production. Opens each page at 375 px in Chromium
with an empty cache, over a slow line (1.6 Mbit/s, 150 ms), and prints a row for it: kilobytes when it has loaded, at rest,
and scrolled to its end; layout shift; seconds until it can be read and used. The pages of the report form are reached by
sending one report.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_django.fixtures import Settings

from requests_app.demo import history
from requests_app.demo.staff import load_staff
from requests_app.imports.city import load_city
from requests_app.imports.progress import Progress, Silent
from requests_app.management.commands.load_demo import RIVERMARK
from requests_app.models import Jurisdiction
from tests.screenshots import READING, STEPS, Camera, reading, whole_path
from tests.test_weight import _production_like, packed, site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Request

    from tests.live import Site

__all__ = ["_production_like", "packed", "site"]

pytestmark = pytest.mark.browser

REPORTS = 4_000
WATCHED = (
    "home", "what", "list", "map", "services", "article", "area", "areas", "block", "about-service", "address", "street-work",
    "find", "my-requests", "follow", "offline", "privacy",
)  # fmt: skip
ASSET = "assets/L00002/"
POSTER = "areas/ward/5/year/2026/"
# Kilobytes when loaded and at rest, by kind of page; with a map, at rest means with MapLibre.
STEP_KB, MAP_KB, HOME_KB, SHIFT = 100, 400, 250, 0.05
FORM = {*STEPS.values(), "what"} - {"sent", "emergency"}
PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 812}, "device_scale_factor": 2, "is_mobile": True}
SLOW: dict[str, Any] = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_638_400 / 8,
    "uploadThroughput": 750_000 / 8,
}
# What a page has fetched by the time it has loaded; how far things moved by themselves.
SEEN = """window.shift = 0; window.moved = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.shift += entry.value;
    window.moved.push(entry.sources.map((one) => one.node?.outerHTML?.slice(0, 90)).join(" | "));
  }
}).observe({ type: "layout-shift", buffered: true });
addEventListener("load", () => {
  window.before = [location.href, ...performance.getEntriesByType("resource").map((one) => one.name)];
});"""
# Forms work without a script, so a page is usable when it is shown and its own scripts have run.
USABLE = """() => Math.max(performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd) / 1000"""
SCROLL = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += 400) {
    scrollTo(0, y);
    await new Promise((done) => setTimeout(done, 150));
  }
}"""


@dataclass
class Scale(Camera):
    """A camera that weighs pages: each is opened once more, in a browser that has nothing but the cookies."""

    rows: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)

    def take(self, name: str) -> None:
        if name in self.taken or (self.only and name not in self.only):
            return
        self.taken.add(name)
        browser = self.page.context.browser
        assert browser is not None
        context = browser.new_context(
            storage_state=self.page.context.storage_state(), service_workers="block", color_scheme="light", **PHONE
        )
        try:
            self._weigh(name, context)
        finally:
            context.close()

    def _weigh(self, name: str, context: "BrowserContext") -> None:
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.add_init_script(SEEN)
        requests = watch(page)
        page.goto(self.page.url, wait_until="networkidle")
        if page.locator("#map, [data-place-map][open]").count():
            page.wait_for_selector(".map[data-ready]")
            page.wait_for_load_state("networkidle")
        before = page.evaluate("before")
        fetched = fetched_by(requests)
        loaded = kilobytes(fetched, before)
        rest = kilobytes(fetched)
        usable = page.evaluate(USABLE)
        page.evaluate(SCROLL)
        page.wait_for_load_state("networkidle")
        shift, scrolled = page.evaluate("shift"), kilobytes(fetched_by(requests))
        self.rows.append(f"| {name} | {loaded:.0f} | {rest:.0f} | {scrolled:.0f} | {shift:.3f} | {usable:.1f} |")
        print(self.rows[-1], flush=True)
        has_map = any("maplibre" in address for address in fetched)
        form = name in FORM
        self._limit(f"{name} loaded, kB", loaded, STEP_KB if form else HOME_KB, heaviest(fetched))
        self._limit(f"{name} at rest, kB", rest, MAP_KB if has_map else HOME_KB, heaviest(fetched))
        self._limit(f"{name}, shift", shift, SHIFT, page.evaluate("moved"))

    def _limit(self, what: str, measured: float, most: float, why: list[str]) -> None:
        if measured > most:
            self.over += [f"{what}: {measured:.2f}, at most {most}", *why]


def heaviest(fetched: dict[str, float]) -> list[str]:
    return [f"  {size:9,.0f}  {address}" for address, size in sorted(fetched.items(), key=lambda one: -one[1])[:6]]


def watch(page: "Page") -> list["Request"]:
    """The requests of the page, without those of the map's worker, as they finish; also slows the line down."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    finished: list[Request] = []

    # Playwright takes no built-in method.
    def keep(request: "Request") -> None:
        finished.append(request)

    page.on("requestfinished", keep)
    return finished


def fetched_by(requests: list["Request"]) -> dict[str, float]:
    """Bytes transferred by address."""
    fetched: dict[str, float] = {}
    for request in requests:
        if request.url.startswith("http"):
            sizes = request.sizes()
            size = sizes["responseBodySize"] + sizes["responseHeadersSize"]
            fetched[request.url] = fetched.get(request.url, 0) + size
    return fetched


def kilobytes(fetched: dict[str, float], only: list[str] | None = None) -> float:
    return sum(size for address, size in fetched.items() if only is None or address in only) / 1000


def public_report(path: str) -> Callable[[Camera], None]:
    def story(camera: Camera) -> None:
        camera.open("requests/?service=pothole&status=open")
        link = camera.page.locator(".request-list a[href*='/r/']:not([href*='me-too'])").first
        camera.open(f"{str(link.get_attribute('href')).lstrip('/')}{path}")
        camera.take(f"report-{path.strip('/')}" if path else "report")

    return story


def fixed_report(camera: Camera) -> None:
    camera.open("")
    link = camera.page.locator(".fixed-lately a").first
    camera.open(str(link.get_attribute("href")).lstrip("/"))
    camera.take("report-fixed")


def some_reports(city: Jurisdiction, folder: Path, progress: Progress) -> int:
    return history.load(city, folder, progress, count=REPORTS)


def test_pages_are_light_still_and_soon_usable(
    site: "Site", browser: "Browser", tmp_path: Path, settings: Settings
) -> None:
    settings.DEMO = True
    load_city(RIVERMARK, progress=Silent(), before_requests=load_staff, generate=some_reports)
    Jurisdiction.objects.update(hosts=["127.0.0.1"])
    context = browser.new_context(service_workers="block", viewport={"width": 375, "height": 812})
    context.set_default_timeout(30_000)
    scale = Scale(context.new_page(), site.url, tmp_path, set())
    print("\n| Page | Loaded, kB | At rest | Scrolled | Shift | Seconds |\n|---|---:|---:|---:|---:|---:|")
    pages = {name: READING[name] for name in WATCHED} | {"asset": ASSET, "poster": POSTER}
    stories = {name: reading(name, path) for name, path in pages.items()} | {
        "report": public_report(""),
        "me too": public_report("me-too/"),
        "fixed": fixed_report,
        "form": whole_path,
    }
    for name, story in stories.items():
        scale.attempt(name, story)
    context.close()
    wrong = [*scale.dead, *scale.over]
    assert not wrong, "\n".join(wrong)
