"""The form of how a request ended: only what the chosen outcome asks for, in one screen, next to what is read."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from requests_app.models import Event, Team
from tests import factories
from tests.factories import Rivermark
from tests.journeys.test_moderation import fits, sign_in
from tests.live import Site

pytestmark = pytest.mark.django_db
SCREEN = {"width": 1280, "height": 720}
COUNT_SHIFTS = """window.shift = 0; new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
window.shift += entry.value })).observe({ type: "layout-shift" })"""

IS_BEHIND_THE_ACTIONS = """() => { const [bar, box] = [document.querySelector(".acts"), document.activeElement]
.map((one) => one.getBoundingClientRect()); return !document.activeElement.closest(".acts") && box.height > 0
&& box.top < bar.bottom && box.bottom > bar.top && box.top >= bar.top && box.bottom <= bar.bottom }"""


def asking(page: str) -> dict[str, set[str]]:
    """The outcomes that ask for each field."""
    parts = re.split(r'data-outcomes="([^"]*)"', page)[1:]
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return {name[1]: set(codes.split()) for codes, rest in pairs if (name := re.search(r'name="(\w+)"', rest))}


@pytest.mark.parametrize(
    ("asked", "visited", "without"),
    [
        ("none", {"fixed", "not_found"}, {"not_found"}),
        ("photo", {"fixed", "not_found"}, {"fixed", "action_taken", "not_found"}),
        ("visit", {"fixed", "action_taken", "not_found"}, {"fixed", "action_taken", "not_found"}),
    ],
)
def test_each_outcome_asks_for_what_it_needs_and_for_evidence_where_the_service_does(
    town: Rivermark, pia: Client, asked: str, visited: set[str], without: set[str]
) -> None:
    limb = factories.routed(factories.service(town.city, "limb", of=town.parks, evidence=asked))
    fields = asking(pia.get(f"/staff/r/{limb.reference}/resolve/").content.decode())
    assert fields["visited"] == visited
    assert fields["no_evidence"] == without
    assert fields["reason"] == {"cannot_do"}
    assert fields["photos"] == {"fixed", "action_taken", "not_found", "cannot_do"}
    assert fields["photos_before"] == {"fixed", "action_taken"}
    assert fields["words"] >= {"fixed", "action_taken", "answered", "not_found", "cannot_do"}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_opens_next_to_what_is_read_takes_digits_and_sends_only_what_is_in_sight(
    live_site: Site, new_page: Callable[..., Page]
) -> None:
    town = factories.rivermark()
    limb = factories.routed(town.tree, "A limb hangs low.")
    page = new_page(viewport=SCREEN)
    page.add_init_script(COUNT_SHIFTS)
    sign_in(page, live_site, town.pia)
    for verb in ("transfer", "assign", "resolve"):
        page.goto(f"{live_site.url}/staff/r/{limb.reference}/")
        page.evaluate("window.shift = 0")
        # By a script, since a shift just after a click isn't counted.
        page.locator(f'.acts a[data-form="{verb}"]:visible').evaluate("(link) => link.click()")
        expect(page.locator("#act :is(input, select, textarea):focus")).to_be_visible()
        assert page.evaluate("window.shift") <= 0.02, verb
        assert fits(page), verb
    form = page.locator("#act")
    expect(form.get_by_label("What should we tell people?")).to_be_hidden()
    photo: Any = {"name": "done.jpg", "mimeType": "image/jpeg", "buffer": factories.jpeg()}
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text) if "Security Policy" in message.text else None)
    form.get_by_label("What should we tell people?").evaluate("(area) => area.style.height = '5rem'")
    page.keyboard.press("1")
    expect(form.get_by_label("Yes, someone visited")).not_to_be_checked()
    form.locator("input[name=photos]").set_input_files(photo)
    expect(form.get_by_label("Yes, someone visited")).to_be_checked()
    form.get_by_text("No, handled from the office").click()
    form.locator("input[name=photos]").set_input_files(photo)
    expect(form.locator("input[name=photos] ~ ul img")).to_have_count(2)
    expect(form.get_by_label("No, handled from the office")).to_be_checked()
    expect(form.get_by_label("Why can’t we do it?")).to_be_hidden()
    page.keyboard.press("4")
    expect(form.get_by_label("If there is no photo or visit, why?")).to_be_visible()
    page.keyboard.press("3")
    expect(form.get_by_label("Answered")).to_be_checked()
    expect(form.get_by_label("No, handled from the office")).to_be_hidden()
    expect(form.get_by_role("button", name="Resolve")).to_be_in_viewport(ratio=1)
    form.get_by_label("What should we tell people?").fill("It’s on our list.")
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    # On a phone, too, the actions stay in sight, and nothing that gets the focus is behind them.
    for width in (SCREEN["width"], 375):
        page.set_viewport_size({**SCREEN, "width": width})
        page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
        expect(page.locator(".acts")).to_be_in_viewport(ratio=1)
        page.locator("#write_text").focus()
        for _ in range(12):
            page.keyboard.press("Tab")
            assert not page.evaluate(IS_BEHIND_THE_ACTIONS), (width, page.evaluate("document.activeElement.outerHTML"))
    page.set_viewport_size(SCREEN)
    page.keyboard.press("r")
    expect(form.get_by_label("What should we tell people?")).to_have_value("It’s on our list.")
    form.get_by_role("button", name="Resolve").click()
    expect(page.locator(".usa-alert[role=status]")).to_contain_text("Resolved.")
    assert Event.objects.get(service_request=limb, kind="resolved").data["remote"] is None
    assert not blocked


def test_the_team_is_shown_and_leads_to_where_it_is_changed(town: Rivermark, pia: Client) -> None:
    limb = factories.routed(town.tree)
    team = Team.objects.create(department=town.parks, code="limbs", name={"en": "Limb crew"})
    type(limb).objects.filter(pk=limb.pk).update(team=team)
    page = pia.get(f"/staff/r/{limb.reference}/").content.decode()
    facts = page[page.index("rail__facts") :]
    assert "Limb crew" in facts
    assert f'href="/staff/r/{limb.reference}/assign/" data-form="assign">Change team' in facts
    type(limb).objects.filter(pk=limb.pk).update(status="resolved", disposition="fixed")
    assert ">Change team" not in pia.get(f"/staff/r/{limb.reference}/").content.decode()


def test_a_contractor_who_cant_do_it_now_tells_the_department_and_the_clock_runs_on(
    town: Rivermark, pia: Client, signed_in: Any
) -> None:
    limb = factories.routed(town.tree)
    gus = factories.staff("Gus", "contractor", town.city, town.parks)
    type(limb).objects.filter(pk=limb.pk).update(assignee=gus)
    client, path = signed_in(gus), f"/staff/r/{limb.reference}/"
    assert f"{path}note/?cannot_now=on" in client.get(path).content.decode()
    form = client.get(f"{path}note/?cannot_now=on").content.decode()
    assert "Why can’t you do it now?" in form
    assert 'name="cannot_now" value="on"' in form
    assert client.post(f"{path}note/", {"cannot_now": "on", "text": ""}).status_code == 422
    client.post(f"{path}note/", {"cannot_now": "on", "text": "The truck is broken."})
    limb.refresh_from_db()
    assert limb.status == "routed"
    assert "Can’t do it now: The truck is broken." in pia.get(path).content.decode()
    # Who may put it on hold does that.
    assert "cannot_now" not in pia.get(path).content.decode()
