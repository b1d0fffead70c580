"""Webhooks of a key, and what is read of one."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from requests_app.actions.programs import webhooks as actions
from requests_app.api.framework.problems import FieldError, Problem, invalid_body, invalid_cursor
from requests_app.api.v1 import examples
from requests_app.clock import app_now
from requests_app.core import paging
from requests_app.messages import webhook_calls
from requests_app.models import ApiKey, Jurisdiction, Webhook, WebhookDelivery
from requests_app.rules.programs import webhook_events

# How long a listener waits until it asks again: one that is busy, and one that has had no event for BUSY_FOR.
WAIT_BUSY_S, WAIT_QUIET_S = 1, 4
BUSY_FOR = dt.timedelta(minutes=2)


def find(key: ApiKey, webhook_id: int) -> Webhook:
    """Another key's is the same 404 as one that doesn't exist."""
    webhook = key.webhooks.filter(pk=webhook_id).first()
    if webhook is None:
        raise Problem("not-found", _("Webhook not found."))
    return webhook


def create(key: ApiKey, columns: dict[str, Any]) -> tuple[Webhook, str]:
    """Without a URL, it is a listener. The row, and its plain secret."""
    try:
        return actions.create(key, columns)
    except actions.TooMany:
        raise Problem("conflict", _("This key has reached its limit of webhooks. Delete one first.")) from None


def change(webhook: Webhook, columns: dict[str, Any]) -> Webhook:
    """columns: and `enabled`."""
    if webhook.is_listener and "url" in columns:
        raise invalid_body([FieldError("url", "unknown", _("Unknown field: %(name)s.") % {"name": "url"})])
    try:
        return actions.change(webhook.pk, columns)
    except actions.EndedByStaff:
        raise Problem("conflict", _("City staff switched this webhook off. Ask them to switch it on again.")) from None


def test(webhook: Webhook) -> WebhookDelivery:
    try:
        return actions.test(webhook.pk)
    except actions.SwitchedOff:
        raise _switched_off() from None


def try_now(webhook: Webhook) -> WebhookDelivery:
    try:
        return actions.try_now(webhook.pk)
    except actions.SwitchedOff:
        raise _switched_off() from None


def resend(webhook: Webhook, delivery_id: int) -> WebhookDelivery:
    if not webhook.deliveries.filter(pk=delivery_id).exists():
        raise Problem("not-found", _("Delivery not found."))
    try:
        return actions.resend(delivery_id)
    except actions.SwitchedOff:
        raise _switched_off() from None
    except actions.StillWaiting:
        raise Problem("conflict", _("This delivery is already being sent.")) from None
    except actions.NotSent:
        raise Problem(
            "conflict", _("A listener’s events aren’t sent. Read them again with an earlier cursor.")
        ) from None


def events(city: Jurisdiction, key: ApiKey, webhook: Webhook, cursor: str | None) -> dict[str, Any]:
    """What a listener's program hasn't read. Raises a 400 problem for a cursor that is none of its deliveries, and a 409."""
    if not webhook.is_listener:
        raise Problem("conflict", _("This webhook’s events are sent to its URL. Only a listener’s are read here."))
    if webhook.ended_at is not None:
        raise _switched_off()
    after = webhook.deliveries.filter(message_id=cursor).first() if cursor else None
    if cursor and after is None:
        raise invalid_cursor()
    webhook.api_key, key.jurisdiction = key, city
    messages, last, is_full = webhook_calls.read(webhook, after.pk if after else 0)
    # Soon after something happened, more may follow.
    is_busy = bool(messages) or app_now() - (after or webhook).created_at < BUSY_FOR
    return {
        "results": messages,
        "cursor": last or cursor,
        "wait_s": 0 if is_full else WAIT_BUSY_S if is_busy else WAIT_QUIET_S,
    }


def deliveries(webhook: Webhook, query: Mapping[str, Any]) -> paging.Page[WebhookDelivery]:
    found = WebhookDelivery.objects.filter(webhook=webhook).select_related("service_request")
    if query["state"]:
        found = found.filter(state=query["state"])
    try:
        return paging.page(found, [("id", "desc")], query["cursor"], query["limit"])
    except paging.BadCursor:
        raise invalid_cursor() from None


def event_catalog() -> list[dict[str, Any]]:
    return [
        {
            "type": one.name,
            "description": one.description,
            "thin": sample(one.name, full=False),
            "full": sample(one.name, full=True),
        }
        for one in webhook_events.CATALOG
    ]


def sample(name: str, *, full: bool) -> dict[str, Any]:
    row, about = examples.REQUEST_ROW, name != webhook_events.TEST
    body: dict[str, Any] = webhook_events.body(
        name, at=row["updated_at"], reference=row["reference"] if about else "", url=row["url"]
    )
    if full and about and name != webhook_events.REMOVED:
        body["data"]["request"] = row
    return body


def _switched_off() -> Problem:
    return Problem("conflict", _("This webhook is switched off. Switch it on first."))
