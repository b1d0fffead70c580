"""What was reported at a place. A home address opens its block: no page, no link and no list tells of one house."""

import re
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.actions.work import endings
from requests_app.models import Area, GazetteerEntry, ServiceRequest, ServiceVersion
from requests_app.rules.report import nearby
from tests import factories
from tests.factories import Rivermark
from tests.requests_app.web.explore.test_areas import page

pytestmark = pytest.mark.shows("5.29")

LANE = {"where": "lane"}
BLOCK = "/places/100-block-of-oak-st/"
# About 11 meters a house.
OAK = [(number, -69.0 + number * 0.0001, 40.48) for number in (101, 107, 115)]


@pytest.fixture
def oak(cast: Rivermark) -> list[GazetteerEntry]:
    return [factories.address(cast.city, f"{number} Oak St", *place) for number, *place in OAK]


def reported(version: ServiceVersion, meters_north: float = 0, **options: object) -> ServiceRequest:
    """At 107 Oak St, or so many meters from it."""
    point = factories.at(OAK[1][1], OAK[1][2] + meters_north / 111_320)
    return factories.routed(version, point=point, address="107 Oak St", **options)


def led_to(query: str) -> str:
    answer = Client().get(f"/places/?{query}")
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


# --- Which place ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["107 Oak St", "115 oak street", "101 Oak St Apt 4"])
def test_a_home_address_opens_its_block(oak: list[GazetteerEntry], typed: str) -> None:
    assert led_to(f"q={quote(typed)}") == BLOCK
    html = page(BLOCK)
    assert "<h1><bdi>100 block of Oak St</bdi></h1>" in html
    assert not re.search(r"1(01|07|15) Oak", html)


def test_the_page_is_the_same_whichever_house_was_asked_for(oak: list[GazetteerEntry]) -> None:
    pages = {page(led_to(f"q={number}+Oak+St")) for number, *_ in OAK}
    assert len(pages) == 1
    # Its coordinates are no house's.
    html = pages.pop()
    for _number, longitude, _latitude in OAK:
        if longitude != OAK[1][1]:
            assert f"{longitude:.5f}" not in html


def test_a_pin_opens_the_block_of_the_nearest_address(oak: list[GazetteerEntry]) -> None:
    assert led_to(f"lat={OAK[0][2]}&long={OAK[0][1]}") == BLOCK


def test_a_block_can_be_asked_for_by_its_own_name(oak: list[GazetteerEntry]) -> None:
    assert Client().get(BLOCK).status_code == 200
    assert Client().get("/places/200-block-of-oak-st/").status_code == 404


def test_the_first_block_has_the_first_99_numbers(cast: Rivermark) -> None:
    assert led_to("q=12+Elm+St") == "/places/1-99-block-of-elm-st/"
    assert "1–99 block of Elm St" in page("/places/1-99-block-of-elm-st/")


def test_another_street_with_the_same_words_is_another_block(cast: Rivermark, oak: list[GazetteerEntry]) -> None:
    factories.address(cast.city, "109 N Oak St", -69.03, 40.53)
    assert led_to("q=109+N+Oak+St") == "/places/100-block-of-n-oak-st/"
    for path, name in ((BLOCK, "100 block of Oak St"), ("/places/100-block-of-n-oak-st/", "100 block of N Oak St")):
        assert f"<h1><bdi>{name}</bdi></h1>" in page(path)


def test_one_name_in_two_parts_of_the_city_asks_which(cast: Rivermark, oak: list[GazetteerEntry]) -> None:
    far = factories.address(cast.city, "103 Oak St", -69.04, 40.54)
    for zip_code, entries in (("00101", oak), ("00102", [far])):
        GazetteerEntry.objects.filter(pk__in=[one.pk for one in entries]).update(zip_code=zip_code)
    html = page(BLOCK)
    assert "The city has more than one place with this name." in html
    assert led_to("lat=40.54&long=-69.04") == "/places/100-block-of-oak-st,00102/"
    assert "/places/100-block-of-oak-st,00101/" in html
    there = reported(cast.tree)
    assert there.display_reference in page("/places/100-block-of-oak-st,00101/")
    assert there.display_reference not in page("/places/100-block-of-oak-st,00102/")
    assert Client().get("/places/100-block-of-oak-st,00103/").status_code == 404


def test_a_corner_and_a_landmark_have_pages(cast: Rivermark) -> None:
    corner = factories.address(cast.city, "Elm St & Oak Ave", -69.01, 40.51)
    GazetteerEntry.objects.filter(pk=corner.pk).update(kind="intersection")
    factories.address(cast.city, "Fire Station 2", -69.02, 40.52)
    assert led_to("q=Elm+St+%26+Oak+Ave") == "/places/elm-st-and-oak-ave/"
    assert "Elm St &amp; Oak Ave" in page("/places/elm-st-and-oak-ave/")
    assert led_to("q=Fire+Station+2") == "/places/fire-station-2/"


def test_a_park_that_is_an_area_has_the_areas_page(cast: Rivermark) -> None:
    park = factories.address(cast.city, "Heron Park", -69.01, 40.51)
    GazetteerEntry.objects.filter(pk=park.pk).update(kind="park")
    Area.objects.create(
        jurisdiction=cast.city,
        layer="park",
        code="heron",
        name="Heron Park",
        polygon=factories.square(-69.02, 40.5, -69, 40.52),
    )
    assert led_to("q=Heron+Park") == "/areas/park/heron/"


def test_a_number_on_a_light_opens_the_light(cast: Rivermark) -> None:
    factories.asset(cast.city, "L00417")
    assert led_to("q=l00417") == "/assets/L00417/"
    assert Client().get("/assets/l00417/")["Location"] == "/assets/L00417/"


def test_where_no_address_is_near_the_list_around_the_point_is_shown(cast: Rivermark) -> None:
    assert led_to("lat=40.54&long=-69.04") == "/requests/?near=40.54000%2C-69.04000%2C500"


def test_several_that_fit_are_listed(cast: Rivermark, oak: list[GazetteerEntry]) -> None:
    html = page("/places/?q=Oak")
    assert "Which place do you mean?" in html
    assert "101 Oak St" in html


@pytest.mark.parametrize("path", ["nowhere", "107-oak-st", "%00", "100-block-of-oak-st,", "12-elm-st", "a" * 300])
def test_an_unknown_place_and_a_single_house_are_404_with_a_way_on(
    cast: Rivermark, oak: list[GazetteerEntry], path: str
) -> None:
    answer = Client().get(f"/places/{path}/")
    assert answer.status_code == 404
    assert "We couldn’t find this place" in answer.content.decode()
    assert 'name="q"' in answer.content.decode()


def test_words_that_name_no_place_say_so_and_stay(cast: Rivermark) -> None:
    html = page("/places/?q=zzqqxx")
    assert "We couldn’t find a place called “zzqqxx”" in html
    assert 'value="zzqqxx"' in html


def test_who_was_looked_for_is_kept_nowhere(oak: list[GazetteerEntry]) -> None:
    assert "no-store" in Client().get("/places/?q=107+Oak+St")["Cache-Control"]


# --- What was reported there ------------------------------------------------------------------------------------------


def test_it_lists_what_is_open_first_and_nothing_from_farther_than_was_chosen(
    cast: Rivermark, oak: list[GazetteerEntry]
) -> None:
    done = reported(cast.pothole, answers=LANE)
    endings.resolve(done.pk, disposition="fixed", text="Filled.", actor=cast.tom)
    here, near, far = (reported(cast.tree, meters) for meters in (0, 400, 900))
    html = page(BLOCK)
    assert html.index(here.display_reference) < html.index("Recently closed") < html.index(done.display_reference)
    assert near.display_reference not in html
    html = page(f"{BLOCK}?around=500")
    assert near.display_reference in html
    assert far.display_reference not in html
    assert far.display_reference in page(f"{BLOCK}?around=1000")


@pytest.mark.parametrize("around", ["1", "0", "-5", "50000", "x", ""])
def test_nobody_looks_closer_than_200_meters(oak: list[GazetteerEntry], around: str) -> None:
    assert "within 660 feet (200 meters)" in page(f"{BLOCK}?around={around}")


def test_what_is_about_a_home_private_or_without_a_place_is_not_on_it(
    cast: Rivermark, oak: list[GazetteerEntry]
) -> None:
    enforcement = factories.service(cast.city, "blight", listed_by_place=False, duplicate_policy="never")
    secret = [reported(version) for version in (enforcement, cast.outreach)]
    html = page(BLOCK)
    assert not any(one.display_reference in html for one in secret)
    assert "Nothing has been reported here recently. All may be well, or no one has sent us a report." in html


def test_what_shows_its_block_only_is_listed_by_its_block(cast: Rivermark, oak: list[GazetteerEntry]) -> None:
    coarse = factories.service(cast.city, "bulky", visibility="coarse", duplicate_policy="never")
    made = reported(coarse)
    html = page(BLOCK)
    assert made.display_reference in html
    assert "107 Oak" not in html


def test_what_comes_back_is_told_by_how_often(cast: Rivermark, oak: list[GazetteerEntry]) -> None:
    for _time in range(2):
        reported(cast.tree)
    assert "Keeps coming back" not in page(BLOCK)
    reported(cast.tree)
    cache.clear()
    html = page(BLOCK)
    assert "Tree to prune: 3 times in the last 90 days" in html
    assert "Few reports don’t mean few problems." in html


def test_the_same_problem_told_three_times_did_not_come_back(cast: Rivermark, oak: list[GazetteerEntry]) -> None:
    for _time in range(3):
        reported(cast.tree)
    ServiceRequest.objects.update(status="closed", disposition="duplicate")
    assert "Keeps coming back" not in page(BLOCK)


def test_it_leads_to_a_report_there_to_news_and_to_its_areas(cast: Rivermark, oak: list[GazetteerEntry]) -> None:
    factories.area(cast.city)
    html = page(f"{BLOCK}?around=500")
    near = "near=40.48000%2C-68.98923%2C500"
    assert "/report/?lat=40.48000&amp;long=-68.98923" in html
    assert f"/follow/?{near}" in html
    assert f"/requests/feed/?{near}" in html
    assert 'href="/areas/ward/5/"' in html
    assert Client().get("/report/?lat=40.48000&long=-68.98923").status_code == 200


def test_a_thing_lists_what_is_about_it_and_leads_to_a_report_of_it(cast: Rivermark) -> None:
    light = factories.asset(cast.city, "L00417")
    about = factories.routed(cast.tree, "The light is dark.")
    ServiceRequest.objects.filter(pk=about.pk).update(asset=light)
    beside = factories.routed(cast.tree, "A branch beside it.")
    html = page("/assets/L00417/")
    assert "Street light L00417" in html
    assert about.display_reference in html
    assert beside.display_reference not in html
    assert "/report/?asset=L00417" in html
    assert "/follow/?asset=L00417" in html
    assert Client().get("/assets/X1/").status_code == 404


def test_search_engines_do_not_keep_what_was_reported_on_a_block(oak: list[GazetteerEntry]) -> None:
    assert '<meta name="robots" content="noindex">' in page(BLOCK)


def test_the_name_is_said_in_the_pages_language(oak: list[GazetteerEntry]) -> None:
    assert "100 block of Oak St" in page(BLOCK)
    assert '<html lang="es"' in page(f"/es{BLOCK}")


# --- Within five minutes' walk ----------------------------------------------------------------------------------------


def test_it_says_how_much_is_open_within_five_minutes_walk(
    cast: Rivermark, oak: list[GazetteerEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No open reports within 5 minutes’ walk" in page(BLOCK)
    near = reported(cast.tree, 380)
    assert ">1 open report within 5 minutes’ walk</a>" in page(BLOCK)
    reported(cast.tree, 420)
    for hidden in (reported(cast.tree), reported(cast.tree)):
        ServiceRequest.objects.filter(pk=hidden.pk).update(public_state="hidden")
    endings.resolve(reported(cast.tree).pk, disposition="fixed", text="Pruned.", actor=cast.tom)
    reported(factories.service(cast.city, "weeds", listed_by_place=False))
    html = page(BLOCK)
    assert ">1 open report within 5 minutes’ walk</a>" in html
    listed = re.findall(r'href="([^"]+)" data-within-walk', html)[0].replace("&amp;", "&")
    assert set(re.findall(r'href="/r/([^/"]+)/"', page(listed))) == {near.reference}
    monkeypatch.setattr(nearby, "MOST", 0)
    assert "More than 0 open reports within 5 minutes’ walk" in page(BLOCK)
