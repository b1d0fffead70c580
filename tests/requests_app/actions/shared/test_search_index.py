"""What is found by its words: of each city, what is offered and valid there, and every request once."""

import datetime as dt

import pytest

from requests_app.actions.shared import search_index
from requests_app.clock import app_now
from requests_app.models import Article, SearchDocument, Service
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def indexed(kind: str) -> set[tuple[int, int]]:
    """The city and the number of each row."""
    return set(SearchDocument.objects.filter(kind=kind).values_list("jurisdiction", "object_id"))


def test_a_city_indexes_its_own_services_and_articles_in_use(cast: Rivermark) -> None:
    lakeside = factories.lakeside()
    factories.service(cast.city, "inside", visibility="staff")
    over = factories.service(cast.city, "over").service
    Service.objects.filter(pk=over.pk).update(active=False)
    now = app_now()
    for city, code, until in (
        (cast.city, "valid", now + dt.timedelta(microseconds=1)),
        (cast.city, "expired", now),
        (lakeside.city, "theirs", None),
    ):
        factories.article(city, code, code, valid_until=until)
    SearchDocument.objects.all().delete()
    theirs = {(lakeside.city.pk, lakeside.pothole.service_id)}
    search_index.index_catalog(lakeside.city)
    assert indexed("service") == theirs
    search_index.index_catalog(cast.city)
    ours = {one.service_id for one in (cast.pothole, cast.tree, cast.outreach, cast.unknown)}
    assert indexed("service") == theirs | {(cast.city.pk, pk) for pk in ours}
    articles = {(one.jurisdiction_id, one.pk) for one in Article.objects.exclude(code="expired")}
    assert indexed("article") == articles


def test_what_expires_now_leaves_the_index(cast: Rivermark) -> None:
    now = app_now()
    rows = {}
    for code, until in (("now", now), ("later", now + dt.timedelta(microseconds=1)), ("never", None)):
        rows[code] = factories.article(cast.city, code, code)
        search_index.index_catalog(cast.city)
        Article.objects.filter(code=code).update(valid_until=until)
    SearchDocument.objects.filter(kind="article").delete()
    for row in rows.values():
        SearchDocument.objects.create(
            jurisdiction=cast.city, kind="article", object_id=row.pk, language="en", title="", text=""
        )
    search_index.index_expired()
    assert indexed("article") == {(cast.city.pk, rows[code].pk) for code in ("later", "never")}


def test_all_requests_of_a_city_are_indexed_again_in_batches(cast: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "BATCH", 2)
    first = factories.routed(cast.pothole, answers={"where": "lane"})
    factories.copies(first, 4)
    factories.report(factories.lakeside().pothole)
    SearchDocument.objects.all().delete()
    assert search_index.index_all_requests(cast.city) == 5
    assert len(indexed("request")) == 5
    assert {city for city, _pk in indexed("request")} == {cast.city.pk}
