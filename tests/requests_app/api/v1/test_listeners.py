"""Listeners: a program on a developer's machine reads what a webhook would get, signed the same, without a public URL."""

import datetime as dt
import json
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from requests_app import api_keys
from requests_app.actions.publication import moderation
from requests_app.clock import app_now
from requests_app.models import OutboxRow, Webhook, WebhookDelivery
from tests import factories
from tests.requests_app.api.v1.conftest import V1
from tests.shifted_clock import set_time

pytestmark = pytest.mark.shows("15.6")


@pytest.fixture
def app(cast: factories.Rivermark) -> V1:
    return V1(api_keys.create(cast.city, "City app", scopes=["webhooks"])[1])


def read(app: V1, made: dict[str, Any], cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """As a client does. What was signed, in order, and the next cursor."""
    answer = app.get(made["url"].partition("/api/v1/")[2], **({"cursor": cursor} if cursor else {}))
    verifier = Verifier(made["secret"])
    bodies = []
    for one in answer["results"]:
        # What another program makes of it.
        bodies.append(verifier.verify(one["body"], {name.lower(): text for name, text in one["headers"].items()}))
        assert one["headers"]["Content-Type"] == "application/json"
    return bodies, answer["cursor"]


def pothole_report(cast: factories.Rivermark) -> Any:
    made = factories.report(cast.pothole, answers={"where": "lane"})
    factories.run_worker()
    return made


def later(**length: float) -> None:
    set_time(app_now() + dt.timedelta(**length))


def test_a_listener_reads_each_event_signed_and_in_order_and_what_it_read_again(
    cast: factories.Rivermark, app: V1
) -> None:
    made = app.send("webhooks/listeners/", {"services": ["pothole"], "payload": "full"})
    other = app.send("webhooks/listeners/", {"services": ["tree"]})
    assert app.last["Location"].endswith(f"/api/v1/webhooks/{other['id']}/")
    assert read(app, made, None) == ([], None)
    first, second = pothole_report(cast), pothole_report(cast)
    app.send(f"webhooks/{made['id']}/test/", {}, 202)
    bodies, cursor = read(app, made, None)
    assert [(body["type"], body["data"].get("reference")) for body in bodies] == [
        ("request.submitted", first.display_reference),
        ("request.routed", first.display_reference),
        ("request.submitted", second.display_reference),
        ("request.routed", second.display_reference),
        ("webhook.test", None),
    ]
    assert bodies[0]["data"]["request"]["service"]["code"] == "pothole"
    # A client that stopped midway, or got no answer, goes on where it was: at an event, or at the whole answer.
    again = app.get(f"webhooks/{made['id']}/events/")["results"]
    midway, _cursor = read(app, made, again[2]["headers"]["webhook-id"])
    assert [body["type"] for body in midway] == ["request.routed", "webhook.test"]
    assert read(app, made, cursor) == ([], cursor)
    assert read(app, other, None) == ([], None)
    states = [one["state"] for one in app.get(f"webhooks/{made['id']}/deliveries/")["results"]]
    assert states == ["delivered"] * 5
    # Nothing is sent, and so nothing waits in a lane.
    assert not OutboxRow.objects.filter(lane="webhook").exists()
    delivery = app.get(f"webhooks/{made['id']}/deliveries/")["results"][0]
    app.send(f"webhooks/{made['id']}/deliveries/{delivery['id']}/resend/", {}, 409)


def test_many_events_come_in_parts_and_a_quiet_listener_asks_less_often(
    cast: factories.Rivermark, app: V1, django_assert_max_num_queries: Any
) -> None:
    made = app.send("webhooks/listeners/", {})
    address = f"webhooks/{made['id']}/events/"
    for _ in range(21):
        app.send(f"webhooks/{made['id']}/test/", {}, 202)
    answer = app.get(address)
    assert (len(answer["results"]), answer["wait_s"]) == (20, 0)
    answer = app.get(address, cursor=answer["cursor"])
    assert (len(answer["results"]), answer["wait_s"]) == (1, 1)
    with django_assert_max_num_queries(6):
        assert app.get(address, cursor=answer["cursor"])["wait_s"] == 1
    later(minutes=2)
    assert app.get(address, cursor=answer["cursor"])["wait_s"] == 4


def test_a_listener_that_nobody_reads_ends_with_the_next_event(cast: factories.Rivermark, app: V1) -> None:
    made, kept = app.send("webhooks/listeners/", {}), app.send("webhooks/listeners/", {})
    later(minutes=9.9)
    assert read(app, kept, None) == ([], None)
    later(minutes=0.1)
    pothole_report(cast)
    ended = app.get(f"webhooks/{made['id']}/")
    assert (ended["enabled"], ended["end_reason"]) == (False, "unread")
    app.get(f"webhooks/{made['id']}/events/", 409)
    app.send(f"webhooks/{made['id']}/test/", {}, 409)
    assert len(read(app, kept, None)[0]) == 2
    # Nothing is stored for the one; its program can go on, with what comes from now on.
    assert not WebhookDelivery.objects.filter(webhook=made["id"]).exists()
    app.send(f"webhooks/{made['id']}/", {"enabled": True}, 200, method="PATCH")
    pothole_report(cast)
    assert len(read(app, made, None)[0]) == 2
    # What nobody reads takes no place of a new one.
    later(minutes=10)
    app.send("webhooks/listeners/", {})
    assert Webhook.objects.count() == 1


def test_a_rotated_secret_signs_what_is_read_from_then_on(cast: factories.Rivermark, app: V1) -> None:
    made = app.send("webhooks/listeners/", {})
    app.send(f"webhooks/{made['id']}/test/", {}, 202)
    changed = app.send(f"webhooks/{made['id']}/secret/", {"overlap_hours": 1}, 200)
    assert changed["url"] == made["url"]
    for known in (made, changed):
        assert [body["type"] for body in read(app, known, None)[0]] == ["webhook.test"]
    last = app.send(f"webhooks/{made['id']}/secret/", {"overlap_hours": 0}, 200)
    [one] = app.get(f"webhooks/{made['id']}/events/")["results"]
    assert " " not in one["headers"]["webhook-signature"]
    assert len(read(app, last, None)[0]) == 1


def test_what_became_private_is_not_read_and_a_test_key_reads_its_tests(cast: factories.Rivermark, app: V1) -> None:
    made = app.send("webhooks/listeners/", {"payload": "full"})
    test_app = V1(api_keys.create(cast.city, "Trying", scopes=["report", "webhooks"], is_test=True)[1])
    own = test_app.send("webhooks/listeners/", {"payload": "full"})
    pothole = pothole_report(cast)
    moderation.hide(pothole.pk, reason="other", actor=cast.ada)
    place = {"lat": factories.ELM_ST[1], "long": factories.ELM_ST[0]}
    test_app.send("requests/", {"service": "pothole", "place": place, "answers": {"where": "lane"}})
    factories.run_worker()
    bodies, _cursor = read(app, made, None)
    assert [(body["type"], set(body["data"])) for body in bodies] == [("request.removed", {"reference", "url"})]
    dead = app.get(f"webhooks/{made['id']}/deliveries/", state="dead")["results"]
    assert {one["error"] for one in dead} == {"not_public"}
    bodies, _cursor = read(test_app, own, None)
    assert {body["data"]["request"]["service"]["code"] for body in bodies} == {"pothole"}
    # Its links lead to what its key may see.
    sent = bodies[0]["data"]["request"]
    for link in (bodies[0]["data"]["url"], sent["url"], sent["html_url"]):
        assert test_app.get(link)["reference"] == sent["reference"]


def test_mistakes_are_named_and_nobody_else_reads_it(cast: factories.Rivermark, app: V1) -> None:
    made = app.send("webhooks/listeners/", {})
    address = f"webhooks/{made['id']}/events/"
    app.send(f"webhooks/{made['id']}/test/", {}, 202)
    other_app = V1(api_keys.create(cast.city, "Other app", scopes=["webhooks"])[1])
    other = other_app.send("webhooks/listeners/", {})
    other_app.send(f"webhooks/{other['id']}/test/", {}, 202)
    foreign = other_app.get(f"webhooks/{other['id']}/events/")["cursor"]
    for cursor in (foreign, "msg_", "x" * 40, "1"):
        assert app.get(address, 400, cursor=cursor)["errors"][0]["field"] == "cursor"
    other_app.get(address, 404)
    V1().get(address, 401)
    V1(api_keys.create(cast.city, "Reader", scopes=["read"])[1]).get(address, 403)
    wrong = {"url": "https://example.org/hook", "events": ["request.exploded"]}
    assert {error["field"] for error in app.send("webhooks/listeners/", wrong, 422)["errors"]} == set(wrong)
    app.send(f"webhooks/{made['id']}/", {"url": "https://example.org/hook"}, 422, method="PATCH")
    app.send(f"webhooks/{made['id']}/", {"enabled": False}, 200, method="PATCH")
    app.get(address, 409)
    sent = Webhook.objects.create(api_key_id=Webhook.objects.get(pk=made["id"]).api_key_id, url="https://example.org/")
    assert "URL" in app.get(f"webhooks/{sent.pk}/events/", 409)["detail"]
    app.send(f"webhooks/{made['id']}/", {}, 204, method="DELETE")
    app.get(address, 404)
    assert json.loads(app.last.content)["status"] == 404
