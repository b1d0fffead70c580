"""The Atom feed of recent changes: it takes the list's filters and shows nothing that the list doesn't."""

import datetime as dt
import re
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

import pytest
from django.test import Client

from requests_app.actions.publication import moderation
from requests_app.actions.work import conversation
from requests_app.clock import app_now
from requests_app.models import ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.25")]

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
    updated = before[1].findtext(f"{ATOM}updated")
    set_time(app_now() + dt.timedelta(minutes=1))
    conversation.comment(first.pk, text="We were there.", actor=cast.tom)
    after = feed().findall(f"{ATOM}entry")
    assert {one.findtext(f"{ATOM}id") for one in after} == ids
    assert len(after) == 2
    assert (after[0].findtext(f"{ATOM}updated") or "") > (updated or "")


def test_a_coarse_report_is_at_the_middle_of_its_block_and_at_no_house(cast: Rivermark) -> None:
    coarse = factories.service(cast.city, "rodent", visibility="coarse")
    made = factories.routed(coarse, "Rats.", address="1234 Elm St", point=factories.at(-69.0001, 40.5002))
    assert made.point is not None
    assert made.public_point is not None
    (entry,) = feed().findall(f"{ATOM}entry")
    summary = entry.findtext(f"{ATOM}summary") or ""
    assert "1200 block of Elm St" in summary
    assert "1234" not in summary
    place = [float(part) for part in (entry.findtext(f"{GEORSS}point") or "").split()]
    assert place == [made.public_point.y, made.public_point.x]
    assert place != [made.point.y, made.point.x]


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
        # A smaller radius is raised to the minimum.
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


def test_what_somebody_typed_is_words_to_a_feed_reader_and_in_their_language(cast: Rivermark) -> None:
    """The summary is HTML, so the reporter's text must not add elements to it."""
    factories.routed(cast.pothole, "<img src=x onerror=alert(1)> un hoyo", answers=LANE, language="es")
    (entry,) = feed().findall(f"{ATOM}entry")
    summary = entry.find(f"{ATOM}summary")
    assert summary is not None
    assert summary.get("type") == "html"
    said = summary.text or ""
    assert '<p lang="es" dir="auto">&lt;img src=x onerror=alert(1)&gt; un hoyo</p>' in said
    assert "<img" not in said


def test_what_the_public_may_not_read_is_not_in_it(cast: Rivermark) -> None:
    factories.routed(cast.outreach, "secret words")
    hidden = factories.routed(cast.pothole, "hidden words", answers=LANE)
    moderation.hide(hidden.pk, reason="abuse", actor=cast.pia)
    assert titles() == []


NAUGHTY = "a\x0b\x1f\x08b \u202eevil\u202c \ufffe\uffff ]]> <b> & \ud7ff Z\u0301\u0301\u0301"


def test_what_an_import_brought_along_and_xml_cannot_hold_does_not_break_it(cast: Rivermark) -> None:
    odd = factories.service(cast.city, "odd", name=f"Odd {NAUGHTY}", of=cast.streets, kind=cast.pothole.category)
    made = factories.routed(odd, "Look at this.")
    ServiceRequest.objects.filter(pk=made.pk).update(description=NAUGHTY, public_address=NAUGHTY)
    (entry,) = feed().findall(f"{ATOM}entry")
    for name in ("title", "summary"):
        words = entry.findtext(f"{ATOM}{name}") or ""
        assert "evil" in words
        assert not set(words) & set("\x0b\x1f\x08\u202e\u202c\ufffe\uffff")


RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_a_validator_finds_nothing_wrong_with_it(cast: Rivermark, prefix: str) -> None:
    """RFC 4287 4.1 and GeoRSS Simple: what must be there, once, and in which form."""
    for number in range(3):
        factories.routed(cast.pothole, f"Hole {number}.", answers=LANE)
    root = feed(f"?near={factories.ELM_ST[1]},{factories.ELM_ST[0]},200", prefix)
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 3
    for one in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1
        assert urlsplit(one.findtext(f"{ATOM}id") or "").scheme in ("http", "https", "tag", "urn")
        assert re.fullmatch(RFC3339, one.findtext(f"{ATOM}updated") or "")
        for link in one.findall(f"{ATOM}link"):
            assert urlsplit(link.get("href") or "").netloc, "addresses are whole"
        assert len([link for link in one.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]) == 1
    (own,) = [link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert "near=" in (own.get("href") or "")
    assert root.findall(f"{ATOM}author")
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == (prefix.strip("/") or "en")
    assert len({one.findtext(f"{ATOM}id") for one in entries}) == len(entries)
    dates = [one.findtext(f"{ATOM}updated") or "" for one in entries]
    assert root.findtext(f"{ATOM}updated") == max(dates)
    for one in entries:
        assert re.fullmatch(RFC3339, one.findtext(f"{ATOM}published") or "")
        (point,) = one.findall(f"{GEORSS}point")
        latitude, longitude = map(float, (point.text or "").split())
        assert abs(latitude) <= 90
        assert abs(longitude) <= 180
        assert all(category.get("term") for category in one.findall(f"{ATOM}category"))
