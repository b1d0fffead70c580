"""Everyday tasks on a phone, from the home page to the answer: bin/test tests/benchmarks/taps.py -s.

A thumb on a screen of 375 px, in Rivermark with its own map, addresses and catalog, with script and without. Taps are those on the
page; the phone's keyboard counts as typing, and so does its key that sends a box of one line. Pages are those opened after the
home page. Seconds are the machine's, without any time for reading and typing. The first ten are in docs/front-end.md, the others in
docs/suggestions.md.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error

from requests_app.clock import app_now
from requests_app.imports.city import load_city
from requests_app.imports.progress import Silent
from requests_app.management.commands.load_demo import RIVERMARK
from requests_app.models import Counter, Service
from tests import factories
from tests.journeys.test_taps import PHONE, Thumb
from tests.requests_app.web.report.test_first_photos import from_phone

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CONTINUE = "#report-form button.usa-button--big"
ADDRESS = "15 Acorn Rd"
LIGHT = "L00002"
# Degrees north and west of where a photo was taken, away from the report that is there already.
ELSEWHERE = (40.497, 69.012)
# More pages than any task has.
MOST_PAGES = 20


@dataclass
class Walker:
    """A thumb that knows the pages of a report, and what it wants to say."""

    thumb: Thumb
    has_script: bool
    reference: str

    @property
    def page(self) -> "Page":
        return self.thumb.page

    def ask(self, words: str) -> None:
        self.thumb.say("#id_text", words)
        self.thumb.go(CONTINUE)

    def enter(self) -> None:
        """The keyboard's own key."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def answered_at(self, said: str) -> None:
        self.thumb.say("#answer_address", ADDRESS)
        self.enter()
        self.reads(said, "section.answer [role=status]")

    def reads(self, said: str, where: str = "main") -> None:
        assert said in self.page.inner_text(where), f"{said!r} isn't on {self.page.url}"

    def report(self, words: str, service: str, *, place: str = ADDRESS, with_photo: bool = False) -> None:
        self.ask(words)
        self.thumb.tap(f"#report-form label:has-text('{service}')")
        self.thumb.go(CONTINUE)
        self.to_the_end(place=place, with_photo=with_photo)

    def photo(self) -> None:
        """The first thing: the camera button, or the plain control and Continue."""
        self.thumb.taps += 1
        file: Any = {"name": "hole.jpg", "mimeType": "image/jpeg", "buffer": from_phone(ELSEWHERE)}
        if self.has_script:
            with self.page.expect_navigation(url="**/service/"):
                self.page.set_input_files("#id_photos", files=[file])
        else:
            self.page.set_input_files("#id_photos", files=[file])
            self.thumb.go(CONTINUE)

    def to_the_end(self, *, place: str = ADDRESS, with_photo: bool = False) -> None:
        """Answers only what must be answered, with the first choice, and leaves no contact."""
        for _ in range(MOST_PAGES):
            at = self.page.url.partition("/report/")[2].partition("/")[2].rstrip("/")
            if at == "sent":
                return
            self._pass(at, place, with_photo=with_photo)
        raise AssertionError(f"the report does not end: {self.page.url}")

    def _pass(self, at: str, place: str, *, with_photo: bool) -> None:
        if at == "emergency":
            self.thumb.go("button[name=go_on]")
        elif at == "location":
            self.thumb.say("#id_address", place)
            self.enter()
        elif at == "location/choose":
            self.thumb.tap("#report-form label")
            self.thumb.go(CONTINUE)
        elif at == "asset":
            self.thumb.go("button[name=none]")
        elif at == "owner":
            self.thumb.go("button[name=send]")
        elif at == "duplicates":
            self.thumb.go("#different")
        elif at == "contact":
            self.thumb.go("button[name=none]")
        elif at == "check":
            self.thumb.go("#send-form button.usa-button--big")
        else:
            self._details(with_photo=with_photo and at == "details/1")
            self.thumb.go(CONTINUE)

    def _details(self, *, with_photo: bool) -> None:
        # Only what is required; the others say "(optional)".
        for group in self.page.locator(
            "#report-form fieldset:has(input:is([type=radio], [type=checkbox])):not(:has-text('optional'))"
        ).all():
            self.thumb.taps += 1
            group.locator("label").first.tap()
        if with_photo:
            # One tap opens the phone's own camera or album, which are not ours to count.
            self.thumb.taps += 1
            file: Any = {"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": factories.jpeg()}
            self.page.set_input_files("input[type=file]", files=[file])
            if self.has_script:
                self.page.locator(".chosen-photos img, #kept-photos img").first.wait_for()


def trash_day(walker: Walker) -> None:
    walker.ask("when is trash day")
    walker.answered_at("day")


def council_member(walker: Walker) -> None:
    walker.ask("who is my councilman")
    walker.answered_at("555-")


def pothole(walker: Walker) -> None:
    walker.report("deep hole in the road", "Pothole")


def photo_first(walker: Walker, service: str) -> None:
    """The photo says where it was taken. Taking it with the phone's own camera counts as one tap."""
    walker.photo()
    walker.thumb.go(f"button[name=pick][value={service}]")
    walker.to_the_end()


def pothole_photo(walker: Walker) -> None:
    photo_first(walker, "pothole")


def graffiti_photo(walker: Walker) -> None:
    photo_first(walker, "graffiti")


def me_too(walker: Walker) -> None:
    walker.thumb.go("a[href$='/map/']:visible")
    walker.thumb.tap("a[data-vote]:visible")
    if not walker.has_script:
        walker.thumb.go("button[name=vote]")
    walker.page.get_by_text("You’re counted").first.wait_for()


def follow(walker: Walker) -> None:
    track(walker)
    walker.thumb.go(".vote a:has-text('Follow')")
    walker.thumb.say("#id_email", "ana@example.org")
    walker.enter()
    walker.reads("You’re signed up.")
    assert "/follow" not in walker.page.url


def my_street_updates(walker: Walker) -> None:
    walker.thumb.go(".home-foot a:has-text('My street')")
    walker.thumb.say("#address_q", ADDRESS)
    walker.enter()
    walker.thumb.go("a:has-text('Follow this block')")
    walker.thumb.say("#id_email", "ana@example.org")
    walker.enter()
    walker.reads("Check your email", "h1")


def street_light(walker: Walker) -> None:
    walker.report("street light is out", "Street light", place=LIGHT)


def missed_trash(walker: Walker) -> None:
    walker.report("they missed my trash this week", "Missed")


def track(walker: Walker) -> None:
    walker.thumb.say("#find_reference", walker.reference)
    walker.enter()
    walker.reads("Pothole")


def vote(walker: Walker) -> None:
    walker.ask("how do i register to vote")
    walker.reads("555-0119", "section.answer")


def shopping_cart(walker: Walker) -> None:
    walker.ask("shopping cart on the sidewalk by 15 Acorn Rd")
    walker.thumb.go("a:has-text('Send it to them for me')")
    walker.thumb.go(CONTINUE)
    walker.thumb.go(CONTINUE)
    walker.reads("Sent to Cart Roundup")


def graffiti(walker: Walker) -> None:
    walker.report("graffiti on a wall", "Graffiti", with_photo=True)


def power(walker: Walker) -> None:
    walker.ask("the power is out at my house")
    walker.reads("555-0172", "section.answer")


TASKS: dict[str, Callable[[Walker], None]] = {
    "A pothole, from its photo": pothole_photo,
    "Trash day": trash_day,
    "“Me too” from the map": me_too,
    "Track a report by its number": track,
    "Who to call: no power": power,
    "Follow a report by email": follow,
    "Report a pothole": pothole,
    "Graffiti, from its photo": graffiti_photo,
    "Register to vote": vote,
    "Email about my street": my_street_updates,
    "Council member": council_member,
    "Street light by its number": street_light,
    "Missed trash": missed_trash,
    "Shopping cart, sent on": shopping_cart,
    "Graffiti with a photo": graffiti,
}


def test_taps_and_seconds_of_everyday_tasks(live_site: "Site", new_page: Callable[..., "Page"]) -> None:
    city = load_city(RIVERMARK, progress=Silent())
    service = Service.objects.select_related("current").get(jurisdiction=city, service_code="pothole")
    assert service.current is not None
    service.current.service = service
    reference = factories.report(service.current, answers={"where": "travel_lane", "size": "hand"}).display_reference
    # As in a city that has been at work for a while.
    for code in ("pothole", "graffiti"):
        popular = Service.objects.get(jurisdiction=city, service_code=code)
        Counter.objects.create(
            jurisdiction=city,
            measure="submitted",
            day=app_now().date(),
            service=popular,
            value=9,
            public_state="public",
        )
    rows: dict[str, list[str]] = {name: [] for name in TASKS}
    for has_script in (True, False):
        for name, task in TASKS.items():
            page = new_page(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=has_script)
            opened: list[str] = []
            page.goto(live_site.url)
            page.on("framenavigated", lambda frame, opened=opened: opened.append(frame.url))
            walker = Walker(Thumb(page), has_script, reference)
            began = time.monotonic()
            try:
                task(walker)
                took = f"{walker.thumb.taps} | {len(opened)} | {time.monotonic() - began:.1f}"
            except (AssertionError, Error) as error:
                took = "failed | |"
                print(f"{name}, {'with' if has_script else 'without'} script: {str(error).splitlines()[0]}")
            rows[name].append(took)
            page.context.close()
    print("\n| | Taps | Pages | Seconds | Taps, no script | Pages | Seconds |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, (with_script, without) in rows.items():
        print(f"| {name} | {with_script} | {without} |")
    failed = [name for name, took in rows.items() if "failed" in " ".join(took)]
    assert not failed
