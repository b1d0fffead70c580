"""Tell us more, in a real browser: photos that go up while one types, a question that opens below its choice, and going back."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from requests_app.actions.report import drafts
from requests_app.models import Draft, Photo, ServiceRequest
from tests import factories
from tests.held import Held
from tests.journeys.test_report import CONTINUE, PHONE, go, looks_well, sees_nothing_wrong

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VISITOR = "0123456789abcdef0123456789abcdef"
AT_ELM_ST = {"lat": 40.5, "long": -69.0, "address": "12 Elm St", "note": "", "source": "address", "confidence": 1.0}


def at_details(site: "Site", page: "Page", service: str, **typed: Any) -> Draft:
    """A draft of this browser that has come as far as its questions."""
    draft = drafts.create(
        factories.Jurisdiction.objects.get(),
        visitor=VISITOR,
        language="en",
        text="A hole",
        service=service,
        place=AT_ELM_ST,
        **typed,
    )
    page.context.add_cookies([{"name": "visitor", "value": VISITOR, "url": site.url}])
    page.goto(f"{site.url}/report/{draft.pk}/details/1/")
    return draft


def a_photo(name: str, width: int = 60, height: int = 40) -> "FilePayload":
    out = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(out, "JPEG", quality=95)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.mark.shows("4.14")
def test_photos_go_up_by_themselves_and_can_be_described_and_removed(
    live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    factories.rivermark()
    page = new_page(viewport=PHONE)
    at_details(live_site, page, "tree")
    large = a_photo("large.jpg", 3200, 2400)
    wrong: FilePayload = {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 no photo"}
    with page.expect_request("**/photos/") as sent:
        page.set_input_files("#id_photos", [large, a_photo("small.jpg"), wrong])
    # On a slow line every kilobyte counts: the browser makes it smaller before it goes.
    assert len(sent.value.post_data_buffer or b"") < len(large["buffer"]) / 2
    page.get_by_role("button", name="Remove photo 2").wait_for()
    page.get_by_text("bill.pdf: We can’t read this file.").wait_for()
    looks_well(page)
    sees_nothing_wrong(page)
    page.get_by_label("What does photo 2 show?").fill("The broken branch")
    page.get_by_role("button", name="Remove photo 1").press("Enter")
    page.get_by_text("Photo 1 removed.").wait_for()
    # What was typed stays with its photo, and the keyboard where it was.
    assert page.get_by_label("What does photo 1 show?").input_value() == "The broken branch"
    assert page.evaluate("document.activeElement.textContent").strip() == "Remove photo 1"
    go(page)
    kept = Photo.objects.get()
    assert kept.alt == "The broken branch"
    assert kept.width <= 2048


@pytest.mark.shows("4.14")
def test_a_photo_waits_for_the_network_and_goes_once(live_site: "Site", page: "Page") -> None:
    factories.rivermark()
    at_details(live_site, page, "tree")
    page.context.set_offline(True)
    page.set_input_files("#id_photos", [a_photo("one.jpg")])
    page.get_by_role("button", name="Try again: one.jpg").wait_for()
    sees_nothing_wrong(page)
    page.context.set_offline(False)
    page.get_by_role("button", name="Remove photo 1").wait_for()
    assert Photo.objects.count() == 1


@pytest.mark.shows("4.14")
def test_a_photo_on_its_way_can_be_stopped(live_site: "Site", page: "Page") -> None:
    factories.rivermark()
    at_details(live_site, page, "tree")
    page.route("**/photos/", lambda route: None)
    page.set_input_files("#id_photos", [a_photo("one.jpg")])
    assert page.get_by_role("button", name="Try again: one.jpg").is_hidden()
    page.get_by_role("button", name="Cancel: one.jpg").press("Enter")
    page.get_by_text("Canceled: one.jpg").wait_for()
    assert page.evaluate("document.activeElement.id") == "id_photos_button"
    go(page)
    assert not Photo.objects.exists()


@pytest.mark.shows("4.14")
def test_continue_waits_for_photos_that_are_on_their_way(live_site: "Site", page: "Page") -> None:
    factories.rivermark()
    at_details(live_site, page, "tree")
    held = Held(page, "**/photos/")
    page.set_input_files("#id_photos", [a_photo("one.jpg")])
    page.get_by_text("Sending one.jpg").wait_for()
    page.locator(CONTINUE).click()
    page.get_by_text("Your photos are still uploading.").wait_for()
    with page.expect_navigation():
        held.first().continue_()
    assert Photo.objects.count() == 1
    assert page.url.endswith("/contact/")


@pytest.mark.shows("4.13")
def test_one_simple_question_opens_below_its_choice(live_site: "Site", page: "Page") -> None:
    city = factories.rivermark().city
    questions = [
        factories.question("size", "single", required=True, options=["small", "big"]),
        factories.question("why", required=True, show_if={"question": "size", "values": ["big"]}),
    ]
    factories.service(city, "rock", questions=questions, duplicate_policy="never")
    at_details(live_site, page, "rock")
    assert page.locator("#id_q_why").count() == 0
    page.locator("label[for=id_q_size_1]").click()
    assert page.locator("#id_q_why").is_visible()
    assert "There’s one more question below" in page.inner_text("[data-in-place] + [role=status]")
    sees_nothing_wrong(page)
    page.fill("#id_q_why", "it fell")
    # Another choice takes it away, and back it comes as it was.
    page.locator("label[for=id_q_size_0]").click()
    assert page.locator("#id_q_why").count() == 0
    page.locator("label[for=id_q_size_1]").click()
    assert page.input_value("#id_q_why") == "it fell"
    page.fill("#id_q_why", "")
    go(page)
    assert "Answer this question: Tell us the why." in page.inner_text(".usa-alert--error")
    sees_nothing_wrong(page)
    page.fill("#id_q_why", "it fell")
    go(page)
    assert page.url.endswith("/contact/")


@pytest.mark.shows("4.20")
def test_back_after_sending_and_sending_again_makes_no_second_request(live_site: "Site", page: "Page") -> None:
    factories.rivermark()
    draft = at_details(live_site, page, "tree", shown=["words"], contact={"language": "en"})
    page.goto(f"{live_site.url}/report/{draft.pk}/details/1/")
    go(page)
    page.locator("#send-form button").dblclick()
    page.wait_for_url("**/sent/")
    page.go_back()
    page.wait_for_url("**/sent/")
    page.go_back()
    assert ServiceRequest.objects.count() == 1
    assert ServiceRequest.objects.get().display_reference in page.inner_text("h1")


@pytest.mark.shows("4.18")
def test_a_mailed_link_hands_the_draft_over_to_another_device(
    live_site: "Site", page: "Page", new_page: Callable[..., "Page"]
) -> None:
    from requests_app import links

    factories.rivermark()
    draft = at_details(live_site, page, "tree")
    page.get_by_role("button", name="Save and finish later").press("Enter")
    page.wait_for_url("**/later/")
    page.fill("#id_email", "ana@example.org")
    with page.expect_navigation():
        page.get_by_role("button", name="Email me a link").click()
    page.get_by_text("We’re emailing the link to ana@example.org.").wait_for()
    phone = new_page(viewport=PHONE, java_script_enabled=False)
    phone.goto(f"{live_site.url}/report/resume/{links.draft_token(draft)}/")
    looks_well(phone)
    with phone.expect_navigation():
        phone.get_by_role("button", name="Continue here").click()
    assert phone.input_value("#id_text") == "A hole"
    page.goto(f"{live_site.url}/report/{draft.pk}/details/1/")
    assert "where you last used its emailed link" in page.inner_text("main")
