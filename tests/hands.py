"""Counts the keys of thirty mixed reports in the queue, and the clicks of the ten commonest tasks.

    bin/demo                       # in another window
    .venv/bin/python -m tests.hands

A browser goes down the queue of somebody who triages for the whole city, and does what a seed draws for each report, without a
macro: letters of names and dates count as keys, words to people don't. It prints keys, page loads, and the seconds from the last
key until the next row has the focus. Then it does each of the ten tasks by mouse (hands_by_mouse.py). The reports stay as they were
left: run it on a demo that may change.
"""

import argparse
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

from config.stack.machine import chromium
from tests import hands_by_mouse

# What is done to how many reports, in the words of the table.
DECK = {
    "accepted and assigned to oneself": 10,
    "assigned to a named colleague": 6,
    "transferred with a reason": 4,
    "given a suggested service, as “I don’t know” is": 3,
    "put on hold until a date": 3,
    "merged into another": 2,
    "asked a question from a template": 2,
}
# In the Triage tab; the others are in the tab of new ones.
TRIAGED = "given a suggested service, as “I don’t know” is"
EMAIL, PASSWORD = "uma@rivermark.example", "lamplighter-demo"
DATES = ("mon", "+3d", "9", "next week", "2w")
REASON, QUESTION = "It belongs to them.", "Which side of the street is it on?"
CURRENT = "document.activeElement?.closest('table.queue tbody tr:not([data-leaving])')?.dataset.request ?? ''"
# Or, after the last row, the list.
READY = f"""(before) => document.querySelector('#act').open ? Boolean(document.querySelector('#act .usa-alert--warning'))
: document.activeElement?.id === 'rows' || ({CURRENT}) !== '' && ({CURRENT}) !== before"""


class CannotDoIt(Exception):
    """This report isn't one that this can be done to, such as to merge one that has no other near it."""


def _words(option: str) -> list[str]:
    """As js/pick.js takes them apart."""
    return re.split(r"[\s(]+", option)


@dataclass
class Done:
    keys: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


@dataclass
class Hands:
    page: Page
    draw: random.Random
    keys: int = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def type(self, letters: str) -> None:
        for letter in letters:
            self.press("Space" if letter == " " else letter)

    def write(self, words: str) -> None:
        """Words to people, which count as no keys."""
        self.page.keyboard.insert_text(words)

    def open(self, key: str) -> None:
        self.press(key)
        self.page.wait_for_function(
            "() => document.querySelector('#act').open && document.activeElement.closest('#act form')"
        )

    def pick(self, options: list[str]) -> None:
        """One of the options of the list that has the focus, by the fewest letters of one of its words that find it alone."""
        choice = self.draw.choice(options)
        starts = [word[:length] for word in _words(choice) for length in range(1, len(word) + 1)]
        alone = [
            letters
            for letters in starts
            if sum(any(word.startswith(letters) for word in _words(option)) for option in options) == 1
        ]
        if not alone:
            raise CannotDoIt
        self.type(min(alone, key=len))
        self.press("Enter")

    def options(self) -> list[str]:
        texts = self.page.locator("#act [role=listbox] [role=option]").all_inner_texts()
        # Without the digit that takes it.
        return [text.split("\n")[-1].strip().lower() for text in texts]

    # --- What is done ------------------------------------------------------------------------------------------------------

    def take(self) -> None:
        self.press("i")

    def assign(self) -> None:
        self.open("a")
        colleagues = [name for name in self.options() if not name.startswith(("me (", "no one"))]
        if not colleagues:
            raise CannotDoIt
        self.pick(colleagues)

    def transfer(self) -> None:
        self.open("t")
        self.pick(self.options())
        self.page.wait_for_function("() => document.activeElement.matches('#act textarea')")
        self.write(REASON)
        self.press("Control+Enter")

    def give_service(self) -> None:
        self.open("v")
        self.press("1")

    def hold(self) -> None:
        self.open("h")
        self.type(self.draw.choice(DATES))
        self.press("Enter")
        self.press(str(self.draw.randint(1, 3)))
        self.press("Enter")

    def merge(self) -> None:
        self.open("g")
        if not self.page.locator("#act [data-key]").count():
            raise CannotDoIt
        self.press("1")

    def ask(self) -> None:
        self.open("q")
        if not self.page.locator("#act form[method=get]").count():
            print("No template is offered for this service: the question is typed.", file=sys.stderr)
            self.write(QUESTION)
        else:
            self.press("/")
            self.pick(self.options())
            self.page.wait_for_function(
                "() => document.activeElement.matches('#act textarea') && document.activeElement.value"
            )
        if (vouched := self.page.locator("#act input[name=vouched]")).count() and not vouched.is_checked():
            raise CannotDoIt
        self.press("Control+Enter")


ACTS: dict[str, Callable[[Hands], None]] = dict(
    zip(
        DECK,
        (Hands.take, Hands.assign, Hands.transfer, Hands.give_service, Hands.hold, Hands.merge, Hands.ask),
        strict=True,
    )
)


def return_to_triage(page: Page, site: str, reports: int) -> None:
    """By the pages, so that there is something in the Triage tab. Not counted."""
    for number in range(10, 40):
        if not reports:
            return
        page.goto(f"{site}/staff/?tab=new")
        page.locator(".queue__what a").nth(number).click()
        page.locator("summary", has_text="More actions").click()
        link = page.get_by_role("link", name="Return to triage")
        if not link.count():
            continue
        link.click()
        page.locator("#act textarea").fill("Whose is it?")
        page.locator("#act").get_by_role("button", name="Return to triage").click()
        page.get_by_text("Returned to triage.").wait_for()
        reports -= 1


def sort(hands: Hands, site: str, tab: str, deck: list[str]) -> dict[str, Done]:
    """Does what is in the deck to the reports of a tab."""
    done = {name: Done() for name in DECK}
    hands.draw.shuffle(deck)
    hands.page.goto(f"{site}/staff/?tab={tab}", wait_until="load")
    hands.page.wait_for_timeout(1000)
    hands.page.keyboard.press("j")
    while deck:
        before = hands.page.evaluate(CURRENT)
        if not before:
            print(f"The list has no more requests; not done: {', '.join(deck)}", file=sys.stderr)
            break
        for name in dict.fromkeys(deck):
            hands.keys = 0
            try:
                ACTS[name](hands)
            except CannotDoIt:
                hands.page.keyboard.press("Escape")
                hands.page.wait_for_function("() => !document.querySelector('#act').open")
                continue
            last_key = time.perf_counter()
            try:
                hands.page.wait_for_function(READY, arg=before, timeout=10_000)
            except TimeoutError:
                # What the page shows helps to tell why the row never got the focus.
                print(
                    name,
                    hands.page.locator("#act[open]").all_inner_texts(),
                    hands.page.locator(".toasts").inner_text(),
                )
                raise
            seconds = time.perf_counter() - last_key
            if hands.page.evaluate("document.querySelector('#act').open"):
                # Its status doesn't allow this.
                hands.page.keyboard.press("Escape")
                continue
            done[name].seconds.append(seconds)
            done[name].keys.append(hands.keys)
            deck.remove(name)
            break
        else:
            hands.page.keyboard.press("j")
            if hands.page.evaluate(CURRENT) == before:
                print(f"Nothing of this could be done to the last request: {', '.join(deck)}", file=sys.stderr)
                break
        # Somebody reads the next one.
        hands.page.wait_for_timeout(400)
    return done


def table(done: dict[str, Done], loads: int) -> Iterable[str]:
    yield "| | Reports | Keys each | Page loads | Seconds, median | p95 |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, one in [*done.items(), ("all", Done(*_all(done.values())))]:
        if not one.keys:
            continue
        slow = sorted(one.seconds)[max(0, round(0.95 * len(one.seconds)) - 1)]
        yield (
            f"| {name} | {len(one.keys)} | {statistics.mean(one.keys):.1f} | {loads if name == 'all' else ''} "
            f"| {statistics.median(one.seconds):.2f} | {slow:.2f} |"
        )


def _all(done: Iterable[Done]) -> tuple[list[int], list[float]]:
    every = list(done)
    return [key for one in every for key in one.keys], [second for one in every for second in one.seconds]


def sign_in(browser: Browser, site: str, *, java_script_enabled: bool = True) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, java_script_enabled=java_script_enabled)
    page.goto(f"{site}/accounts/login/")
    page.fill("input[name=login]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/staff/**")
    return page


def _reports(page: Page, site: str, seed: int) -> Iterable[str]:
    hands, loads = Hands(page, random.Random(seed)), 0

    def count(_page: Page) -> None:
        nonlocal loads
        loads += 1

    page.on("load", count)
    done = sort(hands, site, "new", [name for name in DECK if name != TRIAGED for _ in range(DECK[name])])
    before = loads
    return_to_triage(page, site, DECK[TRIAGED])
    loads = before
    done[TRIAGED] = sort(hands, site, "triage", [TRIAGED] * DECK[TRIAGED])[TRIAGED]
    # Not those that open the two lists.
    return table(done, loads - 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", default="http://127.0.0.1:8311", help="where the demo runs")
    parser.add_argument("--seed", type=int, default=28, help="which reports get what")
    parser.add_argument("--only", choices=["reports", "tasks"], help="one of the two tables")
    chosen = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        if chosen.only != "tasks":
            for line in _reports(sign_in(browser, chosen.site), chosen.site, chosen.seed):
                print(line, flush=True)
            print()
        if chosen.only != "reports":
            for line in hands_by_mouse.measure(browser, chosen.site, sign_in):
                print(line, flush=True)
        browser.close()


if __name__ == "__main__":
    main()
