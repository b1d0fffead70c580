"""A supervisor changes many requests at once: watched over two pages, stopped, found under My jobs, and all of it undone."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from requests_app.models import BulkJob, Comment, OutboxRow, ServiceRequest
from tests import factories
from tests.journeys.test_moderation import DESK, sign_in
from tests.journeys.test_report import sees_nothing_wrong

if TYPE_CHECKING:
    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("14.8")]

WORDS = "A crew comes this week."
LONG_MS = 300_000


def starts(page: Page, site: "Site", count: int) -> None:
    """Pia comments on all requests of Parks at once."""
    town = factories.rivermark()
    factories.copies(factories.routed(town.tree, "A limb", reporter=factories.ANA), count - 1)
    OutboxRow.objects.all().delete()
    with connection.cursor() as cursor:
        # As autovacuum does after so many new rows.
        cursor.execute("ANALYZE")
    sign_in(page, site, town.pia)
    page.goto(f"{site.url}/staff/bulk/?verb=comment&all=1&tab=all", timeout=60_000)
    page.get_by_label("Public comment").fill(WORDS)
    page.get_by_role("button", name=f"Start with {count} requests").click()


def undoes(page: Page, count: int) -> None:
    page.get_by_role("button", name="Undo all").click()
    words = re.compile(rf"{count} requests are as they were\. No one was emailed")
    expect(page.locator("#bulk-progress").get_by_role("status")).to_have_text(words, timeout=LONG_MS)
    assert not Comment.objects.filter(text=WORDS, public=True).exists()
    assert not OutboxRow.objects.filter(kind="email_commented").exists()


# In each run, test_supervisor_monday.py watches a job, and tests/staff_app/queue/test_bulk.py undoes one.
@pytest.mark.slow
@pytest.mark.usefixtures("worker")
def test_51_requests_are_watched_page_by_page_found_again_and_undone(
    live_site: "Site", new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport=DESK)
    starts(page, live_site, 51)
    progress = page.locator("#bulk-progress")
    expect(progress.get_by_role("status")).to_have_text(re.compile("Finished. 51 of 51 are done."), timeout=60_000)
    expect(progress.locator(".bulk-state--done")).to_have_count(50)
    page.get_by_role("link", name="Next").click()
    expect(progress.locator(".bulk-state--done")).to_have_count(1)
    page.get_by_role("link", name="My jobs").first.click()
    page.get_by_role("link", name="Public comment: 51 requests").click()
    undoes(page, 51)
    sees_nothing_wrong(page)
    page.get_by_role("link", name="Notices").click()
    expect(page.locator(".notices")).to_contain_text("Undone: Public comment (51 of 51 requests)")


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("count", [1_000, 10_000])
def test_a_long_job_is_stopped_and_what_it_did_is_undone(
    live_site: "Site", new_page: Callable[..., Page], count: int
) -> None:
    page = new_page(viewport=DESK)
    starts(page, live_site, count)
    progress = page.locator("#bulk-progress")
    expect(progress.get_by_role("status")).to_have_text(re.compile(rf"^\s*[1-9]\d* of {count}"), timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    expect(progress.get_by_role("status")).to_have_text(
        re.compile(rf"Stopped\. \d+ of {count} are done"), timeout=60_000
    )
    job = BulkJob.objects.get()
    assert 0 < job.done < count
    assert not OutboxRow.objects.filter(kind="email_commented").exists()
    undoes(page, job.done)
    assert ServiceRequest.objects.count() == count
