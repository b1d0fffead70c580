"""Two problems said at once, on a phone without JavaScript."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from requests_app.actions.shared.search_index import index_catalog
from requests_app.models import ServiceRequest
from tests import factories
from tests.journeys.test_report import PHONE, go, looks_well

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def light(cast: factories.Rivermark) -> None:
    factories.service(
        cast.city,
        "streetlight",
        name={"en": "Street light out", "es": "Luz de la calle apagada"},
        keywords={"en": ["streetlight", "lamp post"], "es": ["farol", "poste de luz"]},
    )
    index_catalog(cast.city)


# In each run, test_report.py walks through the form like this, and tests/requests_app/web/report/test_two_problems.py offers both.
@pytest.mark.slow
@pytest.mark.shows("16.11")
def test_two_problems_on_a_phone_without_javascript(live_site: "Site", new_page: Callable[..., "Page"]) -> None:
    light(factories.rivermark())
    page = new_page(java_script_enabled=False, viewport=PHONE, locale="es")
    page.goto(f"{live_site.url}/es/report/")
    assert not page.locator("[data-dictation]").is_visible()
    page.fill("#id_text", "hay un bache en la calle y el farol lleva días apagado")
    go(page)
    assert page.inner_text("h1") == "Parecen dos problemas"
    looks_well(page)
    page.locator("label[for=id_service_0]").click()
    go(page)
    page.fill("#id_address", "12 Elm St")
    go(page)
    assert page.input_value("#id_text") == "hay un bache en la calle"
    page.locator("label[for=id_q_where_0]").click()
    go(page)
    page.fill("#id_email", "ana@example.org")
    go(page)
    assert "“el farol lleva días apagado”" in page.inner_text("main")
    looks_well(page)
    go(page, "#send-form button")
    looks_well(page)
    go(page, "#next-draft ~ p a.usa-button")
    page.locator("label[for=id_service_0]").click()
    go(page)
    assert page.input_value("#id_text") == "el farol lleva días apagado"
    go(page)
    go(page, "#send-form button")
    descriptions = ServiceRequest.objects.order_by("id").values_list("description", flat=True)
    assert list(descriptions) == ["hay un bache en la calle", "el farol lleva días apagado"]
