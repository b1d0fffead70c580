"""The addresses of webhooks: a key with the scope `webhooks` manages its own."""

from typing import Any, cast

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.parameters import Choice, Parameter
from requests_app.api.framework.parsers import JSONParser
from requests_app.api.framework.throttling import CallThrottle, WriteThrottle
from requests_app.api.v1 import examples, webhooks
from requests_app.api.v1.base import CURSOR, LIMIT, V1View
from requests_app.api.v1.operations import JSON, Answer, Body, Operation, operation
from requests_app.models import ApiKey, Webhook, WebhookDelivery
from requests_app.models.api_key import Scope

TAG = "Webhooks"
STATE = Choice("state", "Only these.", example="dead", values=tuple(WebhookDelivery.State.values))
AFTER = Parameter("cursor", "The `cursor` of the answer before, or the `webhook-id` of an event.", most=40)


class EventTypes(V1View):
    keep_s = 300

    @operation(
        Operation(
            id="listWebhookEvents",
            tag=TAG,
            summary="List event types",
            description="Lists event types, each with a thin and a full sample payload. You don’t need a key.",
            answer=Answer("WebhookEventTypes", "All types.", {"results": webhooks.event_catalog()[:1]}),
        )
    )
    def get(self, request: Request) -> Response:
        return Response({"results": webhooks.event_catalog()})


class KeysOwn(V1View):
    """Of the key that asks, and so for nobody else to keep."""

    parser_classes = [JSONParser]
    required_scopes = [Scope.WEBHOOKS]
    throttle_classes = [CallThrottle, WriteThrottle]

    def find(self, webhook_id: int) -> Webhook:
        return webhooks.find(cast(ApiKey, self.request.auth), webhook_id)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)


class Webhooks(KeysOwn):
    @operation(
        Operation(
            id="listWebhooks",
            tag=TAG,
            summary="List webhooks",
            description="Lists the webhooks of the key, without their secrets.",
            answer=Answer("Webhooks", "The whole list.", {"results": [examples.WEBHOOK]}),
            scope="webhooks",
        )
    )
    def get(self, request: Request) -> Response:
        found = cast(ApiKey, request.auth).webhooks.order_by("id")
        return Response({"results": [webhooks.shaped(self.jurisdiction, webhook) for webhook in found]})

    @operation(
        Operation(
            id="createWebhook",
            tag=TAG,
            summary="Create a webhook",
            description="Events are then sent to its URL, signed as described by Standard Webhooks 1.0. The secret is "
            "shown only once. The URL must be on the public internet, which is checked again at each delivery.",
            status=201,
            body=Body({JSON: "NewWebhook"}, examples.NEW_WEBHOOK),
            answer=Answer("WebhookWithSecret", "Webhook created.", examples.WEBHOOK_WITH_SECRET, headers=("Location",)),
            problems=("conflict",),
            scope="webhooks",
        )
    )
    def post(self, request: Request) -> Response:
        made = webhooks.create(self.jurisdiction, cast(ApiKey, request.auth), request.data)
        location = request.build_absolute_uri(f"{request.path}{made['id']}/")
        return Response(made, status=201, headers={"Location": location})


class Listeners(KeysOwn):
    @operation(
        Operation(
            id="createListener",
            tag=TAG,
            summary="Create a listener",
            description="A webhook without a public URL, for a developer’s machine: nothing is sent, your program reads the "
            "events at the `url` of the answer. It ends with the first event after nobody has read for 10 minutes.",
            status=201,
            body=Body({JSON: "NewListener"}, {"events": ["request.submitted"], "payload": "full"}),
            answer=Answer("WebhookWithSecret", "Listener created.", examples.LISTENER, headers=("Location",)),
            problems=("conflict",),
            scope="webhooks",
        )
    )
    def post(self, request: Request) -> Response:
        made = webhooks.create(self.jurisdiction, cast(ApiKey, request.auth), request.data, listens=True)
        location = request.build_absolute_uri(reverse("v1_webhook", args=[made["id"]]))
        return Response(made, status=201, headers={"Location": location})


class ListenerEvents(KeysOwn):
    @operation(
        Operation(
            id="listListenerEvents",
            tag=TAG,
            summary="Read a listener’s events",
            description="The events after `cursor`, oldest first, at most 20, each with the headers and the body that a "
            "webhook would get. Without `cursor`, from the first that is kept. Wait `wait_s` seconds, then ask for what comes "
            "after the answer’s `cursor`. Reading the same again changes nothing.",
            query=(AFTER,),
            answer=Answer("ListenerEvents", "What is new.", examples.LISTENER_EVENTS),
            problems=("invalid-cursor", "conflict"),
            scope="webhooks",
        )
    )
    def get(self, request: Request, listener_id: int) -> Response:
        key = cast(ApiKey, request.auth)
        return Response(webhooks.events(self.jurisdiction, key, self.find(listener_id), self.query["cursor"]))


class OneWebhook(KeysOwn):
    @operation(
        Operation(
            id="getWebhook",
            tag=TAG,
            summary="Get a webhook",
            description="One webhook of the key, without its secret.",
            answer=Answer("Webhook", "The webhook.", examples.WEBHOOK),
            scope="webhooks",
        )
    )
    def get(self, request: Request, webhook_id: int) -> Response:
        return Response(webhooks.shaped(self.jurisdiction, self.find(webhook_id)))

    @operation(
        Operation(
            id="changeWebhook",
            tag=TAG,
            summary="Change a webhook",
            description="Changes only the fields that you send. `enabled` switches the webhook off, or on again.",
            body=Body({JSON: "WebhookEdit"}, {"enabled": True}),
            answer=Answer("Webhook", "The updated webhook.", examples.WEBHOOK),
            problems=("conflict",),
            scope="webhooks",
        )
    )
    def patch(self, request: Request, webhook_id: int) -> Response:
        return Response(webhooks.change(self.jurisdiction, self.find(webhook_id), request.data))

    @operation(
        Operation(
            id="deleteWebhook",
            tag=TAG,
            summary="Delete a webhook",
            description="Deletes the webhook and its deliveries. Pending deliveries aren’t sent.",
            status=204,
            answer=Answer(None, "Webhook deleted."),
            scope="webhooks",
        )
    )
    def delete(self, request: Request, webhook_id: int) -> Response:
        webhooks.actions.delete(self.find(webhook_id).pk)
        return Response(status=204)


class Secret(KeysOwn):
    @operation(
        Operation(
            id="rotateWebhookSecret",
            tag=TAG,
            summary="Replace the secret",
            description="The new secret is shown only once. For `overlap_hours`, each delivery is signed with both the new "
            "and the previous secret.",
            body=Body({JSON: "NewSecret"}, {"overlap_hours": 24}),
            answer=Answer("WebhookWithSecret", "The webhook with its new secret.", examples.WEBHOOK_WITH_SECRET),
            scope="webhooks",
        )
    )
    def post(self, request: Request, webhook_id: int) -> Response:
        return Response(webhooks.rotate(self.jurisdiction, self.find(webhook_id), request.data))


class Test(KeysOwn):
    @operation(
        Operation(
            id="testWebhook",
            tag=TAG,
            summary="Send a test",
            description="Sends `webhook.test` to the URL at once, whichever events the webhook gets.",
            status=202,
            answer=Answer("WebhookDelivery", "Delivery queued.", examples.WEBHOOK_DELIVERY),
            problems=("conflict",),
            scope="webhooks",
        )
    )
    def post(self, request: Request, webhook_id: int) -> Response:
        return Response(webhooks.test(self.jurisdiction, self.find(webhook_id)), status=202)


class TryNow(KeysOwn):
    @operation(
        Operation(
            id="tryWebhook",
            tag=TAG,
            summary="Try now",
            description="Sends the oldest delivery that waits without waiting for its next try, or `webhook.test` if none "
            "does. Once your program takes it, all others follow in order.",
            status=202,
            answer=Answer("WebhookDelivery", "The delivery that goes out.", examples.WEBHOOK_DELIVERY),
            problems=("conflict",),
            scope="webhooks",
        )
    )
    def post(self, request: Request, webhook_id: int) -> Response:
        return Response(webhooks.try_now(self.jurisdiction, self.find(webhook_id)), status=202)


class Deliveries(KeysOwn):
    @operation(
        Operation(
            id="listWebhookDeliveries",
            tag=TAG,
            summary="List deliveries",
            description=(
                "Lists the deliveries of the last 30 days, newest first. `state=dead` lists those that we gave up on."
            ),
            query=(STATE, CURSOR, LIMIT),
            answer=Answer(
                "WebhookDeliveryPage",
                "One page.",
                {"results": [examples.WEBHOOK_DELIVERY], "next": None, "previous": None},
                headers=("Link",),
            ),
            problems=("invalid-cursor",),
            scope="webhooks",
        )
    )
    def get(self, request: Request, webhook_id: int) -> Response:
        found = webhooks.deliveries(self.find(webhook_id), self.query)
        results = [webhooks.delivery_shape(self.jurisdiction, delivery) for delivery in found.rows]
        return self.paged({"results": results}, found.next_cursor, found.previous_cursor)


class Resend(KeysOwn):
    @operation(
        Operation(
            id="resendWebhookDelivery",
            tag=TAG,
            summary="Send a delivery again",
            description="Sends it again at once, with the same `webhook-id`. A full payload has the current state of the "
            "request.",
            status=202,
            answer=Answer("WebhookDelivery", "Delivery queued.", examples.WEBHOOK_DELIVERY),
            problems=("conflict",),
            scope="webhooks",
        )
    )
    def post(self, request: Request, webhook_id: int, delivery_id: int) -> Response:
        return Response(webhooks.resend(self.jurisdiction, self.find(webhook_id), delivery_id), status=202)
