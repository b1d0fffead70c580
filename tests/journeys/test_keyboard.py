"""Hands that use no mouse: a whole report, the pin on the map and a staff answer, by the keyboard alone."""

from typing import TYPE_CHECKING

import pytest

from requests_app.models import Comment, ServiceRequest
from tests import factories

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("4.25")]

MOST_STOPS = 90


class Keyboard:
    """Uses only the keyboard, and fails if the focus is ever invisible."""

    def __init__(self, page: "Page") -> None:
        self.page = page

    def reach(self, target: str) -> "Keyboard":
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            focus = self.page.evaluate(
                """(target) => {
                    const one = document.activeElement;
                    const shown = one.matches(".usa-radio__input, .usa-checkbox__input") ? one.labels[0] : one;
                    const ring = getComputedStyle(shown);
                    return {
                        isThere: one.matches(target),
                        // The browser itself draws the ring around the calendar button, the last stop of a date field.
                        isSeen: one === document.body || one.type === "date"
                            || ring.outlineStyle !== "none" || ring.boxShadow !== "none",
                        name: one.outerHTML.slice(0, 120),
                    };
                }""",
                target,
            )
            assert focus["isSeen"], f"no focus ring: {focus['name']}"
            if focus["isThere"]:
                return self
        raise AssertionError(f"Tab does not come to {target} on {self.page.url}")

    def press(self, key: str) -> "Keyboard":
        self.page.keyboard.press(key)
        return self

    def type(self, words: str) -> "Keyboard":
        self.page.keyboard.type(words)
        return self

    def go(self, target: str) -> "Keyboard":
        self.reach(target)
        with self.page.expect_navigation():
            self.press("Enter")
        return self


def test_a_whole_report_by_the_keyboard_alone(live_site: "Site", page: "Page") -> None:
    factories.rivermark()
    keys = Keyboard(page)
    page.goto(live_site.url)
    # The first stop leads past the head of the page.
    keys.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    keys.press("Enter")
    keys.reach("#id_text").type("A deep hole in the road").go("#report-form button.usa-button--big")
    keys.reach("input[name=service]").press("Space").go("#report-form button.usa-button--big")
    keys.reach("#id_address").type("12 Elm")
    page.locator("#id_address_list [role=option]").first.wait_for()
    keys.press("ArrowDown").press("Enter").go("#report-form button.usa-button--big")
    # A question is left out: the focus is on what is wrong, and Enter on its link leads to the box.
    keys.go("#report-form button.usa-button--big")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    keys.reach("#error-summary a").press("Enter")
    assert page.evaluate("document.activeElement.name") == "q_where"
    keys.press("Space").go("#report-form button.usa-button--big")
    keys.reach("#id_email").type("ana@example.org").go("#report-form button.usa-button--big")
    keys.go("#send-form button.usa-button--big")
    made = ServiceRequest.objects.get()
    assert made.display_reference in page.inner_text("h1")
    assert made.description == "A deep hole in the road"


def test_the_pin_is_moved_by_buttons_and_keys_and_its_address_is_said_once(live_site: "Site", page: "Page") -> None:
    factories.rivermark()
    keys = Keyboard(page)
    page.goto(live_site.url)
    keys.reach("#id_text").type("A deep hole in the road").go("#report-form button.usa-button--big")
    keys.reach("input[name=service]").press("Space").go("#report-form button.usa-button--big")
    page.locator(".place-map .map[data-ready]").wait_for()
    page.evaluate(
        """() => {
            window.said = [];
            const status = document.querySelector(".place-map__at");
            new MutationObserver(() => window.said.push(status.textContent)).observe(status, { childList: true });
        }"""
    )
    keys.reach("[data-way=center]").press("Enter")
    keys.reach("[data-way=east]").press("Enter").press("Enter").press("Enter")
    page.locator(".place-map__at:not(:empty)").wait_for()
    assert len(page.evaluate("window.said")) == 1, "three presses, one sentence"
    assert page.input_value("#id_lat") != ""
    before = page.input_value("#id_long")
    page.locator(".maplibregl-marker").focus()
    keys.press("ArrowRight")
    assert float(page.input_value("#id_long")) > float(before)


def test_staff_answer_by_the_keyboard_alone(live_site: "Site", page: "Page") -> None:
    cast = factories.rivermark()
    made = factories.routed(cast.pothole, answers={"where": "lane"}, reporter=factories.ANA)
    keys = Keyboard(page)
    page.goto(f"{live_site.url}/accounts/login/")
    keys.reach("input[name=login]").type("tom@rivermark.example")
    keys.reach("input[name=password]").type(factories.PASSWORD)
    with page.expect_navigation():
        keys.press("Enter")
    keys.go(f"main a[href^='/staff/r/{made.reference}/']")
    keys.reach("#composer a[data-verb=ask]").press("Enter")
    page.locator("#composer textarea[name=question]").wait_for()
    # After the swap the focus stays on the tab, and Tab goes on from there.
    page.locator("#composer a[data-verb=ask]:focus").wait_for()
    keys.reach("#composer textarea[name=question]").type("Which lane?")
    keys.go("#composer .form-buttons button.usa-button--outline")
    assert Comment.objects.get(text="Which lane?").service_request_id == made.pk
