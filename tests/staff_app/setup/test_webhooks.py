"""The webhooks of a key on its page: their states and deliveries, sending again, switching off and on."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from requests_app import api_keys
from requests_app.actions.programs import webhooks
from requests_app.clock import AppNow
from requests_app.models import OutboxRow, SetupChange, User, Webhook, WebhookDelivery
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("15.6")]


def test_staff_see_a_webhooks_deliveries_send_one_again_and_switch_it_off(
    town: factories.Rivermark, signed_in: Callable[[User], Client]
) -> None:
    key, _plain = api_keys.create(town.city, "City app", scopes=["webhooks"])
    found, _secret = webhooks.create(key, {"url": "https://hooks.example.org/in", "event_types": ["request.resolved"]})
    dead = WebhookDelivery.objects.create(
        webhook=found, message_id="msg_1", event_type="webhook.test", state="dead", error="inside", attempts=4
    )
    client = signed_in(town.ada)
    address = reverse("staff_app:webhook", args=[key.pk, found.pk])
    assert address in client.get(reverse("staff_app:api_key", args=[key.pk])).content.decode()
    page = client.get(address).content.decode()
    for words in ("https://hooks.example.org/in", "request.resolved", "Not delivered", "isn’t on the public internet"):
        assert words in page
    assert "whsec_" not in page
    for number in ("9" * 30, "x", "²"):
        refused = client.post(address, {"resend": number}, follow=True)
        assert "no longer kept" in refused.content.decode()
    client.post(address, {"resend": dead.pk})
    dead.refresh_from_db()
    assert (dead.state, OutboxRow.objects.filter(kind="send_webhook").count()) == ("waiting", 1)
    assert "already being sent" in client.post(address, {"resend": dead.pk}, follow=True).content.decode()
    client.post(address, {"off": "1"})
    assert "Switch it on first" in client.post(address, {"try": "1"}, follow=True).content.decode()
    assert Webhook.objects.get().end_reason == "staff"
    # The program can't switch it on again.
    with pytest.raises(webhooks.EndedByStaff):
        webhooks.change(found.pk, {"enabled": True})
    assert SetupChange.objects.filter(kind="api_key", key=str(key.pk)).exists()
    client.post(address, {"on": "1"})
    assert Webhook.objects.get().ended_at is None
    # What waits is tried, or a test goes out.
    assert "oldest event" in client.post(address, {"try": "1"}, follow=True).content.decode()
    OutboxRow.objects.update(done_at=AppNow())
    assert "A test is being sent" in client.post(address, {"try": "1"}, follow=True).content.decode()
    # Of one that its program reads, nothing can be sent again.
    listener, _secret = webhooks.create(key, {})
    test = webhooks.test(listener.pk)
    WebhookDelivery.objects.filter(pk=test.pk).update(state="dead")
    heard = reverse("staff_app:webhook", args=[key.pk, listener.pk])
    page = client.get(heard).content.decode()
    assert "Its program reads the events." in page
    assert 'name="resend"' not in page
    assert "aren’t sent" in client.post(heard, {"resend": test.pk}, follow=True).content.decode()
    other, _plain = api_keys.create(town.city, "Other app", scopes=["webhooks"])
    assert client.get(reverse("staff_app:webhook", args=[other.pk, found.pk])).status_code == 404


def test_staff_look_at_what_was_not_delivered_and_send_it_again_at_once(
    town: factories.Rivermark, signed_in: Callable[[User], Client]
) -> None:
    key, _plain = api_keys.create(town.city, "City app", scopes=["webhooks"])
    found, _secret = webhooks.create(key, {"url": "https://hooks.example.org/in"})
    for number in range(52):
        state, event = ("delivered", "webhook.fine") if number == 51 else ("dead", "webhook.test")
        WebhookDelivery.objects.create(webhook=found, message_id=f"msg_{number}", event_type=event, state=state)
    client, address = signed_in(town.ada), reverse("staff_app:webhook", args=[key.pk, found.pk])
    assert "webhook.fine" in client.get(f"{address}?state=x").content.decode()
    page = client.get(f"{address}?state=dead").content.decode()
    assert "webhook.fine" not in page
    more = re.findall(r'rel="next" href="([^"]+)"', page)
    assert more[0].startswith("?state=dead&amp;cursor=")
    answer = client.post(address, {"resend_dead": "1"}, follow=True).content.decode()
    assert "50 deliveries are being sent again." in answer
    [left] = WebhookDelivery.objects.filter(state="dead")
    assert (left.message_id, OutboxRow.objects.filter(kind="send_webhook").count()) == ("msg_50", 50)
    client.post(address, {"resend_dead": "1"})
    assert "Everything was delivered or is still being tried." in client.get(f"{address}?state=dead").content.decode()
    WebhookDelivery.objects.update(state="dead")
    client.post(address, {"off": "1"})
    assert "resend_dead" not in client.get(f"{address}?state=dead").content.decode()
    assert "Switch it on first" in client.post(address, {"resend_dead": "1"}, follow=True).content.decode()
    assert not WebhookDelivery.objects.filter(state="waiting").exists()
