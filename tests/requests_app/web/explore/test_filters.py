"""Looking around: the list, the map, its tiles and the feed find the same, say what was chosen, and give nobody away."""

import datetime as dt
import html as markup
import math
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.actions.publication import moderation
from requests_app.actions.shared.search_index import index_request
from requests_app.actions.work import endings
from requests_app.clock import app_now
from requests_app.models import Asset, RequestArea, ServiceRequest
from requests_app.places.public_place import BLOCK_M, METRES_PER_DEGREE
from tests import factories, vector_tile
from tests.factories import ELM_ST, Rivermark
from tests.pages import tile_at

if TYPE_CHECKING:
    from pytest_django.fixtures import DjangoAssertNumQueries

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.22")]

LANE = {"where": "lane"}
AT_ELM = f"near={ELM_ST[1]},{ELM_ST[0]},200"


def read(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def on_tile(query: str, place: tuple[float, float] = ELM_ST) -> set[str]:
    x, y = tile_at(15, *place)
    # As half a minute after the last one.
    cache.clear()
    answer = Client().get(f"/tiles/requests/15/{x}/{y}.mvt?{query}")
    assert answer.status_code == 200
    return {one["reference"] for one in vector_tile.named(answer.content)}


def references(page: str) -> list[str]:
    return re.findall(r'href="[^"]*/r/([0-9A-HJKMNP-TV-Z]{8})/"', page)


def chips(page: str) -> dict[str, str]:
    """What was chosen, in words, with the address of the page without it."""
    found = re.findall(r'<li><a href="([^"]*)" data-keep-view><bdi>([^<]*)</bdi>', page)
    return {markup.unescape(words): markup.unescape(url) for url, words in found}


def age(service_request: ServiceRequest, days: int, **columns: str) -> None:
    then = app_now() - dt.timedelta(days=days)
    columns = {"submitted_at": then, "updated_at": then, **columns}  # type: ignore[dict-item]
    ServiceRequest.objects.filter(pk=service_request.pk).update(**columns)


# --- The same for all -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"hole", "limb"}),
        ("category=streets", {"hole"}),
        ("service=tree", {"limb"}),
        ("status=open", {"hole"}),
        ("status=ended", {"limb"}),
        ("area=ward:5", {"limb"}),
        (AT_ELM, {"hole", "limb"}),
        ("near=40.51,-69.0,300", set()),
        ("asset=l00417", {"hole"}),
        ("q=plate", {"hole"}),
        ("q=plate&service=tree", set()),
        ("older=1", {"hole", "limb", "old"}),
        ("sort=changed", {"hole", "limb"}),
        ("older=1&sort=changed&status=ended", {"limb", "old"}),
        ("sort=backwards&older=yes&color=red", {"hole", "limb"}),
    ],
)
def test_list_map_tiles_and_feed_find_the_same(cast: Rivermark, query: str, shown: set[str]) -> None:
    """Of what is listed by place. For the rest see test_listed_by_place.py, and test_tiles.py: it is no point of a tile."""
    ward = factories.area(cast.city)
    light = factories.asset(cast.city, "L00417")
    made = {
        "hole": factories.routed(cast.pothole, "A hole as big as a plate.", answers=LANE),
        "limb": factories.routed(cast.tree, "A limb hangs."),
        "old": factories.routed(cast.tree, "Long ago."),
    }
    ServiceRequest.objects.filter(pk=made["hole"].pk).update(asset=light)
    RequestArea.objects.exclude(service_request=made["limb"]).delete()
    assert ward.service_requests.get() == made["limb"]
    for name in ("limb", "old"):
        endings.resolve(made[name].pk, disposition="fixed", text="Cut.", actor=cast.pia)
    for one in made.values():
        index_request(one.pk)
    age(made["old"], 130)
    names = {one.reference: name for name, one in made.items()}
    for page in (f"/requests/?{query}", f"/map/?{query}"):
        assert {names[one] for one in references(read(page))} == shown, page
    assert {names[one] for one in on_tile(query)} == shown
    # The feed tells what changed in the last month.
    assert {names[one] for one in references(read(f"/requests/feed/?{query}"))} == shown - {"old"}


def test_the_last_change_comes_first_by_choice(cast: Rivermark) -> None:
    first, second = (factories.routed(cast.tree, f"Limb {n}.") for n in (1, 2))
    age(first, 5)
    age(second, 1)
    assert references(read("/requests/")) == [second.reference, first.reference]
    endings.resolve(first.pk, disposition="fixed", text="Cut.", actor=cast.pia)
    assert references(read("/requests/")) == [second.reference, first.reference]
    for page in ("/requests/", "/map/"):
        html = read(f"{page}?sort=changed")
        assert references(html) == [first.reference, second.reference]
        assert "Last updated " in html


@pytest.mark.parametrize("page", ["/requests/", "/map/"])
def test_the_form_leads_to_an_address_with_what_was_chosen_and_nothing_else(cast: Rivermark, page: str) -> None:
    sent = "kind=service:pothole&status=open&area=&sort=&q=&near=&service=tree"
    answer = Client().get(f"{page}?{sent}")
    assert answer.status_code == 302
    assert answer["Location"] == f"{page}?service=pothole&status=open"
    assert Client().get(f"{page}?kind=&status=&q=")["Location"] == page
    assert Client().get(f"{page}?kind=//evil.example&status=")["Location"] == page
    assert Client().get(f"/es{page}?kind=category:parks")["Location"] == f"/es{page}?category=parks"


def test_the_form_shows_what_was_chosen_and_keeps_what_it_has_no_field_for(cast: Rivermark) -> None:
    factories.area(cast.city)
    factories.asset(cast.city, "L00417")
    query = f"service=pothole&status=ended&area=ward:5&sort=changed&older=1&q=plate&{AT_ELM}&asset=L00417"
    for page in (f"/requests/?{query}", f"/map/?{query}"):
        html = read(page)
        for value in ("service:pothole", "ended", "ward:5", "changed"):
            assert f'<option value="{value}" selected>' in html, (page, value)
        assert re.search(r'name="older"[^>]* checked', html)
        assert 'name="q" type="search" maxlength="100" value="plate"' in html
        assert f'type="hidden" name="near" value="{AT_ELM[5:]}"' in html
        assert 'type="hidden" name="asset" value="L00417"' in html


# --- In words ---------------------------------------------------------------------------------------------------------


def test_what_was_chosen_is_said_and_each_part_can_be_taken_away(cast: Rivermark) -> None:
    factories.area(cast.city)
    factories.address(cast.city, "12 Elm St", *ELM_ST)
    factories.asset(cast.city, "L00417")
    query = f"q=plate&service=pothole&status=open&area=ward:5&{AT_ELM}&asset=L00417&older=1&sort=changed"
    for page in ("/requests/", "/map/"):
        found = chips(read(f"{page}?{query}"))
        label = Asset.objects.get().label
        assert list(found) == [
            *("“plate”", "Pothole", "Still open", "Ward 5", "Within 660 feet (200 meters) of 1–99 block of Elm St"),
            *(label, "Include older reports", "Recently updated first"),
        ]
        assert found["Pothole"].startswith(f"{page}?q=plate&status=open&area=ward%3A5&near=")
        assert "older" not in found["Include older reports"]
        assert all(Client().get(url).status_code == 200 for url in found.values())
    assert chips(read("/requests/")) == {}
    assert list(chips(read("/requests/?category=streets"))) == ["Streets and sidewalks"]


def test_a_place_without_an_address_is_said_by_its_numbers_and_the_circle_as_it_counts(cast: Rivermark) -> None:
    assert list(chips(read("/map/?near=40.4,-69.1,1"))) == ["Within 660 feet (200 meters) of 40.400, -69.100"]


def test_the_result_is_said_without_a_count(cast: Rivermark) -> None:
    def said(path: str) -> str:
        return re.findall(r'<h2 id="results" tabindex="-1">([^<]*)</h2>', read(path))[0]

    assert said("/requests/") == said("/map/") == "No reports match your filters"
    factories.routed(cast.tree, "One.")
    assert said("/requests/") == said("/map/") == "1 report"
    for n in range(26):
        factories.report(cast.tree, f"Number {n}.")
    assert said("/requests/") == "The newest 25 reports"
    assert said("/map/") == "The newest 20 reports"
    assert said("/requests/?sort=changed") == "The 25 most recently updated reports"
    next_url = markup.unescape(re.findall(r'rel="next" href="([^"]*)"', read("/requests/?service=tree"))[0])
    assert next_url.endswith("#results")
    assert "service=tree" in next_url
    assert said(next_url.split("#")[0]) == "2 more reports"
    # The first thing that a screen reader says is the page's title.
    assert "<title>27 reports · Still open" not in read("/requests/?status=open")
    assert "<title>No reports match your filters · Closed – Reports near you" in read("/requests/?status=ended")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("category=nothing", "nothing"),
        ("service=nothing", "nothing"),
        ("status=late", "late"),
        ("area=ward:99", "ward:99"),
        ("area=99", "99"),
        ("asset=?", "?"),
        ("near=here", "here"),
        ("near=nan,nan,nan", "nan,nan,nan"),
        ("near=95,0,300", "95,0,300"),
        ("service=" + "x" * 999, "x" * 40),
        ("area=" + quote("<script>"), "<script>"),
        ("status=" + quote("\x00\u202e"), "\ufffd"),
    ],
)
def test_junk_finds_nothing_says_so_and_shows_the_way_out(cast: Rivermark, query: str, said: str) -> None:
    factories.routed(cast.tree, "A limb hangs.")
    for page in ("/requests/", "/map/"):
        html = read(f"{page}?{query}")
        assert references(html) == []
        assert "<script>" not in html
        assert list(chips(html)) == [f"Not found: {said}"]
        assert "We don’t recognize one of your filters." in html
        assert f'<a href="{page}">Show all</a>' in html
        assert "Get email updates on these" not in html
    assert on_tile(query) == set()


def test_older_ones_are_told_of_only_where_there_are_some(cast: Rivermark) -> None:
    old = factories.routed(cast.tree, "Long ago.")
    age(old, 130)
    # What is open is shown, however old.
    assert old.reference in read("/requests/")
    assert "There are older reports too" not in read("/requests/")
    endings.resolve(old.pk, disposition="fixed", text="Cut.", actor=cast.pia)
    age(old, 130)
    for page in ("/requests/", "/map/"):
        html = read(f"{page}?service=tree")
        assert references(html) == []
        assert "There are older reports too, closed and sent more than 90 days ago." in html
        assert f'href="{page}?service=tree&amp;older=1"' in html
        for none in ("service=pothole", "status=open", "older=1", "area=ward:99"):
            assert "There are older reports too" not in read(f"{page}?{none}"), none


def test_what_is_open_from_before_follows_what_is_of_late_and_back(cast: Rivermark) -> None:
    """The list is read in two parts; nobody may see the seam."""
    made = [factories.report(cast.tree, f"Number {n}.") for n in range(60)]
    for days, one in enumerate(made):
        # The middle of the second page is ninety days ago.
        age(one, 53 + days)
    order = [one.reference for one in made]
    pages, path = [], "/requests/"
    while path:
        html = read(path)
        pages.append(references(html))
        path = markup.unescape(next(iter(re.findall(r'rel="next" href="([^"#]*)', html)), ""))
    assert [len(page) for page in pages] == [25, 25, 10]
    assert [one for page in pages for one in page] == order
    back = markup.unescape(re.findall(r'rel="prev" href="([^"#]*)', html)[0])
    assert references(read(back)) == pages[1]
    assert references(read("/requests/?cursor=of-long-ago")) == pages[0]


def test_it_leads_from_list_to_map_and_back_with_the_same_choice(cast: Rivermark) -> None:
    query = "service=tree&amp;status=open"
    assert f'href="/map/?{query}"' in read("/requests/?service=tree&status=open")
    assert f'href="/requests/?{query}"' in read("/map/?service=tree&status=open")
    # In the other language too.
    assert f'href="/es/requests/?{query}"' in read("/requests/?service=tree&status=open")


# --- Email updates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/requests/", "/map/"])
def test_a_feed_reader_finds_the_feed_of_what_is_shown(cast: Rivermark, page: str) -> None:
    html = read(f"{page}?service=tree&sort=changed")
    assert re.search(
        r'<link rel="alternate"\s+type="application/atom\+xml"\s+title="[^"]+"\s+href="/requests/feed/\?service=tree">',
        html,
    )
    assert 'href="/follow/?service=tree"' in html
    # Email updates can't be limited to a search or a whole category, so no page offers that.
    for query in ("", "category=parks", "service=tree&q=limb"):
        assert "/follow/?" not in read(f"{page}?{query}"), query


def test_the_feed_says_what_was_chosen(cast: Rivermark) -> None:
    assert "<title>Reports to Rivermark: Tree to prune · Still open</title>" in read(
        "/requests/feed/?service=tree&status=open"
    )
    assert "<title>Reports to Rivermark</title>" in read("/requests/feed/")


@pytest.mark.shows("5.25")
def test_who_has_the_feed_already_gets_no_body_until_something_changes(cast: Rivermark) -> None:
    made = factories.routed(cast.tree, "A limb hangs.")
    first = Client().get("/requests/feed/")
    assert "max-age=30" in first["Cache-Control"]
    again = {"If-None-Match": first["ETag"]}
    assert Client().get("/requests/feed/", headers=again).status_code == 304
    # What is hidden is gone at once, though nothing in the feed is newer.
    moderation.hide(made.pk, reason="abuse", actor=cast.pia)
    hidden = Client().get("/requests/feed/", headers={**again, "If-Modified-Since": "Wed, 01 Jan 2200 00:00:00 GMT"})
    assert hidden.status_code == 200
    assert made.reference not in hidden.content.decode()
    # An empty one does not change from second to second.
    empty = Client().get("/requests/feed/")
    assert Client().get("/requests/feed/", headers={"If-None-Match": empty["ETag"]}).status_code == 304


# --- Nobody is given away ---------------------------------------------------------------------------------------------


@pytest.mark.shows("5.24")
def test_no_circle_tells_where_in_its_block_a_coarse_report_is(cast: Rivermark) -> None:
    """A circle that holds the true place and not the block's middle finds nothing, on any of the pages."""
    coarse = factories.service(cast.city, "rodent", visibility="coarse")
    high = BLOCK_M / METRES_PER_DEGREE
    # Near the northern edge of its block.
    row = math.floor(ELM_ST[1] / high)
    home = (ELM_ST[0], (row + 0.98) * high)
    made = factories.routed(coarse, "Rats.", point=factories.at(*home))
    assert made.public_point is not None
    north_of_home = (home[0], home[1] + 180 / METRES_PER_DEGREE)
    assert 200 < (north_of_home[1] - made.public_point.y) * METRES_PER_DEGREE < 260
    assert abs(north_of_home[1] - home[1]) * METRES_PER_DEGREE < 200
    query = f"near={north_of_home[1]},{home[0]},200"
    around_its_block = f"near={made.public_point.y},{made.public_point.x},200"
    # Holds the block's middle, and not the true place.
    south_of_it = f"near={made.public_point.y - 180 / METRES_PER_DEGREE},{made.public_point.x},200"
    for page in ("/requests/", "/map/", "/requests/feed/"):
        assert made.reference not in read(f"{page}?{query}"), page
        for by_its_block in (around_its_block, south_of_it):
            assert made.reference in read(f"{page}?{by_its_block}"), page
    assert made.reference not in on_tile(query, home) | on_tile(query, (made.public_point.x, made.public_point.y))


@pytest.mark.shows("5.24")
def test_a_thing_of_the_city_leads_to_no_coarse_hidden_or_private_report(cast: Rivermark) -> None:
    light = factories.asset(cast.city, "L00417")
    coarse = factories.service(cast.city, "rodent", visibility="coarse")
    made = [factories.report(coarse), factories.report(cast.tree), factories.report(cast.outreach)]
    shown = factories.report(cast.tree, "A limb hangs.")
    ServiceRequest.objects.filter(pk__in=[one.pk for one in (*made, shown)]).update(asset=light)
    moderation.hide(made[1].pk, reason="abuse", actor=cast.pia)
    for page in ("/requests/", "/map/", "/requests/feed/"):
        assert set(references(read(f"{page}?asset=L00417&older=1"))) == {shown.reference}, page
    assert on_tile("asset=L00417&older=1") == {shown.reference}


def test_more_of_everything_asks_the_database_no_more_often(
    cast: Rivermark, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    query = f"service=tree&{AT_ELM}&q=limb"

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            read(path)
        return len(captured)

    factories.address(cast.city, "12 Elm St", *ELM_ST)
    made = [factories.routed(cast.tree, "A limb hangs.")]
    index_request(made[0].pk)
    paths = [f"{page}?{query}" for page in ("/requests/", "/map/", "/requests/feed/")]
    # The first time, what the process keeps is read too.
    few = [(asked(path), asked(path))[1] for path in paths]
    for n in range(5):
        factories.area(cast.city, "ward", f"1{n}")
        index_request(factories.routed(cast.tree, "A limb hangs.").pk)
    assert [asked(path) for path in paths] == few
