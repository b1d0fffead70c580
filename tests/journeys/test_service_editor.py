"""An administrator builds a service in the browser, sees it as residents will, publishes it, and takes a change back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from requests_app.models import Draft, Service, ServiceVersion
from tests import factories
from tests.journeys.test_moderation import fits, sign_in
from tests.live import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shows("13.1")]


def answer(page: Page, number: int, english: str, spanish: str) -> None:
    row = page.get_by_role("group", name=f"Answer {number}")
    row.get_by_label("English").fill(english)
    row.get_by_label("Spanish").fill(spanish)


# In each run, test_administrator.py builds one, and tests/staff_app/setup/services/ goes through each of these steps.
@pytest.mark.slow
def test_a_service_is_built_walked_published_changed_and_rolled_back(
    live_site: Site, new_page: Callable[..., Page]
) -> None:
    town = factories.rivermark()
    page = new_page()
    sign_in(page, live_site, town.ada)
    page.goto(f"{live_site.url}/staff/setup/services/")
    page.get_by_role("link", name="New service").click()
    page.get_by_label("English").fill("Fallen wires")
    page.get_by_label("Spanish").fill("Cables caídos")
    page.get_by_label("Code").fill("wires")
    page.get_by_role("button", name="Start the draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fallen wires")

    emergency = page.get_by_role("group", name="Emergency question")
    emergency.get_by_label("English").fill("Are they sparking? Call 911.")
    emergency.get_by_label("Spanish").fill("¿Echan chispas? Llame al 911.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name=re.compile("Change.*Questions")).click()
    page.get_by_role("link", name="Add a question").click()
    asked = page.get_by_role("group", name="Question", exact=True)
    asked.get_by_label("English").fill("Are they sparking?")
    asked.get_by_label("Spanish").fill("¿Echan chispas?")
    answer(page, 1, "Yes", "Sí")
    answer(page, 2, "No", "No")
    page.get_by_role("group", name="Answer 1").locator("select").first.select_option("stop")
    page.locator("label[for=id_required]").click()
    page.get_by_role("button", name="Save the question").click()
    page.get_by_role("link", name="Add a question").click()
    asked.get_by_label("English").fill("How many?")
    asked.get_by_label("Spanish").fill("¿Cuántos?")
    page.get_by_text("A number", exact=True).click()
    expect(page.get_by_text("Answers to choose from")).to_be_hidden()
    page.locator("select[name=show_if]").first.select_option(label="only if “Are they sparking?” is “No”")
    page.get_by_role("button", name="Save the question").click()
    expect(page.get_by_text("Asked only if “Are they sparking?” is “No”")).to_be_visible()

    # The preview, in Spanish: the stop, and the question that opens below its condition.
    page.get_by_role("link", name="Spanish").click()
    phone = page.frame_locator("iframe[name=preview]")
    expect(phone.get_by_text("¿Echan chispas?", exact=True)).to_be_visible()
    phone.get_by_text("No", exact=True).click()
    expect(phone.get_by_text("¿Cuántos?", exact=False).first).to_be_visible()
    phone.get_by_text("Sí", exact=True).click()
    phone.get_by_role("button", name="Continuar").click()
    expect(phone.get_by_role("heading", level=1)).not_to_have_text(re.compile("Cuéntenos"))
    assert not Draft.objects.exists()
    assert not ServiceVersion.objects.filter(service__service_code="wires").exists()

    page.get_by_role("link", name="See the difference and publish").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("Published. Residents see it once it goes live.")).to_be_visible()
    assert Service.objects.get(service_code="wires").current is not None

    # On a phone: a change, and back.
    page.set_viewport_size({"width": 375, "height": 800})
    for part in ("", "words/", "handling/", "questions/", "privacy/", "history/"):
        page.goto(f"{live_site.url}/staff/setup/services/wires/{part}")
        assert fits(page), part
    page.goto(f"{live_site.url}/staff/setup/services/wires/")
    page.get_by_role("link", name=re.compile("Change.*Words")).click()
    page.get_by_role("group", name="Name", exact=True).get_by_label("English").fill("Wires down")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Check and publish").click()
    expect(page.get_by_text("Name (English): “Wires down” instead of “Fallen wires”")).to_be_visible()
    page.get_by_role("button", name="Publish now").click()
    page.get_by_role("button", name="Roll back to version 1").click()
    expect(page.get_by_text("Brought back version 1")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fallen wires")
