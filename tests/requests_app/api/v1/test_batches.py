"""Batches: up to a hundred reports in one call, each with the result that it would have alone."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from requests_app import api_keys
from requests_app.actions.report import submission
from requests_app.models import ApiKey, ModerationTerm, Photo, ServiceRequest
from tests import factories
from tests.requests_app.api.v1.conftest import V1
from tests.requests_app.api.v1.test_emergency import stopping
from tests.requests_app.api.v1.test_writing import POTHOLE

pytestmark = pytest.mark.shows("15.3")


def batch(*reports: Any, keys: str = "abcdefgh") -> dict[str, Any]:
    return {"reports": [{"idempotency_key": key, "report": one} for key, one in zip(keys, reports, strict=False)]}


def numbered(number: int) -> dict[str, Any]:
    return POTHOLE | {"description": f"Hole number {number}.", "contact": {"email": f"ana{number}@example.org"}}


def send(v1: V1, body: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = v1.send("batches/", body, 200)["results"]
    return results


def statuses(results: list[dict[str, Any]]) -> list[int]:
    return [one["status"] for one in results]


def test_each_report_has_the_result_that_it_would_have_alone(v1: V1, cast: factories.Rivermark) -> None:
    broken = POTHOLE | {"service": "unheard", "place": {"lat": 40.5}}
    first = send(v1, batch(numbered(1), broken, numbered(2)))
    assert statuses(first) == [201, 422, 201]
    assert [bool(one["receipt"]) for one in first] == [True, False, True]
    made = list(ServiceRequest.objects.order_by("id"))
    assert [one["receipt"]["reference"] for one in (first[0], first[2])] == [row.display_reference for row in made]
    # Word for word what a single report gets.
    alone = v1.send("requests/", broken, 422)
    assert {**first[1]["problem"], "instance": "", "request_id": ""} == {**alone, "instance": "", "request_id": ""}
    # Sent again, whether the answer got lost or one was mended: nothing is stored twice, by any way.
    again = send(v1, batch(numbered(1), numbered(3), numbered(2)))
    assert statuses(again) == [200, 201, 200]
    assert again[0]["receipt"] == first[0]["receipt"]
    single = v1.send("requests/", numbered(2), headers={"Idempotency-Key": "c"})
    assert (v1.last["Idempotent-Replayed"], single) == ("true", first[2]["receipt"])
    assert ServiceRequest.objects.count() == 3


def test_one_report_twice_is_one_and_another_under_its_key_a_conflict(v1: V1) -> None:
    results = send(v1, batch(numbered(1), numbered(1), numbered(2), keys="aaa"))
    assert statuses(results) == [201, 200, 409]
    assert results[0]["receipt"] == results[1]["receipt"]
    assert results[2]["problem"]["type"].endswith("/idempotency-conflict/")
    # Each key has keys of its own.
    other = V1(api_keys.create(ApiKey.objects.get().jurisdiction, "Other app", scopes=["report"])[1])
    assert statuses(send(other, batch(numbered(1)))) == [201]
    assert ServiceRequest.objects.count() == 2


def test_it_is_held_to_the_rules_of_a_single_report(v1: V1, cast: factories.Rivermark) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="address", value="ana4@example.org")
    photo = v1.upload("photos/", {"photo": SimpleUploadedFile("a.jpg", factories.jpeg(), "image/jpeg")})["id"]
    results = send(
        v1,
        batch(
            numbered(1) | {"photos": [photo]},
            # The same photo is only of the first one.
            numbered(2) | {"photos": [photo]},
            POTHOLE | {"description": "I smell gas in the hall."},
            numbered(4),
            stopping(cast),
        ),
    )
    assert statuses(results) == [201, 422, 201, 422, 422]
    assert results[4]["problem"]["emergency"]["numbers"][0]["number"] == "911"
    assert Photo.objects.get().service_request == ServiceRequest.objects.earliest("id")
    assert results[2]["receipt"]["emergency"]["kind"] == "red_flag"
    assert results[3]["problem"]["errors"][0]["field"] == "contact.email"
    trying = V1(api_keys.create(cast.city, "Trying", scopes=["report"], is_test=True)[1])
    assert [one["receipt"]["state"] for one in send(trying, batch(POTHOLE))] == ["test"]


def test_each_report_counts_for_the_limits(v1: V1, settings: Settings) -> None:
    settings.RATE_LIMITS = True
    ApiKey.objects.update(reports_a_day=2)
    results = send(v1, batch(numbered(1), numbered(2), numbered(3)))
    assert statuses(results) == [201, 201, 429]
    assert results[2]["problem"]["type"].endswith("/too-many-requests/")
    assert v1.last["RateLimit"].count('"reports"') == v1.last["RateLimit"].count('"writes";r=117') == 1
    v1.send("requests/", numbered(3), 429)
    assert ServiceRequest.objects.count() == 2


def test_a_hundred_are_read_and_what_is_no_batch_is_refused(v1: V1, anyone: V1) -> None:
    empty: dict[str, Any] = {"idempotency_key": "a", "report": {}}
    assert statuses(send(v1, {"reports": [empty] * 100})) == [422] * 100
    mistakes = send(
        v1, {"reports": [7, {"report": POTHOLE}, {**empty, "when": "now"}, {**empty, "idempotency_key": "x" * 129}]}
    )
    assert [[error["field"] for error in one["problem"]["errors"]] for one in mistakes] == [
        ["", "idempotency_key", "report"],
        ["idempotency_key"],
        ["when"],
        ["idempotency_key"],
    ]
    for body in ({"reports": [empty] * 101}, {"reports": []}, {"reports": {}}, {}, {"reports": [empty], "lang": "en"}):
        v1.send("batches/", body, 422)
    v1.send(
        "batches/", {"reports": [{**empty, "report": {"answers": dict.fromkeys(map(str, range(50_000)), "x")}}]}, 400
    )
    v1.send("batches/", b"[" * 10_000, 400)
    v1.send("batches/", b'{"reports": ["' + b"x" * 50 * 1024 * 1024 + b'"]}', 413)
    anyone.send("batches/", batch(POTHOLE), 401)
    assert not ServiceRequest.objects.exists()


def test_a_break_in_the_middle_leaves_whole_reports_and_the_rest_for_the_next_try(
    v1: V1, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, body = submission._record, batch(numbered(1), numbered(2), numbered(3))

    def break_second(error: Exception) -> None:
        calls = []

        def broken(*args: Any, **more: Any) -> Any:
            calls.append(1)
            if len(calls) == 2:
                raise error
            return record(*args, **more)

        monkeypatch.setattr(submission, "_record", broken)

    v1.client.raise_request_exception = False
    break_second(OperationalError("gone"))
    v1.send("batches/", body, 503)
    assert [one.description for one in ServiceRequest.objects.all()] == ["Hole number 1."]
    # An error of the program in one keeps none of the others back.
    break_second(ValueError("our mistake"))
    results = send(v1, batch(numbered(4), numbered(2), numbered(3), keys="dbc"))
    assert statuses(results) == [201, 500, 201]
    assert results[1]["problem"]["type"].endswith("/server-error/")
    monkeypatch.undo()
    assert statuses(send(v1, body)) == [200, 201, 200]
    assert ServiceRequest.objects.count() == 4


def test_a_report_costs_no_more_statements_than_alone(v1: V1) -> None:
    v1.send("requests/", numbered(0))
    with CaptureQueriesContext(connection) as alone:
        for number in (1, 2, 3):
            v1.send("requests/", numbered(number), headers={"Idempotency-Key": str(number)})
    with CaptureQueriesContext(connection) as together:
        assert statuses(send(v1, batch(*map(numbered, (4, 5, 6))))) == [201] * 3
    assert len(together) < len(alone)
