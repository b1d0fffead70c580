"""Webhooks of a key, and what is read of one."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions.programs import webhooks as actions
from requests_app.api.framework.problems import FieldError, Problem, invalid_body, invalid_cursor
from requests_app.api.v1.request_serializers import REQUEST_ROW
from requests_app.clock import app_now
from requests_app.messages import webhook_calls
from requests_app.models import ApiKey, Jurisdiction, Webhook, WebhookDelivery
from requests_app.rules.programs import webhook_events

# How long a listener waits until it asks again: one that is busy, and one that has had no event for BUSY_FOR.
WAIT_BUSY_S, WAIT_QUIET_S = 1, 4
BUSY_FOR = dt.timedelta(minutes=2)
# What an action refuses.
CONFLICTS: dict[type[Exception], Promise] = {
    actions.TooMany: gettext_lazy("This key has reached its limit of webhooks. Delete one first."),
    actions.EndedByStaff: gettext_lazy("City staff switched this webhook off. Ask them to switch it on again."),
    actions.SwitchedOff: gettext_lazy("This webhook is switched off. Switch it on first."),
    actions.StillWaiting: gettext_lazy("This delivery is already being sent."),
    actions.NotSent: gettext_lazy("A listener’s events aren’t sent. Read them again with an earlier cursor."),
}


def find(key: ApiKey, webhook_id: int) -> Webhook:
    """Another key's is the same 404 as one that doesn't exist."""
    webhook = key.webhooks.filter(pk=webhook_id).first()
    if webhook is None:
        raise Problem("not-found", _("Webhook not found."))
    return webhook


def change(webhook: Webhook, columns: dict[str, Any]) -> Webhook:
    """columns: and `enabled`."""
    if webhook.is_listener and "url" in columns:
        raise invalid_body([FieldError("url", "unknown", _("Unknown field: %(name)s.") % {"name": "url"})])
    return actions.change(webhook.pk, columns)


def delivery(webhook: Webhook, delivery_id: int) -> WebhookDelivery:
    """Raises a 404 problem."""
    row = webhook.deliveries.filter(pk=delivery_id).first()
    if row is None:
        raise Problem("not-found", _("Delivery not found."))
    return row


def events(city: Jurisdiction, key: ApiKey, webhook: Webhook, cursor: str | None) -> dict[str, Any]:
    """What a listener's program hasn't read. Raises a 400 problem for a cursor that is none of its deliveries, and a 409."""
    if not webhook.is_listener:
        raise Problem("conflict", _("This webhook’s events are sent to its URL. Only a listener’s are read here."))
    if webhook.ended_at is not None:
        raise actions.SwitchedOff
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


def deliveries(webhook: Webhook, state: str | None) -> QuerySet[WebhookDelivery]:
    rows = WebhookDelivery.objects.filter(webhook=webhook).select_related("service_request")
    return rows.filter(state=state) if state else rows


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
    row, about = REQUEST_ROW, name != webhook_events.TEST
    body: dict[str, Any] = webhook_events.body(
        name, at=row["updated_at"], reference=row["reference"] if about else "", url=row["url"]
    )
    if full and about and name != webhook_events.REMOVED:
        body["data"]["request"] = row
    return body
