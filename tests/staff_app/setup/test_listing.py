"""The list that setup pages share: search, sort, pages and empty states."""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.models import Team, User
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.12")]
PAGE = "/staff/setup/teams/"


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(town.ada)


@pytest.fixture
def teams(town: Rivermark) -> None:
    Team.objects.bulk_create(
        Team(department=town.streets, code=f"crew-{number:03}", name={"en": f"Crew {number:03}"})
        for number in range(1, 53)
    )


def rows(page: str) -> list[str]:
    return re.findall(r"Crew \d{3}", page)


def test_without_rows_it_says_so_and_offers_no_search(town: Rivermark, ada: Client) -> None:
    page = ada.get(PAGE).content.decode()
    assert 'class="empty"' in page
    assert 'for="id_q"' not in page


def test_it_shows_fifty_and_leads_to_the_rest_and_back(teams: None, ada: Client) -> None:
    first = ada.get(PAGE)
    assert len(dict.fromkeys(rows(first.content.decode()))) == 50
    following = html.unescape(re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1])  # type: ignore[index]
    second = ada.get(PAGE + following).content.decode()
    assert list(dict.fromkeys(rows(second))) == ["Crew 051", "Crew 052"]
    assert 'rel="prev"' in second


def test_it_finds_words_and_says_when_nothing_matches(teams: None, ada: Client) -> None:
    assert set(rows(ada.get(PAGE, {"q": "crew-007"}).content.decode())) == {"Crew 007"}
    nothing = html.unescape(ada.get(PAGE, {"q": "<b>nobody"}).content.decode())
    assert "Nothing on this list matches “<b>nobody.”" in nothing
    assert "<b>nobody" not in ada.get(PAGE, {"q": "<b>nobody"}).content.decode()


def test_it_sorts_by_a_column_in_both_directions_and_ignores_an_unknown_one(teams: None, ada: Client) -> None:
    page = ada.get(PAGE).content.decode()
    name = re.search(r'href="\?sort=(-?\w+)', page)[1].removeprefix("-")  # type: ignore[index]
    assert 'aria-sort="descending"' in ada.get(PAGE, {"sort": f"-{name}"}).content.decode()
    assert 'aria-sort="ascending"' in ada.get(PAGE, {"sort": name}).content.decode()
    assert ada.get(PAGE, {"sort": "password", "cursor": "made-up"}).status_code == 200
