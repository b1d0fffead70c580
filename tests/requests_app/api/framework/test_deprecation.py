"""A made-up old field: the document and the reference mark it, the changes announce it, and answers that have it say until when."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from requests_app import links
from requests_app.api import openapi as whole
from requests_app.api.changelog import CHANGES, Change
from requests_app.api.framework import deprecation, fields
from requests_app.api.framework.deprecation import Deprecation
from requests_app.api.v1 import openapi
from requests_app.api.v1.base import instance_of
from requests_app.api.v1.reporting_serializers import NewCommentSerializer
from requests_app.api.v1.request_serializers import AreaNameSerializer, RequestSerializer
from requests_app.web.developers import changes, reference
from tests import factories
from tests.requests_app.api.v1.conftest import V1, anyone

__all__ = ["anyone"]
pytestmark = [pytest.mark.django_db, pytest.mark.shows("15.3")]
SINCE, SUNSET = dt.datetime(2027, 1, 1, tzinfo=dt.UTC), dt.datetime(2028, 1, 1, tzinfo=dt.UTC)
OLD = Deprecation(SINCE, SUNSET, "summary")
LATER = Deprecation(SINCE + dt.timedelta(days=31), SUNSET + dt.timedelta(days=31), "ward-codes")
LINK = '</developers/changes/#summary>; rel="deprecation"'
ANNOUNCED = Change("summary", dt.date(2027, 1, 1), "summary goes", "It is `description`.", "Read `description`.")


def old_field(going: Deprecation, **options: Any) -> fields.TextField:
    return fields.TextField(help_text="The old name.", example="A hole.", deprecation=going, **options)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The document in which a request has an old name of its description, each of its areas one of its code, and a comment one of
    its text."""
    monkeypatch.setitem(
        RequestSerializer._declared_fields, "summary", old_field(OLD, source="description", allow_null=True)
    )
    monkeypatch.setitem(AreaNameSerializer._declared_fields, "number", old_field(LATER, source="code"))
    monkeypatch.setitem(NewCommentSerializer._declared_fields, "message", old_field(OLD, required=False))
    monkeypatch.setattr(changes, "CHANGES", (ANNOUNCED, *CHANGES))
    deprecation._of_class.cache_clear()
    instance_of.cache_clear()
    made = openapi.document.__wrapped__()
    whole.document.cache_clear()
    reference.tags.cache_clear()
    monkeypatch.setattr(openapi, "document", lambda: made)
    yield made
    for cache in (deprecation._of_class, instance_of, whole.document, reference.tags):
        cache.cache_clear()


def test_the_document_the_reference_and_the_changes_mark_it(
    made_up: dict[str, Any], town: factories.Rivermark, client: Client
) -> None:
    schemas = made_up["components"]["schemas"]
    old = schemas["Request"]["properties"]["summary"]
    assert (old["deprecated"], old["description"]) == (
        True,
        "The old name. Deprecated: see `/developers/changes/#summary`.",
    )
    assert "deprecated" not in schemas["Request"]["properties"]["description"]
    assert schemas["NewComment"]["properties"]["message"]["deprecated"] is True
    page = client.get("/developers/reference/requests/").content.decode()
    assert page.count("<strong>deprecated</strong>") == 2
    assert "<strong>obsoleto</strong>" in client.get("/es/developers/reference/requests/").content.decode()
    front = client.get("/developers/changes/").content.decode()
    assert '<h2 id="summary" lang="en">' in front
    assert "Read <code>description</code>." in front


def test_answers_that_have_it_say_until_when(made_up: dict[str, Any], anyone: V1, cast: factories.Rivermark) -> None:
    plain = factories.routed(cast.tree)
    read = anyone.client.get(f"/api/v1/requests/{plain.display_reference}/")
    assert read.json()["summary"] == read.json()["description"]
    assert (read["Deprecation"], read["Sunset"]) == ("@1798761600", "Sat, 01 Jan 2028 00:00:00 GMT")
    assert read["Link"] == LINK
    # Two of them: the earliest days, and both entries.
    factories.area(cast.city)
    within = factories.routed(cast.tree, "In a ward.")
    both = anyone.client.get(f"/api/v1/requests/{within.display_reference}/")
    assert both.json()["areas"][0]["number"] == "5"
    assert (both["Deprecation"], both["Sunset"]) == (read["Deprecation"], read["Sunset"])
    assert both["Link"] == f'{LINK}, </developers/changes/#ward-codes>; rel="deprecation"'
    # Neither a problem nor an answer without it.
    assert "Deprecation" not in anyone.client.get("/api/v1/requests/7K3M-9QWT/")
    assert "Deprecation" not in anyone.client.get("/api/v1/city/")


def test_answers_to_a_call_that_sent_it_say_so(made_up: dict[str, Any], anyone: V1, cast: factories.Rivermark) -> None:
    tree = factories.routed(cast.tree, reporter=factories.ANA)
    path = f"/api/v1/requests/{tree.display_reference}/comments/"
    sent = {"private_token": links.token(tree.access_links.get()), "text": "It is deeper now."}
    new = anyone.client.post(path, sent, content_type="application/json")
    assert (new.status_code, new.get("Deprecation")) == (201, None)
    for body, status in (({**sent, "message": "Deeper."}, 201), ({"message": "Deeper."}, 422)):
        old = anyone.client.post(path, body, content_type="application/json")
        assert (old.status_code, old["Deprecation"], old["Link"]) == (status, "@1798761600", LINK)


def test_an_answer_of_some_fields_says_so_only_if_it_has_it(made_up: dict[str, Any]) -> None:
    rows = RequestSerializer(many=True)
    assert deprecation.fields_in(rows, [{"reference": "7K3M-9QWT"}]) == []
    assert deprecation.fields_in(rows, [{"reference": "7K3M-9QWT"}, {"summary": None}]) == [OLD]
    assert deprecation.fields_in(None, {"summary": "A hole."}) == []


def going_of(schemas: dict[str, Any]) -> set[str]:
    """The entries that deprecated fields name."""
    marked = [
        one["description"]
        for schema in schemas.values()
        for one in schema.get("properties", {}).values()
        if one.get("deprecated")
    ]
    return {text.rpartition("#")[2].rstrip("`.") for text in marked}


def test_what_goes_is_announced_a_year_ahead(made_up: dict[str, Any]) -> None:
    assert going_of(made_up["components"]["schemas"]) == {"summary", "ward-codes"}
    with pytest.raises(ValueError, match="12 months"):
        Deprecation(SINCE, SUNSET - dt.timedelta(days=1), "summary")


def test_each_entry_that_is_named_is_there_and_says_what_to_do() -> None:
    announced = {change.slug for change in CHANGES if change.act}
    assert going_of(whole.document()["components"]["schemas"]) <= announced
