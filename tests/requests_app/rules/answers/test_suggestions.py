"""Suggestions for a resident's text: in both languages, with typos, and none if nothing matches."""

import pytest

from requests_app.actions.shared.search_index import index_catalog
from requests_app.models import Article, Service
from requests_app.rules.answers import suggestions
from requests_app.rules.answers.suggestions import LEARNED, LEAST_LIKELY, LIKELY_ALONE, Suggestions, suggest
from requests_app.rules.answers.word_search import ARTICLE, SERVICE
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


# --- By scores that are given ---------------------------------------------------------------------------------------


def given(
    cast: Rivermark, monkeypatch: pytest.MonkeyPatch, scores: dict[tuple[str, int], float], learned: dict[str, float]
) -> None:
    monkeypatch.setattr(suggestions.word_search, "scores", lambda *_asked: scores)
    monkeypatch.setattr(suggestions, "likely", lambda *_asked: learned)


def ranked(cast: Rivermark, text: str = "hole") -> list[str]:
    found = suggest(cast.city, text, "en").ranked
    return [one.code if isinstance(one, Article) else one.service.service_code for one in found]


def test_what_the_model_knows_counts_from_its_least_share_on(cast: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = {(SERVICE, cast.tree.service_id): 4.0}
    for share, codes_found in ((LEAST_LIKELY, ["tree"]), (1.2, ["tree", "pothole"])):
        given(cast, monkeypatch, tree, {"pothole": share})
        assert ranked(cast) == codes_found
    # Exactly the least share is counted: with it, both fit as well, and the first stays first.
    given(
        cast, monkeypatch, {(SERVICE, cast.pothole.service_id): 4.0, **dict.fromkeys(tree, 4.0 + LEARNED * LEAST_LIKELY / 2)},
        {"pothole": LEAST_LIKELY},
    )  # fmt: skip
    assert ranked(cast) == ["pothole", "tree"]


def test_where_the_words_fit_nothing_the_model_must_be_sure_and_the_text_say_something(
    cast: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    for share, text, codes_found in (
        (LIKELY_ALONE, "hole", ["pothole"]),
        (LIKELY_ALONE - 0.001, "hole", []),
        (LIKELY_ALONE, "hol", []),
    ):
        given(cast, monkeypatch, {}, {"pothole": share})
        assert ranked(cast, text) == codes_found, (share, text)


def test_an_answer_that_fits_as_well_as_a_service_stays_first(cast: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    holes = factories.article(cast.city, "holes", "Holes", "", cast.pothole)
    service, article = (SERVICE, cast.pothole.service_id), (ARTICLE, holes.pk)
    given(cast, monkeypatch, {service: 4.0, article: 4.0}, {"pothole": 0.9})
    assert ranked(cast) == ["holes", "pothole"]
    given(cast, monkeypatch, {service: 4.001, article: 4.0}, {"pothole": 0.9})
    assert ranked(cast) == ["pothole", "holes"]


def test_only_this_citys_services_and_articles_in_use_are_suggested(
    cast: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    lakeside = factories.lakeside()
    theirs = factories.article(lakeside.city, "theirs", "Holes")
    inside = Service.objects.get(jurisdiction=cast.city, service_code="inside")
    Service.objects.filter(pk=cast.tree.service_id).update(active=False)
    scores = {
        (SERVICE, cast.pothole.service_id): 4.0,
        (SERVICE, lakeside.pothole.service_id): 4.0,
        (SERVICE, inside.pk): 4.0,
        (SERVICE, cast.unknown.service_id): 4.0,
        (SERVICE, cast.tree.service_id): 4.0,
        (ARTICLE, theirs.pk): 4.0,
    }
    given(cast, monkeypatch, scores, {})
    (found,) = suggest(cast.city, "hole", "en").ranked
    assert found == cast.pothole
    # The model knows codes alone, which another city has, too.
    given(cast, monkeypatch, {}, {"pothole": 0.9, "inside": 0.9, "tree": 0.9})
    assert suggest(cast.city, "hole", "en").ranked == [cast.pothole]
