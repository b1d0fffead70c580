"""A morning's triage without a mouse: eighteen requests sorted with at most four keys each, one by one or ticked together, and
every key counted. What is done to one row, by whatever form, is done in the list."""

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import expect

from requests_app.models import Macro, ServiceRequest
from tests import factories
from tests.journeys.test_moderation import sign_in
from tests.journeys.test_report import sees_nothing_wrong
from tests.live import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("14.1")]

REQUESTS, ONE_BY_ONE, MOST_KEYS = 18, 4, 4


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: "Page") -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def press_and_leave(self, key: str) -> None:
        # Our scripts have run by then; pictures and fonts may still be loading.
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.press(key)


def focused_row(page: "Page") -> int:
    return int(
        page.evaluate(
            """[...document.querySelectorAll("table.queue tbody tr")].indexOf(document.activeElement.closest("tr"))"""
        )
    )


@pytest.mark.usefixtures("worker")
def test_requests_are_triaged_with_four_keys_each(live_site: "Site", page: "Page") -> None:
    town = factories.rivermark()
    for n in range(REQUESTS):
        factories.report(town.pothole, f"A hole, the {n}th", answers={"where": "lane"})
    factories.run_worker()
    # The site's own worker may have the last of them.
    wait_for(lambda: ServiceRequest.objects.filter(status="routed").count() == REQUESTS)
    Macro.objects.create(
        jurisdiction=town.city,
        name="Ours, can wait",
        owner=town.tom,
        key=1,
        steps=[
            {"verb": "accept"},
            {"verb": "assign", "assignee": town.dev.pk},
            {"verb": "set_priority", "priority": 4},
        ],
    )
    sign_in(page, live_site, town.tom)
    page.goto(f"{live_site.url}/staff/?tab=new")
    keys = Keys(page)
    keys.press("j")
    assert focused_row(page) == 0
    page.evaluate("window.isSame = true")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    rows = page.locator("table.queue tbody tr")
    for left in range(REQUESTS, REQUESTS - ONE_BY_ONE, -1):
        expect(rows).to_have_count(left)
        # Read the row, and sort it: the focus goes on to the next one.
        assert focused_row(page) == 0
        keys.press("1")
        expect(rows).to_have_count(left - 1)
    done = ServiceRequest.objects.filter(status="in_progress", assignee=town.dev, priority=4)
    assert done.count() == ONE_BY_ONE
    # The last one was a mistake.
    keys.press("z")
    expect(page.get_by_text("Undone. No one was emailed.")).to_be_visible()
    assert done.count() == ONE_BY_ONE - 1
    assert page.evaluate("window.isSame"), "the page was loaded again"
    # The others are alike: read, ticked, and sorted at once.
    page.goto(f"{live_site.url}/staff/?tab=new")
    left = rows.count()
    before = keys.pressed
    for _ in range(left):
        keys.press("j", "x")
    expect(page.locator(".bulk-bar__count")).to_have_text(f"{left} selected")
    keys.press_and_leave("1")
    while not page.evaluate("document.activeElement.matches('main form[method=post] button[type=submit]')"):
        keys.press("Tab")
    keys.press_and_leave("Enter")
    expect(page.locator("#bulk-progress")).to_contain_text(f"Finished. {left} of {left} are done.", timeout=15_000)
    assert done.count() == REQUESTS
    # Each request's share of the keys for all of them.
    assert (keys.pressed - before) / left <= MOST_KEYS, keys.pressed


def test_each_action_opens_over_the_list_and_the_next_row_follows(live_site: "Site", page: "Page") -> None:
    town = factories.rivermark()
    holes = [factories.routed(town.pothole, f"A hole, the {n}th", answers={"where": "lane"}) for n in range(5)]
    factories.staff("Della", "crew", town.city, town.streets)
    sign_in(page, live_site, town.tom)
    page.goto(f"{live_site.url}/staff/?tab=new")
    page.evaluate("window.isSame = true")
    rows, keys = page.locator("table.queue tbody tr:not([data-leaving])"), Keys(page)
    dialog = page.locator("#act")

    # Next to the list, with the key: what is only fetched beforehand stays unread. j moves both.
    with page.expect_response("**/peek/"):
        keys.press("j")
    expect(page.locator("tr[data-unread]")).to_have_count(5)
    keys.press("Space")
    expect(page.locator("[data-peeked] .resident-words")).to_be_visible()
    expect(page.locator("tr[data-unread]")).to_have_count(4)
    sees_nothing_wrong(page)
    keys.press("j")
    expect(page.locator("tr[data-unread]")).to_have_count(3)
    assert page.get_attribute("[data-peeked]", "data-peeked") == page.get_attribute("tr:focus-within", "data-request")
    keys.press("Escape", "k")
    expect(page.locator("[data-peek]")).to_be_hidden()

    # By a name's first letters; with only one that fits, Enter assigns. Assigning accepts, so the row leaves.
    # Letters that are typed before the form is there are its own.
    slow = "**/assign/?*"
    page.route(slow, lambda route: (page.wait_for_timeout(500), route.continue_()))
    keys.press("a")
    page.keyboard.type("de")
    expect(dialog).to_be_visible()
    page.unroute(slow)
    # Two fit: the first Enter only says so.
    sees_nothing_wrong(page)
    keys.press("Enter")
    expect(dialog).to_contain_text("2 fit.")
    assert not ServiceRequest.objects.exclude(assignee=None).exists()
    page.keyboard.type("v")
    keys.press("Enter")
    expect(rows).to_have_count(4)
    assert ServiceRequest.objects.filter(assignee=town.dev, status="in_progress").count() == 1
    # Words wait behind Escape, and are sent by Ctrl+Enter.
    keys.press("n")
    page.locator("#act textarea:focus").wait_for()
    page.keyboard.type("The lid is loose.")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    assert focused_row(page) == 0
    keys.press("n")
    expect(page.locator("#act textarea:focus")).to_have_value("The lid is loose.")
    keys.press("Control+Enter")
    expect(page.get_by_text("Note saved.")).to_be_visible()
    expect(rows).to_have_count(4)
    assert focused_row(page) == 1
    # The same key again before the answer counts once. By pointer, from the row's own buttons.
    keys.press("i", "i")
    expect(rows).to_have_count(3)
    rows.first.hover()
    rows.first.get_by_role("button", name="Accept").click()
    expect(rows).to_have_count(2)
    assert ServiceRequest.objects.filter(pk__in=[one.pk for one in holes], assignee=town.tom).count() == 1
    # The last row of the list leaves, too, and comes back from the message.
    for left in (1, 0):
        keys.press("j", "i")
        expect(rows).to_have_count(left)
    expect(page.get_by_text("No requests here.")).to_be_visible()
    expect(page.locator("#rows")).to_be_focused()
    for back in (1, 2):
        keys.press("z")
        expect(rows).to_have_count(back)
        expect(page.locator("table.queue tbody tr a:focus")).to_be_visible()
    # Signed out in between: nothing happens to the row, and the answer says so.
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    keys.press("j", "e")
    expect(page.locator(".toasts")).to_contain_text("You’re signed out")
    expect(rows).to_have_count(2)
    assert page.evaluate("window.isSame"), "the page was loaded again"


def test_keys_tick_open_and_act_and_never_while_typing(live_site: "Site", page: "Page") -> None:
    town = factories.rivermark()
    for n in range(3):
        factories.routed(town.pothole, f"A hole, the {n}th", answers={"where": "lane"})
    sign_in(page, live_site, town.tom)
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto(f"{live_site.url}/staff/")
    page.locator("[data-map-switch]").wait_for()
    # On a phone the first request is in sight at once, and the bars above it don't push the page wide.
    top = page.locator("table.queue tbody tr").first.bounding_box()
    assert top
    assert top["y"] <= 300
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{live_site.url}/staff/")
    keys = Keys(page)
    keys.press("/")
    page.keyboard.type("jxa1?.")
    assert page.input_value("#q") == "jxa1?."
    assert page.locator("[data-row-tick]:checked").count() == 0
    page.locator("#q").blur()
    keys.press("j", "x", "j", "x")
    assert page.locator("[data-row-tick]:checked").count() == 2
    assert page.locator(".bulk-bar__count").inner_text() == "2 selected"
    keys.press_and_leave("a")
    assert "/staff/bulk/" in page.url
    page.go_back()
    # The palette finds a tab by a part of its name, and the help lists every key as a button.
    keys.press(".")
    page.keyboard.type("late")
    keys.press_and_leave("Enter")
    assert "tab=late" in page.url
    keys.press("?")
    with page.expect_navigation():
        page.get_by_role("link", name="Turn them off").click()
    page.goto(f"{live_site.url}/staff/")
    keys.press("j")
    keys.press_and_leave("Enter")
    keys.press("n")
    page.locator("#composer textarea[name=text]:focus").wait_for()
    assert page.locator("#composer [aria-current]").inner_text().startswith("Note")
    # Colleagues are suggested after @, and Enter takes the first; Escape leaves what was typed.
    page.keyboard.type("Please look, @de")
    text = page.locator("#composer textarea[name=text]")
    option = page.get_by_role("listbox", name="Colleagues").get_by_role("option")
    expect(option).to_have_text("Dev @dev")
    expect(text).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
    sees_nothing_wrong(page)
    keys.press("Enter")
    expect(text).to_have_value("Please look, @dev ")
    page.keyboard.type("or @d")
    keys.press("Escape")
    expect(option).to_be_hidden()
    expect(text).to_have_value("Please look, @dev or @d")
