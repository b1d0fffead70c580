"""The webhooks of a key on its page: their states and deliveries, sending again, switching off and on."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from requests_app import api_keys
from requests_app.actions import webhooks
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
    assert "being sent already" in client.post(address, {"resend": dead.pk}, follow=True).content.decode()
    client.post(address, {"off": "1"})
    assert Webhook.objects.get().end_reason == "staff"
    # The program can't switch it on again.
    with pytest.raises(webhooks.EndedByStaff):
        webhooks.change(found.pk, {"enabled": True})
    assert SetupChange.objects.filter(kind="api_key", key=str(key.pk)).exists()
    client.post(address, {"on": "1"})
    assert Webhook.objects.get().ended_at is None
    other, _plain = api_keys.create(town.city, "Other app", scopes=["webhooks"])
    assert client.get(reverse("staff_app:webhook", args=[other.pk, found.pk])).status_code == 404
