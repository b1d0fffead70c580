"""The answers of a question in a browser: rows come, go and move without loading the page, and are saved in their order."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from requests_app.models import ServiceDraft
from tests.factories import PASSWORD, rivermark

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shows("13.1")]


def test_rows_are_added_moved_dragged_and_removed_in_place(live_site: "Site", new_page: "Callable[..., Page]") -> None:
    cast = rivermark()
    page = new_page(viewport={"width": 1280, "height": 1600})
    page.goto(f"{live_site.url}/staff/setup/services/pothole/questions/where/")
    page.fill("[name=login]", cast.ada.email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    rows = page.locator("[data-answer-row]")
    expect(rows).to_have_count(2)
    page.evaluate("window.isSamePage = true")
    for english, spanish in (("Bridge", "Puente"), ("Path", "Sendero")):
        page.get_by_role("button", name="Add another answer").click()
        # The focus is in the new row.
        page.keyboard.type(english)
        page.keyboard.press("Tab")
        page.keyboard.type(spanish)
    rows.nth(3).get_by_role("button", name="Move this answer up").press("Enter")
    expect(page.locator("[data-answer-status]")).to_have_text("Now answer 3")
    rows.nth(2).get_by_label("then").select_option("target")
    rows.nth(2).get_by_label("Fixed within").fill("4")
    rows.nth(2).get_by_label("Unit").select_option("hours")
    rows.nth(2).get_by_label("and", exact=True).select_option("priority:2")
    rows.nth(1).get_by_role("button", name="Remove this answer").click()
    # lane, path, bridge: the last one is dragged to the top.
    handle = rows.nth(2).locator("[data-handle]")
    handle.hover()
    page.mouse.down()
    page.mouse.move(*(rows.nth(0).bounding_box()[side] + 2 for side in ("x", "y")), steps=5)  # type: ignore[index]
    page.mouse.up()
    expect(page.locator("[data-answer-status]")).to_have_text("Now answer 1")
    assert page.evaluate("window.isSamePage")
    page.get_by_role("button", name="Save the question").click()
    expect(page.get_by_text("Saved in the draft. Residents")).to_be_visible()
    options = ServiceDraft.objects.get().written["questions"][0]["options"]
    assert [option["value"] for option in options] == ["bridge", "lane", "path"]
    target = {"value": 4, "unit": "hours", "calendar": "department"}
    assert options[2]["effects"] == {"priority": 2, "resolve_target": target}
