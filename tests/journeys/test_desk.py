"""Calls at the desk by keyboard alone, with the keys counted."""

import re

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from requests_app.actions.people import staff_sessions
from requests_app.models import Contact, ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.telephone import Switch
from tests.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


class Taker:
    """keys: pressed so far, without the caller's own words."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def send(self, key: str = "Enter") -> str:
        """Uses a key that leads to the next page. Returns the step there; empty if there is none."""
        with self.page.expect_navigation():
            self.press(key)
        # The script has put the cursor where typing goes on, unless the page has no step.
        expect(self.page.locator(":focus").or_(self.page.locator("main:not(.desk-main)")).first).to_be_attached()
        field = self.page.query_selector("input[name=step]")
        return (field.get_attribute("value") or "") if field else ""

    def words(self, text: str, *, are_counted: bool = False) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text) if are_counted else 0


def test_a_question_and_a_pothole_take_few_keys_and_esc_loses_nothing(browser: Browser, cast: Rivermark) -> None:
    factories.article(cast.city, "holidays", "Holiday trash collection", "One day later.")
    factories.index_catalog(cast.city)
    client = Client()
    client.force_login(cast.cal)
    with Window(browser, client, viewport={"width": 1280, "height": 720}) as window:
        page = window.open("/staff/desk/")
        taker = Taker(page)
        page.focus("[name=caller_number]")
        taker.send()
        taker.words("holid", are_counted=True)
        taker.send()
        taker.press("Escape")
        taker.send("F8")
        assert (Contact.objects.get().outcome, Contact.objects.get().article_code) == ("answered", "holidays")
        assert taker.keys <= 12
        taker = Taker(page)
        page.focus("[name=caller_number]")
        taker.send()
        taker.words("poth", are_counted=True)
        assert taker.send() == "service"
        assert taker.send() == "location"
        taker.words("12 Elm St")
        step = taker.send()
        assert step.startswith("details")
        while step.startswith("details"):
            page.focus("input[name=q_where]")
            taker.press("1")
            step = taker.send("Control+Enter")
        assert step == "contact"
        taker.words("617-555-0142")
        page.keyboard.press("Escape")
        assert taker.send("Control+Enter") == "check"
        assert taker.send("Control+Enter") == ""
        made = ServiceRequest.objects.get()
        assert (made.channel, made.service, made.description) == ("phone", cast.pothole.service, "")
        phone = made.participations.get().person.contact_points.get()
        assert phone.normalized == "+16175550142"
        assert re.search(r"Your report number is \w{4}-\w{4}\.", page.inner_text(".desk-script"))
        taker.send()
        assert Contact.objects.order_by("id")[1].outcome == "request_made"
        assert taker.keys <= 40


def to_key(taker: Taker, key: str) -> None:
    with taker.page.expect_navigation():
        taker.press(key)


@pytest.mark.slow
def test_a_call_is_parked_for_a_second_one_and_taken_up_again_with_few_keys(browser: Browser, cast: Rivermark) -> None:
    factories.index_catalog(cast.city)
    # Their own key, in place of F4.
    cast.cal.desk_keys = {"park": "Ctrl+B"}
    cast.cal.save(update_fields=["desk_keys"])
    switch, client = Switch(cast.city, cast.ada), Client()
    client.force_login(cast.cal)
    staff_sessions.record(str(client.session.session_key), cast.cal, cast.city)
    with Window(browser, client, viewport={"width": 1280, "height": 720}) as window:
        page = window.open("/staff/desk/")
        taker = Taker(page)
        page.focus("[name=caller_number]")
        taker.send()
        taker.words("A hole as big as a plate")
        assert taker.send() == "service"
        # The next one rings in the middle of it. The key that was replaced does nothing.
        switch.send("newCall", "c2", **{"from": "anonymous"})
        expect(page.locator('.desk-ringing [data-key="Alt+0"]')).to_be_visible(timeout=5000)
        taker.press("F4")
        to_key(taker, "Alt+0")
        expect(page.get_by_role("button", name="Answer")).to_be_focused()
        to_key(taker, "Enter")
        expect(page.locator("#box")).to_be_focused()
        first, second = Contact.objects.order_by("id")
        assert (first.parked_at, second.taker) == (None, cast.cal)
        # Parked by the key that they chose, and back to the first with its own.
        to_key(taker, "Control+b")
        second.refresh_from_db()
        assert second.parked_at is not None
        to_key(
            taker, "Alt+2" if page.locator("[data-key='Alt+1']").inner_text().endswith(second.number[-4:]) else "Alt+1"
        )
        assert page.query_selector("input[name=step]").get_attribute("value") == "service"  # type: ignore[union-attr]
        to_key(taker, "Alt+1")
        to_key(taker, "Control+b")
        second.refresh_from_db()
        assert (second.parked_at, second.closed_at) == (None, None)
        assert taker.keys <= 12
