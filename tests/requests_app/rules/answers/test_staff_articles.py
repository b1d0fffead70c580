"""What staff read of articles, by audience and until when, and that it stays with them."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from requests_app.actions.shared.search_index import index_catalog, index_expired
from requests_app.clock import app_now
from requests_app.models import Article, SearchDocument, User
from requests_app.rules.answers import staff_articles, suggestions
from requests_app.rules.people import permissions
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.2")]
MOMENT = dt.timedelta(microseconds=1)


def codes(cast: Rivermark, user: object, words: str = "rodent bait") -> list[str]:
    found = staff_articles.for_takers(cast.city, words, "en", user=user)  # type: ignore[arg-type]
    return [one.article.code for one in found]


@pytest.fixture
def cast(cast: Rivermark) -> Rivermark:
    for code, audience in (("all", "everyone"), ("inside", "staff"), ("parks-only", "departments")):
        factories.article(
            cast.city, code, "Rodent bait boxes", "Call the yard.\n\nBefore 3.", cast.pothole, audience=audience
        )
    Article.objects.get(code="parks-only").departments.add(cast.parks)
    factories.article(factories.lakeside().city, "theirs", "Rodent bait boxes", audience="staff")
    index_catalog(cast.city)
    return cast


def test_each_reads_what_is_for_them(cast: Rivermark) -> None:
    elsewhere = User.objects.get(name="Sid")
    assert set(codes(cast, cast.pia)) == {"all", "inside", "parks-only"}
    assert set(codes(cast, cast.tom)) == {"all", "inside"}
    assert set(codes(cast, cast.cal)) == {"all", "inside"}
    assert codes(cast, elsewhere) == codes(cast, AnonymousUser()) == []


def test_who_sees_pages_as_a_role_reads_no_more_than_by_their_own(cast: Rivermark) -> None:
    ada = cast.ada
    own = permissions.memberships_of(ada)
    crew = factories.role(cast.city, "crew")
    permissions.set_memberships(ada, [permissions.as_role(crew, cast.parks, own)])
    assert set(codes(cast, ada)) == {"all", "inside"}


def test_residents_are_suggested_only_theirs(cast: Rivermark) -> None:
    assert [one.code for one in suggestions.suggest(cast.city, "rodent bait boxes", "en").articles] == ["all"]
    Article.objects.filter(code="all").delete()
    index_catalog(cast.city)
    assert suggestions.suggest(cast.city, "rodent bait boxes", "en").articles == []
    assert not SearchDocument.objects.filter(kind="article", title="Rodent bait boxes").exists()


def test_an_answer_says_who_does_it_by_when_and_which_version_it_is(cast: Rivermark) -> None:
    article = Article.objects.get(code="all")
    article.script, article.note = (
        {"en": "I can send a crew.", "es": "Puedo enviar una cuadrilla."},
        {"en": "Not Fridays."},
    )
    article.save()
    article.related.set(Article.objects.filter(code__in=["inside", "parks-only"]))
    answer = next(
        one
        for one in staff_articles.for_takers(cast.city, "rodent bait", "es", user=cast.cal)
        if one.article.code == "all"
    )
    assert answer.sentence == "<p>Call the yard.</p>\n"
    assert (answer.script, answer.note, answer.version) == ("Puedo enviar una cuadrilla.", "Not Fridays.", 1)
    assert answer.department == cast.streets
    assert answer.target is not None
    assert [one.code for one in answer.related] == ["inside"]


@pytest.mark.parametrize("audience", ["everyone", "staff"])
def test_it_disappears_at_the_moment_until_which_it_is_valid(cast: Rivermark, client: Client, audience: str) -> None:
    Article.objects.exclude(code="all").delete()
    for until, is_shown in ((app_now() + MOMENT, True), (app_now(), False)):
        Article.objects.filter(code="all").update(valid_until=until, audience=audience)
        index_catalog(cast.city)
        # As it is when the moment has passed since it was indexed.
        Article.objects.filter(code="all").update(valid_until=until)
        for_everyone = is_shown and audience == "everyone"
        assert bool(codes(cast, cast.cal)) is is_shown
        assert client.get("/articles/all/").status_code == (200 if for_everyone else 404)
        assert client.get("/api/v1/articles/all/").status_code == (200 if for_everyone else 404)
        for path in (
            "/articles/",
            "/articles/?q=rodent+bait+boxes",
            "/sitemap.xml",
            "/service/pothole/",
            "/api/v1/articles/",
        ):
            html = client.get(path).content.decode()
            assert ("articles/all/" in html) is for_everyone, path


def test_what_has_expired_leaves_the_index_at_night(cast: Rivermark) -> None:
    Article.objects.filter(code="all").update(valid_until=app_now())
    before = set(SearchDocument.objects.values_list("pk", flat=True))
    index_expired()
    assert not SearchDocument.objects.filter(object_id=Article.objects.get(code="all").pk, kind="article").exists()
    after = set(SearchDocument.objects.values_list("pk", flat=True))
    index_expired()
    assert before != after == set(SearchDocument.objects.values_list("pk", flat=True))
