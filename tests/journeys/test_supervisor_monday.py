"""A supervisor's Monday: from a figure to its rows, the late ones commented on at once and undone, and next week's forecast."""

import datetime as dt
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from requests_app.clock import app_now
from requests_app.models import Comment, DailyLoad, ServiceRequest
from tests import factories
from tests.journeys.test_moderation import DESK, sign_in
from tests.journeys.test_report import sees_nothing_wrong

if TYPE_CHECKING:
    from tests.factories import Rivermark
    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("14.8")]

LATE, ON_TIME = 3, 2
WORDS = "We’re behind on trees after the storm. A crew comes this week."


def a_week_of_work(town: "Rivermark") -> list[ServiceRequest]:
    """Late and other requests of Parks, and six weeks of numbers. Returns the late ones, the latest first."""
    made = [factories.routed(town.tree, f"Limb {n}", reporter=factories.ANA) for n in range(LATE + ON_TIME)]
    now = app_now()
    for days, one in enumerate(made[:LATE]):
        ServiceRequest.objects.filter(pk=one.pk).update(due_at=now - dt.timedelta(days=LATE - days))
    today = now.astimezone(town.city.zone).date()
    columns = {"jurisdiction": town.city, "department": town.parks, "service": town.tree.service}
    DailyLoad.objects.bulk_create(
        DailyLoad(**columns, day=today - dt.timedelta(days=back), submitted=3 + back % 7, ended=4, open_week=9)
        for back in range(1, 43)
    )
    return made[:LATE]


def number(page: Page, figure: str) -> int:
    return int(page.locator(f"[data-figure={figure}] .tile__number").inner_text())


@pytest.mark.usefixtures("worker")
def test_late_requests_are_found_commented_on_at_once_and_left_as_they_were(
    live_site: "Site", new_page: Callable[..., Page]
) -> None:
    town = factories.rivermark()
    late = a_week_of_work(town)
    page = new_page(viewport=DESK)
    sign_in(page, live_site, town.pia)

    # The overview says how many are late, and leads to just these.
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Overview").click()
    expect(page.locator("h1")).to_have_text(re.compile("Overview"))
    assert (number(page, "open"), number(page, "late")) == (LATE + ON_TIME, LATE)
    expect(page.locator("p", has_text=re.compile(r"About \d+ in the next 7 days, most likely"))).to_be_visible()
    page.locator("[data-figure=late]").click()
    rows = page.locator("tr[data-request]")
    expect(rows).to_have_count(LATE)
    assert rows.evaluate_all("rows => rows.map((row) => Number(row.dataset.request))") == [one.pk for one in late]

    # Two of them are selected. Before anything happens, the page says what will.
    for one in late[:2]:
        page.locator(f"tr[data-request='{one.pk}'] .row-tick").click()
    expect(page.locator(".bulk-bar__count")).to_have_text("2 selected")
    page.locator("#bulk-verb").select_option("comment")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".bulk-facts")).to_contain_text(re.compile(r"Will be changed\s*2"))
    expect(page.locator(".bulk-facts")).to_contain_text(re.compile(r"Emails to reporters and followers\s*2"))
    page.get_by_label("Public comment").fill(WORDS)
    page.get_by_role("button", name="Start with 2 requests").click()

    # The worker does it, the page follows, with a result for each; then all of it is undone.
    progress = page.locator("#bulk-progress")
    expect(progress.get_by_role("status")).to_have_text(re.compile("Finished. 2 of 2 are done."))
    expect(progress.locator(".bulk-state--done")).to_have_count(2)
    for one in late[:2]:
        expect(progress.get_by_role("link", name=one.display_reference)).to_be_visible()
    sees_nothing_wrong(page)
    assert Comment.objects.filter(text=WORDS, public=True, service_request__in=late[:2]).count() == 2
    page.get_by_role("button", name="Undo all").click()
    expect(progress.get_by_role("status")).to_have_text(re.compile("2 requests are as they were. No one was emailed"))
    expect(progress.locator(".bulk-state--undone")).to_have_count(2)
    assert not Comment.objects.filter(text=WORDS, public=True).exists()
    page.get_by_role("link", name="Back to the queue").click()
    expect(rows).to_have_count(LATE)
