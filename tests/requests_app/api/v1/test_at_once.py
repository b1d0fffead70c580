"""Two programs at one instant: one edit wins, and a report that is sent twice is one request."""

from collections import Counter

import pytest

from requests_app.actions.report import corrections, submission
from requests_app.models import Event, ServiceRequest
from tests.at_once import at_once, meet_before
from tests.requests_app.api.v1.conftest import V1
from tests.requests_app.api.v1.test_writing import POTHOLE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shows("15.3")]


def test_of_two_edits_of_what_was_read_one_is_refused(v1: V1, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = v1.send("requests/", POTHOLE)
    path = f"requests/{receipt['reference']}/"
    v1.get(path)
    read = {"If-Match": v1.last["ETag"]}
    # Both have compared the ETag before either changes anything.
    meet_before(monkeypatch, corrections, "correct")

    def edit(words: str) -> int:
        return V1().status("PATCH", path, {"private_token": receipt["private_token"], "description": words}, read)

    assert Counter(at_once((edit, "It is deep."), (edit, "It is wide."))) == {200: 1, 412: 1}
    assert ServiceRequest.objects.get().description in ("It is deep.", "It is wide.")


@pytest.mark.parametrize("once", ["k1", ""], ids=["with a key", "within a minute"])
def test_a_report_that_is_sent_twice_is_one_request(v1: V1, monkeypatch: pytest.MonkeyPatch, once: str) -> None:
    meet_before(monkeypatch, submission, "earlier")
    headers = {"Idempotency-Key": once} if once else {}

    def send() -> tuple[object, str | None]:
        own = V1(v1.key)
        receipt = own.send("requests/", POTHOLE, 201, headers)
        return receipt, own.last.get("Idempotent-Replayed")

    (first, replayed), (second, also_replayed) = at_once((send,), (send,))
    assert first == second
    assert {replayed, also_replayed} == {None, "true"}
    assert ServiceRequest.objects.count() == Event.objects.filter(kind="submitted").count() == 1


def test_of_two_reports_with_one_key_one_is_taken(v1: V1, monkeypatch: pytest.MonkeyPatch) -> None:
    meet_before(monkeypatch, submission, "earlier")

    def send(description: str) -> int:
        return V1(v1.key).status("POST", "requests/", {**POTHOLE, "description": description}, {"Idempotency-Key": "k"})

    assert Counter(at_once((send, "One."), (send, "Other."))) == {201: 1, 409: 1}
    assert ServiceRequest.objects.count() == 1
