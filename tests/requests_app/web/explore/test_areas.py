"""The pages of areas: what is open and done in one, what the city says of it, and how to follow it."""

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from requests_app import references
from requests_app.actions.promises import typical_times
from requests_app.actions.publication import moderation
from requests_app.actions.work import endings
from requests_app.clock import app_now
from requests_app.models import Area, Jurisdiction, RequestArea, ServiceRequest
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.shows("5.27")

LANE = {"where": "lane"}


@pytest.fixture
def ward(cast: Rivermark) -> Area:
    return factories.area(cast.city)


def page(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_list_has_every_area_by_layer_and_counts_as_people_do(cast: Rivermark) -> None:
    for code in ("10", "2"):
        factories.area(cast.city, code=code)
    factories.area(cast.city, "park", "elm-park")
    Area.objects.create(
        jurisdiction=cast.city,
        layer="town",
        code="x",
        name="Next town",
        is_ours=False,
        polygon=factories.square(0, 0, 1, 1),
    )
    html = page("/areas/")
    assert html.index("Parks</h2>") < html.index("Park elm-park") < html.index("Wards</h2>")
    assert html.index("Ward 2<") < html.index("Ward 10<")
    assert "Next town" not in html


def test_what_is_open_comes_before_what_was_done(cast: Rivermark, ward: Area) -> None:
    done = factories.routed(cast.pothole, "Done.", answers=LANE)
    endings.resolve(done.pk, disposition="fixed", text="Filled.", actor=cast.tom)
    open_one = factories.routed(cast.tree, "Open.")
    html = page("/areas/ward/5/")
    assert html.index("Still open") < html.index(open_one.display_reference)
    assert html.index(open_one.display_reference) < html.index("Recently closed") < html.index(done.display_reference)
    assert "/map/?area=ward%3A5" in html
    assert "/requests/?area=ward%3A5" in html


def test_a_long_list_leads_to_the_list_of_all(cast: Rivermark, ward: Area) -> None:
    made = [factories.routed(cast.tree, f"Branch {number}.") for number in range(9)]
    html = page("/areas/ward/5/")
    assert sum(one.display_reference in html for one in made) == 6
    assert made[0].display_reference not in html
    assert "/requests/?area=ward%3A5&amp;status=open" in html
    assert made[0].display_reference in page("/requests/?area=ward%3A5&status=open")


def test_it_says_what_the_citys_card_says_of_it(cast: Rivermark, ward: Area) -> None:
    fields = [{"key": "council_member", "label": {"en": "Council member"}}]
    Jurisdiction.objects.update(address_card=[{"layer": "ward", "name": {"en": "Your ward"}, "fields": fields}])
    Area.objects.update(attributes={"council_member": "Marisol Tanner"})
    assert "Marisol Tanner" in page("/areas/ward/5/")


def test_where_nothing_is_reported_it_does_not_say_that_all_is_well(ward: Area) -> None:
    html = page("/areas/ward/5/")
    assert "Nothing has been reported here recently. All may be well, or no one has sent us a report." in html
    assert "Still open" not in html


def test_beside_each_number_stands_that_few_reports_are_not_few_problems(cast: Rivermark, ward: Area) -> None:
    factories.routed(cast.tree, "A branch.")
    html = page("/areas/ward/5/")
    assert "1 report in the last 90 days." in html
    assert "We’ve finished too few to say how long it takes." in html
    assert "Few reports don’t mean few problems." in html


def test_the_usual_time_comes_from_twenty_public_reports_that_ended(cast: Rivermark, ward: Area) -> None:
    now = app_now()
    lasted(cast, ward, 19, dt.timedelta(hours=30), now)
    assert "We’ve finished too few" in page("/areas/ward/5/")
    lasted(cast, ward, 6, dt.timedelta(days=9), now)
    lasted(cast, ward, 40, dt.timedelta(days=30), now, state="private")
    html = page("/areas/ward/5/")
    assert "25 reports in the last 90 days." in html
    assert (
        "How long it usually takes: 9 days or less for most reports (8 in 10), and 30 hours or less for half." in html
    )
    assert "Based on 25 reports in the last 90 days, finished or still open." in html


def lasted(
    cast: Rivermark,
    ward: Area,
    count: int,
    length: dt.timedelta,
    now: dt.datetime,
    *,
    state: str = "public",
    is_open: bool = False,
) -> None:
    """So many reports that took so long and ended today, or have been open for so long."""
    made = ServiceRequest.objects.bulk_create(
        ServiceRequest(
            jurisdiction=cast.city,
            reference=references.new_reference(),
            service=cast.tree.service,
            service_version=cast.tree,
            public_state=state,
            status="routed" if is_open else "resolved",
            disposition="" if is_open else "fixed",
            submitted_at=now - length,
            resolved_at=None if is_open else now,
            updated_at=now,
        )
        for _ in range(count)
    )
    RequestArea.objects.bulk_create(
        RequestArea(area=ward, service_request=one, submitted_at=one.submitted_at, public_state=state, is_open=is_open)
        for one in made
    )
    typical_times.record(cast.city)
    cache.clear()


def test_what_is_not_public_is_not_on_it(cast: Rivermark, ward: Area) -> None:
    private = factories.routed(cast.outreach, "Sleeps there.")
    hidden = factories.routed(cast.tree, "Hidden words.")
    moderation.hide(hidden.pk, reason="abuse", actor=cast.pia)
    html = page("/areas/ward/5/")
    assert private.display_reference not in html
    assert hidden.display_reference not in html


@pytest.mark.parametrize("path", ["ward/6", "ward/%00", "nothing/5", "ward/5%27"])
def test_an_unknown_area_is_404_with_the_areas_that_there_are(ward: Area, path: str) -> None:
    answer = Client().get(f"/areas/{path}/")
    assert answer.status_code == 404
    assert "We couldn’t find this area" in answer.content.decode()
    assert "Ward 5" in answer.content.decode()


def test_a_city_without_areas_says_so(cast: Rivermark) -> None:
    assert "hasn’t added any information about its districts yet" in page("/areas/")


def test_it_can_be_followed_by_mail_and_by_a_feed_reader(ward: Area) -> None:
    html = page("/areas/ward/5/")
    assert 'href="/follow/?area=ward%3A5"' in html
    assert re.search(r'<link rel="alternate"\s+type="application/atom\+xml"', html)
    assert Client().get("/follow/?area=ward%3A5").status_code == 200
    assert Client().get("/requests/feed/?area=ward%3A5").status_code == 200


def test_it_speaks_spanish_at_its_spanish_address(ward: Area) -> None:
    assert '<html lang="es"' in page("/es/areas/ward/5/")


def test_search_engines_may_know_areas_but_no_blocks(ward: Area) -> None:
    sitemap = Client().get("/sitemap.xml").content.decode()
    assert "/es/areas/ward/5/</loc>" in sitemap
    assert "/service/pothole/</loc>" in sitemap
    assert "/places/" not in sitemap
    robots = Client().get("/robots.txt").content.decode()
    assert "Disallow: /places/" in robots
    assert "Disallow: /es/assets/" in robots


@pytest.mark.parametrize(
    ("layer", "name", "title", "in_spanish"),
    [
        ("ward", "5", "Ward 5", "Distrito 5"),
        ("council_district", "12", "Council District 12", "Distrito del concejo 12"),
        ("police_district", "A-1", "Police District A-1", "Distrito policial A-1"),
        ("works_district", "1B", "Public Works District 1B", "Distrito de obras públicas 1B"),
        ("zip", "02118", "ZIP Code 02118", "Código postal 02118"),
        ("snow_route", "7", "Snow route 7", "Snow route 7"),
        ("100%_zone", "7", "100% zone 7", "100% zone 7"),
        ("ward", "Ward 5", "Ward 5", "Distrito 5"),
        ("neighborhood", "Old Mill", "Old Mill", "Old Mill"),
    ],
)
def test_an_area_named_by_its_number_alone_has_its_layer_s_name_too(
    cast: Rivermark, layer: str, name: str, title: str, in_spanish: str
) -> None:
    made = factories.area(cast.city, layer, "x5")
    Area.objects.filter(pk=made.pk).update(name=name)
    for language, words in (("en", title), ("es", in_spanish)):
        with translation.override(language):
            assert Area.objects.get(pk=made.pk).label == words


@pytest.mark.parametrize(
    "path",
    [
        "/areas/ward/5/",
        "/areas/",
        "/requests/",
        "/map/?area=ward:5",
        "/follow/?area=ward:5",
        "/address/?lat=40.5&long=-69",
    ],
)
def test_every_page_calls_it_so(ward: Area, path: str) -> None:
    Area.objects.filter(pk=ward.pk).update(name="5")
    assert "Ward 5" in page(path)


def test_the_title_is_not_a_number(ward: Area) -> None:
    Area.objects.filter(pk=ward.pk).update(name="5")
    html = page("/areas/ward/5/")
    assert "<h1>Ward 5</h1>" in html
    assert "<title>Ward 5 " in html
