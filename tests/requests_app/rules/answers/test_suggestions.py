"""Suggestions for a resident's text: in both languages, with typos, and none if nothing matches."""

import pytest

from requests_app.actions.shared.search_index import index_catalog
from requests_app.rules.answers.suggestions import Suggestions, suggest
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Rivermark:
    cast = factories.rivermark()
    factories.service(
        cast.city,
        "noise",
        name={"en": "Noise", "es": "Ruido"},
        keywords={"en": ["loud music", "party"], "es": ["música fuerte", "fiesta"]},
    )
    factories.service(
        cast.city,
        "streetlight",
        name={"en": "Street light out", "es": "Luz de la calle apagada"},
        keywords={"en": ["lamp post", "dark street"], "es": ["poste de luz", "farol"]},
    )
    factories.service(cast.city, "inside", name={"en": "Broken chair in the road office"}, visibility="staff")
    index_catalog(cast.city)
    return cast


def codes(found: Suggestions) -> list[str]:
    return [version.service.service_code for version in found.services]


@pytest.mark.parametrize(
    ("language", "text", "first"),
    [
        ("en", "There is a hole in the road and I got a flat tire", "pothole"),
        ("en", "The neighbors play loud music at night", "noise"),
        ("en", "the lamp post in front of my house is out", "streetlight"),
        ("en", "a branch is about to fall", "tree"),
        ("es", "La calle está rota, hay un hoyo", "pothole"),
        ("es", "musica fuerte toda la noche", "noise"),
        # In a language other than the page's.
        ("en", "hay un hoyo", "pothole"),
        ("es", "loud music", "noise"),
        # Typos.
        ("en", "a potholle", "pothole"),
        ("en", "huge pothloe", "pothole"),
        ("es", "el árvol", "tree"),
        # The few words of a new city, which words that nobody serves share ("hole in one").
        ("en", "hole", "pothole"),
        ("en", "a tree fell", "tree"),
        ("es", "la luz no prende", "streetlight"),
    ],
)
def test_the_first_suggestion_is_what_was_meant(cast: Rivermark, language: str, text: str, first: str) -> None:
    assert codes(suggest(cast.city, text, language))[:1] == [first]


@pytest.mark.parametrize(
    "text", ["", "   ", "the and of", "qqqqq zzzzz", "' OR 1=1 --", "\x00", "&|!():*", "x" * 100_000]
)
def test_what_means_nothing_suggests_nothing(cast: Rivermark, text: str) -> None:
    assert suggest(cast.city, text, "en") == Suggestions()


def test_at_most_three_and_never_i_dont_know_or_what_staff_alone_may_use(cast: Rivermark) -> None:
    for number in range(5):
        factories.service(cast.city, f"road-{number}", name={"en": f"Road trouble {number}"})
    index_catalog(cast.city)
    found = codes(suggest(cast.city, "I don’t know, trouble with the road office", "en"))
    assert len(found) <= 3
    assert "unknown" not in found
    assert "inside" not in found


def test_cities_with_the_same_words_suggest_their_own_services(db: None) -> None:
    cities = [factories.jurisdiction(name) for name in ("Northport", "Southport")]
    for city in cities:
        factories.service(city, "noise", name={"en": "Noise"}, keywords={"en": ["loud music", "party"]})
        index_catalog(city)
    for city in cities:
        (found,) = suggest(city, "loud music", "en").services
        assert found.service.jurisdiction_id == city.pk


def test_a_service_out_of_use_is_not_suggested_even_before_the_next_indexing(cast: Rivermark) -> None:
    service = cast.pothole.service
    service.active = False
    service.save()
    assert "pothole" not in codes(suggest(cast.city, "pothole", "en"))


@pytest.mark.shows("2.20")
def test_an_article_is_offered_if_its_title_is_what_was_asked_and_it_is_published(cast: Rivermark) -> None:
    article = factories.article(cast.city, "quiet", "Quiet hours at night", "No loud music after 10 p.m.")
    index_catalog(cast.city)
    assert suggest(cast.city, "when are quiet hours", "en").articles == [article]
    assert suggest(cast.city, "loud music", "en").articles == [], "its text alone is not enough"
    type(article).objects.update(published=False)
    assert suggest(cast.city, "when are quiet hours", "en").articles == []


def test_one_word_of_a_long_title_is_chance(cast: Rivermark) -> None:
    factories.article(cast.city, "owners", "Roads, tracks, wires, bridges, towers and other towns")
    index_catalog(cast.city)
    assert suggest(cast.city, "a hole in the road", "en").articles == []


def test_another_citys_services_are_not_suggested(cast: Rivermark) -> None:
    elsewhere = factories.jurisdiction("Elsewhere")
    factories.service(elsewhere, "sinkhole", name={"en": "Sinkhole"})
    index_catalog(elsewhere)
    assert codes(suggest(cast.city, "sinkhole", "en")) in ([], ["pothole"])
    assert codes(suggest(elsewhere, "sinkhole", "en")) == ["sinkhole"]
