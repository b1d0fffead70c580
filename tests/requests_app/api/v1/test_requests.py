"""Reading requests: the list with its pages, filters, fields and formats, and one with its timeline."""

from typing import Any

import pytest

from requests_app.actions.publication import public_changes
from requests_app.api.v1.change_serializers import ChangePageSerializer
from requests_app.api.v1.request_serializers import ROW_FIELDS, RequestFeaturesSerializer, RequestRowSerializer
from requests_app.models import Photo, ServiceRequest
from tests import factories
from tests.requests_app.api.v1.conftest import V1

pytestmark = pytest.mark.shows("15.3")


def references(answer: Any) -> list[str]:
    return [row["reference"] for row in answer["results"]]


def test_pages_go_forward_and_back_by_their_links(anyone: V1, cast: factories.Rivermark) -> None:
    sent = [factories.report(cast.tree, f"Tree {number}").display_reference for number in range(5)][::-1]
    first = anyone.get("requests/", limit=2, status="open")
    assert (references(first), first["previous"]) == (sent[:2], None)
    assert anyone.last["Link"] == f'<{first["next"]}>; rel="next"'
    second = anyone.get(first["next"])
    assert references(second) == sent[2:4]
    assert f'<{second["previous"]}>; rel="prev"' in anyone.last["Link"]
    # What comes in meanwhile shifts nothing.
    factories.report(cast.tree)
    third = anyone.get(second["next"])
    assert (references(third), third["next"]) == (sent[4:], None)
    assert references(anyone.get(second["previous"])) == sent[:2]
    everything = anyone.get("requests/", limit=200)
    assert (everything["next"], everything["previous"], len(everything["results"])) == (None, None, 6)


def test_a_row_says_what_everyone_may_know(anyone: V1, cast: factories.Rivermark) -> None:
    tree = factories.routed(cast.tree, "The branch hangs low.")
    ServiceRequest.objects.filter(pk=tree.pk).update(me_too_count=3, thanks_count=2)
    (row,) = anyone.get("requests/", lang="es")["results"]
    assert [row[f"{name}_count"] for name in ("people", "affected", "thanks")] == [1, 4, 2]
    assert anyone.last["Content-Language"] == "es"
    assert "Accept-Language" in anyone.last["Vary"]
    assert row["service"]["code"] == "tree"
    assert (row["status"], row["is_open"], row["outcome"]) == ("routed", True, None)
    assert row["description"] == "The branch hangs low."
    assert row["lat"] == pytest.approx(tree.public_point.y, abs=1e-6)
    (other,) = anyone.get("requests/", headers={"Accept-Language": "fr, es;q=0.5"})["results"]
    assert other == row
    assert anyone.get("requests/")["results"][0]["status_text"] != row["status_text"]


def test_a_list_answers_what_its_serializer_declares(anyone: V1, cast: factories.Rivermark) -> None:
    """A long list leaves the serializer out, so each field is compared: of a row with all of them, and of one with few."""
    factories.routed(cast.pothole, answers={"where": "lane"})
    factories.report(cast.tree)
    rows = anyone.get("requests/")["results"]
    assert len(rows) == 2
    for row in rows:
        declared = RequestRowSerializer(row).data
        assert list(declared) == list(row)
        for name in ROW_FIELDS:
            assert declared[name] == row[name], name
    features = anyone.get("requests/", format="geojson")
    assert RequestFeaturesSerializer(features).data == features
    public_changes.number_all()
    changes = anyone.get("changes/")
    assert len(changes["results"]) == 2
    assert ChangePageSerializer(changes).data == changes


def test_fields_and_geojson_choose_what_is_answered(
    anyone: V1, cast: factories.Rivermark, django_assert_max_num_queries: Any
) -> None:
    tree = factories.report(cast.tree)
    assert anyone.get("requests/", fields="reference,lat")["results"] == [
        {"reference": tree.display_reference, "lat": pytest.approx(tree.public_point.y, abs=1e-6)}
    ]
    (feature,) = anyone.get("requests/", format="geojson", fields="status")["features"]
    assert anyone.last["Content-Type"].startswith("application/geo+json")
    assert feature["properties"] == {"status": "received"}
    assert feature["geometry"]["coordinates"] == pytest.approx([tree.public_point.x, tree.public_point.y], abs=1e-6)


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"statsu": "open"}, "statsu", "unknown"),
        ({"status": ["open", "ended"]}, "status", "repeated"),
        ({"status": "lost"}, "status", "invalid"),
        ({"limit": "0"}, "limit", "invalid"),
        ({"limit": "1e30"}, "limit", "invalid"),
        ({"near": "NaN,0,5"}, "near", "invalid"),
        ({"near": "91,0,5"}, "near", "invalid"),
        ({"fields": "reference,point"}, "fields", "invalid"),
        ({"category": "nowhere"}, "category", "unknown-value"),
        ({"area": "ward:99"}, "area", "unknown-value"),
        ({"q": "a\x00b"}, "q", "not-text"),
        ({"q": b"\xff"}, "q", "not-text"),
        ({"q": ""}, "q", "empty"),
        ({"lang": "tlh"}, "lang", "invalid"),
    ],
)
def test_a_wrong_parameter_is_400_and_named(anyone: V1, query: dict[str, Any], field: str, code: str) -> None:
    problem = anyone.get("requests/", 400, **query)
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]
    assert problem["type"] == "http://testserver/developers/problems/invalid-parameter/"


def test_a_cursor_that_is_not_ours_is_400(anyone: V1, cast: factories.Rivermark) -> None:
    for _ in range(2):
        factories.report(cast.tree)
    cursor = anyone.get("requests/", limit=1)["next"].partition("cursor=")[2].partition("&")[0]
    for wrong in ("x", cursor[:-1] + "A", "-" * 300):
        assert anyone.get("requests/", 400, cursor=wrong)["type"].endswith("/invalid-cursor/")
    # Of another order.
    anyone.get(f"requests/?cursor={cursor}&sort=changed", 400)


def test_a_cursor_outlives_its_row_and_a_stale_one_is_a_400(anyone: V1, cast: factories.Rivermark) -> None:
    made = [factories.report(cast.tree) for _ in range(3)]
    first = anyone.get("requests/", limit=1)
    ServiceRequest.objects.filter(pk=made[2].pk).update(public_state="hidden")
    assert anyone.get(first["next"])["results"][0]["reference"] == made[1].display_reference
    assert anyone.get(f"{first['next']}&sort=changed", 400)["type"].endswith("/invalid-cursor/")


def test_one_request_has_its_timeline_and_its_public_parts(anyone: V1, cast: factories.Rivermark) -> None:
    factories.area(cast.city)
    pothole = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    found = anyone.get(f"requests/{pothole.reference}/")
    assert found["reference"] == pothole.display_reference
    assert anyone.get(f"requests/{pothole.display_reference.lower()}/") == found
    assert [line["text"] for line in found["timeline"]] == ["Sent to Streets", "We got the report"]
    assert found["areas"] == [{"layer": "ward", "code": "5", "name": "Ward 5"}]
    assert found["is_reviewed"]
    assert found["next_step"]


@pytest.mark.shows("2.1")
def test_what_is_not_public_is_the_same_404(anyone: V1, cast: factories.Rivermark) -> None:
    private = factories.report(cast.outreach)
    unknown = anyone.get("requests/00000000/", 404)
    known = anyone.get(f"requests/{private.reference}/", 404)
    same = {"instance": "", "request_id": ""}
    assert {**known, **same} == {**unknown, **same}
    held = factories.report(cast.tree, "Secret words")
    ServiceRequest.objects.filter(pk=held.pk).update(public_state="pending_review")
    found = anyone.get(f"requests/{held.reference}/")
    assert (found["is_reviewed"], found["description"], found["address"], found["lat"]) == (False, None, None, None)
    assert anyone.get("requests/")["results"] == []


def test_photos_that_are_hidden_or_private_are_not_named(anyone: V1, cast: factories.Rivermark) -> None:
    tree = factories.report(cast.tree)
    rows: list[dict[str, Any]] = [
        {"name": "a" * 32},
        {"name": "b" * 32, "is_private": True},
        {"name": "c" * 32, "hidden_at": tree.submitted_at},
    ]
    for row in rows:
        Photo.objects.create(jurisdiction=cast.city, service_request=tree, width=4, height=3, alt="A tree", **row)
    (photo,) = anyone.get("requests/", fields="photos")["results"][0]["photos"]
    assert (photo["id"], photo["alt"], photo["kind"]) == ("a" * 32, "A tree", "report")
    assert [one["id"] for one in anyone.get(f"requests/{tree.reference}/")["photos"]] == ["a" * 32]
