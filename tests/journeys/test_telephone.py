"""A taker's page shows a call by itself."""

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect

from requests_app.actions.people import staff_sessions
from requests_app.models import Contact
from tests.factories import Rivermark
from tests.telephone import Switch
from tests.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.slow]


def test_a_call_appears_on_the_desk_and_is_answered_while_another_is_open(browser: Browser, cast: Rivermark) -> None:
    switch, client = Switch(cast.city, cast.ada), Client()
    client.force_login(cast.cal)
    staff_sessions.record(str(client.session.session_key), cast.cal, cast.city)
    with Window(browser, client, viewport={"width": 1280, "height": 720}) as window:
        page = window.open("/staff/desk/")
        switch.send("newCall", "c1")
        answer = page.locator('.desk-ringing [data-key="Alt+0"]')
        # Asked every 1.5 seconds.
        expect(answer).to_be_visible(timeout=5000)
        expect(page.locator("[data-ring-words]")).to_have_text("617-555-0142 is calling 311")
        answer.click()
        page.get_by_role("button", name="Answer").click()
        expect(page.locator("#box")).to_be_focused()
        assert Contact.objects.get().taker == cast.cal
        # The next call is shown in the middle of this one, and the cursor stays where it is.
        switch.send("newCall", "c2", **{"from": "anonymous"})
        expect(page.locator('.desk-ringing [data-key="Alt+0"]')).to_be_visible(timeout=5000)
        expect(page.locator("#box")).to_be_focused()
