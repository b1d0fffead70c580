"""A report's whole life, by two residents and one member of staff: reported, joined, asked, answered, closed, still broken, open
again, fixed, and what both say of it. Ana has a small phone and no JavaScript, Ben a desk, Tom his queue."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from requests_app.models import Comment, ContactPoint, Event, ServiceRequest, SurveyAnswer
from tests import factories
from tests.journeys.test_duplicates import to_same
from tests.journeys.test_moderation import sign_in
from tests.journeys.test_report import PHONE, go, looks_well, sees_nothing_wrong
from tests.journeys.test_whole_story import mail_about, mails
from tests.live import wait_for

if TYPE_CHECKING:
    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("5.20")]


def reports(page: Page, site: "Site") -> ServiceRequest:
    page.goto(f"{site.url}/report/?service=pothole")
    page.fill("#id_text", "A deep hole in front of the library.")
    go(page)
    page.fill("#id_address", "12 Elm St")
    go(page)
    page.locator("label[for=id_q_where_0]").click()
    go(page)
    page.fill("#id_email", "ana@example.org")
    go(page)
    go(page, "#send-form button")
    return ServiceRequest.objects.get()


def opens_mail(page: Page, told: EmailMessage) -> None:
    """Opens the private link in the email."""
    body = told.get_body(("plain",))
    assert body is not None
    link = re.search(r"http://\S+/l/\S+", body.get_content())
    assert link is not None
    page.goto(link.group())


def says(page: Page, summary: str, words: str) -> None:
    """Unfolds one of the acts on the tracking page, writes, and sends it."""
    fold = page.locator("main details", has=page.locator("summary", has_text=re.compile(f"^{summary}$")))
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    fold.locator("textarea").fill(words)
    looks_well(page)
    with page.expect_navigation():
        fold.locator("button[type=submit]").click()


def does(page: Page, site: "Site", made: ServiceRequest, verb: str, **fields: str) -> None:
    """One act of staff, on its own page."""
    page.goto(f"{site.url}/staff/r/{made.reference}/{verb}/")
    for name, value in fields.items():
        box = page.locator(f"main textarea[name={name}]")
        if box.count():
            box.fill(value)
        else:
            page.locator(f"main input[name={name}][value={value}] + label").click()
    with page.expect_navigation():
        page.locator("main form button.usa-button[type=submit]").last.click()
    expect(page).to_have_url(re.compile(f"/staff/r/{made.reference}/$"))


def of(made: ServiceRequest, event: str, to: str) -> EmailMessage | None:
    about = (one for one in mails() if made.display_reference in str(one["Subject"]))
    return next((one for one in about if one["X-Lamplighter-Event"] == event and one["To"] == to), None)


# In each run, test_whole_story.py walks through a report, and tests/requests_app/web/request/ through each of these steps.
@pytest.mark.slow
@pytest.mark.usefixtures("worker")
def test_the_whole_life_of_a_report_with_two_residents_and_one_member_of_staff(
    live_site: "Site", new_page: Callable[..., Page]
) -> None:
    town = factories.rivermark()
    ana, ben = new_page(viewport=PHONE, java_script_enabled=False), new_page()
    tom = new_page(viewport={"width": 1280, "height": 720})

    # Ana reports it, and the worker sends it to Streets.
    made = reports(ana, live_site)
    wait_for(lambda: ServiceRequest.objects.get().status == "routed")
    assert wait_for(lambda: mail_about(made, "received"), seconds=30)["To"] == "ana@example.org"
    # Both confirmed their addresses before, so that no cap keeps a mail of this busy hour back.
    ContactPoint.objects.update(verified_at=made.submitted_at)

    # Ben has the same pothole outside his house, and follows Ana's report instead of sending another.
    to_same(ben, live_site.url)
    ben.fill("#id_email", "ben@example.org")
    go(ben, "button[name=follow]")
    assert "You’re following it." in ben.inner_text("h1")
    ContactPoint.objects.update(verified_at=made.submitted_at)
    with ben.expect_navigation():
        ben.locator("main a[href*='/l/']").click()
    bens = f"{live_site.url}/r/{made.reference}/"
    assert ben.url == bens
    assert "2 people are affected." in ben.inner_text("main")

    # Tom asks Ana a question. She is emailed 30 seconds later; Ben can't read it.
    sign_in(tom, live_site, town.tom)
    does(tom, live_site, made, "ask", question="Which side of the street is it on?")
    factories.thirty_seconds_later()
    opens_mail(ana, wait_for(lambda: of(made, "asked", "ana@example.org"), seconds=30))
    expect(ana.locator("h1")).to_contain_text("waiting for your answer")
    expect(ana.locator("main")).to_contain_text("Which side of the street is it on?")
    ben.reload()
    expect(ben.locator("main")).not_to_contain_text("Which side")

    # She answers on the page, and the report is with Streets again, which hasn't begun.
    says(ana, "Answer", "On the side of the library.")
    expect(ana.locator("main")).to_contain_text("We got your answer")
    expect(ana.locator("h1")).to_have_text("Sent to Streets")
    tom.goto(f"{live_site.url}/staff/r/{made.reference}/")
    expect(tom.locator("main")).to_contain_text("On the side of the library.")

    # Tom resolves it, and both are emailed.
    does(tom, live_site, made, "resolve", disposition="fixed", visited="yes", words="We filled the hole.")
    factories.thirty_seconds_later()
    for address in ("ana@example.org", "ben@example.org"):
        assert wait_for(lambda to=address: of(made, "resolved", to), seconds=30)

    # It is not fixed for Ben: anyone who joined may say so. Ana hears that it is open again, Ben knows it.
    ben.goto(bens)
    expect(ben.locator("h1")).to_have_text("Fixed")
    expect(ben.locator("main")).to_contain_text("We filled the hole.")
    says(ben, "It’s not fixed", "They filled another one, two doors down.")
    expect(ben.locator("main")).to_contain_text("Your report is open again. Its number is the same.")
    expect(ben.locator("h1")).to_have_text("Reopened")
    opens_mail(ana, wait_for(lambda: of(made, "reopened", "ana@example.org"), seconds=30))
    expect(ana.locator("h1")).to_have_text("Reopened")
    expect(ana.locator("main")).not_to_contain_text("two doors down")
    made.refresh_from_db()
    assert (made.status, made.reopened_count) == ("routed", 1)
    assert urlsplit(ana.url).path == f"/r/{made.reference}/", "under the same number"

    # Tom reads what Ben wrote, and has it done right.
    tom.goto(f"{live_site.url}/staff/r/{made.reference}/")
    expect(tom.locator("main")).to_contain_text("two doors down")
    does(tom, live_site, made, "resolve", disposition="fixed", visited="yes", words="Now the right one.")

    # Both answer the survey: Ana with one click and a few optional answers, Ben with a reason.
    wait_for(lambda: ServiceRequest.objects.get().status == "resolved")
    ana.reload()
    expect(ana.locator("main")).to_contain_text("Is it fixed?")
    looks_well(ana)
    go(ana, "#is-it-fixed button[value=yes]")
    expect(ana.locator("main")).to_contain_text("Were you treated well?")
    looks_well(ana)
    ana.locator("input[name=treated_well][value=yes] + label").click()
    go(ana, "main button[name=more]")
    expect(ana.locator("main")).to_contain_text("Thank you.")
    ben.goto(bens)
    go(ben, "#is-it-fixed button[value=partly]")
    sees_nothing_wrong(ben)
    ben.locator("input[name=fixed_reason][value=part_done] + label").click()
    go(ben, "main button[name=more]")
    said = {(one.person.contact_points.get().value, one.question): (one.value, one.reason) for one in answers(made)}
    assert said == {
        ("ana@example.org", "fixed"): ("yes", ""),
        ("ana@example.org", "treated_well"): ("yes", ""),
        ("ben@example.org", "fixed"): ("partly", "part_done"),
    }

    # Without a link, visitors read everything the city wrote and nothing that Ana or Ben wrote.
    anybody = new_page(viewport=PHONE)
    anybody.goto(bens)
    shown = anybody.inner_text("main")
    for words in ("Fixed", "We filled the hole.", "Now the right one.", "Reopened", "2 people are affected."):
        assert words in shown
    for words in Comment.objects.filter(public=False).values_list("text", flat=True):
        assert words not in shown
    assert anybody.locator("main form").count() == 0
    told = list(Event.objects.filter(service_request=made).order_by("id").values_list("kind", flat=True))
    steps = [
        "submitted",
        "routed",
        "joined",
        "asked",
        "answered",
        "resolved",
        "reopened",
        "resolved",
        "survey_answered",
    ]
    positions = []
    for step in steps:
        positions.append(told.index(step, positions[-1] + 1 if positions else 0))
    assert positions == sorted(positions)


def answers(made: ServiceRequest) -> list[SurveyAnswer]:
    return list(SurveyAnswer.objects.filter(service_request=made).select_related("person"))
