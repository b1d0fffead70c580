"""WCAG 2.2 AA on every page of the table, as its reader sees it, in both languages, in a real browser.

Each page is opened once a language and checked for everything: axe in light and dark mode on a desktop and a phone, the heading,
targets, focus, 400 % zoom, text spacing, forced colors, motion; in one language also right-to-left layout and the errors of an
empty form, in the window where a page has both looks, elsewhere in the HTML of the answer. A run opens each of the residents' pages
in that language only, and most of them in one mode by turns; `--all` opens them in both. A new row of tests/pages.py is included
automatically.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils.translation import override

from tests.pages import DRAFT, EVERYONE, LINK, PAGES, RESIDENT, SIGNING_IN, address, is_translated
from tests.planted import Planted, kept_for_a_module
from tests.test_headers import reader
from tests.window import Window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ViewportSize
    from playwright.sync_api import Page as Tab

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.shows("4.24")]

HERE = Path(__file__).parent
AXE = (HERE / "vendor/axe.min.js").read_text()
ACCESS = (HERE / "access.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK: "ViewportSize" = {"width": 1280, "height": 800}
PHONE: "ViewportSize" = {"width": 375, "height": 667}
# 1280 pixels at 400 %.
ZOOMED: "ViewportSize" = {"width": 320, "height": 512}
OF_LOOKS = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable", "label"]
OF_LANGUAGE = [
    "html-has-lang",
    "html-lang-valid",
    "valid-lang",
    "document-title",
    "label-title-only",
    "link-name",
    "button-name",
]
# Both widths and both themes, one pair in each language, with axe's rules. One of them checks all rules (None), the others what
# the theme, the width or the language can change.
Look = tuple["ViewportSize", str, list[str] | None]
LOOKS: dict[str, list[Look]] = {
    "en": [(DESK, "light", None), (PHONE, "dark", OF_LOOKS)],
    "es": [(PHONE, "light", None), (DESK, "dark", OF_LOOKS)],
}
# The text spacing that success criterion 1.4.12 requires us to support.
WIDE_LETTERS = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }
"""
# Files, pictures and parts of pages; the page of an empty installation; and the way to a sign-in elsewhere.
NO_PAGES = {
    "requests_app:area_year_card",
    "requests_app:around",
    "requests_app:check_map",
    "requests_app:map_cards",
    "requests_app:map_list",
    "requests_app:share_card",
    "requests_app:share_code",
    "requests_app:state",
    "requests_app:area_calendar",
    "staff_app:call_back_audio",
    "staff_app:catalog_export",
    "staff_app:contact_map",
    "staff_app:desk_suggest",
    "staff_app:crew_day_json",
    "staff_app:crew_worker",
    "staff_app:first_run",
    "staff_app:letter_page",
    "staff_app:letter_page_small",
    "staff_app:peek",
    "staff_app:queue_map",
    "staff_app:ring",
    "staff_app:single_sign_on",
    "staff_app:single_sign_on_done",
    "staff_app:today",
    "staff_app:translator_file",
    "staff_app:truth_rate_csv",
    "staff_app:step",
    "staff_app:updates",
    "staff_app:value_csv",
}
READ = [
    name
    for name, page in PAGES.items()
    if "GET" in page.methods and page.who != SIGNING_IN and is_translated(name) and name not in NO_PAGES
]
RESIDENTS = [name for name in READ if PAGES[name].who in (EVERYONE, DRAFT, LINK, RESIDENT)]
# Staff pages have the same parts, so a fixed eighth of them shows what the other looks would find.
# tests/test_staff_accessibility.py looks at the rest at a desk in English.
OF_STAFF = [name for name in READ if name not in RESIDENTS]
REPEATS = [name for number, name in enumerate(sorted(OF_STAFF)) if number % 8]
# The language in which a page is asked everything. Templates are the same in both, so residents' pages take turns.
MAIN_LANGUAGE = dict.fromkeys(OF_STAFF, "en") | {
    name: "es" if number % 2 else "en" for number, name in enumerate(sorted(RESIDENTS))
}
EACH_PAGE = [
    pytest.param(name, language, marks=[pytest.mark.slow] if name in REPEATS or language != MAIN_LANGUAGE[name] else [])
    for name in READ
    for language in LOOKS
]
# In each run, one page in ten and one of each kind of reader has both looks; the others have one, by turns.
BOTH_LOOKS = {*READ[::10], *{PAGES[name].who: name for name in READ}.values()}
# Pages of who signs in with codes, too, which nobody planted does.
WITHOUT_CODES = {"mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"}

Findings = dict[str, list[str]]


@pytest.fixture(scope="module")
def planted(django_db_setup: None, browser: "Browser", django_db_blocker: Any) -> Iterator[Planted]:
    # After the browser, whose event loop determines where Django stores its connection.
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = False


class Visitor:
    """Opens each page as its reader, all in one window: another one would take half a second, and its pages go on asking."""

    def __init__(self, browser: "Browser", planted: Planted, scripts: Sequence[str] = (AXE, ACCESS)) -> None:
        self.planted = planted
        # All of them now: a reader who signs in during a test is signed out when the test's changes are rolled back.
        self.readers = {self.who(name): reader(planted, PAGES[name]) for name in READ}
        # bypass_csp: so that a test can add a style sheet. Journey tests notice what the policy blocks.
        self._window = Window(browser, next(iter(self.readers.values())), viewport=DESK, bypass_csp=True)
        # In each page from its beginning: sent to it by evaluate(), axe would take a fifth of a second.
        for script in scripts:
            self._window.context.add_init_script(script)

    def who(self, name: str) -> str:
        # Each page with a private link is opened with its own.
        return name if PAGES[name].who == LINK else PAGES[name].who

    def window(self, name: str) -> Window:
        """The window, for the reader of this page."""
        if self._window.reader is not self.readers[self.who(name)]:
            # What the page before is still asking for is that reader's.
            self._window.page.goto("about:blank")
            self._window.reader = self.readers[self.who(name)]
            self._window.context.clear_cookies()
        return self._window

    def open(self, name: str, language: str) -> "Tab":
        window = self.window(name)
        tab = window.page
        tab.set_viewport_size(DESK)
        tab.emulate_media(color_scheme="light", forced_colors="none", reduced_motion="reduce")
        with override(language):
            window.open(address(name, self.planted))
        # The page itself, not the one that asks to sign in or says that this reader may not.
        status = 404 if name in WITHOUT_CODES else 200
        assert (window.status, window.asks_to_sign_in) == (status, name == "account_login"), name
        return tab

    def submit_the_empty_form(self, name: str) -> None:
        """Shows its answer in the window. Signing out in a form does not affect later pages."""
        window = self.window(name)
        cookies = deepcopy(window.reader.cookies)
        with window.page.expect_navigation():
            window.page.evaluate("document.querySelector('main form[method=post]').submit()")
        window.reader.cookies = cookies

    def wrong_in_errors_unseen(self, name: str) -> list[str]:
        """What the answer to the empty form owes its reader, as far as its HTML shows it."""
        reader = self.window(name).reader
        cookies = deepcopy(reader.cookies)
        found: list[str] = self._window.page.evaluate("access.wrongErrorsUnseen()")
        reader.cookies = cookies
        return found

    def close(self) -> None:
        self._window.close()


@pytest.fixture(scope="module")
def visitor(browser: "Browser", planted: Planted) -> Iterator[Visitor]:
    with override_settings(RATE_LIMITS=False):
        visitor = Visitor(browser, planted)
    yield visitor
    visitor.close()


def axe(tab: "Tab", rules: list[str] | None = None, *, within: str = "html") -> list[str]:
    # target-size waits to be asked for.
    # A page shown in a frame has a test of its own.
    options: dict[str, Any] = {
        "resultTypes": ["violations"],
        "iframes": False,
        "rules": {"target-size": {"enabled": True}},
    }
    options["runOnly"] = {"type": "rule", "values": rules} if rules else TAGS
    found = tab.evaluate(
        "([within, options]) => axe.run(document.querySelector(within) ?? document, options)", [within, options]
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


def one_look(name: str, language: str) -> list[Look]:
    size, theme, _ = LOOKS[language][READ.index(name) % 2]
    return [(size, theme, None)]


def everything_wrong(tab: "Tab", looks: list[Look], *, turns: bool = False) -> Findings:
    """Of a page that was opened at a desk. turns: whether it is turned around, too."""
    found: Findings = {"heading": tab.evaluate("access.heading()"), "moves": tab.evaluate("access.moving()")}
    if turns:
        found["not mirrored at a desk"] = not_mirrored(tab)
    for size, theme, rules in looks:
        tab.set_viewport_size(size)
        # As tall as the page: what sticks to an edge covers something only until one scrolls.
        tall = tab.evaluate("document.documentElement.scrollHeight")
        tab.set_viewport_size({"width": size["width"], "height": max(size["height"], tall)})
        tab.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        found[f"axe {size['width']} {theme}"] = axe(tab, rules)
    tab.set_viewport_size(PHONE)
    found["small targets"] = tab.evaluate("access.smallTargets()")
    tab.keyboard.press("Tab")
    found["focus lost"] = tab.evaluate("access.focusLost()")
    if turns:
        found["not mirrored on a phone"] = not_mirrored(tab)
    tab.set_viewport_size(ZOOMED)
    found["too wide at 400 %"] = tab.evaluate("access.tooWide()")
    tab.emulate_media(forced_colors="active")
    found["no edge in forced colors"] = tab.evaluate("access.withoutEdge()")
    tab.emulate_media(forced_colors="none")
    before = tab.evaluate("access.cutOff()")
    tab.add_style_tag(content=WIDE_LETTERS)
    found["cut off in wide letters"] = [one for one in tab.evaluate("access.cutOff()") if one not in before]
    found["too wide in wide letters"] = tab.evaluate("access.tooWide()")
    return {rule: broken for rule, broken in found.items() if broken}


def not_mirrored(tab: "Tab") -> list[str]:
    """The same page in both directions: each edge and each box is on the other side, at the same distance."""
    found: list[str] = tab.evaluate("access.notMirrored()")
    if found:
        # A page that draws a map takes its new width a moment later.
        tab.evaluate("new Promise((done) => setTimeout(done, 500))")
        found = tab.evaluate("access.notMirrored()")
    return found[:20]


def wrong_in_errors(tab: "Tab") -> Findings:
    """The errors of an empty form are announced and can be found. Around them the page is the same as before."""
    tab.set_viewport_size(DESK)
    tab.emulate_media(color_scheme="light")
    # What sticks to an edge covers something only until one scrolls.
    tab.evaluate("scrollTo(0, 0)")
    return {"axe of the empty form": axe(tab, within="main"), "errors": tab.evaluate("access.wrongErrors()")}


def listed(wrong: Findings) -> str:
    return "\n".join(f"{rule}: {one}" for rule, broken in wrong.items() for one in broken)


@pytest.fixture(scope="session")
def is_whole(request: pytest.FixtureRequest) -> bool:
    """Whether the slow tests run, too (`bin/test --all`)."""
    return bool(request.config.getoption("markexpr") != "not slow")


@pytest.mark.shows("4.25")
@pytest.mark.sampled(3)
@pytest.mark.parametrize(("name", "language"), EACH_PAGE)
def test_every_page_keeps_every_rule_of_access(visitor: Visitor, is_whole: bool, name: str, language: str) -> None:
    tab = visitor.open(name, language)
    if tab.evaluate("document.contentType") != "text/html":
        return
    is_main = language == MAIN_LANGUAGE[name]
    twice = is_whole or name in BOTH_LOOKS
    looks = LOOKS[language] if twice else one_look(name, language)
    wrong = everything_wrong(tab, looks, turns=is_main and name in RESIDENTS)
    if is_main and "POST" in PAGES[name].methods and tab.locator("main form[method=post]").count():
        if twice:
            visitor.submit_the_empty_form(name)
            wrong |= wrong_in_errors(tab)
        else:
            wrong["errors"] = visitor.wrong_in_errors_unseen(name)
    assert not any(wrong.values()), listed(wrong)


@pytest.mark.parametrize("language", LOOKS)
def test_the_list_of_ones_own_requests_keeps_them_too(visitor: Visitor, language: str) -> None:
    """For everyone else its address shows the sign-in page."""
    tab = visitor.open("requests_app:my_contact", language)
    with override(language):
        visitor.window("requests_app:my_contact").open(reverse("requests_app:my"))
    assert tab.locator(".request-list li").count() > 3
    wrong = everything_wrong(tab, LOOKS[language])
    assert not wrong, listed(wrong)
