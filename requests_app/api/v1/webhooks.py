"""Webhooks of a key: what was sent is checked, and what is stored gets its shape."""

import datetime as dt
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import links
from requests_app.actions.programs import webhooks as actions
from requests_app.api.framework.bodies import Body
from requests_app.api.framework.parameters import Query
from requests_app.api.framework.problems import Problem, invalid_cursor
from requests_app.api.v1 import examples
from requests_app.clock import app_now
from requests_app.core import outside_calls, paging
from requests_app.messages import webhook_calls
from requests_app.messages.request_shape import moment
from requests_app.models import ApiKey, Area, Department, Jurisdiction, Service, Webhook, WebhookDelivery
from requests_app.rules.programs import webhook_events
from requests_app.rules.programs.webhooks import CHOSEN_MOST, OVERLAP_HOURS_MOST

# How long a listener waits until it asks again: one that is busy, and one that has had no event for BUSY_FOR.
WAIT_BUSY_S, WAIT_QUIET_S = 1, 4
BUSY_FOR = dt.timedelta(minutes=2)
REFUSALS = {
    "not_a_url": gettext_lazy(
        "url must be an address like https://example.org/hook, without a user name or a fragment."
    ),
    "not_https": gettext_lazy("url must begin with https://."),
    "inside": gettext_lazy("url must lead to an address on the public internet."),
    "not_found": gettext_lazy("The host in url wasn’t found."),
}


def find(key: ApiKey, webhook_id: int) -> Webhook:
    """Another key's is the same 404 as one that doesn't exist."""
    webhook = key.webhooks.filter(pk=webhook_id).first()
    if webhook is None:
        raise Problem("not-found", _("Webhook not found."))
    return webhook


def create(city: Jurisdiction, key: ApiKey, data: Any, *, listens: bool = False) -> dict[str, Any]:
    """listens: without a URL, for a program that reads its events."""
    body = Body(data)
    terms = _terms(city, body, url="none" if listens else "required")
    body.no_others()
    body.check()
    try:
        webhook, plain = actions.create(key, terms)
    except actions.TooMany:
        raise Problem("conflict", _("This key has reached its limit of webhooks. Delete one first.")) from None
    return {**shaped(city, webhook), "secret": plain}


def change(city: Jurisdiction, webhook: Webhook, data: Any) -> dict[str, Any]:
    body = Body(data)
    terms = _terms(city, body, url="none" if webhook.is_listener else "optional")
    enabled = body.data.get("enabled")
    body.read.add("enabled")
    if enabled is not None:
        if not isinstance(enabled, bool):
            body.refuse("enabled", "wrong-type", _("%(name)s must be true or false.") % {"name": "enabled"})
        terms["enabled"] = enabled
    body.no_others()
    body.check()
    try:
        return shaped(city, actions.change(webhook.pk, terms))
    except actions.EndedByStaff:
        raise Problem("conflict", _("City staff switched this webhook off. Ask them to switch it on again.")) from None


def rotate(city: Jurisdiction, webhook: Webhook, data: Any) -> dict[str, Any]:
    body = Body(data)
    hours = body.number("overlap_hours", 0, OVERLAP_HOURS_MOST)
    if hours is not None and hours != int(hours):
        body.refuse("overlap_hours", "invalid", _("%(name)s must be a whole number.") % {"name": "overlap_hours"})
    body.no_others()
    body.check()
    changed, plain = actions.rotate(webhook.pk, overlap=dt.timedelta(hours=24 if hours is None else int(hours)))
    return {**shaped(city, changed), "secret": plain}


def test(city: Jurisdiction, webhook: Webhook) -> dict[str, Any]:
    try:
        return delivery_shape(city, actions.test(webhook.pk))
    except actions.SwitchedOff:
        raise _switched_off() from None


def try_now(city: Jurisdiction, webhook: Webhook) -> dict[str, Any]:
    try:
        return delivery_shape(city, actions.try_now(webhook.pk))
    except actions.SwitchedOff:
        raise _switched_off() from None


def resend(city: Jurisdiction, webhook: Webhook, delivery_id: int) -> dict[str, Any]:
    if not webhook.deliveries.filter(pk=delivery_id).exists():
        raise Problem("not-found", _("Delivery not found."))
    try:
        return delivery_shape(city, actions.resend(delivery_id))
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
        "results": [{"headers": one.headers, "body": one.body} for one in messages],
        "cursor": last or cursor,
        "wait_s": 0 if is_full else WAIT_BUSY_S if is_busy else WAIT_QUIET_S,
    }


def deliveries(webhook: Webhook, query: Query) -> paging.Page[WebhookDelivery]:
    found = WebhookDelivery.objects.filter(webhook=webhook).select_related("service_request")
    if query["state"]:
        found = found.filter(state=query["state"])
    try:
        return paging.page(found, [("id", "desc")], query["cursor"], query["limit"])
    except paging.BadCursor:
        raise invalid_cursor() from None


def shaped(city: Jurisdiction, webhook: Webhook) -> dict[str, Any]:
    return {
        "id": str(webhook.pk),
        "url": webhook.url or f"{links.base_url(city)}/api/v1/webhooks/{webhook.pk}/events/",
        "events": webhook.event_types,
        "services": webhook.services,
        "areas": webhook.areas,
        "departments": webhook.departments,
        "payload": webhook.payload,
        "enabled": webhook.ended_at is None,
        "end_reason": webhook.end_reason or None,
        "failing_since": moment(webhook.failing_since, city.zone),
        "previous_secret_until": moment(webhook.previous_until, city.zone),
        "created_at": moment(webhook.created_at, city.zone),
    }


def delivery_shape(city: Jurisdiction, delivery: WebhookDelivery) -> dict[str, Any]:
    told = delivery.service_request
    return {
        "id": str(delivery.pk),
        "webhook_id": delivery.message_id,
        "type": delivery.event_type,
        "reference": told.display_reference if told else None,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "status": delivery.status,
        "error": delivery.error or None,
        "milliseconds": delivery.milliseconds,
        "tried_at": moment(delivery.tried_at, city.zone),
        "created_at": moment(delivery.created_at, city.zone),
    }


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


def _terms(city: Jurisdiction, body: Body, *, url: Literal["required", "optional", "none"]) -> dict[str, Any]:
    """Columns by name: those that were sent."""
    terms = _url(body, required=url == "required") if url != "none" else {}
    services = Service.objects.filter(jurisdiction=city)
    departments = Department.objects.filter(jurisdiction=city)
    known: dict[str, Any] = {
        "events": lambda names: set(webhook_events.CHOICES),
        "services": lambda names: set(services.filter(service_code__in=names).values_list("service_code", flat=True)),
        "departments": lambda names: set(departments.filter(code__in=names).values_list("code", flat=True)),
        "areas": lambda names: _known_areas(city, names),
    }
    for name, ask in known.items():
        if name in body.data:
            names = body.texts(name, CHOSEN_MOST)
            unknown = sorted(set(names) - ask(names)) if names else []
            if unknown:
                words = _("%(name)s was not found.") % {"name": unknown[0][:60]}
                body.refuse(name, "unknown-value", words)
            terms["event_types" if name == "events" else name] = names
    payload = body.choice("payload", Webhook.Payload.values, None)
    if payload is not None:
        terms["payload"] = payload
    return terms


def _url(body: Body, *, required: bool) -> dict[str, Any]:
    url = body.value("url", str, _("a string"), required=required)
    if url is None:
        return {}
    try:
        outside_calls.place(url)
    except outside_calls.Refused as refused:
        body.refuse("url", refused.code.replace("_", "-"), str(REFUSALS[refused.code]))
    return {"url": url}


def _known_areas(city: Jurisdiction, names: list[str]) -> set[str]:
    pairs = [name.partition(":")[::2] for name in names]
    found = Area.objects.filter(jurisdiction=city, layer__in=[layer for layer, _code in pairs])
    found = found.filter(code__in=[code for _layer, code in pairs])
    return {f"{layer}:{code}" for layer, code in found.values_list("layer", "code")}
