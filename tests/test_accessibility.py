"""WCAG 2.2 AA on every page of the table, as its reader sees it, in both languages, in a real browser.

A page is visited once a language, and that one visit answers all the rules: axe by day and by night on a desk and on a phone, the
heading, targets, the focus, 400 %, wide letters, forced colors, stillness. A new row of tests/pages.py is visited by itself.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.pages import LINK, PAGES, RESIDENT, SIGNING_IN, address, is_translated
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
# Each language sees both widths and both themes: the first look asks everything, the second what a look can change.
LOOKS = {"en": [(DESK, "light"), (PHONE, "dark")], "es": [(PHONE, "light"), (DESK, "dark")]}
OF_LOOKS = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable", "label"]
# What 1.4.12 lets a reader set.
WIDE_LETTERS = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }
"""
READ = [
    name for name, page in PAGES.items() if "GET" in page.methods and page.who != SIGNING_IN and is_translated(name)
]
EACH_PAGE = [(name, language) for name in READ for language in LOOKS]
FILLED_IN = [name for name in READ if "POST" in PAGES[name].methods]

Findings = dict[str, list[str]]


@pytest.fixture(scope="module")
def planted(django_db_setup: None, browser: "Browser", django_db_blocker: Any) -> Iterator[Planted]:
    # After the browser, whose event loop decides where Django keeps its connection.
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = False


class Visitor:
    """One window for each kind of reader, and what was wrong with the pages seen through it."""

    def __init__(self, browser: "Browser", planted: Planted) -> None:
        self.browser, self.planted = browser, planted
        self.windows: dict[str, Window] = {}

    def open(self, name: str, language: str) -> "Tab":
        page = PAGES[name]
        # With a private link, each page is opened by its own.
        who = name if page.who == LINK else page.who
        if who not in self.windows:
            # bypass_csp: so that a test may add a style sheet. What the policy blocks, the journeys notice.
            context = self.browser.new_context(viewport=DESK, bypass_csp=True)
            self.windows[who] = Window(context, reader(self.planted, page))
        tab = self.windows[who].page
        tab.set_viewport_size(DESK)
        tab.emulate_media(color_scheme="light", forced_colors="none", reduced_motion="reduce")
        with override(language):
            self.windows[who].open(address(name, self.planted))
        return tab

    def close(self) -> None:
        for window in self.windows.values():
            window.context.close()


@pytest.fixture(scope="module")
def visitor(browser: "Browser", planted: Planted) -> Iterator[Visitor]:
    visitor = Visitor(browser, planted)
    yield visitor
    visitor.close()


def axe(tab: "Tab", rules: list[str] | None = None) -> list[str]:
    # target-size waits to be asked for.
    options: dict[str, Any] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    options["runOnly"] = {"type": "rule", "values": rules} if rules else TAGS
    found = tab.evaluate("(options) => axe.run(options)", options)
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


def everything_wrong(tab: "Tab", language: str) -> Findings:
    tab.evaluate(AXE)
    tab.evaluate(ACCESS)
    found: Findings = {"heading": tab.evaluate("access.heading()"), "moves": tab.evaluate("access.moving()")}
    for rules, (size, theme) in zip((None, OF_LOOKS), LOOKS[language], strict=True):
        tab.set_viewport_size(size)
        tab.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        found[f"axe {size['width']} {theme}"] = axe(tab, rules)
    tab.set_viewport_size(PHONE)
    found["small targets"] = tab.evaluate("access.smallTargets()")
    tab.keyboard.press("Tab")
    found["focus lost"] = tab.evaluate("access.focusLost()")
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


def listed(wrong: Findings) -> str:
    return "\n".join(f"{rule}: {one}" for rule, broken in wrong.items() for one in broken)


@pytest.mark.parametrize(("name", "language"), EACH_PAGE)
def test_every_page_keeps_every_rule_of_access(visitor: Visitor, name: str, language: str) -> None:
    tab = visitor.open(name, language)
    if tab.evaluate("document.contentType") == "text/html":
        wrong = everything_wrong(tab, language)
        assert not wrong, listed(wrong)


@pytest.mark.parametrize("language", LOOKS)
def test_the_list_of_ones_own_requests_keeps_them_too(visitor: Visitor, language: str) -> None:
    """Its address shows the sign-in to everybody else."""
    tab = visitor.open("requests_app:my_contact", language)
    with override(language):
        visitor.windows[RESIDENT].open(reverse("requests_app:my"))
    assert tab.locator(".request-list li").count() > 3
    wrong = everything_wrong(tab, language)
    assert not wrong, listed(wrong)


@pytest.mark.shows("4.25")
@pytest.mark.parametrize("name", FILLED_IN)
def test_an_empty_form_comes_back_with_errors_that_are_heard_and_found(visitor: Visitor, name: str) -> None:
    tab = visitor.open(name, "en")
    if not tab.locator("main form[method=post]").count():
        return
    with tab.expect_navigation():
        tab.evaluate("document.querySelector('main form[method=post]').submit()")
    tab.evaluate(AXE)
    tab.evaluate(ACCESS)
    wrong = {"axe": axe(tab), "errors": tab.evaluate("access.wrongErrors()")}
    assert not any(wrong.values()), listed(wrong)
