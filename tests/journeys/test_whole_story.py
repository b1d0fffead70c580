"""A report from the first word to the outcome: Ana on a small phone, in Spanish, without JavaScript; a worker; Tom at his desk."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from requests_app.models import Event, ServiceRequest
from tests import factories
from tests.live import Site, wait_for

pytestmark = pytest.mark.browser
PHONE = {"width": 375, "height": 800}


@pytest.fixture
def ana(new_page: Callable[..., Page]) -> Page:
    return new_page(viewport=PHONE, java_script_enabled=False, locale="es-US")


@pytest.fixture
def tom(new_page: Callable[..., Page]) -> Page:
    return new_page(viewport={"width": 1280, "height": 720})


def to_next_page(page: Page) -> None:
    page.locator("main button.usa-button[type=submit]:visible").filter(has_text=re.compile("Continu")).first.click()


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"main input[name='{name}'][value='{value}'] + label").click()


def mails() -> Iterator[EmailMessage]:
    """What the worker wrote into the mail folder, in the order of writing."""
    for path in sorted(Path(settings.MAIL_FOLDER).glob("*"), key=lambda one: one.stat().st_mtime_ns):
        for raw in path.read_bytes().split(b"-" * 79 + b"\n"):
            if raw.strip():
                yield email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[misc]


def mail_about(made: ServiceRequest, event: str) -> EmailMessage | None:
    """Finds the email about this request, since the folder also contains email of other tests."""
    return next(
        (
            mail
            for mail in mails()
            if mail["X-Lamplighter-Event"] == event and made.display_reference in mail["Subject"]
        ),
        None,
    )


def fits(page: Page) -> bool:
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.shows("12.1")
@pytest.mark.usefixtures("worker")
def test_ana_reports_in_spanish_tom_resolves_and_ana_reads_it(live_site: Site, ana: Page, tom: Page) -> None:
    factories.rivermark()

    # Ana says it in her own words.
    ana.goto(f"{live_site.url}/es/")
    expect(ana.locator("html")).to_have_attribute("lang", "es")
    ana.locator("main textarea").fill("Hay un hoyo enorme en la calle.")
    to_next_page(ana)
    choose(ana, "service", "pothole")
    to_next_page(ana)
    ana.locator("main input[type=text]").first.fill("12 Elm St")
    to_next_page(ana)
    while "/location/" in ana.url:
        ana.locator("main input[type=radio] + label").first.click()
        to_next_page(ana)
    expect(ana).to_have_url(re.compile("/es/report/.*/details/1/"))
    choose(ana, "where", "lane") if ana.locator("input[name='where']").count() else choose(ana, "q_where", "lane")
    to_next_page(ana)
    expect(ana).to_have_url(re.compile("/contact/"))
    ana.locator("main input[type=email]").fill("ana@example.org")
    to_next_page(ana)
    expect(ana).to_have_url(re.compile("/check/"))
    assert fits(ana), "nothing is wider than her phone"
    ana.locator("main form button.usa-button[type=submit]").last.click()
    expect(ana).to_have_url(re.compile("/sent/"))
    made = ServiceRequest.objects.get()
    expect(ana.locator("main")).to_contain_text(made.display_reference)
    assert (made.language, made.description) == ("es", "Hay un hoyo enorme en la calle.")

    # The worker routes it, once, and tells her.
    wait_for(lambda: ServiceRequest.objects.filter(status="routed").exists(), seconds=60)
    received = wait_for(lambda: mail_about(made, "received"), seconds=30)
    assert "recibimos su reporte" in received["Subject"]

    # Tom finds it in his queue, accepts and resolves it.
    tom.goto(f"{live_site.url}/staff/")
    tom.locator("input[name=login]").fill("tom@rivermark.example")
    tom.locator("input[name=password]").fill(factories.PASSWORD)
    tom.get_by_role("button", name="Sign in").click()
    tom.get_by_role("link", name=re.compile(made.display_reference)).or_(
        tom.get_by_role("link", name=re.compile("Pothole"))
    ).first.click()
    expect(tom.locator("h1")).to_contain_text(made.display_reference)
    expect(tom.get_by_role("region", name="What was reported").locator(".resident-words")).to_have_attribute(
        "lang", "es"
    )
    tom.goto(f"{live_site.url}/staff/r/{made.reference}/resolve/")
    tom.locator("main input[name=disposition][value=fixed] + label").click()
    tom.locator("main textarea[name=words]").fill("We filled the hole this morning.")
    # Ana reads Spanish, and Tom says that his words were checked.
    tom.locator("main input[name=vouched] + label").click()
    visited = tom.locator("main input[name=visited] + label")
    if visited.count():
        visited.first.click()
    tom.locator("main form button.usa-button[type=submit]").last.click()
    wait_for(lambda: ServiceRequest.objects.filter(status="resolved").exists(), seconds=10)

    # Thirty seconds later, Ana follows the link in her mail and reads what was done.
    factories.thirty_seconds_later()
    resolved = wait_for(lambda: mail_about(made, "resolved"), seconds=30)
    body = resolved.get_body(("plain",))
    assert body is not None
    link = re.search(r"http://\S+/l/[^/\s]+/(?=\s)", body.get_content())
    assert link is not None
    ana.goto(link.group())
    expect(ana.locator("h1")).to_have_text("Arreglado")
    expect(ana.locator("main")).to_contain_text("We filled the hole this morning.")
    assert "/l/" not in ana.url, "the private link does not stay in the address"
    assert fits(ana)

    # And somebody without the link reads the outcome too, but may do nothing.
    ana.context.clear_cookies()
    ana.goto(f"{live_site.url}/es/r/{made.reference}/")
    expect(ana.locator("h1")).to_have_text("Arreglado")
    expect(ana.locator("main form[action*='not-fixed']")).to_have_count(0)
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds.count("routed") == 1
    assert kinds[0] == "submitted"
    assert kinds[-1] == "resolved"
