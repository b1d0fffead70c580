"""What the reference says of each operation, and how a reader finds it."""

import re
from html import unescape

import pytest
from django.test import Client

from requests_app.web.developers import pages, reference
from requests_app.web.developers.reference import Described
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("15.4")]


def described(name: str) -> Described:
    return next(one for tag in reference.tags().values() for one in tag.operations if one.id == name)


def test_fields_within_objects_and_lists_are_named_as_errors_name_them() -> None:
    by_json, by_form = described("sendReport").bodies
    assert (by_json.media, by_form.media) == ("application/json", "multipart/form-data")
    sent = {field.name: field for field in by_json.fields}
    assert {"place", "place.lat", "contact.email", "answers"} <= sent.keys()
    latitude, service, names = sent["place.lat"], sent["service"], sent["photos"]
    assert (latitude.kind, latitude.required, latitude.limits) == ("number or null", False, "from -90 to 90")
    assert (service.kind, service.required, service.limits) == ("string", True, "at most 60 characters")
    assert (names.kind, names.limits) == ("list of strings or null", "at most 5, at most 200 characters")
    assert {field.name: field.kind for field in by_form.fields} == {"report": "JSON", "photos": "list of files"}

    got = {field.name: field for field in described("listRequests").answer.fields}
    assert (got["next"].kind, got["results"].kind) == ("uri or null", "list of objects")
    assert got["results[].status"].values[0] == "received"
    assert got["results[].category.code"].kind == "string"
    assert got["results[].outcome"].kind == "string or null"
    # Open311 answers a list.
    assert "[].service_code" in {field.name for field in described("open311ListServices").answer.fields}


def test_each_operation_says_where_its_parameters_are_and_what_comes_back() -> None:
    listing = described("listRequests")
    assert [str(group.title) for group in listing.parameters] == ["In the query", "Headers"]
    limit = next(field for field in listing.parameters[0].fields if field.name == "limit")
    assert (limit.kind, limit.limits) == ("integer", "from 1 to 200, default: 50")
    assert listing.answer.media == ("application/json", "application/geo+json")
    report = described("sendReport").answer
    assert (report.status, report.headers) == ("201", ("Location", "Idempotent-Replayed"))
    every = [operation for tag in reference.tags().values() for operation in tag.operations]
    assert [one.id for one in every if one.answer.example and not one.answer.fields] == []


def test_each_address_of_the_menu_and_of_each_page_leads_somewhere(town: Rivermark, client: Client) -> None:
    front = client.get("/developers/").content.decode()
    ids = set(re.findall(r'id="([\w-]+)"', front))
    assert {name for name, _title in pages.SECTIONS} <= ids
    for tag in reference.tags():
        page = client.get(f"/developers/reference/{tag}/").content.decode()
        here = set(re.findall(r'id="([\w-]+)"', page))
        assert set(re.findall(r'href="#([\w-]+)"', page)) <= here, tag
        assert set(re.findall(r'data-copy="([\w-]+)"', page)) <= here, tag
        # From the first page, too.
        linked = set(re.findall(rf'href="/developers/reference/{tag}/#([\w-]+)"', front))
        assert linked == {one.id for one in reference.tags()[tag].operations} <= here, tag
        assert {f"/developers/reference/{other}/" for other in reference.tags()} <= set(
            re.findall(r'href="([^"]+)"', page)
        )


@pytest.mark.parametrize(("query", "open_one"), [("", "curl"), ("?examples=python", "Python"), ("?examples=x", "curl")])
def test_the_examples_are_open_in_the_chosen_language(
    town: Rivermark, client: Client, query: str, open_one: str
) -> None:
    page = client.get(f"/developers/reference/city/{query}").content.decode()
    opened = re.findall(r"<details open>\s*<summary>([^<]+)</summary>", page)
    assert set(map(unescape, opened)) == {open_one}
    kept = "?examples=python" if "python" in query else ""
    assert f'href="/developers/reference/staff/{kept}"' in page
