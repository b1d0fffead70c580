"""A request opened from a list leads to its neighbors, and an action goes on to the next one."""

import re
from html import unescape
from urllib.parse import unquote_plus

import pytest
from django.test import Client

from requests_app.models import Macro, ServiceRequest
from staff_app.queue import listing
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.1")]


@pytest.fixture
def three(town: Rivermark) -> list[str]:
    """References of three potholes, in the order of the queue."""
    made = [factories.routed(town.pothole, f"Hole {n}.", answers={"where": "lane"}) for n in range(3)]
    return [one.reference for one in made]


def links(client: Client, query: str = "") -> dict[str, str]:
    """The addresses of the rows by reference, as the queue links them."""
    page = client.get(f"/staff/{query}").content.decode()
    found = re.findall(r'href="(/staff/r/([0-9A-Z]{8})/\?list=[^"]+)"', page)
    return {reference: unescape(url) for url, reference in found}


def to(page: str, rel: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page)
    assert found, page[:3000]
    return unescape(found[1])


def test_it_leads_to_the_next_and_the_previous_one_in_the_order_of_the_list(tom: Client, three: list[str]) -> None:
    page = tom.get(links(tom, "?tab=new")[three[1]]).content.decode()
    following = tom.get(to(page, "next"))
    assert following["Location"].startswith(f"/staff/r/{three[2]}/?list=")
    assert tom.get(to(page, "prev"))["Location"].startswith(f"/staff/r/{three[0]}/?list=")
    # From there it leads back.
    third = tom.get(following["Location"]).content.decode()
    assert tom.get(to(third, "prev"))["Location"].startswith(f"/staff/r/{three[1]}/")
    end = tom.get(to(third, "next"), follow=True)
    assert end.redirect_chain[-1][0].startswith("/staff/?tab=new")
    assert "That was the last in this list." in end.content.decode()


def test_an_action_goes_on_to_the_next_one_with_its_message_and_undo(tom: Client, three: list[str]) -> None:
    page = tom.get(links(tom, "?tab=new")[three[0]]).content.decode()
    typed = re.search(r'name="list" value="([^"]+)"', page)
    assert typed
    answer = tom.post(f"/staff/r/{three[0]}/accept/", {"list": unescape(typed[1])}, follow=True)
    # The first is no longer new; the key still says what came after it.
    assert answer.redirect_chain[-1][0].startswith(f"/staff/r/{three[1]}/?list=")
    words = answer.content.decode()
    first = ServiceRequest.objects.get(reference=three[0])
    assert f"{first.display_reference}: Accepted." in words
    assert re.search(r'action="/staff/undo/\d+/"', words)


def test_after_an_action_each_goes_on_as_they_chose_and_triage_to_the_next(
    town: Rivermark, tom: Client, three: list[str]
) -> None:
    places = {reference: url.split("?list=")[1] for reference, url in links(tom).items()}
    for choice, path in (("stay", f"/staff/r/{three[0]}/?list="), ("list", "/staff/?tab=all"), ("next", three[1])):
        assert tom.post("/staff/profile/", {"name": "Tom", "language": "en", "after_action": choice}).status_code == 302
        sent = {"list": unquote_plus(places[three[0]]), "text": "See it.", "audience": "department"}
        assert path in tom.post(f"/staff/r/{three[0]}/note/", sent)["Location"], choice
        note = {"verb": "note", "text": "See it.", "audience": "department"}
        macro = Macro.objects.create(jurisdiction=town.city, owner=town.tom, name=choice, steps=[note])
        sent = {"list": unquote_plus(places[three[0]])}
        assert path in tom.post(f"/staff/r/{three[0]}/macro/{macro.pk}/", sent)["Location"], choice
    # What they may not see anymore, nobody stays on.
    tom.post("/staff/profile/", {"name": "Tom", "language": "en", "after_action": "stay"})
    sent = {"list": unquote_plus(places[three[2]]), "department": str(town.parks.pk), "reason": "Theirs."}
    assert three[2] not in tom.post(f"/staff/r/{three[2]}/transfer/", sent)["Location"]
    # Triage always goes on, also from the request's own page.
    version = factories.service(town.city, "sign", of=town.streets).pk
    sent = {"list": unquote_plus(places[three[0]]), "version": str(version)}
    answer = tom.post(f"/staff/r/{three[0]}/suggested-services/", sent)
    assert answer["Location"].startswith(f"/staff/r/{three[1]}/?list=")


def test_a_form_that_htmx_loads_into_the_page_keeps_the_place(tom: Client, three: list[str]) -> None:
    url = links(tom)[three[0]]
    page = tom.get(f"/staff/r/{three[0]}/note/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL=f"http://testserver{url}")
    assert 'name="list"' in page.content.decode()


def test_without_a_list_it_stays_on_the_request(tom: Client, three: list[str]) -> None:
    page = tom.get(f"/staff/r/{three[0]}/").content.decode()
    assert 'rel="next"' not in page
    answer = tom.post(f"/staff/r/{three[0]}/accept/")
    assert answer["Location"] == f"/staff/r/{three[0]}/"


def test_a_changed_link_leads_to_the_list(tom: Client, three: list[str]) -> None:
    answer = tom.get("/staff/step/", {"list": "tab=new&at=nonsense&row=1", "to": "next"})
    assert answer["Location"] == "/staff/?tab=new"
    assert tom.get("/staff/step/")["Location"] == "/staff/"


@pytest.mark.parametrize("sort", ["due", "reported", "priority", "quiet"])
def test_it_follows_every_order(tom: Client, three: list[str], sort: str, town: Rivermark) -> None:
    found = links(tom, f"?sort={sort}")
    order = list(found)
    page = tom.get(found[order[0]]).content.decode()
    assert tom.get(to(page, "next"))["Location"].startswith(f"/staff/r/{order[1]}/")


def test_the_next_one_is_only_what_one_may_see(
    pia: Client, tom: Client, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    page = tom.get(links(tom, "?tab=new")[three[0]]).content.decode()
    # Pia works for Parks: the same link shows her none of Streets' requests.
    assert pia.get(to(page, "next"))["Location"].startswith("/staff/?tab=new")
