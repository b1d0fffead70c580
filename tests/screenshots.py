"""Takes pictures of every page, to var/screenshots: `python -m tests.screenshots`, while the demo runs (`bin/demo`).

A browser walks through the report form in each language, as a resident would, and takes pictures of each page. A page that
fails or is never reached is reported at the end and does not stop the others. One report is submitted for each language.
"""

import argparse
import io
import re
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

from config.stack.machine import chromium

ROOT = Path(__file__).resolve().parents[1]
HEIGHTS = {375: 812, 1280: 900}
# Longer pages are cut off at this height.
TALL = {375: 2800, 1280: 2400}
HEAVY = 150_000

# Pages with a known address. {request} and the like are looked up on the way.
READING = {
    "home": "", "services": "services/", "service": "services/streets/", "article": "articles/collection-days/",
    "address": "address/", "list": "requests/", "map": "map/", "street-work": "street-work/",
    "list-chosen": "requests/?service=pothole&status=open&sort=changed",
    "map-near": "map/?near=40.496,-69.01,500&older=1#view=15.3/40.496/-69.01",
    "find": "find/", "my-requests": "my/", "offline": "report/offline/",
    "statement": "accessibility/", "privacy": "privacy/", "what": "report/",
    "areas": "areas/", "area": "areas/ward/5/", "places": "places/", "block": "places/100-block-of-main-st/",
    "about-service": "service/pothole/", "about-private-service": "service/outreach/", "follow": "follow/?area=ward:5",
}  # fmt: skip
# Pages of the report form, by the last part of their address.
STEPS = {
    "emergency": "emergency", "service": "suggestions", "location": "location", "choose": "choose-location",
    "asset": "asset", "owner": "owner", "duplicates": "duplicates", "details": "details", "other": "other",
    "contact": "contact", "check": "check", "sent": "sent",
}  # fmt: skip
STAFF = {
    "signs": "signs/", "emergency-words": "emergency-words/", "counts": "emergency-counts/",
    "moderation": "review/", "moderation-words": "moderation-words/",
    "setup": "setup/", "setup-services": "setup/services/", "setup-service": "setup/services/pothole/",
    "setup-questions": "setup/services/pothole/questions/", "setup-golive": "setup/services/pothole/go-live/",
    "setup-catalog": "setup/catalog/", "setup-people": "setup/people/", "setup-roles": "setup/roles/",
    "setup-calendars": "setup/calendars/", "setup-targets": "setup/targets/", "setup-routing": "setup/routing/",
    "setup-places": "setup/places/", "setup-articles": "setup/articles/", "setup-city": "setup/city/", "audit": "audit/",
    "on-call": "on-call/", "overview": "overview/", "value": "value/", "desk-setup": "setup/desk/",
}  # fmt: skip
REST = (
    "who-by-law", "one-more-step", "later", "address-card", "address-unknown", "photos", "track", "edit", "add-photos", "sign-in",
    "queue", "queue-map", "request", "crew-day", "crew-stop", "action", "public-view", "hide-words", "ended", "survey",
    "desk", "desk-question", "desk-waiting",
)  # fmt: skip
# Few answers lead to another service, so not reaching this one is no error.
SELDOM = {"other"}
EVERY = (*READING, *(step for step in STEPS.values() if step not in SELDOM), *REST, *STAFF)
SPANISH = {
    "home",
    "area",
    "suggestions",
    "emergency",
    "location",
    "details",
    "check",
    "sent",
    "track",
    "address-card",
    "queue",
    "desk",
}
DARK = {
    "home",
    "about-service",
    "suggestions",
    "location",
    "check",
    "track",
    "list",
    "map",
    "address-card",
    "queue",
    "queue-map",
    "request",
    "overview",
    "crew-day",
    "desk",
    "value",
}
# Those in docs/screenshots, which `--keep` updates.
KEPT = (
    "home-1280", "home-375", "track-375", "map-1280", "area-1280",
    "queue-1280", "queue-375", "queue-map-1280", "queue-map-dark-1280", "request-1280", "request-375", "request-dark-1280",
    "overview-1280", "overview-375", "overview-dark-1280", "crew-day-375", "crew-day-dark-375", "crew-stop-375",
    "setup-1280", "setup-services-1280", "setup-questions-1280",
    "setup-questions-375", "setup-golive-1280", "setup-routing-1280", "setup-people-1280", "audit-1280",
    "desk-1280", "desk-question-1280", "desk-waiting-1280", "value-1280",
)  # fmt: skip
# On a state road in Rivermark.
STATE_ROAD = "lat=40.499238&long=-69.008517"
# Somebody on a crew of the demo, who isn't among the roles of its bar.
CREW, PASSWORD = "cruz@rivermark.example", "lamplighter-demo"


@dataclass
class Camera:
    page: Page
    site: str
    folder: Path
    only: set[str]
    language: str = "en"
    taken: set[str] = field(default_factory=set)
    dead: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        prefix = "" if self.language == "en" else f"{self.language}/"
        answer = self.page.goto(f"{self.site}/{prefix}{path}", wait_until="networkidle")
        if answer is None or answer.status >= 400:
            raise RuntimeError(f"{self.page.url} answered {answer.status if answer else 'nothing'}")

    def take(self, name: str) -> None:
        """Takes pictures of the current page in both widths, and optionally in dark mode and another language."""
        spanish = self.language != "en"
        if name in self.taken or (self.only and name not in self.only) or (spanish and name not in SPANISH):
            return
        self.taken.add(name)
        for scheme in ("light", "dark") if name in DARK and not spanish else ("light",):
            self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            if scheme == "dark":
                # A map takes its colors when it opens.
                self.page.reload(wait_until="networkidle")
            for width, height in HEIGHTS.items():
                self.page.set_viewport_size({"width": width, "height": height})
                self.page.wait_for_timeout(2500 if "map" in name or name.startswith(("crew", "request")) else 150)
                marks = [f"-{self.language}"] * spanish + ["-dark"] * (scheme == "dark")
                self._save(f"{name}{''.join(marks)}-{width}", width)
        self.page.emulate_media(color_scheme="light")

    def _save(self, name: str, width: int) -> None:
        self.page.evaluate("window.scrollTo(0, 0)")
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            self.dead.append(f"{name}: the page is {wide} pixels wide")
        tall = self.page.evaluate("document.documentElement.scrollHeight")
        shown = self.page.screenshot(
            full_page=True, clip={"x": 0, "y": 0, "width": width, "height": min(tall, TALL[width])}
        )
        picture = Image.open(io.BytesIO(shown)).convert("RGB")
        for colors in (256, 128, 64, 32, 16):
            file = io.BytesIO()
            picture.quantize(colors, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
                file, "PNG", optimize=True
            )
            if file.tell() <= HEAVY:
                break
        (self.folder / f"{name}.png").write_bytes(file.getvalue())

    def attempt(self, what: str, story: Callable[["Camera"], None]) -> None:
        try:
            story(self)
        except Exception as error:  # one page must not keep the others from being seen
            self.dead.append(
                f"{self.language}, {what}, at {self.page.url}: {(str(error) or repr(error)).splitlines()[0]}"
            )


# --- Reading ----------------------------------------------------------------------------------------------------------


def reading(name: str, path: str) -> Callable[[Camera], None]:
    def story(camera: Camera) -> None:
        camera.open(path)
        camera.take(name)

    return story


def address_card(camera: Camera) -> None:
    camera.open("address/?q=" + known_address(camera).replace(" ", "+"))
    camera.take("address-card")
    camera.open("address/?q=99999+Nowhere+Lane")
    camera.take("address-unknown")


def known_address(camera: Camera) -> str:
    """An address with an open pothole report nearby, so that possible duplicates are shown."""
    camera.open("requests/?service=pothole&status=open")
    for words in camera.page.locator(".request-list li").all_inner_texts():
        found = re.search(r"^\d+ [A-Z][\w .’']+$", words, re.MULTILINE)
        if found:
            return found[0]
    raise RuntimeError("the list shows no address")


# --- The report form --------------------------------------------------------------------------------------------------


def walk(camera: Camera, address: str = "", *, last: str = "sent") -> None:
    """Continues from the current page to the page named `last`, taking pictures of each."""
    for _ in range(16):
        # /report/ID/location/choose/ and /report/ID/details/2/: the last word.
        parts = reversed(urlsplit(camera.page.url).path.split("/"))
        step = next((part for part in parts if part in STEPS), None)
        if step is None:
            raise RuntimeError(f"the path does not know this page, and {last} was not reached")
        camera.take(STEPS[step])
        if STEPS[step] == last:
            return
        ANSWERS.get(step, choose_first)(camera, address)
        forward(camera.page)
    raise RuntimeError(f"{last} was not reached")


def forward(page: Page) -> None:
    before = page.url
    ways = page.locator("main form button.usa-button--big[type=submit]:visible, main button[name=go_on]")
    plain = page.locator("main form button.usa-button[type=submit]:visible:not(.usa-button--outline)")
    with page.expect_navigation(wait_until="networkidle"):
        (ways if ways.count() else plain).last.click()
    if page.url == before:
        raise RuntimeError("the form came back: " + " ".join(page.locator(".usa-error-message").all_inner_texts()))


def choose_first(camera: Camera, address: str) -> None:
    for group in camera.page.locator("main form fieldset:has(input[type=radio])").all():
        if group.is_visible() and not group.locator("input:checked").count():
            group.locator("label").first.click()


def nothing(camera: Camera, address: str) -> None:
    """A page that needs no answer to continue: "No, mine is different"."""


def fill_in_address(camera: Camera, address: str) -> None:
    if address and not camera.page.input_value("#id_address"):
        camera.page.fill("#id_address", address)


def fill_in_details(camera: Camera, address: str) -> None:
    choose_first(camera, address)
    photos = camera.page.locator("input[type=file]")
    if photos.count() and "photos" not in camera.taken:
        files: list[FilePayload] = [
            {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": drawn(number)} for number in (1, 2)
        ]
        photos.first.set_input_files(files)
        camera.page.wait_for_timeout(1500)
        camera.take("photos")


def fill_in_contact(camera: Camera, address: str) -> None:
    camera.page.fill("#id_email", "ana@example.org")


ANSWERS: dict[str, Callable[[Camera, str], None]] = {
    "location": fill_in_address,
    "duplicates": nothing,
    "details": fill_in_details,
    "contact": fill_in_contact,
}


def drawn(number: int) -> bytes:
    """A pothole, as the demo's reports show it."""
    return (ROOT / f"requests_app/demo/pictures/pothole-0{number}.jpg").read_bytes()


def whole_path(camera: Camera) -> None:
    address = known_address(camera)
    camera.open("report/")
    words = "Big pothole in the road" if camera.language == "en" else "Hay un hoyo grande en la calle"
    camera.page.fill("#id_text", words)
    forward(camera.page)
    walk(camera, address)
    # The link has the site's own host, which may differ from the one we visit.
    link = urlsplit(camera.page.locator("main a[href*='/l/']").first.get_attribute("href") or "").path
    camera.open(link.removeprefix("/").removeprefix("es/"))
    camera.take("track")
    own = urlsplit(camera.page.url).path.removeprefix("/").removeprefix("es/")
    for name, page in (("edit", "edit/"), ("add-photos", "photos/")):
        camera.open(own + page)
        camera.take(name)


def a_page_of_the_path(path: str, last: str, address: str = "", words: str = "") -> Callable[[Camera], None]:
    """Pages that a single report does not reach."""

    def story(camera: Camera) -> None:
        camera.open(path)
        if words:
            camera.page.fill("#id_text", words)
        forward(camera.page)
        walk(camera, address, last=last)

    return story


def who_by_law(camera: Camera) -> None:
    """A service that must ask for the reporter's name by law."""
    to_contact(camera, "barking")
    camera.take("who-by-law")


def needs_confirmation(camera: Camera) -> None:
    """A service whose reports need confirmation by email."""
    to_contact(camera, "construct")
    walk(camera, last="check")
    forward(camera.page)
    camera.take("one-more-step")


def to_contact(camera: Camera, service: str) -> None:
    address = known_address(camera)
    camera.open(f"report/?service={service}")
    forward(camera.page)
    walk(camera, address, last="details")
    for box in camera.page.locator("main form textarea, main form input[type=text]").all():
        box.fill("5 am")
    choose_first(camera, address)
    forward(camera.page)
    walk(camera, last="contact")


def later(camera: Camera) -> None:
    camera.open("report/?service=pothole")
    forward(camera.page)
    camera.page.locator("main [name=later], main a[href$='/later/']").first.click()
    camera.page.wait_for_load_state("networkidle")
    camera.take("later")


def after_the_end(camera: Camera) -> None:
    """The reporter's pages after the request is closed, with the survey."""
    see_as("resident")(camera)
    links = camera.page.locator("main a[href*='/l/']")
    for url in [str(link.get_attribute("href")) for link in links.all()]:
        camera.page.goto(url, wait_until="networkidle")
        if camera.page.locator("#is-it-fixed").count():
            break
    camera.take("ended")
    camera.page.goto(f"{camera.page.url.rstrip('/')}/survey/", wait_until="networkidle")
    camera.take("survey")


# --- Staff ------------------------------------------------------------------------------------------------------------


def see_as(role: str) -> Callable[[Camera], None]:
    def story(camera: Camera) -> None:
        camera.open("accounts/login/")
        if camera.page.url.endswith("/login/"):
            camera.take("sign-in")
        camera.page.locator(".demo-bar summary").click()
        with camera.page.expect_navigation(wait_until="networkidle"):
            camera.page.locator(f".demo-bar button[value={role}]").click()

    return story


def one_request(camera: Camera) -> None:
    camera.open("staff/")
    camera.take("queue")
    switch = camera.page.locator("[data-map-switch]")
    switch.click()
    camera.page.wait_for_timeout(2500)
    camera.take("queue-map")
    switch.click()
    camera.page.locator("main a[href*='/staff/r/']").first.click()
    camera.page.wait_for_load_state("networkidle")
    camera.take("request")
    camera.page.locator("main a[href$='/hold/'], main a[href*='/resolve/']").first.click()
    camera.page.wait_for_load_state("networkidle")
    camera.take("action")


def crews_day(camera: Camera) -> None:
    camera.page.context.clear_cookies()
    camera.open("accounts/login/")
    camera.page.fill("#id_login", CREW)
    camera.page.fill("#id_password", PASSWORD)
    with camera.page.expect_navigation(wait_until="networkidle"):
        camera.page.keyboard.press("Enter")
    camera.open("staff/crew/")
    camera.take("crew-day")
    camera.page.locator("main .stop a, main a[href*='/staff/crew/']:not([href*=offline])").first.click()
    camera.page.wait_for_load_state("networkidle")
    camera.take("crew-stop")


def a_call(camera: Camera) -> None:
    """A caller asks, and then reports a pothole; then who waits for a call."""
    see_as("call_taker")(camera)
    camera.open("staff/desk/")
    camera.page.fill("#id_caller_number", "555-0171")
    with camera.page.expect_navigation(wait_until="networkidle"):
        camera.page.press("#id_caller_number", "Enter")
    for words, name in (("holiday trash", "desk-question"), ("big pothole in the road", "desk")):
        camera.page.fill("#box", words)
        with camera.page.expect_navigation(wait_until="networkidle"):
            camera.page.keyboard.press("Enter")
        camera.take(name)
    camera.open("staff/desk/waiting/")
    camera.take("desk-waiting")


def hidden_text(camera: Camera) -> None:
    """The demo's report about a neighbor's van: as staff see it, and the page on which its text is hidden."""
    camera.open("requests/?q=blue+van")
    reference = str(camera.page.locator("main a[href*='/r/']").first.get_attribute("href")).strip("/").split("/")[-1]
    camera.open(f"staff/r/{reference}/")
    camera.page.locator("#public-view > summary").click()
    camera.take("public-view")
    camera.open(f"staff/r/{reference}/moderate/")
    camera.take("hide-words")


# --- Everything -------------------------------------------------------------------------------------------------------

PATHS = {
    "whole path": whole_path,
    "emergency": a_page_of_the_path("report/", "emergency", words="I smell gas / Huele a gas"),
    "choose-location": a_page_of_the_path("report/?service=pothole", "choose-location", "Mill"),
    "asset": a_page_of_the_path("report/?service=streetlight", "asset", "City Hall"),
    "owner": a_page_of_the_path(f"report/?service=pothole&{STATE_ROAD}", "owner"),
    "who-by-law": who_by_law,
    "one-more-step": needs_confirmation,
    "later": later,
    "address-card": address_card,
    "ended": after_the_end,
}


def take_all(browser: Browser, site: str, folder: Path, only: set[str]) -> Iterable[str]:
    """Takes all pictures. Returns what failed, and why."""
    for language in ("en", "es"):
        context = browser.new_context(
            service_workers="block", color_scheme="light", viewport={"width": 1280, "height": 900}
        )
        context.set_default_timeout(12_000)
        camera = Camera(context.new_page(), site, folder, only, language)
        for name, path in READING.items():
            if not only or name in only:
                camera.attempt(name, reading(name, path))
        for name, story in PATHS.items():
            camera.attempt(name, story)
        camera.attempt("sign-in", see_as("supervisor"))
        camera.attempt("request", one_request)
        camera.attempt("administrator", see_as("administrator"))
        camera.attempt("public-view", hidden_text)
        for name, path in STAFF.items():
            if not only or name in only:
                camera.attempt(name, reading(name, f"staff/{path}"))
        camera.attempt("desk", a_call)
        camera.attempt("crew", crews_day)
        context.close()
        print(f"{language}: {len(camera.taken)} pages")
        yield from camera.dead
        wanted = set(EVERY) if language == "en" else SPANISH
        yield from (f"{language}, {name}: never seen" for name in sorted((only & wanted or wanted) - camera.taken))


def keep(folder: Path) -> Iterable[str]:
    """Copies those that the repository keeps to docs/screenshots. Returns messages about missing ones."""
    for name in KEPT:
        taken = folder / f"{name}.png"
        if taken.exists():
            shutil.copy(taken, ROOT / "docs/screenshots")
        else:
            yield f"{name}: not kept, since it was not taken"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="http://127.0.0.1:8311", help="where the demo runs")
    parser.add_argument("--folder", type=Path, default=ROOT / "var/screenshots")
    parser.add_argument("--keep", action="store_true", help="then copy those that the repository keeps")
    parser.add_argument("--only", nargs="*", default=[], metavar="PAGE", help=", ".join(EVERY))
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    flags = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        dead = list(take_all(browser, chosen.site, chosen.folder, set(chosen.only)))
        browser.close()
    if chosen.keep:
        dead += keep(chosen.folder)
    print("\n".join(["Not as it should be:", *dead] if dead else ["All are there."]))
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
