"""The place page's map on a phone: a lamp and a report are selected on it; without a script, nothing of it is there."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.contrib.gis.geos import LineString

from requests_app.models import BasemapFeature, Draft, ServiceRequest
from tests import factories
from tests.factories import ELM_ST
from tests.journeys.test_report import PHONE, go, looks_well, sees_nothing_wrong

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def to_place(page: "Page", url: str) -> None:
    page.goto(f"{url}/report/?service=lamp")
    page.fill("#id_text", "The street light is out")
    go(page)
    assert page.url.endswith("/location/")


def test_a_lamp_and_a_report_are_selected_on_the_map(live_site: "Site", new_page: Callable[..., "Page"]) -> None:
    city = factories.rivermark().city
    factories.asset(city, "L00417")
    version = factories.service(
        city, "lamp", asset_kinds=["street_light"], duplicate_policy="join", duplicate_radius_m=30
    )
    factories.asset(city, "L00418", ELM_ST[0] + 0.0006)
    earlier = factories.report(version, "It’s dark here.")
    line = LineString((-69.01, ELM_ST[1] - 0.0001), (-68.99, ELM_ST[1] - 0.0001), srid=4326)
    BasemapFeature.objects.create(
        jurisdiction=city,
        layer="streets",
        properties={"class": "street", "name": "Elm St"},
        shape=line.transform(3857, clone=True),
    )
    page = new_page(
        viewport=PHONE,
        bypass_csp=True,
        geolocation={"longitude": ELM_ST[0], "latitude": ELM_ST[1] + 0.0004},
        permissions=["geolocation"],
    )
    page.clock.install()
    to_place(page, live_site.url)
    page.wait_for_selector(".map[data-ready]")
    page.get_by_role("button", name="Use my location").click()
    page.wait_for_selector(".map-here")
    dot, icon = page.locator(".map-dot"), page.locator("[aria-label$='L00418']")
    icon.wait_for()
    looks_well(page)
    dot.click()
    assert "It’s dark here." in page.inner_text(".map-card")
    assert "ft" in page.inner_text(".map-card")
    sees_nothing_wrong(page)
    page.keyboard.press("Escape")
    assert not page.locator(".map-card").count()
    dot.click()
    page.click("[data-different]")
    assert not dot.count()
    icon.click()
    page.locator(".map-card").get_by_text("North side of Elm St · 12 Elm St").wait_for()
    assert "L00418" in page.inner_text(".map-card")
    page.click("[data-use]")
    go(page)
    place = Draft.objects.get().typed["place"]
    assert place["asset"]["number"] == "L00418"
    assert page.url.endswith("/details/1/"), "neither the lamp nor the report is asked about again"
    page.goto(f"{live_site.url}/report/{Draft.objects.get().pk}/location/")
    page.wait_for_selector("[data-around='']")
    assert not dot.count()

    ServiceRequest.objects.filter(pk=earlier.pk).update(people_count=1)
    Draft.objects.update(typed={**Draft.objects.get().typed, "not_same": []})
    page.reload()
    # A report that becomes private leaves its open card.
    dot.click()
    ServiceRequest.objects.filter(pk=earlier.pk).update(public_state="private")
    page.clock.fast_forward("00:16")
    page.get_by_text("This report isn’t public anymore.").wait_for()
    assert "It’s dark here." not in page.inner_text(".map-card")
    page.get_by_role("button", name="Close", exact=True).click()
    assert not dot.count()
    ServiceRequest.objects.filter(pk=earlier.pk).update(public_state="public")
    page.reload()
    dot.click()
    page.click("[data-same]")
    page.wait_for_url("**/sent/")
    earlier.refresh_from_db()
    assert earlier.people_count == 2


def test_without_a_script_there_is_no_map(live_site: "Site", new_page: Callable[..., "Page"]) -> None:
    factories.lamp(factories.rivermark().city)
    page = new_page(viewport=PHONE, java_script_enabled=False)
    to_place(page, live_site.url)
    assert not page.locator(".place-map").is_visible()
    page.fill("#id_address", "12 Elm St")
    go(page)
    assert page.url.endswith("/asset/"), "the lamps near it, as a list"
