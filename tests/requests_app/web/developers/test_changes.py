"""What changed in the APIs: a page and a feed of the same entries, each with what it's about."""

import datetime as dt
import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from requests_app.api.changelog import CHANGES, Change
from requests_app.links import base_url
from requests_app.web.developers import changes as pages
from requests_app.web.developers import reference
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("15.4")]
ATOM = "{http://www.w3.org/2005/Atom}"
MADE_UP = Change(
    "old-name", dt.date(2026, 12, 24), "Old <name>", "`name` is `title`.", "Read `title` by 2027.", ("sendReport",)
)


def test_each_entry_has_a_place_of_its_own_and_names_operations_that_exist() -> None:
    assert len({change.slug for change in CHANGES}) == len(CHANGES)
    days = [change.day for change in CHANGES]
    assert days == sorted(days, reverse=True)
    operations = {one.id for tag in reference.tags().values() for one in tag.operations}
    assert {name for change in CHANGES for name in change.operations} <= operations


def test_the_page_and_the_feed_have_the_same_entries(
    town: factories.Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "CHANGES", (MADE_UP, *CHANGES))
    page = client.get("/es/developers/changes/").content.decode()
    answer = client.get("/developers/changes/feed/")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.content)  # noqa: S314  (we wrote it)
    entries = feed.findall(f"{ATOM}entry")
    at = [entry.find(f"{ATOM}link").attrib["href"] for entry in entries]  # type: ignore[union-attr]
    assert at == [f"{base_url(town.city)}/developers/changes/#{change.slug}" for change in (MADE_UP, *CHANGES)]
    for change in (MADE_UP, *CHANGES):
        assert f'<h2 id="{change.slug}" lang="en">' in page
    assert entries[0].findtext(f"{ATOM}title") == "Old <name>"
    assert entries[0].findtext(f"{ATOM}updated") == "2026-12-24T00:00:00-05:00"
    assert "<strong>What to do:</strong> Read <code>title</code> by 2027." in (
        entries[0].findtext(f"{ATOM}summary") or ""
    )
    assert "Old &lt;name&gt;" in page
    assert "Qué hacer" in page
    assert 'href="/es/developers/reference/reporting/#sendReport"' in page
    assert 'type="application/atom+xml"' in page
    again = client.get("/developers/changes/feed/", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_the_first_page_for_developers_leads_to_the_newest(town: factories.Rivermark, client: Client) -> None:
    front = client.get("/developers/").content.decode()
    assert f'<a href="/developers/changes/#{CHANGES[0].slug}">' in front
    assert f"#{CHANGES[-1].slug}" not in front
