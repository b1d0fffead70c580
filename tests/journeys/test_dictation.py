"""Words that are spoken, in a browser with a speech recognition of the test's own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.journeys.test_report import PHONE, looks_well, sees_nothing_wrong

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The browser's speech recognition is outside the machine: this one hears what the test says.
RECOGNITION = """
window.heard = [];
window.SpeechRecognition = class extends EventTarget {
  start() { window.heard.push(this); }
  say(words) {
    const result = Object.assign([{ transcript: words }], { isFinal: true });
    this.dispatchEvent(Object.assign(new Event("result"), { results: [result], resultIndex: 0 }));
  }
  fail(error) {
    this.dispatchEvent(Object.assign(new Event("error"), { error }));
    this.dispatchEvent(new Event("end"));
  }
  stop() { this.dispatchEvent(new Event("end")); }
};
"""


@pytest.mark.shows("16.9")
def test_spoken_words_are_added_to_what_is_typed(live_site: "Site", new_page: Callable[..., "Page"]) -> None:
    factories.rivermark()
    page = new_page(viewport=PHONE)
    page.add_init_script("window.SpeechRecognition = window.webkitSpeechRecognition = undefined;")
    page.goto(f"{live_site.url}/report/", wait_until="networkidle")
    expect(page.locator("[data-dictation]")).to_be_hidden()
    page.add_init_script(RECOGNITION)
    for path, language in (("/es/report/", "es"), ("/report/", "en")):
        page.goto(f"{live_site.url}{path}")
        button = page.locator("[data-dictation] button")
        button.click()
        assert page.evaluate("window.heard[0].lang") == language
    page.fill("#id_text", "A hole")
    expect(button).to_have_text("Stop listening")
    page.evaluate("window.heard[0].say(' by the library ')")
    page.evaluate("window.heard[0].say('and a loose dog')")
    assert page.input_value("#id_text") == "A hole by the library and a loose dog"
    looks_well(page)
    sees_nothing_wrong(page)
    button.click()
    expect(button).to_have_text("Speak instead")
    expect(page.locator("[data-dictation] [role=status]")).to_have_text("We stopped listening.")
    button.click()
    page.evaluate("window.heard[1].fail('not-allowed')")
    expect(page.locator("[data-dictation] [role=status]")).to_have_text("The microphone is blocked. Type instead.")
    expect(button).to_have_text("Speak instead")
    assert page.input_value("#id_text") == "A hole by the library and a loose dog"
