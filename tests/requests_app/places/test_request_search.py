"""Which public requests a search by words finds, and how it looks for them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions.publication import moderation
from requests_app.actions.shared.search_index import index_catalog, index_requests
from requests_app.models import ServiceRequest, ServiceVersion
from requests_app.places import request_search
from requests_app.places.request_search import requests_with_words
from tests import factories

pytestmark = pytest.mark.django_db


def report(version: ServiceVersion, words: str = "", **options: Any) -> ServiceRequest:
    answers = {"where": "lane"} if version.service.service_code == "pothole" else {}
    made = factories.report(version, words or "Placeholder.", answers=answers, **options)
    ServiceRequest.objects.filter(pk=made.pk).update(description=words)
    index_requests([made.pk])
    return made


def publish(version: ServiceVersion, **columns: Any) -> None:
    """A new version, as an import of the catalog makes it."""
    newer = ServiceVersion.objects.get(pk=version.pk)
    newer.pk, newer.number = None, version.number + 1
    for name, value in columns.items():
        setattr(newer, name, value)
    newer.save()
    version.service.current = newer
    version.service.save(update_fields=["current"])
    index_catalog(newer.service.jurisdiction)


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("pothole", True),
        ("Potholes", True),
        ("bache", True),
        ("baches", True),
        ("the pothole", True),
        ("pothole elm", True),
        ("bache elm", True),
        ("elm", True),
        ('"pothole"', True),
        ("pothole or lantern", True),
        ("pothole lantern", False),
        ("lantern", False),
        ("pothole -elm", False),
        ("the", False),
        ("", False),
        ('"', False),
        ("-", False),
    ],
)
def test_the_service_s_name_counts_in_each_language(cast: factories.Rivermark, words: str, finds: bool) -> None:
    """Imported cases have no words of their own."""
    made = report(cast.pothole, address="12 Elm St")
    report(cast.tree, "A limb hangs.", address="9 Main St")
    assert requests_with_words(cast.city, words) == ([made.pk] if finds else [])


def test_a_service_s_key_words_count_and_its_description_does_not(cast: factories.Rivermark) -> None:
    made = report(cast.pothole)
    publish(
        cast.pothole,
        keywords={"en": ["crater"], "es": ["cráter"]},
        description={"en": "We repair asphalt.", "es": "Asfalto."},
    )
    assert requests_with_words(cast.city, "craters") == [made.pk]
    assert requests_with_words(cast.city, "cráter") == [made.pk]
    assert requests_with_words(cast.city, "asphalt") == []


def test_a_new_name_counts_as_soon_as_the_catalog_has_it(cast: factories.Rivermark) -> None:
    made = report(cast.pothole)
    publish(cast.pothole, name={"en": "Road damage", "es": "Daño vial"}, keywords={})
    assert requests_with_words(cast.city, "road damage") == [made.pk]
    assert requests_with_words(cast.city, "daño") == [made.pk]


def test_only_public_requests_are_found_by_their_service(cast: factories.Rivermark) -> None:
    hidden, public = report(cast.pothole), report(cast.pothole)
    moderation.hide(hidden.pk, reason="abuse", actor=cast.pia)
    factories.run_worker()
    report(cast.outreach, "Somebody sleeps here.")
    assert requests_with_words(cast.city, "pothole") == [public.pk]
    assert requests_with_words(cast.city, "outreach sleeps") == []


def test_another_city_s_requests_are_not_found(cast: factories.Rivermark) -> None:
    report(cast.pothole, "Lantern.")
    other = factories.jurisdiction("Stonecliff", hosts=["stonecliff.example"])
    assert requests_with_words(other, "lantern") == requests_with_words(other, "pothole") == []


@pytest.mark.parametrize("common", [True, False])
def test_common_words_are_looked_for_in_the_newest_documents(
    cast: factories.Rivermark, monkeypatch: pytest.MonkeyPatch, common: bool
) -> None:
    made = [report(cast.tree, f"By the street, number {number}.") for number in range(12)]
    monkeypatch.setattr(request_search, "MOST_FOUND", 3)
    monkeypatch.setattr(request_search, "COMMON", 0 if common else 1000)
    monkeypatch.setattr(request_search, "COMMON_SHARE", 0)
    with CaptureQueriesContext(connection) as asked:
        found = requests_with_words(cast.city, "street")
    assert found == [one.pk for one in reversed(made)][:3]
    (search,) = [query["sql"] for query in asked if query["sql"].startswith("SELECT object_id")]
    assert (f"LIMIT {request_search.NEWEST_READ}" in search) is common


def test_a_common_word_and_a_service_are_found_together(
    cast: factories.Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the newest documents are all of other services."""
    made = report(cast.pothole, "By the street.")
    report(cast.pothole, "At a corner.")
    report(cast.tree, "By the street.")
    monkeypatch.setattr(request_search, "COMMON", 0)
    monkeypatch.setattr(request_search, "COMMON_SHARE", 0)
    monkeypatch.setattr(request_search, "NEWEST_READ", 1)
    assert requests_with_words(cast.city, "bache street") == [made.pk]


def test_a_page_searches_once(cast: factories.Rivermark, client: Client) -> None:
    factories.area(cast.city)
    report(cast.tree, "By the street.")
    for path in ("/requests/?q=street&area=ward:5", "/map/?q=street", "/requests/feed/?q=street"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        assert len([query for query in asked if query["sql"].startswith("SELECT object_id")]) == 1, path


def test_the_list_says_that_there_may_be_more(
    cast: factories.Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("places.request_search", "places.public_filter", "web.explore.filters"):
        monkeypatch.setattr(f"requests_app.{module}.MOST_FOUND", 2)
    report(cast.tree, "By the street.")
    says = "Keywords find only the newest 2 reports."
    assert says not in client.get("/requests/?q=street").content.decode()
    factories.area(cast.city)
    report(cast.tree, "By the street.")
    for path in ("/requests/?q=street", "/map/?q=street"):
        assert says in client.get(path).content.decode()
    assert says not in client.get("/requests/").content.decode()
