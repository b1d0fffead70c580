"""The bytes that a page costs on a phone with an empty cache and static files compressed as in production."""

import datetime as dt
import gzip
import http.client
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory, override_settings
from playwright.sync_api import expect

from requests_app import photos
from requests_app.clock import app_now
from requests_app.middleware import CompressText
from requests_app.models import Counter, DailyLoad, Jurisdiction, Photo, ServiceRequest, TypicalTime
from tests import factories
from tests.pages import DRAFT, EVERYONE, PAGES, addresses
from tests.planted import VISITOR, Planted, plant

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.xdist_group("weight"), pytest.mark.shows("4.27")]

LIMIT = 125_000
PICTURES = settings.BASE_DIR / "requests_app/demo/pictures"
MAP = re.compile(r"maplibre|pmtiles|/tiles/|style\.json")
# Not needed on a phone's first visit, or content of the city.
NOT_WEIGHED = re.compile(r"/photos/")
# Pages with a map, and files.
FILES = (
    "area_calendar",
    "area_year_card",
    "feed",
    "photo",
    "photo_small",
    "photo_thumb",
    "own_photo",
    "own_photo_small",
    "street_works_json",
    "app_manifest",
    "offline_catalog",
    "offline_token",
    "around",
    "check_map",
    "map_cards",
    "map_list",
    "share_card",
    "share_code",
    "state",
)
# The place page has its map from the start, but after its form.
OTHER = {f"requests_app:{name}" for name in ("map", "location", *FILES)}
STEPS = [
    name
    for name, page in PAGES.items()
    if name.startswith("requests_app:")
    and page.who in (DRAFT, EVERYONE)
    and "GET" in page.methods
    and name not in OTHER
]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all static files as collected in production."""
    var = tmp_path_factory.mktemp("var")
    storages = {**settings.STORAGES, "staticfiles": {"BACKEND": "requests_app.core.static_files.CompressedFiles"}}
    with override_settings(STATIC_ROOT=str(var / "static"), STORAGES=storages):
        # Without Swagger UI, which is most of the work of compression and on no page weighed here.
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["swagger-ui*"])
    return var


@pytest.fixture(scope="module")
def _production_like(django_db_setup: None, django_db_blocker: Any, packed: Path) -> Iterator["Site"]:
    from tests.live import Site

    with django_db_blocker.unblock():
        site = Site(demo=False)
    site.environment |= {
        "DJANGO_SETTINGS_MODULE": "tests.packed_settings",
        "LAMPLIGHTER_VAR": str(packed),
        "MEDIA_ROOT": settings.MEDIA_ROOT,
    }
    site.start("web")
    yield site
    site.stop()


@pytest.fixture
def site(transactional_db: None, _production_like: "Site") -> "Site":
    return _production_like


def planted_here() -> Planted:
    """The planted city, at this site's address."""
    planted = plant()
    Jurisdiction.objects.filter(hosts=["testserver"]).update(hosts=["127.0.0.1"])
    return planted


class Weighed:
    """A page without cache, and what it fetched: address and bytes transferred. `keeps`: for one page, what it fetches twice."""

    def __init__(self, page: "Page", site: "Site", *, keeps: bool = False) -> None:
        self.page, self.site = page, site
        page.context.add_cookies([{"name": "visitor", "value": VISITOR, "url": site.url}])
        self.fetched: dict[str, float] = {}
        self._addresses: dict[str, str] = {}
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.setCacheDisabled", {"cacheDisabled": not keeps})
        line.on(
            "Network.requestWillBeSent",
            lambda sent: self._addresses.update({sent["requestId"]: sent["request"]["url"]}),
        )
        line.on("Network.loadingFinished", self._finished)

    def _finished(self, done: dict[str, Any]) -> None:
        address = self._addresses.get(done["requestId"], "")
        if address.startswith("http"):
            self.fetched[address] = self.fetched.get(address, 0) + done["encodedDataLength"]

    def start(self, path: str) -> None:
        self.fetched.clear()
        self.page.goto(self.site.url + path)

    def open(self, path: str) -> None:
        self.start(path)
        self.page.wait_for_load_state("networkidle")

    @property
    def bytes(self) -> int:
        return round(sum(size for address, size in self.fetched.items() if not NOT_WEIGHED.search(address)))

    def heaviest(self) -> str:
        largest = sorted(self.fetched.items(), key=lambda one: -one[1])[:8]
        return "\n".join(f"{size:9,.0f}  {address.removeprefix(self.site.url)}" for address, size in largest)


def phone(new_page: Callable[..., "Page"], site: "Site", *, keeps: bool = False) -> Weighed:
    # A service worker would answer instead of the network once it is installed.
    page = new_page(viewport={"width": 375, "height": 812}, device_scale_factor=2, service_workers="block")
    return Weighed(page, site, keeps=keeps)


# The pages share their styles and scripts: each run weighs every third one.
@pytest.mark.parametrize(
    "steps",
    [STEPS[::3], pytest.param([*STEPS[1::3], *STEPS[2::3]], marks=pytest.mark.slow)],
    ids=["some", "others"],
)
def test_every_page_of_residents_is_light_and_brings_no_map(
    steps: list[str], site: "Site", new_page: Callable[..., "Page"], record_property: Callable[[str, object], None]
) -> None:
    planted = planted_here()
    # Several at once: until it is quiet, each page needs half a second in which nothing happens.
    phones = [phone(new_page, site) for _ in range(4)]
    too_heavy = {}
    for at in range(0, len(steps), len(phones)):
        opened = [(name, addresses(name, planted)[0], one) for name, one in zip(steps[at:], phones, strict=False)]
        for _, path, weighed in opened:
            weighed.start(path)
        for name, path, weighed in opened:
            weighed.page.wait_for_load_state("networkidle")
            record_property(name, weighed.bytes)
            print(f"{weighed.bytes:9,}  {path}")
            assert weighed.bytes > 20_000, f"{path}: nothing was weighed"
            assert not [address for address in weighed.fetched if MAP.search(address)], path
            assert not [address for address in weighed.fetched if "htmx" in address], path
            if weighed.bytes > LIMIT:
                too_heavy[path] = f"{weighed.bytes:,}\n{weighed.heaviest()}"
    assert not too_heavy


@pytest.mark.shows("4.40")
def test_the_home_page_is_light_with_all_its_pictures(site: "Site", new_page: Callable[..., "Page"]) -> None:
    planted = planted_here()
    for kind in ("pothole-00", "graffiti-00", "bulky-00"):
        made = factories.report(planted.cast.pothole, answers={"where": "lane"})
        for name, stage in ((kind, Photo.Kind.REPORT), (f"{kind}-after", Photo.Kind.WORK)):
            content = (PICTURES / f"{name}.jpg").read_bytes()
            photos.store_upload(
                io.BytesIO(content), size=len(content), jurisdiction=planted.cast.city, service_request=made, kind=stage
            )
        ServiceRequest.objects.filter(pk=made.pk).update(
            status="resolved", disposition="fixed", resolved_at=app_now() + dt.timedelta(days=1)
        )
    fill_the_home_page(planted)
    cache.clear()
    weighed = phone(new_page, site)
    weighed.open("/")
    # Pictures further down are loaded when they come near.
    weighed.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    weighed.page.wait_for_timeout(500)
    weighed.page.wait_for_load_state("networkidle")
    total = sum(weighed.fetched.values())
    print(f"{total:9,.0f}  the home page with its pictures", weighed.heaviest(), sep="\n")
    for kind, count in (("/photos/", 6), ("/map-pictures/", 2)):
        assert len([address for address in weighed.fetched if kind in address]) >= count, weighed.heaviest()
    assert total <= 250_000, weighed.heaviest()
    # Without the unsent report of this browser.
    weighed.page.context.clear_cookies()
    for path in ("/", "/es/"):
        weighed.open(path)
        assert weighed.page.locator(".figures > li, .shortcuts li").count() == 8
        foot = weighed.page.locator(".site-footer").bounding_box()
        assert foot is not None
        print(f"{foot['y']:9,.0f}  pixels to the foot of {path}")
        assert foot["y"] <= 2 * 667, "two screens of a small phone"
    topic = weighed.page.get_by_role("link", name="Streets and sidewalks (es)")
    expect(topic).to_be_hidden()
    weighed.page.locator("summary", has_text="Elija un tema").click()
    expect(topic).to_be_visible()
    weighed.page.set_viewport_size({"width": 1280, "height": 800})
    weighed.open("/es/")
    expect(topic).to_be_visible()
    expect(weighed.page.locator("summary", has_text="Elija un tema")).to_be_hidden()
    says_how_much_is_open_here(weighed.page)


def says_how_much_is_open_here(page: "Page") -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": factories.ELM_ST[0], "latitude": factories.ELM_ST[1], "accuracy": 10})
    page.get_by_role("button", name="Usar mi ubicación").click()
    expect(page.locator(".near-you__said")).to_contain_text("a menos de 5 minutos a pie")
    expect(page.locator(".near-you__map")).to_have_attribute("href", re.compile(r"/es/map/\?near="))
    page.locator(".near-you__said a").first.click()
    page.wait_for_url("**/es/places/1-99-block-of-elm-st/")


def fill_the_home_page(planted: Planted) -> None:
    """With a welcome, numbers, a typical time and four popular services."""
    city, today = planted.cast.city, app_now().astimezone(planted.cast.city.zone).date()
    words = {"en": "Report a problem, or ask us anything.", "es": "Reporte un problema o haga una pregunta."}
    Jurisdiction.objects.filter(pk=city.pk).update(branding={**city.branding, "welcome": words})
    names = ("Street light out", "Large item pickup", "Illegal parking", "Missed trash or recycling")
    for number, name in enumerate(names):
        service = factories.service(city, f"popular-{number}", name={"en": name, "es": name}).service
        Counter.objects.create(
            jurisdiction=city, measure="submitted", day=today, service=service, public_state="public", value=900
        )
    DailyLoad.objects.create(
        jurisdiction=city, day=today - dt.timedelta(days=1), service=service, submitted=165, ended=119, open_week=406
    )
    TypicalTime.objects.create(
        jurisdiction=city, day=today, computed_at=app_now(), count=60, days=21, half=dt.timedelta(days=6), factor=1.0
    )


BEFORE_THE_MAP = """window.shift = 0; window.moved = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    window.shift += entry.value;
    window.moved.push(`${entry.value} ${entry.sources.map((one) => one.node?.outerHTML?.slice(0, 80)).join(" | ")}`);
  }
}).observe({ type: "layout-shift", buffered: true });
addEventListener("load", () => {
  window.before = [location.href, ...performance.getEntriesByType("resource").map((one) => one.name)];
});"""


def test_the_place_page_can_be_used_before_its_map_which_moves_nothing(
    site: "Site", new_page: Callable[..., "Page"]
) -> None:
    planted = planted_here()
    weighed = phone(new_page, site, keeps=True)
    weighed.page.add_init_script(BEFORE_THE_MAP)
    weighed.open(addresses("requests_app:location", planted)[0])
    weighed.page.wait_for_selector(".map[data-ready]")
    weighed.page.wait_for_load_state("networkidle")
    before = weighed.page.evaluate("before")
    form = sum(size for address, size in weighed.fetched.items() if address in before)
    shift, moved = weighed.page.evaluate("[shift, moved]")
    print(
        f"{form:9,.0f} before the map, {weighed.bytes:,} with it, shift {shift}", *moved, weighed.heaviest(), sep="\n"
    )
    assert not [address for address in before if MAP.search(address)]
    assert [address for address in weighed.fetched if "maplibre" in address]
    assert form <= 85_000, weighed.heaviest()
    assert weighed.bytes <= 350_000, weighed.heaviest()
    # What the map shares with its worker is one file, and its letters are the page's.
    assert [address for address in weighed.fetched if "maplibre-gl-shared" in address]
    assert not [address for address in weighed.fetched if ".pbf" in address]
    assert shift <= 0.05, moved


def _get(site: "Site", path: str, accepted: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.request("GET", path, headers={"Accept-Encoding": accepted})
    return connection.getresponse()


def test_static_files_are_hashed_packed_and_kept_for_a_year(site: "Site") -> None:
    planted_here()
    page = _get(site, "/report/", "").read().decode()
    files = set(re.findall(r"/static/[^\"'?#\s]+\.(?:css|js|svg|woff2)", page))
    assert len(files) >= 5
    for path in files:
        answer = _get(site, path, "br, gzip")
        body = answer.read()
        assert re.search(r"\.[0-9a-f]{12}\.", path), path
        assert answer.status == 200
        assert set(re.split(r",\s*", answer.headers["Cache-Control"])) == {"max-age=31536000", "public", "immutable"}
        if not path.endswith("woff2") and len(body) > 500:
            assert answer.headers["Content-Encoding"] == "br", path


def test_a_script_names_its_parts_by_their_hashes(packed: Path) -> None:
    scripts = [path for path in (packed / "static/js").rglob("*.js") if re.search(r"\.[0-9a-f]{12}\.js$", path.name)]
    named = [
        (path, name)
        for path in scripts
        for name in re.findall(r"(?:from|import) *[\"'](\.[^\"']+)[\"']", path.read_text())
    ]
    assert len(named) > 20
    for path, name in named:
        assert (path.parent / name).exists(), f"{path.name}: {name}"
        assert re.search(r"\.[0-9a-f]{12}\.js$", name), f"{path.name}: {name}"


def test_the_offline_page_lives_on_the_packed_files_that_its_worker_kept(
    site: "Site", new_page: Callable[..., "Page"]
) -> None:
    planted_here()
    page = new_page()
    page.goto(site.url)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    # As after some days, without the browser's own cache.
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.clearBrowserCache")
    lost: list[str] = []
    page.on("requestfailed", lambda request: lost.append(request.url))
    page.goto(f"{site.url}/report/offline/")
    page.wait_for_selector("#offline[data-ready]")
    page.fill("#words", "A hole")
    page.fill("#service-filter", "pot")
    page.locator("label[for=service-pothole]").click()
    page.click("#keep-buttons button[type=submit]")
    page.wait_for_selector("#error-summary:not([hidden])")
    page.wait_for_load_state("networkidle")
    assert [path for path in lost if "/static/" in path or "theme" in path or "seal" in path] == []


def test_pages_are_compressed_and_photos_are_not_compressed_twice(site: "Site") -> None:
    planted = planted_here()
    plain = _get(site, "/report/", "").read()
    for accepted in ("gzip, deflate, br, zstd", "gzip", "br;q=0, gzip"):
        page = _get(site, "/report/", accepted)
        assert page.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in page.headers["Vary"]
        assert len(page.read()) < len(plain) / 2
    photo = _get(site, f"/photos/{planted.photos['public'].name}.jpg", "gzip, br")
    assert (photo.status, photo.headers["Content-Encoding"]) == (200, None)


def test_the_size_of_a_compressed_page_tells_nothing() -> None:
    page = ("<p>A page that says the same each time.</p>" * 40).encode()
    compress = CompressText(lambda request: HttpResponse(page))
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    compressed = [compress(request).content for _ in range(200)]
    assert {gzip.decompress(one) for one in compressed} == {page}
    sizes = {len(one) for one in compressed}
    assert len(sizes) > 50
    assert max(sizes) - min(sizes) <= 100


@pytest.mark.parametrize(
    ("content_type", "is_compressed"),
    [
        ("text/html; charset=utf-8", True),
        ("application/json", True),
        ("application/geo+json", True),
        ("application/manifest+json", True),
        ("image/svg+xml", True),
        ("image/jpeg", False),
        ("application/zip", False),
    ],
)
def test_text_alone_is_compressed(content_type: str, is_compressed: bool) -> None:
    compress = CompressText(lambda request: HttpResponse(b"x" * 1000, content_type=content_type))
    answer = compress(RequestFactory().get("/", headers={"Accept-Encoding": "gzip"}))
    assert answer.has_header("Content-Encoding") == is_compressed


def test_a_stream_keeps_its_length() -> None:
    def file(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse([b"x" * 1000], content_type="text/csv", headers={"Content-Length": "1000"})

    answer = CompressText(file)(RequestFactory().get("/", headers={"Accept-Encoding": "gzip"}))
    assert (answer.has_header("Content-Encoding"), answer["Content-Length"]) == (False, "1000")
