"""Saved views: a list under a name, for oneself, a team or the city, and pinned with its count."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.models import SavedView, SavedViewPin, Team, User
from requests_app.rules.work import saved_views as rules
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.1")]
LANE = {"where": "lane"}
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def no_kept_counts() -> None:
    cache.clear()


def save(client: Client, name: str, query: str = "tab=new", shared_with: str = "me") -> SavedView:
    answer = client.post("/staff/views/new/", {"name": name, "query": query, "shared_with": shared_with})
    assert answer.status_code == 302, answer.content.decode()[-4000:]
    return SavedView.objects.get(name=name)


def pinned(client: Client) -> list[tuple[str, str]]:
    """Name and count of each pinned view, as the queue shows them."""
    page = client.get("/staff/").content.decode()
    found = re.search(r'class="saved-views__list">(.*?)</ul>', page, re.DOTALL)
    assert found
    views = re.findall(r'view=\d+"[^>]*>([^<]+?)\s*(?:<span class="count">([^<]+)</span>)?</a>', found[1])
    return [(name.strip(), count) for name, count in views]


def names(client: Client) -> list[str]:
    return re.findall(r'view=\d+">([^<]+)</a>', client.get("/staff/views/").content.decode())


def test_it_keeps_a_list_under_a_name_and_pins_it_with_its_count(tom: Client, town: Rivermark) -> None:
    factories.routed(town.pothole, answers=LANE)
    offered = re.search(
        r'href="(/staff/views/new/\?[^"]+)"', tom.get("/staff/?tab=new&service=pothole").content.decode()
    )
    assert offered
    page = tom.get(unescape(offered[1])).content.decode()
    assert "New · Service: Pothole" in page
    query = re.search(r'name="query" value="([^"]+)"', page)
    assert query
    view = save(tom, "Fresh holes", unescape(query[1]))
    assert view.query == [["tab", "new"], ["service", "pothole"]]
    assert pinned(tom) == [("Fresh holes", "1")]
    opened = tom.get(f"/staff/?tab=new&service=pothole&view={view.pk}").content.decode()
    assert re.search(r'aria-current="page">Fresh holes', opened)


def test_counts_are_kept_for_half_a_minute(tom: Client, town: Rivermark) -> None:
    save(tom, "Fresh")
    assert pinned(tom) == [("Fresh", "0")]
    factories.routed(town.pothole, answers=LANE)
    assert pinned(tom) == [("Fresh", "0")]
    cache.clear()
    assert pinned(tom) == [("Fresh", "1")]


def test_a_view_is_mine_until_i_share_it_with_my_department(
    tom: Client, pia: Client, town: Rivermark, signed_in: SignIn
) -> None:
    tess = signed_in(factories.staff("Tess", "triage", town.city, town.streets))
    view = save(tom, "Mine")
    assert names(tess) == []
    tom.post(f"/staff/views/{view.pk}/", {"name": "Ours", "shared_with": f"department-{town.streets.pk}"})
    assert names(tess) == ["Ours"]
    assert names(pia) == []
    assert pinned(tess) == []
    tess.post(f"/staff/views/{view.pk}/pin/")
    assert pinned(tess) == [("Ours", "0")]
    # Seeing is not changing.
    assert tess.post(f"/staff/views/{view.pk}/delete/").status_code == 403
    assert pia.post(f"/staff/views/{view.pk}/pin/").status_code == 404
    # No longer shared, it leaves her queue, within half a minute.
    tom.post(f"/staff/views/{view.pk}/", {"name": "Mine", "shared_with": "me"})
    cache.clear()
    assert pinned(tess) == []


def test_a_team_shares_one_and_its_supervisor_may_delete_it(town: Rivermark, signed_in: SignIn) -> None:
    crew = factories.staff("Cleo", "crew", town.city, town.streets)
    team = Team.objects.create(department=town.streets, code="night", name={"en": "Night"})
    team.members.add(crew)
    view = save(signed_in(crew), "Night work", shared_with=f"team-{team.pk}")
    assert names(signed_in(town.tom)) == []
    lead = factories.staff("Lena", "supervisor", town.city, town.streets)
    team.members.add(lead)
    assert signed_in(lead).post(f"/staff/views/{view.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


def test_only_those_who_lead_the_city_share_with_all_of_it(tom: Client, town: Rivermark, signed_in: SignIn) -> None:
    answer = tom.post("/staff/views/new/", {"name": "All", "query": "tab=new", "shared_with": "city"})
    assert answer.status_code == 422
    save(signed_in(town.ada), "All", shared_with="city")
    assert names(tom) == ["All"]


def test_it_is_renamed_gets_other_filters_and_is_unpinned(tom: Client) -> None:
    view = save(tom, "Old name")
    page = tom.get(f"/staff/views/{view.pk}/?tab=late").content.decode()
    assert "From now on, show: Late" in page
    typed = {"name": "New name", "shared_with": "me", "query": "tab=late", "replace": "on"}
    tom.post(f"/staff/views/{view.pk}/", typed)
    view.refresh_from_db()
    assert (view.name, view.query) == ("New name", [["tab", "late"]])
    tom.post(f"/staff/views/{view.pk}/unpin/")
    assert pinned(tom) == []
    assert names(tom) == ["New name"]


def test_eight_are_pinned_at_most(tom: Client, town: Rivermark) -> None:
    for n in range(rules.PINNED_MAX + 1):
        save(tom, f"View {n}")
    assert SavedViewPin.objects.filter(user=town.tom).count() == rules.PINNED_MAX
    last = SavedView.objects.get(name=f"View {rules.PINNED_MAX}")
    page = tom.post(f"/staff/views/{last.pk}/pin/", follow=True).content.decode()
    assert "Up to 8 views can be pinned. Unpin one first." in page


def test_a_view_on_a_service_that_is_gone_opens_with_a_notice(tom: Client, town: Rivermark) -> None:
    view = SavedView.objects.create(
        jurisdiction=town.city, owner=town.tom, name="Lamps", query=[["tab", "new"], ["service", "lamp"]]
    )
    SavedViewPin.objects.create(user=town.tom, view=view)
    cache.clear()
    found = re.search(r'href="(/staff/\?[^"]*view=\d+)"', tom.get("/staff/").content.decode())
    assert found
    page = tom.get(unescape(found[1])).content.decode()
    assert "Service “lamp” no longer exists" in page
    assert "Lamps" in tom.get("/staff/views/").content.decode()
