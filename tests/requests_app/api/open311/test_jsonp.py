"""JSONP: `callback` on GET as JSON."""

import json
import re

import pytest

from tests import factories
from tests.requests_app.api.conftest import BASE, Api

pytestmark = pytest.mark.shows("15.2")


@pytest.mark.parametrize("path", ["services", "services/pothole", "requests", "discovery", "servicerequestupdates"])
def test_callback_makes_json_a_call_of_that_function(api: Api, cast: factories.Rivermark, path: str) -> None:
    factories.report(cast.tree, description="Line\u2028end </script>")
    plain = api.get(f"{path}.json")
    for name in ("show", "jQuery321_17$", "_", "a" * 100):
        called = api.client.get(f"{BASE}{path}.json?callback={name}")
        assert called["Content-Type"] == "application/javascript; charset=utf-8"
        assert called["X-Content-Type-Options"] == "nosniff"
        script = called.content.decode()
        assert "\u2028" not in script
        found = re.fullmatch(r"/\*\*/" + re.escape(name) + r"\((.*)\);", script, re.DOTALL)
        assert found
        assert json.loads(found[1]) == plain


@pytest.mark.parametrize(
    "name", ["a.b", "alert(1)", "1a", "a b", "a;b", "<script>", "é", "a%00", "a[0]", "a" * 101, "a%0ab"]
)
def test_what_is_no_name_is_a_400_as_json(api: Api, cast: factories.Rivermark, name: str) -> None:
    refused = api.client.get(f"{BASE}services.json?callback={name}")
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/json; charset=utf-8")
    assert refused.json()[0]["description"].startswith("callback ")


def test_xml_a_post_and_an_empty_callback_have_none(api: Api, cast: factories.Rivermark) -> None:
    assert api.client.get(f"{BASE}services.xml?callback=show")["Content-Type"] == "text/xml; charset=utf-8"
    assert api.client.get(f"{BASE}services.json?callback=")["Content-Type"] == "application/json; charset=utf-8"
    form = {"service_code": "tree", "lat": "40.5", "long": "-69.0", "callback": "show"}
    assert api.post(form)[0]["service_request_id"]


def test_an_error_is_told_to_the_function_too(api: Api, cast: factories.Rivermark) -> None:
    missing = api.client.get(f"{BASE}services/nothing.json?callback=show")
    assert (missing.status_code, missing.content[:10]) == (404, b"/**/show([")
