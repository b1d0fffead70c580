"""An administrator makes a city in the browser alone: from an empty database to a report that a new rule sends to a new team."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from requests_app.imports import first_run
from requests_app.models import Service, ServiceRequest, User
from tests.journeys.test_whole_story import choose, mails
from tests.live import Site, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.shows("13.1", "13.2", "13.4", "13.6", "13.9", "13.10")]
PASSWORD = "seven tin lanterns"
SERVICE = "/staff/setup/services/leaf-pile/"


class Desk:
    """A member of staff at a browser."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url.rstrip("/")

    def at(self, path: str) -> "Desk":
        self.page.goto(self.url + path)
        return self

    def fill(self, **typed: str) -> "Desk":
        for name, value in typed.items():
            box = self.page.locator(f"main [name='{name}']").first
            box.evaluate("one => { const folded = one.closest('details'); if (folded) folded.open = true; }")
            if box.evaluate("one => one.tagName") == "SELECT":
                box.select_option(value)
            else:
                box.fill(value)
        return self

    def tick(self, name: str, value: str = "") -> "Desk":
        chosen = f"main input[name='{name}']" + (f"[value='{value}']" if value else "")
        self.page.locator(f"{chosen} + label").first.click()
        return self

    def press(self, button: str) -> "Desk":
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button).first.click()
        return self

    def reads(self, *texts: str) -> "Desk":
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)
        return self


def make_city(ada: Desk) -> None:
    ada.at(f"/staff/first-run/{first_run.token()}/")
    ada.page.get_by_label("Name of the city").fill("Mill Falls")
    ada.page.get_by_label("Your name").fill("Ada Lopez")
    ada.page.get_by_label("Your email address").fill("ada@millfalls.example")
    ada.page.get_by_label("Choose a password").fill(PASSWORD)
    ada.press("Create the city")


def invite(ada: Desk, ben: Desk) -> None:
    ada.at("/staff/setup/people/invite/").fill(email="ben@millfalls.example", role="Triage")
    ada.press("Send invitation").reads("We sent an invitation to ben@millfalls.example")
    link = wait_for(
        lambda: next(
            (
                found[1]
                for mail in mails()
                if "ben@millfalls.example" in mail["To"]
                and (found := re.search(r"(/staff/invitation/\S+)", mail.get_body(("plain",)).get_content()))  # type: ignore[union-attr]
            ),
            None,
        )
    )
    ben.at(link).fill(name="Ben Ruiz", password="four unrelated words here")
    ben.page.locator("main form button[type=submit]").first.click()
    expect(ben.page).to_have_url(re.compile("/staff/$"))


def build_service(ada: Desk) -> None:
    """With a question that is asked after one answer only, of which one answer stops with the emergency number."""
    ada.at("/staff/setup/services/new/")
    ada.fill(name_en="Leaf pile", service_code="leaf-pile").press("Start the draft")
    ada.fill(emergency_screen_en="Is the pile on fire? Call 911.").press("Save")
    ada.at(f"{SERVICE}question/new/").fill(text_en="Where is it?")
    ada.tick("required").fill(**{"options-0-label_en": "On the road", "options-1-label_en": "On the grass"})
    ada.press("Save the question")
    ada.at(f"{SERVICE}question/new/").fill(text_en="Is it burning?")
    ada.fill(**{"options-0-label_en": "Yes", "options-1-label_en": "No"})
    ada.fill(**{"options-0-then": "stop", "show_if": "where-is-it:on-the-road"})
    ada.press("Save the question").reads("Asked only if “Where is it?” is “On the road”", "then stop with 911")


def go_live(ada: Desk) -> None:
    """Adds what the list says is missing."""
    ada.page.locator("summary", has_text="Approve it").click()
    ada.page.get_by_label("Who at the 911 center approved it").fill("Lt. Ruiz")
    ada.press("Approve the emergency check").press("No article is needed")
    ada.at(f"{SERVICE}words/").fill(
        description_en="A pile of leaves on the street or the grass.", outcome_words_fixed_en="Picked up"
    )
    ada.press("Save").at(f"{SERVICE}changes/").press("Publish now")
    for kind, days in (("acknowledge", "1"), ("resolve", "5")):
        ada.at(SERVICE).page.get_by_role("link", name=re.compile("Change.*Targets")).click()
        ada.page.get_by_role("link", name="New target").click()
        ada.tick("kind", kind).fill(value=days, unit="business_days", agreed_by="City Council")
        ada.press("See what it would mean").press("Save this target").reads(f"{days} business day")
    ada.at(f"{SERVICE}go-live/")
    print(ada.page.locator("main").inner_text())
    ada.press("Go live").reads("Residents can use it now.")


def send_report(page: Page, words: str, **answers: str) -> None:
    """From the page that asks what the problem is to the one that says that it was sent."""
    page.locator("main textarea").first.fill(words)
    for _step in range(12):
        where = re.sub(r".*/report/[0-9a-f-]{36}/", "", page.url)
        if page.locator("main input[name=service][value=leaf-pile]").count():
            choose(page, "service", "leaf-pile")
        if where.startswith("location"):
            box = page.locator("main input[type=text]:visible").first
            if box.count() and not box.input_value():
                box.fill("40.5, -69.0")
        for name, value in answers.items():
            if page.locator(f"main input[name='{name}'][value='{value}']").count():
                choose(page, name, value)
        with page.expect_navigation():
            page.locator("main button.usa-button--big:visible").first.click()
        if page.get_by_text("We got it.").count():
            return
    raise AssertionError(f"not sent: {page.url}")


@pytest.mark.usefixtures("worker")
def test_a_city_is_made_shaped_and_used_without_a_shell(live_site: Site, new_page: Callable[..., Page]) -> None:
    ada, ben = Desk(new_page(), live_site.url), Desk(new_page(), live_site.url)
    ana = new_page(viewport={"width": 375, "height": 800}, java_script_enabled=False)
    make_city(ada)
    invite(ada, ben)
    assert User.objects.get(email="ben@millfalls.example").memberships.get().role.code == "triage"
    build_service(ada)
    ada.at(f"{SERVICE}changes/").press("Publish now")
    # A test on the residents' own pages.
    ada.at(f"{SERVICE}go-live/").press("Test it")
    send_report(ada.page, "A test pile of leaves", **{"q_where-is-it": "on-the-grass"})
    test = ServiceRequest.objects.get()
    assert test.is_test
    ada.at(f"{SERVICE}go-live/").press("It worked as expected")
    go_live(ada)

    # A new team, and a rule that sends to it what lies on the grass.
    ada.at("/staff/setup/teams/").page.get_by_role("link", name=re.compile("team", re.IGNORECASE)).last.click()
    ada.fill(name_en="Park crew", code="park-crew").press("Save")
    ada.at("/staff/setup/routing/add/").fill(name="Leaves: park crew").tick("services", "leaf-pile")
    ada.page.locator("details > summary", has_text="Answers").click()
    ada.press("Show the questions").tick("answers", "where-is-it=on-the-grass")
    ada.fill(department="City Services", team="Park crew").press("Save to the draft")
    ada.at("/staff/setup/routing/publish/").reads("A new rule, “Leaves: park crew”")
    ada.fill(note="The park crew picks up leaves").press("Publish now")

    # A resident's report is routed by the rule, to the team.
    ana.goto(live_site.url)
    send_report(ana, "A pile of leaves", **{"q_where-is-it": "on-the-grass"})
    made = ServiceRequest.objects.get(is_test=False)
    assert wait_for(lambda: ServiceRequest.objects.get(pk=made.pk).team).code == "park-crew"  # type: ignore[union-attr]

    # The question changes; the report still reads as it was asked, and so does the service once it is rolled back.
    ada.at(f"{SERVICE}questions/where-is-it/").fill(text_en="On the road or off it?").press("Save the question")
    ada.at(f"{SERVICE}changes/").reads("“On the road or off it?” instead of “Where is it?”").press("Publish now")
    ben.at(f"/staff/r/{made.reference}/").reads("Where is it?")
    expect(ben.page.locator("main")).not_to_contain_text("On the road or off it?")
    ada.at(f"{SERVICE}history/").press("Roll back")
    assert Service.objects.get(service_code="leaf-pile").current.questions.first().text["en"] == "Where is it?"  # type: ignore[union-attr]

    # All of it is in the audit.
    ada.at("/staff/audit/").reads(
        "Leaf pile", "Routing rules", "Park crew", "Ben Ruiz", "The park crew picks up leaves"
    )
