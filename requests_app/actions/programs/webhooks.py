"""Webhooks: making, changing and ending one, what events become deliveries, and what became of each try."""

import base64
import datetime as dt
import secrets
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet

from requests_app import outbox
from requests_app.actions.shared import setup_changes
from requests_app.clock import app_now
from requests_app.core import sealed
from requests_app.core.prepared import Parameter, Prepared
from requests_app.models import ApiKey, Event, OutboxRow, ServiceRequest, User, Webhook, WebhookDelivery
from requests_app.models.outbox import PENDING
from requests_app.rules.programs import webhook_events, webhooks

SECRET_PREFIX = "whsec_"  # noqa: S105 - how each secret begins
ROWS_AT_ONCE = 20_000
GONE = 410
READ_NOTED_EVERY = dt.timedelta(minutes=1)

log = structlog.get_logger(__name__)


class TooMany(Exception):
    """The key has as many webhooks as it may have."""


class EndedByStaff(Exception):
    """Only staff may switch it on again."""


class SwitchedOff(Exception):
    """Nothing is sent to it."""


class StillWaiting(Exception):
    """The delivery is being sent already."""


class NotSent(Exception):
    """A listener's deliveries are read, never sent."""


# --- By the program ---------------------------------------------------------------------------------------------------


@transaction.atomic
def create(key: ApiKey, terms: dict[str, Any]) -> tuple[Webhook, str]:
    """Returns the row and its plain secret, which is shown once. Without a URL, it is a listener. Raises TooMany."""
    ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    unread = [row.pk for row in key.webhooks.filter(url="") if webhooks.is_unread(row, app_now())]
    if unread:
        Webhook.objects.filter(pk__in=unread).delete()
    if key.webhooks.count() >= webhooks.WEBHOOKS_MOST:
        raise TooMany
    plain = _new_secret()
    webhook = Webhook.objects.create(api_key=key, secret=sealed.seal(plain), **terms)
    log.info("webhook_made", webhook_id=webhook.pk, api_key_id=key.pk)
    return webhook, plain


@transaction.atomic
def change(webhook_id: int, terms: dict[str, Any]) -> Webhook:
    """terms: columns, and `enabled`. Raises EndedByStaff."""
    webhook = _locked(webhook_id)
    enabled = terms.pop("enabled", None)
    for name, value in terms.items():
        setattr(webhook, name, value)
    fields = list(terms)
    if enabled is True and webhook.ended_at is not None:
        if webhook.end_reason == Webhook.EndReason.STAFF:
            raise EndedByStaff
        fields += _switch_on(webhook)
    elif enabled is False and webhook.ended_at is None:
        fields += _end(webhook, Webhook.EndReason.OWNER)
    if fields:
        webhook.save(update_fields=fields)
    return webhook


@transaction.atomic
def delete(webhook_id: int) -> None:
    """And its deliveries; rows of the outbox then have nothing to do."""
    # Locked first: a delivery that is made meanwhile waits.
    Webhook.objects.select_for_update(of=("self",)).filter(pk=webhook_id).first()
    Webhook.objects.filter(pk=webhook_id).delete()
    log.info("webhook_deleted", webhook_id=webhook_id)


@transaction.atomic
def rotate(webhook_id: int, *, overlap: dt.timedelta) -> tuple[Webhook, str]:
    """Returns the row and a new plain secret. The one before it signs, too, for `overlap`."""
    webhook = _locked(webhook_id)
    plain = _new_secret()
    webhook.previous_secret = webhook.secret if overlap else ""
    webhook.previous_until = app_now() + overlap if overlap else None
    webhook.secret = sealed.seal(plain)
    webhook.save(update_fields=["secret", "previous_secret", "previous_until"])
    return webhook, plain


@transaction.atomic
def test(webhook_id: int) -> WebhookDelivery:
    """Goes out at once, also while others wait. Raises SwitchedOff."""
    webhook = _locked(webhook_id)
    if webhook.ended_at is not None:
        raise SwitchedOff
    _end_quiet(webhook)
    return _tell(webhook, webhook_events.TEST)


@transaction.atomic
def try_now(webhook_id: int) -> WebhookDelivery:
    """Sends the first delivery that waits, or a test if none does. Once it is taken, the others follow. Raises SwitchedOff."""
    webhook = _locked(webhook_id)
    first = None if webhook.is_listener else _rows(webhook).filter(PENDING).order_by("id").first()
    if first is None or webhook.ended_at is not None:
        return test(webhook_id)
    _end_quiet(webhook)
    outbox.hurry(_rows(webhook).filter(pk=first.pk))
    return WebhookDelivery.objects.get(pk=delivery_id_of(first))


@transaction.atomic
def resend(delivery_id: int) -> WebhookDelivery:
    """Goes out at once, after what waits for the same request, with the same id, so that a receiver that has it knows. Raises
    SwitchedOff, StillWaiting and NotSent."""
    # The webhook first, as note_try() does.
    webhook = Webhook.objects.select_for_update(of=("self",)).get(deliveries=delivery_id)
    delivery = WebhookDelivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    if webhook.is_listener:
        raise NotSent
    if delivery.state == WebhookDelivery.State.WAITING:
        raise StillWaiting
    if webhook.ended_at is not None:
        raise SwitchedOff
    delivery.state, delivery.sent_since = WebhookDelivery.State.WAITING, app_now()
    delivery.save(update_fields=["state", "sent_since"])
    _end_quiet(webhook)
    outbox.hurry(_rows(webhook).filter(ordering_key=_ordering_key(delivery)))
    _enqueue(delivery, webhook)
    return delivery


def _end_quiet(webhook: Webhook) -> None:
    """Lets the next try go out before its time."""
    if webhook.quiet_until is not None:
        webhook.quiet_until = None
        webhook.save(update_fields=["quiet_until"])


def plain_secrets(webhook: Webhook, now: dt.datetime) -> list[str]:
    """The newest first; two in the overlap of a rotation."""
    earlier = webhook.previous_secret if webhook.previous_until and webhook.previous_until > now else ""
    return [plain for plain in (sealed.unseal(webhook.secret), sealed.unseal(earlier)) if plain]


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def _locked(webhook_id: int) -> Webhook:
    return Webhook.objects.select_for_update(of=("self",)).get(pk=webhook_id)


# --- By staff ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def switch(webhook_id: int, *, on: bool, actor: User) -> None:
    """Switches it off, or on again, and says so in the log of setup."""
    webhook = _locked(webhook_id)
    if on == (webhook.ended_at is None):
        return
    webhook.save(update_fields=_switch_on(webhook) if on else _end(webhook, Webhook.EndReason.STAFF))
    key = ApiKey.objects.select_related("jurisdiction").defer("jurisdiction__boundary").get(pk=webhook.api_key_id)
    states = [{"webhook": webhook.pk, "enabled": enabled} for enabled in (not on, on)]
    setup_changes.record(
        key.jurisdiction, "api_key", key.pk, actor=actor, name=key.name, before=states[0], after=states[1]
    )


def _switch_on(webhook: Webhook) -> list[str]:
    webhook.ended_at, webhook.end_reason, webhook.read_at = None, "", app_now()
    return ["ended_at", "end_reason", "read_at", *_calm(webhook)]


def _end(webhook: Webhook, reason: Webhook.EndReason) -> list[str]:
    webhook.ended_at, webhook.end_reason = app_now(), reason
    log.warning("webhook_ended", webhook_id=webhook.pk, reason=reason.value)
    return ["ended_at", "end_reason"]


def _calm(webhook: Webhook) -> list[str]:
    webhook.failing_since, webhook.failures, webhook.quiet_until = None, 0, None
    return ["failing_since", "failures", "quiet_until"]


# --- From an event to deliveries --------------------------------------------------------------------------------------


_IN_CITY = Prepared(
    lambda: (
        Webhook.objects.filter(api_key__jurisdiction=Parameter("city"), ended_at=None)
        .select_related("api_key__acts_as")
        .order_by("id")
    )
)


def match_row(row: OutboxRow) -> None:
    """Handles an outbox row of kind `match_webhooks`: a delivery of its event for each webhook that wants it."""
    service_request, event = row.service_request, row.event
    if service_request is None or event is None:
        return
    in_city = _IN_CITY.rows(city=service_request.jurisdiction_id)
    found = [webhook for webhook in in_city if webhooks.is_on(webhook)]
    if not found:
        return
    areas = {f"{layer}:{code}" for layer, code in service_request.areas.values_list("layer", "code")}
    for webhook in found:
        event_type = _type_for(webhook, event, service_request, areas)
        if event_type and (not webhook.is_listener or _is_read(webhook)):
            _tell(webhook, event_type, event, service_request)


def _is_read(listener: Webhook) -> bool:
    """Ends it if nobody reads it. Locks it, so that its deliveries are committed in the order of their numbers: a program that
    reads on after the last one skips none."""
    locked = Webhook.objects.select_for_update(of=("self",)).filter(pk=listener.pk).first()
    if locked is None:
        return False
    if locked.ended_at is None and webhooks.is_unread(locked, app_now()):
        locked.save(update_fields=_end(locked, Webhook.EndReason.UNREAD))
    return locked.ended_at is None


def _type_for(webhook: Webhook, event: Event, service_request: ServiceRequest, areas: set[str]) -> str:
    """Empty for none. That a request isn't public anymore is sent once, and only to those who knew of it."""
    if webhooks.may_know(webhook, service_request):
        event_type = webhook_events.BY_KIND[event.kind]
        if event_type == webhook_events.REMOVED:
            event_type = "request.changed" if event.kind == "erased" else ""
        return event_type if event_type and webhooks.wants(webhook, event_type, service_request, areas) else ""
    told = WebhookDelivery.objects.filter(webhook=webhook, service_request=service_request).order_by("-id")
    last = told.values_list("event_type", flat=True).first()
    wanted = not webhook.event_types or webhook_events.REMOVED in webhook.event_types
    return webhook_events.REMOVED if wanted and last not in (None, webhook_events.REMOVED) else ""


def _tell(
    webhook: Webhook, event_type: str, event: Event | None = None, service_request: ServiceRequest | None = None
) -> WebhookDelivery:
    new = {"message_id": _new_message_id(), "event_type": event_type, "service_request": service_request}
    if event is None:
        delivery, is_new = WebhookDelivery.objects.create(webhook=webhook, **new), True
    else:
        delivery, is_new = WebhookDelivery.objects.get_or_create(webhook=webhook, event=event, defaults=new)
    if is_new and not webhook.is_listener:
        _enqueue(delivery, webhook)
    return delivery


def _new_message_id() -> str:
    return f"msg_{secrets.token_hex(16)}"


def _enqueue(delivery: WebhookDelivery, webhook: Webhook) -> None:
    request_id = delivery.service_request_id
    outbox.enqueue(
        "send_webhook",
        lane=OutboxRow.Lane.WEBHOOK,
        service_request=delivery.service_request,
        jurisdiction_id=None if request_id else webhook.api_key.jurisdiction_id,
        dedupe_key=f"send_webhook:{delivery.pk}:{secrets.token_hex(8)}",
        ordering_key=_ordering_key(delivery),
    )


def _ordering_key(delivery: WebhookDelivery) -> str:
    """Ordered for each request and webhook; a test waits for nothing."""
    return f"webhook:{delivery.webhook_id}:{delivery.service_request_id or f'test-{delivery.pk}'}"


def _rows(webhook: Webhook) -> QuerySet[OutboxRow]:
    """The outbox's rows of all its deliveries. Few rows of the lane wait but those of addresses that fail."""
    return OutboxRow.objects.filter(lane=OutboxRow.Lane.WEBHOOK, ordering_key__startswith=f"webhook:{webhook.pk}:")


# --- What became of a try ---------------------------------------------------------------------------------------------


def reason_not_to_send(delivery: WebhookDelivery) -> str:
    """Empty, or a code: asked again right before each try."""
    if not webhooks.is_on(delivery.webhook):
        return "switched_off"
    known = delivery.event_type in (webhook_events.REMOVED, webhook_events.TEST)
    if known or (delivery.service_request and webhooks.may_know(delivery.webhook, delivery.service_request)):
        return ""
    return "not_public"


def give_up(delivery: WebhookDelivery, reason: str) -> None:
    delivery.state, delivery.error = WebhookDelivery.State.DEAD, reason
    delivery.save(update_fields=["state", "error"])


def note_read(listener: Webhook, deliveries: list[WebhookDelivery]) -> None:
    """A listener's deliveries that were read, or that nothing was there to read."""
    now = app_now()
    if listener.read_at is None or now - listener.read_at >= READ_NOTED_EVERY:
        Webhook.objects.filter(pk=listener.pk).update(read_at=now)
    first_time = [one.pk for one in deliveries if one.state == WebhookDelivery.State.WAITING]
    if first_time:
        WebhookDelivery.objects.filter(pk__in=first_time).update(
            state=WebhookDelivery.State.DELIVERED, attempts=1, tried_at=now
        )


def note_try(delivery: WebhookDelivery, *, status: int | None, error: str, milliseconds: int) -> dt.datetime | None:
    """Returns when to try again, or None."""
    now = app_now()
    delivery.attempts += 1
    delivery.status, delivery.error, delivery.milliseconds, delivery.tried_at = status, error, milliseconds, now
    taken = status is not None and 200 <= status < 300
    webhook = delivery.webhook
    again: dt.datetime | None = None
    if taken:
        delivery.state = WebhookDelivery.State.DELIVERED
    if not taken or webhook.failing_since is not None:
        webhook = _locked(webhook.pk)
        again = _note_of_webhook(webhook, delivery, taken=taken, now=now)
    if not taken and again is None:
        delivery.state = WebhookDelivery.State.DEAD
    delivery.save(update_fields=["attempts", "status", "error", "milliseconds", "tried_at", "state"])
    return again


def _note_of_webhook(
    webhook: Webhook, delivery: WebhookDelivery, *, taken: bool, now: dt.datetime
) -> dt.datetime | None:
    again = None
    if webhook.ended_at is not None:
        return None
    if taken:
        if webhook.failing_since is not None:
            outbox.hurry(_rows(webhook))
        fields = _calm(webhook)
    elif delivery.status == GONE:
        fields = _end(webhook, Webhook.EndReason.GONE)
    else:
        webhook.failing_since = webhook.failing_since or now
        webhook.failures += 1
        # No other delivery is tried before, so that a dead address costs one call at a time.
        webhook.quiet_until = now + webhooks.backoff(webhook.failures)
        fields = ["failing_since", "failures", "quiet_until"]
        if now - delivery.sent_since < webhooks.FAILING_FOR:
            again = max(webhook.quiet_until, now + webhooks.backoff(delivery.attempts))
        if now - webhook.failing_since >= webhooks.FAILING_FOR:
            fields += _end(webhook, Webhook.EndReason.FAILING)
            again = None
            outbox.enqueue(
                "mail_webhook_ended",
                lane="outside",
                jurisdiction_id=webhook.api_key.jurisdiction_id,
                dedupe_key=f"mail_webhook_ended:{webhook.pk}:{now.timestamp():.0f}",
            )
    webhook.save(update_fields=fields)
    return again


def failed_row(row: OutboxRow) -> None:
    """A row of kind `send_webhook` that the outbox gave up, because of an error of our own."""
    waiting = WebhookDelivery.objects.filter(pk=delivery_id_of(row), state=WebhookDelivery.State.WAITING)
    waiting.update(state=WebhookDelivery.State.DEAD, error="our_error")


def delivery_id_of(row: OutboxRow) -> int:
    return int(row.dedupe_key.split(":")[1])


def delete_old(now: dt.datetime) -> None:
    # Ordered by primary key, and so by age, without another index.
    rows = WebhookDelivery.objects.order_by("pk").values_list("pk", "created_at")[:ROWS_AT_ONCE]
    old = [pk for pk, created_at in rows if created_at < now - webhooks.DELIVERIES_KEPT]
    WebhookDelivery.objects.filter(pk__in=old).delete()
