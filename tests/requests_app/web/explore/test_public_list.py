"""The public list: only what is public, newest first, with filters that a link keeps."""

import datetime as dt

import pytest
from django.test import Client

from requests_app.actions.publication import moderation
from requests_app.actions.shared.search_index import index_request
from requests_app.actions.work import endings
from requests_app.clock import app_now
from requests_app.models import ServiceRequest
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
LANE = {"where": "lane"}


def page(client: Client, query: str = "", path: str = "/requests/") -> str:
    answer = client.get(path + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_public_reports_newest_first_and_no_other(town: Rivermark, client: Client) -> None:
    factories.area(town.city)
    first = factories.routed(town.pothole, "The FIRST hole.", answers=LANE)
    second = factories.routed(town.tree, "The SECOND limb.")
    factories.routed(town.outreach, "A SECRET person.")
    hidden = factories.routed(town.tree, "A HIDDEN limb.")
    moderation.hide(hidden.pk, reason="abuse", actor=town.pia)
    html = page(client)
    assert html.index("The SECOND limb.") < html.index("The FIRST hole.")
    assert "SECRET" not in html
    assert "HIDDEN" not in html
    assert first.display_reference in html
    assert second.display_reference in html


@pytest.mark.shows("2.23", "3.6", "A6", "A7")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?category=streets", {"hole"}),
        ("?service=tree", {"limb"}),
        ("?status=ended", {"limb"}),
        ("?status=open", {"hole"}),
        ("?q=limb", {"limb"}),
        ("?area=ward:5", {"hole", "limb"}),
        ("?category=nothing", set()),
        ("?status=junk%00", set()),
        ("?cursor=junk", {"hole", "limb"}),
    ],
)
def test_filters_choose(town: Rivermark, client: Client, query: str, shown: set[str]) -> None:
    factories.area(town.city)
    hole = factories.routed(town.pothole, "A hole.", answers=LANE)
    limb = factories.routed(town.tree, "A limb.")
    index_request(limb.pk)
    endings.resolve(limb.pk, disposition="fixed", text="Cut.", actor=town.pia)
    html = page(client, query)
    found = {word for word, one in (("hole", hole), ("limb", limb)) if one.display_reference in html}
    assert found == shown
    if not shown:
        assert "No reports match your filters" in html


def test_old_ones_are_shown_by_choice_and_the_page_says_so(town: Rivermark, client: Client) -> None:
    old = factories.routed(town.tree, "Long ago.")
    endings.resolve(old.pk, disposition="fixed", text="Cut.", actor=town.pia)
    ServiceRequest.objects.filter(pk=old.pk).update(submitted_at=app_now() - dt.timedelta(days=130))
    html = page(client)
    assert "Long ago." not in html
    assert "Show older reports" in html
    assert "Long ago." in page(client, "?older=1")


def test_pages_follow_each_other_without_a_gap(town: Rivermark, client: Client) -> None:
    made = {factories.report(town.tree, f"Number {n}.").display_reference for n in range(30)}
    first = client.get("/requests/")
    pager = first.context["pager"]
    assert pager["next_url"]
    assert not pager["previous_url"]
    second = client.get(pager["next_url"])
    seen = [row["request"].display_reference for answer in (first, second) for row in answer.context["rows"]]
    assert len(seen) == 30
    assert set(seen) == made


def test_it_speaks_spanish(town: Rivermark, client: Client) -> None:
    factories.report(town.pothole, answers=LANE)
    html = page(client, path="/es/requests/")
    assert '<html lang="es"' in html
    assert "Bache" in html
