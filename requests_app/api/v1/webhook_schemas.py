"""The shapes of webhooks."""

from requests_app.api.v1.schemas import Schema, listed, maybe, moment, page, ref, shape, text, uri
from requests_app.core.outside_calls import URL_MAX
from requests_app.models import Webhook, WebhookDelivery
from requests_app.rules.programs import webhook_events
from requests_app.rules.programs.webhooks import CHOSEN_MOST, OVERLAP_HOURS_MOST


def codes(description: str, **more: object) -> Schema:
    found = listed({"type": "string", "maxLength": 200, **more}, f"{description} Empty means all.")
    return {**found, "maxItems": CHOSEN_MOST}


ID: Schema = text("Never changes.")
CHOSEN: dict[str, Schema] = {
    "url": text("The URL that events are sent to: https, on the public internet.", minLength=1, maxLength=URL_MAX),
    "events": codes("Types of the catalog.", enum=list(webhook_events.CHOICES)),
    "services": codes("Codes of services."),
    "areas": codes("Areas as `layer:code`."),
    "departments": codes("Codes of departments."),
    "payload": text(
        (
            "`thin` has the request’s number and URL. `full` also has the request and, with the scope `contacts`, "
            "the reporter."
        ),
        enum=Webhook.Payload.values,
    ),
}
ENABLED: Schema = {"type": "boolean", "description": "Whether events are sent."}
WEBHOOK: dict[str, Schema] = {
    "id": ID,
    **{name: {**schema} for name, schema in CHOSEN.items()},
    "url": text("Where events are sent, or where your program reads them (a listener)."),
    "enabled": ENABLED,
    "end_reason": maybe(
        text(
            "Why it is off: by a program with the key, by city staff, because its URL answered 410, because it "
            "failed for five days, or because nobody read its events.",
            enum=Webhook.EndReason.values,
        )
    ),
    "failing_since": maybe(moment("When deliveries started to fail.")),
    "previous_secret_until": maybe(moment("Until when the previous secret also signs.")),
    "created_at": moment("When it was created."),
}
SECRET = text("Signs what is sent. It is shown only once.", examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"])

WEBHOOKS: dict[str, Schema] = {
    "Webhook": shape("A URL that gets events.", WEBHOOK),
    "WebhookWithSecret": shape("A webhook and its new secret.", {**WEBHOOK, "secret": SECRET}),
    "Webhooks": shape("All webhooks of the key.", {"results": listed(ref("Webhook"))}),
    "NewWebhook": shape(
        "What to send, and where to.", CHOSEN, optional=("events", "services", "areas", "departments", "payload")
    ),
    "NewListener": shape(
        "What to listen to.", {name: schema for name, schema in CHOSEN.items() if name != "url"}, optional=None
    ),
    "ListenerEvents": shape(
        "The events of a listener that come after the cursor, oldest first.",
        {
            "results": listed(
                shape(
                    "A delivery, as it would be sent.",
                    {
                        "headers": {
                            "type": "object",
                            "description": "Among them `webhook-id`, `webhook-timestamp` and `webhook-signature`.",
                            "additionalProperties": {"type": "string"},
                        },
                        "body": text("The body as it was signed: JSON, a WebhookMessage. Pass on these bytes."),
                    },
                )
            ),
            "cursor": maybe(text("Ask for what comes after it. Null until there is a first event.")),
            "wait_s": {"type": "integer", "minimum": 0, "description": "Seconds to wait before you ask again."},
        },
    ),
    "WebhookEdit": shape("What changes.", {**CHOSEN, "enabled": ENABLED}, optional=None),
    "NewSecret": shape(
        "The hours for which both secrets sign.",
        {
            "overlap_hours": {
                "type": "integer",
                "minimum": 0,
                "maximum": OVERLAP_HOURS_MOST,
                "default": 24,
                "description": "0 ends the previous secret right away.",
            }
        },
        optional=None,
    ),
    "WebhookDelivery": shape(
        "One event for one webhook. Request and response bodies aren’t kept.",
        {
            "id": ID,
            "webhook_id": text("The header webhook-id, which is the same for each try and when it is resent."),
            "type": text("The type of the event."),
            "reference": maybe(text("The number of the request.")),
            "state": text("`dead` means that we gave up. You can send it again.", enum=WebhookDelivery.State.values),
            "attempts": {"type": "integer", "minimum": 0, "description": "The number of tries."},
            "status": maybe({"type": "integer", "description": "The status of the last response."}),
            "error": maybe(text("A code that says why there was no response, or why it wasn’t sent.")),
            "milliseconds": maybe({"type": "integer", "description": "How long the last try took."}),
            "tried_at": maybe(moment("The last try.")),
            "created_at": moment("When it was first due."),
        },
    ),
    "WebhookDeliveryPage": page("One page of deliveries, newest first.", "WebhookDelivery"),
    "WebhookEventTypes": shape(
        "The catalog.",
        {
            "results": listed(
                shape(
                    "A type of event.",
                    {
                        "type": text("Its name, which never changes."),
                        "description": text("When it is sent."),
                        "thin": ref("WebhookMessage"),
                        "full": ref("WebhookMessage"),
                    },
                )
            )
        },
    ),
    "WebhookContact": shape(
        "Who reported it: in a full body, for a key with the scopes `contacts` and `staff`. Null once they were erased.",
        {
            "name": maybe(text("Their name.")),
            "email": maybe(text("Their email address.")),
            "phone": maybe(text("Their phone number.")),
            "postal_address": maybe(text("Only for services that require one.")),
        },
    ),
    "WebhookMessage": shape(
        "The body of a webhook.",
        {
            "type": text("The type of the event."),
            "timestamp": moment("When it happened."),
            "data": shape(
                "Empty in a test.",
                {
                    "reference": text("The number of the request."),
                    "url": uri("Its URL in this API."),
                    "request": ref("RequestRow"),
                    "contact": maybe(ref("WebhookContact")),
                },
                optional=None,
            ),
        },
    ),
}
