"""Words without a break and long names of services, areas and streets: nothing sticks out, on a phone or a desk, or in an email."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from requests_app.actions.work import endings
from requests_app.clock import app_now
from requests_app.messages import email
from requests_app.models import Area, Event, ServiceRequest
from requests_app.web.request import share
from tests import factories

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.shows("4.60")]

WORD = "Lopadotemachoselacho" * 500
NAME = "Desatascos y limpieza de alcantarillas" + "alcantarillado" * 8
AREA = f"{'Llanfairpwllgwyngyll' * 7} {'Old Mill ' * 6}".strip()
STREET = f"12 {'Chargoggagogg' * 12} St"
# Boxes of the page whose text is wider than they are; some rows reach half a letter into the margin.
STICKS_OUT = """() => [...document.querySelectorAll("main, main *")].filter((one) => one.scrollWidth > one.clientWidth + 16
  && one.clientWidth > 1 && getComputedStyle(one).overflowX === "visible" && getComputedStyle(one).display !== "inline"
  && !one.closest("svg, .usa-sr-only, .maplibregl-map")).map((one) => `${one.tagName} ${one.className} ${one.scrollWidth}`)"""

IN_A_POPUP = """async (address) => {
  const box = document.querySelector("main").appendChild(document.createElement("div"));
  box.style.width = "240px";
  box.innerHTML = await (await fetch(address)).text();
  return box.scrollWidth;
}"""


def test_nothing_sticks_out(live_site: "Site", new_page: Callable[..., "Page"]) -> None:
    cast = factories.rivermark()
    factories.area(cast.city)
    Area.objects.update(name=AREA)
    long = factories.service(cast.city, "long", name={"en": NAME, "es": NAME})
    still_open = factories.routed(long, WORD, reporter=factories.ANA)
    done = factories.routed(long, WORD)
    after = SimpleUploadedFile("after.jpg", factories.jpeg(color="green"))
    endings.resolve(done.pk, disposition="fixed", text=WORD[:2000], actor=cast.tom, uploads=[(after, "after")])
    ServiceRequest.objects.update(public_address=STREET, address=STREET)
    year = app_now().astimezone(cast.city.zone).year
    paths = [
        "/", "/requests/", "/map/", "/areas/", "/areas/ward/5/", f"/areas/ward/5/year/{year}/", "/service/long/",
        *(f"/r/{one.reference}/{page}" for one in (still_open, done) for page in ("", "me-too/", "follow/", "thanks/")),
    ]  # fmt: skip
    page = new_page()
    wrong = {}
    for path in paths:
        page.goto(live_site.url + path)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            found = page.evaluate(STICKS_OUT)
            if page.evaluate("document.documentElement.scrollWidth") > width or found:
                wrong[f"{path} at {width}"] = found[:4]
    page.goto(f"{live_site.url}/map/")
    wide = page.evaluate(IN_A_POPUP, f"/map/cards/{still_open.reference}/")
    if wide > 240:
        wrong["popup"] = [f"{wide} wide"]
    event = Event.objects.filter(service_request=still_open, kind="submitted").latest("pk")
    contact_point = still_open.participations.get().person.contact_points.get(kind="email")
    mail = email.compose(still_open, contact_point, kind="received", event=event)
    program = new_page(viewport={"width": 320, "height": 800})
    program.set_content(str(mail.alternatives[0][0]))
    if (width := program.evaluate("document.documentElement.scrollWidth")) > 320:
        wrong["email"] = [f"{width} wide"]
    still_open.refresh_from_db()
    lines = re.findall(r">([^<]+)</text>", share._card(cast.city, still_open, None))
    assert len(lines) > 3
    assert max(map(len, lines)) <= 36
    assert not wrong, "\n".join(f"{where}: {', '.join(what)}" for where, what in wrong.items())
