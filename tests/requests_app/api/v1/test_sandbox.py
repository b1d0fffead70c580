"""The sandbox: a test request goes through its whole life on demand, and nobody but its key knows of it."""

import json
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app import api_keys
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.programs import sandbox
from requests_app.models import Alarm, Counter, CounterDelta, Event, OutboxRow, Photo, ServiceRequest, WebhookDelivery
from requests_app.rules.programs import webhook_events
from tests import factories
from tests.requests_app.api.v1.conftest import V1
from tests.requests_app.api.v1.test_webhooks import Receiver, deliver, receiver

pytestmark = pytest.mark.shows("15.9")
__all__ = ["receiver"]

REPORT = {
    "service": "pothole",
    "description": "A zebra-striped hole.",
    "place": {"lat": 40.5, "long": -69.0},
    "answers": {"where": "lane"},
    "contact": {"name": "Zoe Tester", "email": "zoe@mail.example"},
}


def key_of(cast: factories.Rivermark, name: str, *, is_test: bool, more: tuple[str, ...] = ()) -> V1:
    scopes = [*api_keys.USUAL_SCOPES, "webhooks", "updates", *more]
    return V1(api_keys.create(cast.city, name, is_test=is_test, scopes=scopes)[1])


@pytest.fixture
def tester(cast: factories.Rivermark) -> V1:
    return key_of(cast, "App, trying", is_test=True)


def advance(tester: V1, sent: dict[str, Any], status: int = 200, /, **step: str) -> Any:
    return tester.send(f"sandbox/requests/{sent['reference']}/advance/", step, status)


def open311(path: str, key: str = "") -> Any:
    return json.loads(
        Client(REMOTE_ADDR="10.9.8.7").get(f"/open311/v2/{path}", {"api_key": key} if key else {}).content
    )


def test_a_test_request_lives_its_whole_life_and_its_key_is_told(
    cast: factories.Rivermark, tester: V1, receiver: Receiver
) -> None:
    """Each action, as staff's own: status, timeline, Open311's updates and webhooks."""
    tester.send("webhooks/", {"url": receiver.url, "payload": "full"})
    sent = tester.send("requests/", REPORT)
    assert sent["state"] == "test"
    assert sent["url"].endswith(f"/api/v1/requests/{sent['reference'].replace('-', '')}/")
    deliver()
    assert receiver.types == ["request.submitted", "request.routed"]
    first = json.loads(receiver.got[0][1])["data"]
    assert (first["request"]["description"], first["request"]["address"]) == (REPORT["description"], "12 Elm St")
    assert "contact" not in first

    life = [
        ("accept", "in_progress", "request.accepted"),
        ("schedule", "in_progress", "request.scheduled"),
        ("visit", "in_progress", "request.visited"),
        ("make_safe", "in_progress", "request.made_safe"),
        ("hold", "on_hold", "request.on_hold"),
        ("resume", "in_progress", "request.resumed"),
        ("comment", "in_progress", "request.commented"),
        ("ask", "on_hold", "request.on_hold"),
        ("resolve", "resolved", "request.resolved"),
        ("reopen", "routed", "request.reopened"),
        ("withdraw", "resolved", "request.withdrawn"),
        ("close", "closed", "request.closed"),
    ]
    for action, status, _event in life:
        text = {"text": f"About: {action}."} if action in ("comment", "ask", "resolve", "reopen") else {}
        assert advance(tester, sent, action=action, **text)["status"] == status
        assert tester.last["Cache-Control"] == "no-store"
    deliver()
    assert receiver.types[2:] == [event for _action, _status, event in life]
    read = tester.get(f"requests/{sent['reference']}/")
    assert tester.last["Cache-Control"] == "no-store"
    said = [line["comment"] for line in read["timeline"] if line["comment"]]
    assert said == ["About: reopen.", "About: resolve.", "About: comment."]
    assert (read["outcome"], read["is_reviewed"]) == ("withdrawn", True)

    # Merging, and going on without saying how.
    other = tester.send("requests/", {**REPORT, "description": "Another hole."})
    assert [advance(tester, other)["status"] for _step in range(3)] == ["routed", "in_progress", "resolved"]
    third = tester.send("requests/", {**REPORT, "description": "A third hole."})
    assert advance(tester, third, action="merge", into=other["reference"])["combined_with"] == other["reference"]
    assert advance(tester, third, action="unmerge")["combined_with"] is None
    # To another department, and to another owner, who gets no email.
    factories.owner(cast.city, factories.square(-69.5, 41, -69.4, 41.1), code="dot")
    refused = advance(tester, third, 422, action="transfer", department="XX")
    assert [one["field"] for one in refused["errors"]] == ["text", "department"]
    moved = advance(tester, third, action="transfer", department="PK", text="A root.")
    assert (moved["department"]["code"], "A root." in json.dumps(moved)) == ("PK", False)
    assert advance(tester, third, 422, action="hand_over", owner="XX")["errors"][0]["field"] == "owner"
    handed = advance(tester, third, action="hand_over", owner="dot", text="Theirs.")
    assert (handed["status"], handed["outcome"]) == ("resolved", "handed_over")
    more = {"route", "merge", "unmerge", "transfer", "hand_over"}
    assert {*sandbox.ACTIONS} == {action for action, _status, _event in life} | more
    deliver()
    assert mail.outbox == []
    assert (
        {"request.merged", "request.unmerged", "request.routed", "request.handed_over"}
        <= set(receiver.types)
        <= set(webhook_events.NAMES)
    )

    listed = tester.get("sandbox/requests/")["results"]
    assert [row["reference"] for row in listed] == [one["reference"] for one in (third, other, sent)]
    assert listed[2]["description"] == REPORT["description"]
    by_open311 = open311("requests.json", tester.key)
    assert [row["service_request_id"] for row in by_open311] == [row["reference"] for row in listed]
    [one] = open311(f"requests/{sent['reference']}.json", tester.key)
    assert (one["status"], one["description"]) == ("closed", REPORT["description"])
    updates = open311("servicerequestupdates.json", tester.key)
    assert {"About: comment.", "About: resolve."} <= {update["description"] for update in updates}


def test_its_photos_open_with_its_key_alone(cast: factories.Rivermark, tester: V1) -> None:
    form = {"report": json.dumps(REPORT), "photos": SimpleUploadedFile("a.jpg", factories.jpeg(), "image/jpeg")}
    sent = tester.upload("requests/", form)
    [photo] = tester.get(f"requests/{sent['reference']}/")["photos"]
    assert tester.get("sandbox/requests/")["results"][0]["photos"] == [photo]

    def opened(url: str, key: str) -> int:
        return Client().get(url, headers={"Authorization": f"Bearer {key}"}).status_code

    for url in (photo["url"], photo["small_url"]):
        assert opened(url, tester.key) == 200
        assert opened(url, key_of(cast, f"Other {url[-5:]}", is_test=True).key) == 404
    assert opened(photo["url"], key_of(cast, "Live", is_test=False).key) == 403
    assert Client().get(photo["url"]).status_code == 401
    assert Client().get(f"/photos/{photo['id']}.jpg").status_code == 404
    Photo.objects.update(is_private=True)
    assert opened(photo["url"], tester.key) == 404
    assert tester.get(f"requests/{sent['reference']}/")["photos"] == []


def test_nobody_else_knows_of_it(cast: factories.Rivermark, tester: V1, receiver: Receiver) -> None:
    """No other key, page, list, queue, number or email; and it changes nothing that is real."""
    live = key_of(cast, "App", is_test=False)
    other = key_of(cast, "Another app, trying", is_test=True)
    for key in (live, other):
        key.send("webhooks/", {"url": receiver.url})
    public = factories.routed(cast.pothole, answers={"where": "lane"})
    deliver()
    # No test key gets what is real.
    told = WebhookDelivery.objects.filter(service_request=public).values_list("webhook__api_key__is_test", flat=True)
    assert set(told) == {False}
    receiver.got.clear()
    mail.outbox.clear()
    before = list(Counter.objects.order_by("pk").values()), CounterDelta.objects.count()
    sent = tester.send("requests/", {**REPORT, "description": "A zebra fell in, someone is badly hurt and bleeding."})
    for action in ("accept", "resolve", "reopen"):
        advance(tester, sent, action=action)
    deliver()
    assert (receiver.got, mail.outbox) == ([], [])
    assert (list(Counter.objects.order_by("pk").values()), CounterDelta.objects.count()) == before
    assert not Alarm.objects.exists()
    number = sent["reference"]
    for key in (live, other, V1()):
        key.get(f"requests/{number}/", 404)
        assert number not in json.dumps(key.get("requests/", older="1"))
        assert open311(f"requests/{number}.json", key.key)[0]["code"] == 404
        assert number not in json.dumps(
            [open311(path, key.key) for path in ("requests.json", "servicerequestupdates.json")]
        )
    assert other.get("sandbox/requests/")["results"] == []
    assert Client().get(f"/r/{number.replace('-', '')}/").status_code == 404
    for staff in (cast.ada, cast.tom):
        client = Client()
        client.force_login(staff)
        for query in ("", "?tab=all", "?q=zebra"):
            page = client.get(f"/staff/{query}", follow=True).content.decode()
            assert f"/staff/r/{number.replace('-', '')}/" not in page, (staff, query)
    # What it may not do, in words.
    assert "live key" in live.get("sandbox/requests/", 403)["detail"]
    assert "live key" in advance(live, {"reference": public.reference}, 403)["detail"]
    V1().get("sandbox/requests/", 401)
    for reference in (number, public.reference):
        advance(other, {"reference": reference}, 404)
    joined = tester.send(f"requests/{public.display_reference}/followers/", {"email": "zoe@mail.example"}, 403)
    assert "test key" in joined["detail"]
    advance(tester, sent, 422, action="merge", into=public.display_reference)
    assert ServiceRequest.objects.get(pk=public.pk).people_count == 1


@pytest.mark.parametrize(
    ("step", "status", "field"),
    [
        ({"action": "explode"}, 422, "action"),
        ({"action": "comment"}, 422, "text"),
        ({"action": "merge"}, 422, "into"),
        ({"action": "merge", "into": "7K3M-9QWT"}, 422, "into"),
        ({"action": "resolve", "outcome": "exploded"}, 422, "outcome"),
        ({"acton": "accept"}, 422, "acton"),
        ({"action": "unmerge"}, 409, ""),
        ({"action": "close"}, 409, ""),
        ([], 422, ""),
    ],
)
def test_a_step_that_cannot_be_is_named_and_changes_nothing(tester: V1, step: Any, status: int, field: str) -> None:
    sent = tester.send("requests/", REPORT)
    advance(tester, sent)
    events = Event.objects.count()
    problem = tester.send(f"sandbox/requests/{sent['reference']}/advance/", step, status)
    assert [error["field"] for error in problem["errors"]] == ([field] if status == 422 else [])
    assert (Event.objects.count(), ServiceRequest.objects.get().status) == (events, "routed")


@pytest.mark.shows("15.10")
def test_a_full_webhook_names_the_reporter_to_keys_with_that_scope_alone(
    cast: factories.Rivermark, receiver: Receiver
) -> None:
    """For a real request its member of staff must be allowed to read it, and the look is recorded."""
    contact = {"name": "Zoe Tester", "email": "zoe@mail.example", "phone": None, "postal_address": None}
    for name, scopes, acts_as, payload, told in (
        ("no scope", ["staff"], cast.tom, "full", False),
        ("thin", ["staff", "contacts"], cast.tom, "thin", False),
        ("nobody acts", ["contacts"], None, "full", False),
        ("may not read it", ["staff", "contacts"], cast.ada, "full", False),
        ("may", ["staff", "contacts"], cast.tom, "full", True),
    ):
        key, plain = api_keys.create(cast.city, name, scopes=["webhooks", *scopes], acts_as=acts_as)
        V1(plain).send("webhooks/", {"url": receiver.url, "payload": payload, "events": ["request.accepted"]})
        made = factories.routed(
            cast.pothole, answers={"where": "lane"}, reporter=Reporter(name="Zoe Tester", email="zoe@mail.example")
        )
        sandbox.advance(made.pk, sandbox.Step(action="accept"))
        receiver.statuses = [500]
        deliver()
        deliver()
        assert len(receiver.got) == 2, name
        assert [json.loads(body)["data"].get("contact") for _headers, body in receiver.got] == [
            contact if told else None
        ] * 2
        looks = Event.objects.filter(service_request=made, kind="reporter_viewed", user=acts_as, api_key=key)
        assert looks.count() == int(told), name
        receiver.got.clear()
        key.webhooks.all().delete()
        OutboxRow.objects.filter(done_at=None).delete()
    tester = key_of(cast, "App, trying", is_test=True, more=("contacts",))
    tester.send("webhooks/", {"url": receiver.url, "payload": "full"})
    tester.send("requests/", REPORT)
    deliver()
    assert json.loads(receiver.got[0][1])["data"]["contact"] == contact
