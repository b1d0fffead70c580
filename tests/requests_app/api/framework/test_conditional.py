"""ETag, If-None-Match and If-Match."""

from contextlib import nullcontext

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework.request import Request

from requests_app.api.framework import conditional
from tests import factories
from tests.requests_app.api.conftest import Api


@pytest.mark.shows("15.1")
@pytest.mark.parametrize("path", ["services.json", "services/pothole.xml", "requests.json", "discovery.xml"])
def test_what_a_client_has_already_is_a_304_that_any_page_may_read(
    api: Api, cast: factories.Rivermark, path: str
) -> None:
    api.get(path)
    tag = api.last["ETag"]
    assert tag.startswith('"')
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = api.client.get(f"/open311/v2/{path}", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
        assert again["Access-Control-Allow-Origin"] == "*"
        assert again["Cache-Control"] == api.last["Cache-Control"]
        assert "Content-Type" not in again
    assert api.client.head(f"/open311/v2/{path}", headers={"If-None-Match": tag}).status_code == 304
    changed = api.client.get(f"/open311/v2/{path}?locale=es", headers={"If-None-Match": '"other"'})
    assert changed.status_code == 200


def test_a_compressed_answer_has_a_weak_tag_that_is_known_again(api: Api, cast: factories.Rivermark) -> None:
    packed = api.client.get("/open311/v2/services.json", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert packed["ETag"].startswith('W/"')
    again = api.client.get("/open311/v2/services.json", headers={"If-None-Match": packed["ETag"]})
    assert again.status_code == 304


def test_an_error_and_a_post_have_no_tag(api: Api, cast: factories.Rivermark) -> None:
    api.get("services/nothing.json", 404)
    assert "ETag" not in api.last
    again = api.client.get("/open311/v2/services/nothing.json", headers={"If-None-Match": "*"})
    assert again.status_code == 404
    api.post({"service_code": "tree", "lat": "40.5", "long": "-69.0"})
    assert "ETag" not in api.last


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (None, None),
        ("*", None),
        ('"b.1f"', 1),
        # The rest names the bytes: another language's, or those of before a colleague read the contacts.
        ('"b.77"', 1),
        ('W/"b.1f"', 1),
        ('"a.1f"', 0),
        ('"x", "a.1f"', 0),
        ('"a.1f", W/"b.1f"', 1),
        ('"x"', "refused"),
        ('"1f"', "refused"),
        ("b.1f", "refused"),
        ('"*"', "refused"),
        ("", "refused"),
        (",".join(['"x"'] * 500), "refused"),
    ],
)
def test_if_match_says_which_version_was_read(sent: str | None, read: int | str | None) -> None:
    request = Request(RequestFactory().patch("/", headers=None if sent is None else {"If-Match": sent}))
    with pytest.raises(conditional.PreconditionFailed) if read == "refused" else nullcontext():
        assert conditional.last_read(request, ["a", "b"]) == read


def test_a_view_may_name_its_version_itself() -> None:
    answer = conditional.conditional(RequestFactory().get("/"), HttpResponse("x", headers={"ETag": '"7"'}))
    assert answer["ETag"] == '"7"'
