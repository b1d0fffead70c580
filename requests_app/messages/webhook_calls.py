"""Telling a program of an event, as Standard Webhooks 1.0 says: a signed POST with the same id on each try."""

import base64
import datetime as dt
import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from django.utils import timezone
from django.utils.translation import override

from requests_app import links, outbox
from requests_app.actions.privacy import reporter_views
from requests_app.actions.programs import webhooks as actions
from requests_app.clock import app_now
from requests_app.core import outside_calls
from requests_app.messages import wording
from requests_app.messages.request_shape import moment, photos_of, shaped
from requests_app.models import OutboxRow, Participation, ServiceRequest, Webhook, WebhookDelivery
from requests_app.rules.programs import webhook_events, webhooks
from requests_app.rules.promises import promises

USER_AGENT = "Lamplighter-Webhooks/1"
RELATED = ("service__current__category", "service_version__category", "department", "owner", "duplicate_of")

READ_AT_ONCE = 20

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Message:
    """What a POST to a webhook consists of."""

    headers: dict[str, str]
    body: str


def send_row(row: OutboxRow) -> dt.datetime | outbox.Call | None:
    """Handles an outbox row of kind `send_webhook`. Returns the call, when to try again, or None."""
    waiting = WebhookDelivery.objects.filter(state=WebhookDelivery.State.WAITING).select_related(
        "webhook__api_key__jurisdiction", "webhook__api_key__acts_as", "event"
    )
    delivery = waiting.defer("webhook__api_key__jurisdiction__boundary").filter(pk=actions.delivery_id_of(row)).first()
    if delivery is None:
        return None
    if reason := actions.reason_not_to_send(delivery):
        actions.give_up(delivery, reason)
        return None
    quiet_until = delivery.webhook.quiet_until
    if quiet_until is not None and quiet_until > app_now():
        return quiet_until
    body, secrets = _body(delivery), actions.plain_secrets(delivery.webhook, app_now())
    return outbox.Call(lambda: _call(delivery, body, secrets), lambda answer: _note(delivery.pk, *answer))


def read(webhook: Webhook, after: int) -> tuple[list[Message], str, bool]:
    """Of a listener: what comes after the delivery of this number (0: from the first), the id of the last of these, and whether
    there is more. What isn’t public anymore is left out, also when it is read again."""
    rows = WebhookDelivery.objects.filter(webhook=webhook, pk__gt=after).select_related("event", "service_request")
    deliveries = list(rows.order_by("id")[: READ_AT_ONCE + 1])
    part, messages = deliveries[:READ_AT_ONCE], []
    secrets = actions.plain_secrets(webhook, app_now())
    for delivery in part:
        delivery.webhook = webhook
        if reason := actions.reason_not_to_send(delivery):
            if delivery.state == WebhookDelivery.State.WAITING:
                actions.give_up(delivery, reason)
        else:
            body = _body(delivery)
            messages.append(Message(headers(delivery.message_id, body, secrets), body.decode()))
    actions.note_read(webhook, part)
    return messages, part[-1].message_id if part else "", len(deliveries) > READ_AT_ONCE


def _body(delivery: WebhookDelivery) -> bytes:
    """Of a try; the first that names the reporter is noted."""
    told = payload(delivery)
    if "contact" in told["data"] and delivery.attempts == 0:
        _note_contact(delivery)
    return orjson.dumps(told)


def _note(delivery_id: int, status: int | None, error: str, milliseconds: int) -> dt.datetime | None:
    """Of a delivery that may have been deleted with its webhook meanwhile."""
    delivery = WebhookDelivery.objects.select_related("webhook").filter(pk=delivery_id).first()
    if delivery is None:
        return None
    return actions.note_try(delivery, status=status, error=error, milliseconds=milliseconds)


def _note_contact(delivery: WebhookDelivery) -> None:
    """As when the member of staff looks. Of a test, there is nothing to note: its own sender gets it."""
    user, told = delivery.webhook.api_key.acts_as, delivery.service_request
    if user is not None and told is not None and not told.is_test:
        user.through = delivery.webhook.api_key
        reporter_views.view_reporter(told, reason=reporter_views.BY_WEBHOOK, actor=user)


def _call(delivery: WebhookDelivery, body: bytes, secrets: list[str]) -> tuple[int | None, str, int]:
    """The status of the answer, or a code that says why there was none; and the milliseconds it took."""
    began = time.monotonic()
    status, error = None, ""
    try:
        place = outside_calls.place(delivery.webhook.url)
        status = outside_calls.post(place, body, headers(delivery.message_id, body, secrets))
    except (outside_calls.Refused, outside_calls.NoAnswer) as refused:
        error = refused.code
    milliseconds = round((time.monotonic() - began) * 1000)
    log.info("webhook_called", webhook_id=delivery.webhook_id, status=status, error=error, ms=milliseconds)
    return status, error, milliseconds


def headers(message_id: str, body: bytes, secrets: list[str]) -> dict[str, str]:
    """One signature for each secret, with blanks between them."""
    at = str(int(time.time()))
    signed = f"{message_id}.{at}.".encode() + body
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(signature(secret, signed) for secret in secrets),
    }


def signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(actions.SECRET_PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def payload(delivery: WebhookDelivery) -> dict[str, Any]:
    """The number, and in a full one what everyone may see of the request now. Nothing personal without the scope for that."""
    webhook, city = delivery.webhook, delivery.webhook.api_key.jurisdiction
    at = moment(delivery.event.at if delivery.event else delivery.created_at, city.zone) or ""
    requests = ServiceRequest.objects.select_related(*RELATED)
    service_request = requests.filter(pk=delivery.service_request_id).first() if delivery.service_request_id else None
    if service_request is None:
        return webhook_events.body(delivery.event_type, at=at)
    url = f"{links.base_url(city)}/api/v1/requests/{service_request.reference}/"
    body: dict[str, Any] = webhook_events.body(
        delivery.event_type, at=at, reference=service_request.display_reference, url=url
    )
    if webhook.payload == Webhook.Payload.FULL and delivery.event_type != webhook_events.REMOVED:
        service_request.jurisdiction = city
        with override(city.languages[0]), timezone.override(city.zone):
            photos = photos_of(city, [service_request]).get(service_request.pk, [])
            now, promise = wording.now_for([service_request]), promises.of(service_request)
            body["data"]["request"] = shaped(
                service_request, promise, site=links.base_url(city), zone=city.zone, now=now, photos=photos
            )
        if webhooks.may_read_contact(webhook, service_request):
            body["data"]["contact"] = contact_of(service_request)
    return body


def contact_of(service_request: ServiceRequest) -> dict[str, str | None] | None:
    """The reporter's name and how to reach them. None if they were erased."""
    own = service_request.participations.filter(role__in=Participation.OWN, person__erased_at=None)
    first = own.select_related("person").order_by("id").first()
    if first is None:
        return None
    points = dict(first.person.contact_points.order_by("-id").values_list("kind", "value"))
    return {
        "name": first.person.name or None,
        "email": points.get("email"),
        "phone": points.get("phone"),
        "postal_address": first.person.postal_address or None,
    }
