"""Questions on a phone: answered in a few taps, with and without script; what others do is sent on; and all by the keyboard."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from requests_app.actions.shared.search_index import index_catalog
from requests_app.models import Draft, ReferralCount
from tests import factories
from tests.factories import Rivermark
from tests.journeys.test_keyboard import Keyboard
from tests.journeys.test_report import looks_well
from tests.journeys.test_taps import PHONE, Thumb

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("16.8")]

CONTINUE = "#report-form button.usa-button--big"
TRASH_DAY_TAPS = 3


@pytest.fixture
def city(transactional_db: None) -> Rivermark:
    cast = factories.rivermark()
    ward = factories.area(cast.city, "ward", "5")
    ward.attributes = {"collection_day": "tuesday"}
    ward.save()
    day = {"key": "collection_day", "label": {"en": "Trash", "es": "Basura"}, "kind": "weekday"}
    cast.city.address_card = [{"layer": "ward", "name": {"en": "Your ward", "es": "Su distrito"}, "fields": [day]}]
    cast.city.save()
    factories.address(cast.city, "14 Oak St")
    trash = factories.article(
        cast.city,
        "collection-days",
        "Your trash day",
        "Trash is collected by address.",
        by_address="collection_day",
        asked={"en": ["when is trash day"], "es": ["qué día pasa la basura"]},
    )
    trash.title["es"], trash.body["es"] = "Su día de basura", "La basura se recoge según la dirección."
    trash.save()
    vote = {"name": {"en": "Board of Elections"}, "phone": "555-0119", "hours": {"en": "Monday to Friday"}}
    factories.article(
        cast.city,
        "vote",
        "Register to vote",
        "The county registers voters.",
        contact=vote,
        asked={"en": ["how do i register to vote"]},
    )
    carts = {"name": {"en": "Cart Roundup"}, "phone": "555-0187", "email": "carts@example.org", "takes_reports": True}
    factories.article(
        cast.city,
        "carts",
        "Stray shopping carts",
        "Stores pick up their own carts.",
        contact=carts,
        asked={"en": ["shopping cart"]},
    )
    index_catalog(cast.city)
    return cast


def ask(thumb: Thumb, url: str, words: str) -> "Page":
    thumb.page.goto(url)
    thumb.say("#id_text", words)
    thumb.go(CONTINUE)
    looks_well(thumb.page)
    return thumb.page


@pytest.mark.sampled(2)
@pytest.mark.parametrize("script", [True, False])
def test_questions_are_answered_in_a_few_taps(
    live_site: "Site", new_page: Callable[..., "Page"], city: Rivermark, script: bool
) -> None:
    phone = new_page(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=script)
    for path, words, day in (("", "when is trash day", "Tuesday"), ("/es", "qué día pasa la basura", "Martes")):
        thumb = Thumb(phone)
        page = ask(thumb, f"{live_site.url}{path}/", words)
        # The keyboard's own key sends a box of one line.
        thumb.say("#answer_address", "14 oak st")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert day in page.inner_text("section.answer [role=status]")
        assert thumb.taps <= TRASH_DAY_TAPS
        looks_well(page)

    thumb = Thumb(phone)
    page = ask(thumb, live_site.url, "how do i register to vote")
    said = page.inner_text("section.answer")
    assert "The county registers voters." in said
    assert "555-0119" in said
    assert thumb.taps == 2

    page = ask(thumb, live_site.url, "shopping cart")
    assert "555-0187" in page.inner_text("section.answer")
    thumb.go("section.answer a:has-text('Send it to them for me')")
    looks_well(page)
    assert page.input_value("#id_text") == "shopping cart", "nothing is typed twice"
    assert not page.locator("#id_email").is_visible(), "contact details are asked for once they are to be shared"
    page.locator("label[for=id_share]").tap()
    page.fill("#id_email", "ana@example.org")
    thumb.go(CONTINUE)
    looks_well(page)
    assert "ana@example.org" in page.inner_text(".letter")
    thumb.go(CONTINUE)
    looks_well(page)
    assert page.inner_text("h1") == "Sent to Cart Roundup"
    assert ReferralCount.objects.get().value == 1


def test_an_answer_by_the_keyboard_alone(live_site: "Site", page: "Page", city: Rivermark) -> None:
    keys = Keyboard(page)
    page.goto(live_site.url)
    keys.reach("#id_text").type("when is trash day").go(CONTINUE)
    keys.reach("#answer_address").type("14 oak st")
    with page.expect_navigation():
        keys.press("Enter")
    assert "Tuesday" in page.inner_text("section.answer [role=status]")
    keys.go("section.answer button[name=article]")
    assert page.url.endswith("/articles/collection-days/")
    assert "Glad that helped." in page.inner_text("main, .page, body")
    assert not Draft.objects.exists()
