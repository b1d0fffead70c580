"""Staff make mistakes in a real browser: the wrong button, a colleague who was faster, a session that ends while they type."""

import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from requests_app.actions.work import assignment
from requests_app.models import Comment, Event, OutboxRow, Owner
from tests import factories
from tests.journeys.test_moderation import DESK, PHONE, fits, sign_in
from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "We cut the limb on Friday, before eight."


@pytest.mark.sampled(2)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_wrong_button_is_undone_without_javascript(
    live_site: Site, new_page: Callable[..., Page], size: dict[str, int]
) -> None:
    town = factories.rivermark()
    limb = factories.routed(town.tree, "A limb hangs low.", reporter=factories.ANA)
    Owner.objects.create(
        jurisdiction=town.city, code="rail", name="Acme Railroad", kind="railroad", email="a@b.example"
    )
    page = new_page(viewport=size, java_script_enabled=False)
    sign_in(page, live_site, town.pia)
    page.goto(f"{live_site.url}/staff/r/{limb.reference}/hand_over/")
    expect(page.get_by_label("Who owns it?")).to_have_value("")
    page.get_by_label("Who owns it?").select_option(label="Acme Railroad")
    page.get_by_label("What should we tell people?").fill("The railroad cuts it.")
    page.get_by_role("button", name="Hand over").click()
    expect(page.locator(".usa-alert[role=status]")).to_contain_text("Handed over.")
    assert fits(page)

    page.locator(".usa-alert[role=status]").get_by_role("button", name="Undo").click()

    expect(page.locator(".usa-alert[role=status]")).to_contain_text("Undone. No one was emailed.")
    expect(page.locator(".timeline").first).to_contain_text("Undone: Handed over to Acme Railroad")
    limb.refresh_from_db()
    assert (limb.status, limb.owner) == ("routed", None)
    handed_over = Event.objects.get(service_request=limb, kind="handed_over")
    assert not OutboxRow.objects.filter(event=handed_over).exclude(last_error="undone").exists()


def test_a_colleague_was_faster(live_site: Site, new_page: Callable[..., Page]) -> None:
    town = factories.rivermark()
    limb = factories.routed(town.tree, "A limb hangs low.")
    pam = factories.staff("Pam", "supervisor", town.city, town.parks)
    page = new_page(viewport=PHONE)
    sign_in(page, live_site, town.pia)
    page.goto(f"{live_site.url}/staff/r/{limb.reference}/")
    assignment.set_priority(limb.pk, priority=2, actor=pam)
    # The page still shows priority 3.
    page.locator("#composer textarea").fill(WORDS)
    page.locator("#composer").get_by_role("button", name="Post comment").click()
    alert = page.get_by_role("alert").filter(has_text="Someone else got here first")
    expect(alert).to_contain_text("Priority changed from 3 to 2 Pam")
    expect(page.locator("main textarea[name=text]")).to_have_value(WORDS)
    assert fits(page)
    page.get_by_role("button", name="Post comment anyway").click()
    expect(page.locator(".usa-alert[role=status]")).to_contain_text("Posted.")
    assert Comment.objects.get().text == WORDS


@pytest.mark.sampled(2)
@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_words_survive_the_end_of_the_session(
    live_site: Site, new_page: Callable[..., Page], java_script_enabled: bool
) -> None:
    town = factories.rivermark()
    limb = factories.routed(town.tree, "A limb hangs low.")
    page = new_page(viewport=PHONE, java_script_enabled=java_script_enabled)
    sign_in(page, live_site, town.pia)
    page.goto(f"{live_site.url}/staff/r/{limb.reference}/comment/")
    page.locator("main textarea").fill(WORDS)
    Session.objects.all().delete()
    page.get_by_role("button", name="Post comment").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    assert "Friday" not in page.url
    expect(page.locator("main")).to_contain_text("you can send what you typed")
    page.locator("input[name=login]").fill(town.pia.email)
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile(f"/staff/r/{limb.reference}/comment/$"))
    expect(page.locator("main textarea")).to_have_value(WORDS)
    expect(page.get_by_text("You were signed out, so this wasn’t sent.")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator(".usa-alert[role=status]")).to_contain_text("Posted.")
    assert Comment.objects.get().text == WORDS
