"""Finding a service in plain words: on the list of services, and on the way to a report."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from requests_app.actions.shared.search_index import index_catalog
from requests_app.models import Draft, ServiceRequest
from requests_app.rules.answers import suggestions
from tests import factories
from tests.factories import Rivermark
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.5")]


@pytest.fixture
def cast() -> Rivermark:
    cast = factories.rivermark()
    factories.service(cast.city, "inside", name={"en": "Broken chair in the road office"}, visibility="staff")
    factories.article(cast.city, "potholes", "Who fills a pothole", "Streets fills it.", cast.pothole)
    index_catalog(cast.city)
    return cast


def found(client: Client, words: str, path: str = "/services/") -> list[str]:
    """The services that its buttons offer, in their order."""
    html = client.get(path, {"q": words}).content.decode()
    return re.findall(r'<button[^>]*\sname="service"\s+value="([^"]+)"', html)


def test_services_articles_and_i_dont_know_are_found_together(cast: Rivermark, client: Client) -> None:
    html = client.get("/services/", {"q": "a pothole"}).content.decode()
    assert found(client, "a pothole") == ["pothole", "unknown"]
    assert re.search(r'<a [^>]*href="[^"]*/potholes/">Who fills a pothole</a>', html)
    assert 'value="a pothole"' in html, "the box keeps what was typed"
    assert 'href="/report/?service=tree"' in html, "the whole list stays below"


@pytest.mark.parametrize("words", ["potholle", "POTHOLE!", "hay un hoyo", "  pothole\x00  "])
def test_typos_capitals_and_the_other_language_find_it_too(cast: Rivermark, client: Client, words: str) -> None:
    assert found(client, words)[0] == "pothole"
    assert found(client, words, "/es/services/")[0] == "pothole"


@pytest.mark.parametrize(
    "words", ["zzzz", "<script>alert(1)</script>", "' OR 1=1 --", "x" * 5_000, "\u202eabc", "&|!():*"]
)
def test_where_nothing_is_found_i_dont_know_is_left(cast: Rivermark, client: Client, words: str) -> None:
    html = client.get("/services/", {"q": words}).content.decode()
    assert "We couldn’t match that to a service." in html
    assert found(client, words) == ["unknown"]
    assert "<script>alert(1)" not in html


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20%20", "?q=%00"])
def test_an_empty_search_is_the_plain_list(cast: Rivermark, client: Client, query: str) -> None:
    answer = client.get(f"/services/{query}")
    assert answer.status_code == 200
    assert "Which of these is closest?" not in answer.content.decode()
    assert "csrftoken" not in answer.cookies, "nor does it set a cookie"


def test_what_staff_alone_may_use_is_not_found(cast: Rivermark, client: Client) -> None:
    assert "inside" not in found(client, "broken chair in the road office")
    assert "Broken chair" not in client.get("/services/", {"q": "broken chair"}).content.decode().replace(
        'value="broken chair"', ""
    )


def test_a_found_service_begins_the_report_with_the_words_that_were_typed(cast: Rivermark, client: Client) -> None:
    walk = Walk(client).begin("a pothole by the library", service="pothole")
    assert walk.at == "location"
    assert Draft.objects.get().typed["text"] == "a pothole by the library"


def test_words_of_danger_that_were_searched_for_lead_to_the_question_first(cast: Rivermark, client: Client) -> None:
    assert Walk(client).begin("I smell gas near a pothole", service="pothole").at == "emergency"


def test_suggestions_are_a_choice_and_none_is_chosen_beforehand(cast: Rivermark, client: Client) -> None:
    walk = Walk(client).begin("a pothole")
    assert walk.at == "service"
    radios = re.findall(r'<input[^>]*type="radio"[^>]*>', walk.html)
    assert 'value="pothole"' in radios[0]
    assert not [one for one in radios if "checked" in one]
    walk.on("service")
    assert walk.at == "service"
    assert "Choose the closest match" in walk.html


@pytest.mark.parametrize("language", ["", "/es"])
def test_i_dont_know_always_works_and_goes_to_triage(cast: Rivermark, client: Client, language: str) -> None:
    walk = Walk(client, language).begin("qqqq zzzz")
    assert walk.at == "service"
    walk.on("service", service="unknown")
    while walk.at != "check":
        at = walk.at
        data = {
            "emergency": {"go_on": "1"},
            "location": {"address": "12 Elm St"},
            "details/1": {"text": "qqqq zzzz"},
            "contact": {"language": "en"},
        }
        walk.on(at, **data[at])
        assert walk.at != at, walk.html
    walk.send()
    factories.run_worker()
    made = ServiceRequest.objects.get()
    assert made.service.service_code == "unknown"
    assert made.in_triage


def test_at_most_so_many_are_found_however_many_fit(cast: Rivermark) -> None:
    for number in range(12):
        factories.service(cast.city, f"road-{number}", name={"en": f"Road trouble {number}"})
    index_catalog(cast.city)
    assert len(suggestions.suggest(cast.city, "road trouble", "en").services) == 3
    assert len(suggestions.suggest(cast.city, "road trouble", "en", services=6).services) == 6


def test_a_search_asks_the_database_as_often_however_much_is_found(
    cast: Rivermark, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        factories.service(cast.city, f"road-{number}", name={"en": f"Road trouble {number}"})
        factories.article(cast.city, f"trouble-{number}", f"Road trouble {number}")
    index_catalog(cast.city)
    with django_assert_max_num_queries(12):
        assert len(found(client, "road trouble")) == 7


def test_a_category_with_a_name_that_cannot_be_is_404() -> None:
    factories.rivermark()
    assert Client().get("/services/%00/").status_code == 404
