"""A crew's day on phones without a network: finished there, sent once, and gone from the phone when it should be."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from requests_app.actions.work import tasks
from requests_app.clock import app_now
from requests_app.models import CrewResult, ServiceRequest, User
from tests import factories
from tests.factories import Rivermark
from tests.journeys.test_moderation import sign_in
from tests.journeys.test_report import looks_well, sees_nothing_wrong
from tests.live import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("14.9")]

PHONE = {"width": 375, "height": 667}
SECRETS = ("Ana Reyes", "ana@example.org", "555-0199")
IS_KEPT = "navigator.serviceWorker.ready.then(() => true)"
# All that is legible on the phone.
LEGIBLE = """async () => {
  const open = indexedDB.open("crew");
  const database = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const texts = [];
  for (const name of database.objectStoreNames) {
    const rows = database.transaction(name).objectStore(name).getAll();
    texts.push(JSON.stringify(await new Promise((done) => { rows.onsuccess = () => done(rows.result); })));
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      texts.push(new URL(request.url).pathname);
      if (!request.url.includes("/static/")) texts.push(await (await cache.match(request)).text());
    }
  }
  database.close();
  return texts.join("\\n");
}"""


def photo(color: str) -> Any:
    return {"name": "work.jpg", "mimeType": "image/jpeg", "buffer": factories.jpeg(1200, 900, color)}


# The day is deleted between the city's answer and its arrival.
ANSWERED_LATE = """async () => {
  const own = self.fetch;
  self.fetch = async (...asked) => {
    const answer = await own(...asked);
    await self.crewStore.lock();
    return answer;
  };
  await self.crewSending.contact();
  self.fetch = own;
}"""


def day_of(page: "Page", user: User, stops: int) -> None:
    """Waits until the phone has this day."""
    kept = "self.crewStore.owner().then((owner) => owner && [owner.user, owner.day.stops.length])"
    wait_for(lambda: page.evaluate(kept) == [str(user.pk), stops], seconds=20)


def on_the_road(page: "Page", site: "Site", user: User, stops: int = 2) -> None:
    """Signs in, opens the day once, and loses the network."""
    sign_in(page, site, user)
    page.goto(f"{site.url}/staff/crew/")
    page.evaluate(IS_KEPT)
    day_of(page, user, stops)
    page.context.set_offline(True)
    page.goto(f"{site.url}/staff/crew/")
    page.wait_for_selector("[data-crew][data-ready]", state="attached")
    assert page.url == f"{site.url}/staff/crew/offline/"


def finish(page: "Page", stop: str, color: str, outcome: str = "fixed") -> None:
    """Three taps once the stop is open: photo, outcome, send."""
    item = page.locator(f'[data-stop="{stop}"]')
    item.get_by_role("button", name="Finish this stop").click()
    item.locator("#result_photo").set_input_files([photo(color)])
    item.locator(f"label[for=outcome_{outcome}]").click()
    item.get_by_role("button", name="Send result").click()
    item.get_by_text("Finished. The result is waiting").wait_for()


def states(page: "Page") -> list[str]:
    return page.locator("[data-crew-list] li").evaluate_all("items => items.map((item) => item.dataset.state)")  # type: ignore[no-any-return]


@pytest.fixture
def stops(cast: Rivermark) -> list[ServiceRequest]:
    words = ("A hole by the school. Ana Reyes, 555-0199", "A hole at the corner")
    made = [factories.routed(cast.pothole, text, answers={"where": "lane"}) for text in words]
    ServiceRequest.objects.filter(pk__in=[one.pk for one in made]).update(assignee=cast.dev)
    return made


def test_two_phones_of_a_crew_finish_stops_offline_and_each_counts_once(
    cast: Rivermark, stops: list[ServiceRequest], live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    # A task for Streets, of a request that its crew may not open.
    limb = factories.routed(cast.tree, "A limb in the wires", point=factories.at(-69.01))
    task = tasks.add(limb.pk, department=cast.streets, what="Close the lane", due_on=app_now().date(), actor=cast.pia)
    first, second = (new_page(viewport=PHONE) for _ in range(2))
    for page in (first, second):
        on_the_road(page, live_site, cast.dev, stops=3)
    legible = first.evaluate(LEGIBLE)
    assert "A hole at the corner" in legible
    assert not [secret for secret in SECRETS if secret in legible]
    assert "/staff/crew/offline/" in legible
    assert "Dev" not in legible.replace("Device", ""), "the kept page is nobody's"

    # In the order of the shortest drive, or by due date, as the day has it.
    names = first.locator("#stops > li")
    by_drive = names.evaluate_all("items => items.map((item) => item.dataset.stop)")
    assert set(by_drive) == {stops[0].reference, stops[1].reference, f"task-{task.pk}"}
    first.get_by_role("button", name="By due date").click()
    expect(names.first).to_have_attribute("data-stop", f"task-{task.pk}")
    finish(first, stops[0].reference, "gray")
    finish(first, stops[1].reference, "gray")
    finish(first, f"task-{task.pk}", "gray", "done")
    assert first.inner_text("[data-crew-count]") == "3 results waiting"
    assert states(first) == ["waiting", "waiting", "waiting"]
    looks_well(first)
    sees_nothing_wrong(first)
    small = first.evaluate(
        """[...document.querySelectorAll("main button, main input[type=file], main label, main summary")].filter((one) =>
          one.checkVisibility() && one.getBoundingClientRect().height < 48).map((one) => one.outerHTML)"""
    )
    assert [html for html in small if "usa-label" not in html] == []
    finish(second, stops[0].reference, "red", "not_found")
    assert not CrewResult.objects.exists()

    first.context.set_offline(False)
    wait_for(lambda: states(first) == ["sent", "sent", "sent"])
    assert "Resolved." in first.inner_text("[data-crew-list]")
    second.context.set_offline(False)
    wait_for(lambda: states(second) == ["late"])
    said = second.inner_text("[data-crew-list]")
    assert "Dev" in said
    assert "Resolved: Fixed" in said
    for one in stops:
        one.refresh_from_db()
        assert one.disposition == "fixed"
        assert one.events.filter(kind="resolved").count() == 1
    assert [one.is_private for one in stops[0].photos.order_by("id")] == [False, True]
    assert stops[1].photos.count() == 1
    task.refresh_from_db()
    assert (task.state, task.ended_by) == ("done", cast.dev)
    assert limb.photos.get().is_private
    # Nothing is sent again, and the stops have left the list.
    first.reload()
    first.wait_for_selector("[data-crew][data-ready]", state="attached")
    assert first.locator("[data-stop]").count() == 0
    assert CrewResult.objects.count() == 4


def test_the_day_leaves_the_phone_with_the_network_the_account_and_its_person(
    cast: Rivermark, stops: list[ServiceRequest], live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    page = new_page(viewport=PHONE)
    on_the_road(page, live_site, cast.dev)
    finish(page, stops[0].reference, "gray")
    # After 12 hours without contact, the day is gone, and what waits is sealed.
    page.evaluate("(shift) => { const now = Date.now; Date.now = () => now() + shift; }", 12 * 3600 * 1000 + 1)
    page.evaluate("self.crewStore.owner()")
    page.wait_for_selector("#locked:visible")
    assert page.locator("[data-stop], [data-crew-list] li").count() == 0
    legible = page.evaluate(LEGIBLE)
    for gone in ("A hole", "12 Elm", stops[0].reference, stops[0].display_reference, '"key":{}'):
        assert gone not in legible
    # Somebody else on the same phone sees neither the day nor the result, and can't send it.
    # Away from the page first: what it asks when the network is back would answer with cookies of its own.
    page.goto("about:blank")
    page.context.clear_cookies()
    page.context.set_offline(False)
    sign_in(page, live_site, cast.pia)
    page.goto(f"{live_site.url}/staff/crew/")
    day_of(page, cast.pia, 0)
    page.goto(f"{live_site.url}/staff/crew/offline/")
    page.wait_for_selector("[data-crew][data-ready]", state="attached")
    assert page.locator("[data-stop], [data-crew-list] li").count() == 0
    assert not CrewResult.objects.exists()
    # The same person gets the key again, and the result goes out.
    page.locator(".staff-menu summary").click()
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_url("**/accounts/**")
    sign_in(page, live_site, cast.dev)
    page.goto(f"{live_site.url}/staff/crew/")
    wait_for(lambda: CrewResult.objects.count() == 1)

    # A voluntary sign-out names what isn't sent yet, and deletes all.
    day_of(page, cast.dev, 1)
    page.context.set_offline(True)
    page.goto(f"{live_site.url}/staff/crew/")
    page.wait_for_selector("[data-crew][data-ready]", state="attached")
    finish(page, stops[1].reference, "gray")
    page.route("**/result/", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto(f"{live_site.url}/staff/profile/")
    page.locator(".staff-menu summary").click()
    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_text("1 result isn’t sent yet").wait_for()
    page.get_by_role("button", name="Sign out and delete").click()
    page.wait_for_url("**/accounts/**")
    assert "sealed" not in page.evaluate(LEGIBLE)
    assert CrewResult.objects.count() == 1

    # An answer on its way while the day is deleted does not bring it back.
    page.unroute("**/result/")
    sign_in(page, live_site, cast.dev)
    page.goto(f"{live_site.url}/staff/crew/")
    day_of(page, cast.dev, 1)
    page.evaluate(ANSWERED_LATE)
    assert page.evaluate("self.crewStore.owner()") is None

    # A closed account: the next sign of life deletes the day.
    page.evaluate("self.crewSending.contact()")
    day_of(page, cast.dev, 1)
    User.objects.filter(pk=cast.dev.pk).update(is_active=False)
    page.evaluate("self.crewSending.contact()")
    assert page.evaluate("self.crewStore.owner()") is None
    assert "A hole" not in page.evaluate(LEGIBLE)


@pytest.mark.slow
def test_a_crew_reports_in_three_taps_without_a_network(
    cast: Rivermark, stops: list[ServiceRequest], live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    here = {"latitude": factories.at().y, "longitude": factories.at().x}
    page = new_page(viewport=PHONE, geolocation=here, permissions=["geolocation"])
    on_the_road(page, live_site, cast.dev)
    form = page.locator("form[data-crew-report]")
    assert not form.get_by_role("button", name="Send report").is_visible()
    form.locator("#report_photo").set_input_files([photo("gray")])
    form.locator("label[for=report-tree]").click()
    form.get_by_text("We’ll send this phone’s location.").wait_for()
    sees_nothing_wrong(page)
    looks_well(page)
    form.get_by_role("button", name="Send report").click()
    wait_for(lambda: states(page) == ["waiting"])
    # The second one needs an answer, which its page asks once there is a network.
    form.locator("#report_photo").set_input_files([photo("red")])
    form.locator("label[for=report-pothole]").click()
    form.get_by_text("We’ll send this phone’s location.").wait_for()
    form.get_by_role("button", name="Send report").click()
    wait_for(lambda: states(page) == ["waiting", "waiting"])
    assert not ServiceRequest.objects.filter(channel="staff").exists()

    page.context.set_offline(False)
    wait_for(lambda: sorted(states(page)) == ["needs", "sent"])
    made = ServiceRequest.objects.get(channel="staff")
    assert (made.service.service_code, made.photos.count(), made.point) == ("tree", 1, factories.at())
    page.get_by_role("link", name="Answer it").click()
    page.locator("label[for^=id_q_where]").first.click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Your report number is").wait_for()
    assert ServiceRequest.objects.filter(channel="staff").count() == 2
