"""A report without a network, in a real browser: written, kept over a closed page, sent once when the network is back."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from requests_app.models import EmergencyPhrase, Photo, Service, ServiceRequest
from requests_app.rules.alarms import screening
from tests import factories
from tests.factories import Rivermark
from tests.journeys.test_report import go, looks_well, sees_nothing_wrong
from tests.live import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("4.22")]

PHONE = {"width": 375, "height": 667}
TEXT = "A deep hole by the library"
READY = "#offline[data-ready]"
KEEP = "#keep-buttons button[type=submit]"
IS_KEPT = "navigator.serviceWorker.ready.then(() => true)"
IS_STORED = """async ([words, alts]) => {
  const report = (await offlineStore.all()).find(({ state }) => state === "writing");
  if (report?.words !== words) return false;
  const photos = await offlineStore.photosOf(report.key);
  return JSON.stringify(photos.map(({ alt }) => alt)) === JSON.stringify(alts);
}"""
STORED = """async () => {
  const names = (await indexedDB.databases()).map(({ name }) => name);
  const urls = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) urls.push(new URL(request.url).pathname);
  }
  return { names, urls, workers: (await navigator.serviceWorker.getRegistrations()).length };
}"""


@pytest.fixture
def phone(cast: Rivermark, live_site: "Site", new_page: Callable[..., "Page"]) -> "Page":
    """A phone that has been on the first page once, and has no network now."""
    page = new_page(viewport=PHONE)
    page.goto(live_site.url)
    page.evaluate(IS_KEPT)
    page.context.set_offline(True)
    return page


@pytest.fixture
def lossy(cast: Rivermark, new_page: Callable[..., "Page"]) -> "Page":
    """A browser whose single requests a test can lose: past a service worker it could not, and none is needed for that."""
    return new_page(service_workers="block")


def open_offline(page: "Page", site: "Site", path: str = "/report/offline/") -> None:
    page.goto(site.url + path)
    page.wait_for_selector(READY)


def write(page: "Page", words: str = TEXT) -> None:
    page.fill("#words", words)
    page.fill("#service-filter", "pot")
    page.locator("label[for=service-pothole]").click()
    page.locator("label[for=id_q_where_0]").click()
    page.fill("#address", "12 Elm St")


def keep(page: "Page", words: str = TEXT) -> None:
    write(page, words)
    page.click(KEEP)
    page.wait_for_selector("#outbox-list li")


def state(page: "Page", wanted: str) -> "Any":
    return page.wait_for_selector(f"#outbox-list li[data-state={wanted}]")


def photo(name: str = "hole.jpg", body: bytes | None = None) -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": body or factories.jpeg(3000, 2000)}


# --- Kept and sent ----------------------------------------------------------------------------------------------------


def test_a_report_written_without_a_network_survives_a_closed_page_and_is_sent_once(
    phone: "Page", live_site: "Site"
) -> None:
    # What was typed on the first page goes on in the offline page.
    phone.fill("#id_text", TEXT)
    phone.click("#report-form button.usa-button--big")
    phone.wait_for_selector(READY)
    assert phone.input_value("#words") == TEXT
    assert phone.is_visible("#network-off")
    write(phone)
    phone.fill("#note", "by the bus stop")
    phone.fill("#email", "ana@example.org")
    phone.set_input_files("#photos", [photo()])
    phone.wait_for_selector("#photo-list img")
    phone.fill("#photo-list input", "The hole")
    looks_well(phone)
    sees_nothing_wrong(phone)
    phone.wait_for_function(IS_STORED, arg=[TEXT, ["The hole"]])
    context = phone.context
    phone.close()

    # Any address leads there; all is as it was.
    page = context.new_page()
    open_offline(page, live_site, "/requests/")
    assert page.url == f"{live_site.url}/report/offline/"
    assert page.input_value("#words") == TEXT
    assert page.is_checked("#service-pothole")
    assert page.is_checked("#id_q_where_0")
    assert (page.input_value("#address"), page.input_value("#note")) == ("12 Elm St", "by the bus stop")
    assert page.locator("#photo-list img").count() == 1
    page.click(KEEP)
    said = state(page, "waiting").inner_text()
    assert "Not sent yet." in said
    assert "call 911" in said
    assert "1 photo" in said
    looks_well(page)
    sees_nothing_wrong(page)
    assert not ServiceRequest.objects.exists()

    context.set_offline(False)
    said = state(page, "sent").inner_text()
    made = ServiceRequest.objects.get()
    assert made.display_reference in said
    assert (made.description, made.address, made.place_note) == (TEXT, "12 Elm St", "by the bus stop")
    assert made.answers.get().value == "lane"
    assert [one.alt for one in made.photos.all()] == ["The hole"]
    # Nothing of it but its first words and its number is left here.
    left = page.evaluate("self.offlineStore.all()")
    assert "contact" not in left[0]
    assert page.evaluate("self.offlineStore.photosOf(arguments)".replace("arguments", json.dumps(left[0]["key"]))) == []
    page.reload()
    page.wait_for_selector(READY)
    page.locator("#outbox-list li a").click()
    page.wait_for_url(f"{live_site.url}/r/{made.reference}/")
    assert "by the bus stop" in page.inner_text("main")
    # The private page is in no cache, also a while later.
    page.reload()
    page.wait_for_timeout(1000)
    stored = page.evaluate(STORED)
    assert {path for path in stored["urls"] if not path.startswith(("/static/", "/seal/"))} == {
        "/report/offline/", "/es/report/offline/", "/report/offline/catalog.json", "/es/report/offline/catalog.json",
        "/theme.css",
    }  # fmt: skip
    assert ServiceRequest.objects.count() == 1


def test_an_answer_that_is_lost_makes_no_second_request(lossy: "Page", live_site: "Site") -> None:
    lost: list[int] = []

    def lose(route: "Route") -> None:
        lost.append(route.fetch().status)
        route.abort()

    open_offline(lossy, live_site)
    lossy.route("**/report/offline/send/", lose)
    with lossy.expect_event("requestfailed"):
        keep(lossy)
    state(lossy, "waiting")
    assert lost == [200]
    assert ServiceRequest.objects.count() == 1
    lossy.unroute("**/report/offline/send/")
    # Changed since: it says that the change may not have arrived, and keeps its words.
    lossy.locator("#outbox-list button", has_text="Change").click()
    lossy.wait_for_selector("#outbox", state="hidden")
    lossy.fill("#words", f"{TEXT}, and it grows")
    lossy.click(KEEP)
    said = state(lossy, "sent").inner_text()
    assert ServiceRequest.objects.get().display_reference in said
    assert "before your last change" in said
    assert "and it grows" in said


def test_a_photo_that_has_arrived_is_not_sent_again_when_the_next_is_lost(lossy: "Page", live_site: "Site") -> None:
    tried: list[int] = []

    def lose_the_second(route: "Route") -> None:
        tried.append(len(tried) + 1)
        if len(tried) == 2:
            route.abort()
        else:
            route.continue_()

    open_offline(lossy, live_site)
    lossy.route("**/report/offline/photo/", lose_the_second)
    lossy.set_input_files("#photos", [photo("one.jpg"), photo("two.jpg", factories.jpeg(300, 300, "red"))])
    lossy.wait_for_selector("#photo-list li:nth-child(2) img")
    with lossy.expect_event("requestfailed"):
        keep(lossy)
    state(lossy, "waiting")
    assert (len(tried), ServiceRequest.objects.count()) == (2, 0)
    lossy.locator("#outbox-list button", has_text="Send now").click()
    state(lossy, "sent")
    assert len(tried) == 3
    assert ServiceRequest.objects.get().photos.count() == 2
    assert Photo.objects.count() == 2


def test_two_tabs_that_come_back_at_once_send_it_once(phone: "Page", live_site: "Site") -> None:
    open_offline(phone, live_site)
    other = phone.context.new_page()
    open_offline(other, live_site)
    keep(phone)
    keep(other, "Another hole")
    phone.context.set_offline(False)
    for page in (phone, other):
        page.wait_for_selector("#outbox-list li[data-state=sent] >> nth=1")
    assert sorted(ServiceRequest.objects.values_list("description", flat=True)) == [TEXT, "Another hole"]


def test_every_page_says_that_something_waits_and_sends_it(lossy: "Page", live_site: "Site") -> None:
    open_offline(lossy, live_site)
    lossy.context.route("**/report/offline/token.json", lambda route: route.abort())
    keep(lossy)
    state(lossy, "waiting")
    for path in ("/", "/report/", "/requests/", "/privacy/", "/nowhere/"):
        lossy.goto(live_site.url + path)
        bar = lossy.wait_for_selector("[data-outbox-bar]:not([hidden])")
        assert "1 report hasn’t been sent yet." in bar.inner_text()
        assert "call 911" in bar.inner_text()
    looks_well(lossy)
    lossy.goto(live_site.url)
    sees_nothing_wrong(lossy)
    lossy.context.unroute("**/report/offline/token.json")
    lossy.reload()
    wait_for(ServiceRequest.objects.exists)
    lossy.wait_for_selector("[data-outbox-bar]", state="hidden")


def test_what_waited_for_more_than_a_week_is_sent_when_the_person_says_so(lossy: "Page", live_site: "Site") -> None:
    open_offline(lossy, live_site)
    lossy.route("**/report/offline/token.json", lambda route: route.abort())
    keep(lossy)
    state(lossy, "waiting")
    lossy.evaluate(
        """async () => {
          // The only one, whether it waits or is being tried once more.
          const [report] = (await offlineStore.all()).filter(({ state }) => state !== "writing");
          await offlineStore.update(report.key, { kept: Date.now() - 8 * 24 * 3600 * 1000 });
        }"""
    )
    # The network is back only afterward: what was being tried would be sent as it was before.
    lossy.reload()
    lossy.wait_for_selector(READY)
    lossy.unroute("**/report/offline/token.json")
    assert "more than 7 days old" in state(lossy, "waiting").inner_text()
    lossy.locator("#outbox-list button", has_text="Send now").click()
    state(lossy, "sent")
    assert ServiceRequest.objects.count() == 1


# --- Refused ----------------------------------------------------------------------------------------------------------


def test_what_the_city_cannot_take_goes_on_where_it_can_be_put_right(phone: "Page", live_site: "Site") -> None:
    open_offline(phone, live_site)
    keep(phone)
    Service.objects.filter(service_code="pothole").update(active=False)
    phone.context.set_offline(False)
    said = state(phone, "needs").inner_text()
    assert "no longer offer this service" in said
    sees_nothing_wrong(phone)
    phone.goto(live_site.url)
    assert "1 report needs an answer" in phone.wait_for_selector("[data-outbox-bar]:not([hidden])").inner_text()
    open_offline(phone, live_site)
    phone.locator("#outbox-list a", has_text="Answer").click()
    phone.wait_for_url("**/service/")
    phone.locator("label[for=service-tree]").click()
    go(phone)
    while "/check/" not in phone.url:
        go(phone)
    assert TEXT in phone.inner_text("main")
    go(phone, "#send-form button")
    made = ServiceRequest.objects.get()
    assert (made.service.service_code, made.description) == ("tree", TEXT)
    open_offline(phone, live_site)
    assert made.display_reference in state(phone, "sent").inner_text()


def test_a_photo_that_is_none_comes_back_with_the_reason_and_loses_nothing(
    cast: Rivermark, page: "Page", live_site: "Site"
) -> None:
    open_offline(page, live_site)
    page.set_input_files("#photos", [photo("notes.heic", b"no photo at all")])
    page.wait_for_selector("#photo-list li")
    keep(page)
    assert "can’t read this file" in state(page, "failed").inner_text()
    page.locator("#outbox-list button", has_text="Change").click()
    page.wait_for_selector("#outbox", state="hidden")
    assert page.input_value("#words") == TEXT
    page.locator("#photo-list button", has_text="Remove photo 1").click()
    page.click(KEEP)
    state(page, "sent")
    assert ServiceRequest.objects.get().photos.count() == 0


def test_what_is_missing_is_said_on_the_device(phone: "Page", live_site: "Site") -> None:
    open_offline(phone, live_site)
    phone.fill("#service-filter", "pot")
    phone.locator("label[for=service-pothole]").click()
    phone.fill("#email", "ana at example")
    phone.click(KEEP)
    found = phone.locator("#error-list a").all_inner_texts()
    assert [text[:20] for text in found] == ["Answer this question", "Tell us where it is:", "Enter an email addre"]
    assert phone.evaluate("document.activeElement.id") == "error-summary"
    sees_nothing_wrong(phone)
    looks_well(phone)


def test_a_waiting_report_is_removed_after_asking_once_more(phone: "Page", live_site: "Site") -> None:
    open_offline(phone, live_site)
    keep(phone)
    phone.locator("#outbox-list button", has_text="Remove").click()
    phone.locator("#outbox-list button", has_text="No, keep it").click()
    phone.locator("#outbox-list button", has_text="Remove").click()
    phone.locator("#outbox-list button", has_text="Yes, remove it").click()
    phone.wait_for_selector("#outbox", state="hidden")
    phone.context.set_offline(False)
    phone.reload()
    phone.wait_for_selector(READY)
    assert not ServiceRequest.objects.exists()


# --- Danger -----------------------------------------------------------------------------------------------------------


def test_words_of_danger_are_heard_on_the_device(phone: "Page", live_site: "Site") -> None:
    open_offline(phone, live_site)
    phone.fill("#words", "HUELE a   gas by the library")
    phone.wait_for_selector("#danger:not([hidden])")
    assert phone.locator("#danger a[href='tel:911']").is_visible()
    assert "Move away first" in phone.inner_text("#danger")
    write(phone, "I smell gas by the library")
    phone.click(KEEP)
    phone.wait_for_selector("#danger:not([hidden])")
    assert phone.locator("#outbox-list li").count() == 0
    sees_nothing_wrong(phone)
    looks_well(phone)
    phone.locator("#danger [data-go-on]").click()
    state(phone, "waiting")
    phone.context.set_offline(False)
    state(phone, "sent")
    assert ServiceRequest.objects.get().after_warning


def test_words_of_danger_that_the_device_did_not_know_are_heard_on_arrival(
    cast: Rivermark, phone: "Page", live_site: "Site"
) -> None:
    open_offline(phone, live_site)
    keep(phone, "The bridge is swaying")
    EmergencyPhrase.objects.create(jurisdiction=cast.city, language="en", phrase="bridge is swaying")
    phone.context.set_offline(False)
    assert "call 911 now" in state(phone, "needs").inner_text()
    phone.locator("#outbox-list a", has_text="Answer").click()
    phone.wait_for_url("**/emergency/")
    assert not ServiceRequest.objects.exists()


def test_device_and_server_hear_the_same_words(cast: Rivermark, page: "Page", live_site: "Site") -> None:
    texts = [
        "¡Hay FUEGO!", "can’t breathe", "CAN'T BREATHE", "Straße", "ΟΔΟΣ Οδός", "đang cháy Đ", "حريق في المدرسة",
        "ﺣﺮﯾﻖ", "着火了 now", "ไฟไหม้", "आग लगी है", "불이야", "か゛す", "ｇａｓ", "zero\u200bwidth", "soft\u00adhyphen",
        "İstanbul", "ﬁre", "a\u0301b", "x²", "१२३", "𝐟𝐢𝐫𝐞", "tab\tline\nend", "emoji🔥fire", "", "…", "Ŀ ŉ", "ﷺ",
    ]  # fmt: skip
    open_offline(page, live_site)
    heard = page.evaluate(
        """async (texts) => {
          const { plain } = await import("/static/js/offline/plain.js");
          return texts.map(plain);
        }""",
        texts,
    )
    assert heard == [screening.plain(text) for text in texts]


# --- Language, forgetting ---------------------------------------------------------------------------------------------


def test_in_spanish_it_is_asked_kept_and_sent_in_spanish(
    cast: Rivermark, live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    page = new_page(viewport=PHONE, locale="es")
    page.goto(f"{live_site.url}/es/")
    page.evaluate(IS_KEPT)
    page.context.set_offline(True)
    open_offline(page, live_site, "/es/map/")
    assert page.url == f"{live_site.url}/es/report/offline/"
    page.fill("#words", "Un hoyo hondo")
    page.fill("#service-filter", "bache")
    page.locator("label[for=service-pothole]", has_text="Bache").click()
    page.locator("label[for=id_q_where_0]").click()
    page.fill("#address", "12 Elm St")
    looks_well(page)
    page.click(KEEP)
    state(page, "waiting")
    # What is written goes along when the language is switched.
    page.fill("#words", "Otro hoyo")
    page.wait_for_function(IS_STORED, arg=["Otro hoyo", []])
    open_offline(page, live_site, "/report/offline/")
    assert page.input_value("#words") == "Otro hoyo"
    page.context.set_offline(False)
    link = state(page, "sent").query_selector("a").get_attribute("href")
    assert link.startswith("/es/l/")
    made = ServiceRequest.objects.get()
    assert (made.description, made.language) == ("Un hoyo hondo", "es")


def test_forget_me_on_this_device_leaves_nothing_here_even_without_a_network(phone: "Page", live_site: "Site") -> None:
    open_offline(phone, live_site)
    phone.set_input_files("#photos", [photo()])
    phone.wait_for_selector("#photo-list img")
    keep(phone)
    phone.fill("#words", "Half a sentence")
    phone.click("#forget")
    sees_nothing_wrong(phone)
    phone.click("#forget-yes")
    phone.locator("#forget-status", has_text="deleted").wait_for()
    assert phone.input_value("#words") == ""
    stored = phone.evaluate(STORED)
    assert (stored["urls"], stored["workers"]) == ([], 0)
    assert phone.evaluate("offlineStore.all()") == []
    # With a network the site forgets it too, and leads to the first page.
    phone.context.set_offline(False)
    phone.click("#forget")
    phone.click("#forget-yes")
    phone.wait_for_url(f"{live_site.url}/")
    assert not ServiceRequest.objects.exists()


def test_forgetting_from_the_usual_pages_takes_the_kept_reports_too(lossy: "Page", live_site: "Site") -> None:
    open_offline(lossy, live_site)
    lossy.route("**/report/offline/token.json", lambda route: route.abort())
    keep(lossy)
    state(lossy, "waiting")
    lossy.goto(live_site.url)
    lossy.fill("#id_text", "Another thing")
    go(lossy)
    lossy.goto(live_site.url)
    with lossy.expect_navigation():
        lossy.locator("form[data-forget] button").click()
    lossy.unroute("**/report/offline/token.json")
    open_offline(lossy, live_site)
    assert lossy.locator("#outbox-list li").count() == 0
    assert not ServiceRequest.objects.exists()


def test_a_browser_that_keeps_nothing_is_led_to_the_usual_form(
    cast: Rivermark, page: "Page", live_site: "Site"
) -> None:
    page.add_init_script(
        "delete IDBFactory.prototype.open; IDBFactory.prototype.open = () => { throw new Error('no'); };"
    )
    page.goto(f"{live_site.url}/report/offline/")
    page.wait_for_selector("#cannot-keep:not([hidden])")
    page.locator("#cannot-keep a").click()
    page.wait_for_url("**/report/")
