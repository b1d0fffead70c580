"""The feed: what changed lately, for feed readers, with the list's filters and nothing that the list does not show."""

import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

import pytest
from django.test import Client

from requests_app.actions import conversation, moderation
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db

LANE = {"where": "lane"}
ATOM = "{http://www.w3.org/2005/Atom}"
GEORSS = "{http://www.georss.org/georss}"


def feed(query: str = "", prefix: str = "") -> ET.Element:
    answer = Client().get(f"{prefix}/requests/feed/{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)  # noqa: S314  (our own feed)


def titles(query: str = "", prefix: str = "") -> list[str]:
    return [one.findtext(f"{ATOM}title") or "" for one in feed(query, prefix).findall(f"{ATOM}entry")]


def test_it_is_atom_with_all_that_the_standard_asks_for(cast: Rivermark) -> None:
    made = factories.routed(cast.pothole, "A deep hole.", answers=LANE)
    root = feed()
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert root.findtext(f"{ATOM}{name}")
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Rivermark 311"
    links = {one.get("rel"): one.get("href") or "" for one in root.findall(f"{ATOM}link")}
    assert urlsplit(links["self"]).path == "/requests/feed/"
    (entry,) = root.findall(f"{ATOM}entry")
    for name in ("id", "title", "updated", "published", "summary"):
        assert entry.findtext(f"{ATOM}{name}")
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert urlsplit(link.get("href") or "").path == f"/r/{made.reference}/"
    latitude, longitude = (entry.findtext(f"{GEORSS}point") or "").split()
    assert (float(latitude), float(longitude)) == (factories.ELM_ST[1], factories.ELM_ST[0])


def test_a_change_brings_the_same_entry_up_with_its_new_state(cast: Rivermark) -> None:
    first = factories.routed(cast.pothole, "A deep hole.", answers=LANE)
    factories.routed(cast.pothole, "Another one.", answers=LANE)
    before = feed().findall(f"{ATOM}entry")
    ids = {one.findtext(f"{ATOM}id") for one in before}
    conversation.comment(first.pk, text="We were there.", actor=cast.tom)
    after = feed().findall(f"{ATOM}entry")
    assert {one.findtext(f"{ATOM}id") for one in after} == ids
    assert len(after) == 2


def test_an_empty_city_has_a_feed_without_entries(cast: Rivermark) -> None:
    assert titles() == []
    assert feed().findtext(f"{ATOM}updated")


def test_it_speaks_the_language_of_its_address(cast: Rivermark) -> None:
    factories.routed(cast.pothole, "A deep hole.", answers=LANE)
    assert titles()[0].startswith("Pothole: ")
    assert titles(prefix="/es")[0].startswith("Bache: ")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?service=pothole", 1),
        ("?service=tree", 0),
        ("?status=open", 1),
        ("?status=ended", 0),
        (f"?near={factories.ELM_ST[1]},{factories.ELM_ST[0]},200", 1),
        ("?near=40.6,-69.2,200", 0),
        # Whoever asks for less gets the smallest circle.
        (f"?near={factories.ELM_ST[1] + 0.0015},{factories.ELM_ST[0]},1", 1),
    ],
)
def test_it_has_the_filters_of_the_list(cast: Rivermark, query: str, found: int) -> None:
    factories.routed(cast.pothole, "A deep hole.", answers=LANE)
    assert len(titles(query)) == found


@pytest.mark.parametrize(
    "junk",
    ["near=,,", "near=nan,nan,nan", "near=1e400,0,5", "near=40,-69", "area=%00", "status=<b>", "service=" + "x" * 999],
)
def test_junk_finds_nothing_and_stays_a_feed(cast: Rivermark, junk: str) -> None:
    factories.routed(cast.pothole, "A deep hole.", answers=LANE)
    assert titles(f"?{junk}") == []


def test_words_that_look_like_markup_leave_it_well_formed(cast: Rivermark) -> None:
    factories.routed(cast.pothole, "<b>&amp; ]]> \u202e \ufffe", answers=LANE)
    assert len(titles()) == 1


def test_what_the_public_may_not_read_is_not_in_it(cast: Rivermark) -> None:
    factories.routed(cast.outreach, "secret words")
    hidden = factories.routed(cast.pothole, "hidden words", answers=LANE)
    moderation.hide(hidden.pk, reason="abuse", actor=cast.pia)
    assert titles() == []
