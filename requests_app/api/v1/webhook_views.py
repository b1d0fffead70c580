"""The addresses of webhooks: a key with the scope `webhooks` manages its own."""

import datetime as dt
from typing import Any, cast

from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.parsers import JSONParser
from requests_app.api.framework.schema import LOCATION, problems
from requests_app.api.framework.throttling import CallThrottle, WriteThrottle
from requests_app.api.v1 import examples, webhooks
from requests_app.api.v1.base import V1View
from requests_app.api.v1.webhook_serializers import (
    DeliveriesQuerySerializer,
    ListenerEventsSerializer,
    ListenerQuerySerializer,
    NewListenerSerializer,
    NewSecretSerializer,
    NewWebhookSerializer,
    WebhookDeliveryPageSerializer,
    WebhookDeliverySerializer,
    WebhookEditSerializer,
    WebhookEventTypesSerializer,
    WebhookSerializer,
    WebhooksSerializer,
    WebhookWithSecretSerializer,
)
from requests_app.models import ApiKey, Webhook
from requests_app.models.api_key import Scope

TAGS = ["Webhooks"]


class EventTypes(V1View):
    keep_s = 300

    @extend_schema(
        operation_id="listWebhookEvents",
        tags=TAGS,
        summary="List event types",
        description="Lists event types, each with a thin and a full sample payload. You don’t need a key.",
        request=None,
        responses=OpenApiResponse(
            WebhookEventTypesSerializer,
            "All types.",
            [OpenApiExample("A type", {"results": webhooks.event_catalog()[:1]})],
        ),
    )
    def get(self, request: Request) -> Response:
        return self.answer({"results": webhooks.event_catalog()})


class KeysOwn(V1View):
    """Of the key that asks, and so for nobody else to keep."""

    parser_classes = [JSONParser]
    required_scopes = [Scope.WEBHOOKS]
    throttle_classes = [CallThrottle, WriteThrottle]

    @property
    def key(self) -> ApiKey:
        return cast(ApiKey, self.request.auth)

    def find(self, webhook_id: int) -> Webhook:
        return webhooks.find(self.key, webhook_id)

    def with_secret(self, webhook: Webhook, plain: str, **more: Any) -> Response:
        webhook.plain_secret = plain
        return self.answer(webhook, **more)

    def created(self, columns: dict[str, Any]) -> Response:
        webhook, plain = webhooks.create(self.key, columns)
        location = self.request.build_absolute_uri(reverse("v1_webhook", args=[webhook.pk]))
        return self.with_secret(webhook, plain, status=201, headers={"Location": location})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)


class Webhooks(KeysOwn):
    @extend_schema(
        operation_id="listWebhooks",
        tags=TAGS,
        summary="List webhooks",
        description="Lists the webhooks of the key, without their secrets.",
        request=None,
        responses=OpenApiResponse(WebhooksSerializer, "The whole list."),
    )
    def get(self, request: Request) -> Response:
        return self.answer({"results": self.key.webhooks.order_by("id")})

    @extend_schema(
        operation_id="createWebhook",
        tags=TAGS,
        summary="Create a webhook",
        description="Events are then sent to its URL, signed as described by Standard Webhooks 1.0. The secret is "
        "shown only once. The URL must be on the public internet, which is checked again at each delivery.",
        parameters=[LOCATION],
        request=NewWebhookSerializer,
        responses={201: OpenApiResponse(WebhookWithSecretSerializer, "Webhook created."), **problems("conflict")},
    )
    def post(self, request: Request) -> Response:
        return self.created(self.validated(request.data))


class Listeners(KeysOwn):
    @extend_schema(
        operation_id="createListener",
        tags=TAGS,
        summary="Create a listener",
        description="A webhook without a public URL, for a developer’s machine: nothing is sent, your program reads the "
        "events at the `url` of the answer. It ends with the first event after nobody has read for 10 minutes.",
        parameters=[LOCATION],
        request=NewListenerSerializer,
        responses={
            201: OpenApiResponse(
                WebhookWithSecretSerializer, "Listener created.", [OpenApiExample("A listener", examples.LISTENER)]
            ),
            **problems("conflict"),
        },
    )
    def post(self, request: Request) -> Response:
        return self.created(self.validated(request.data))


class ListenerEvents(KeysOwn):
    @extend_schema(
        operation_id="listListenerEvents",
        tags=TAGS,
        summary="Read a listener’s events",
        description="The events after `cursor`, oldest first, at most 20, each with the headers and the body that a "
        "webhook would get. Without `cursor`, from the first that is kept. Wait `wait_s` seconds, then ask for what comes "
        "after the answer’s `cursor`. Reading the same again changes nothing.",
        parameters=[ListenerQuerySerializer],
        request=None,
        responses={
            200: OpenApiResponse(ListenerEventsSerializer, "What is new."),
            **problems("invalid-cursor", "conflict"),
        },
    )
    def get(self, request: Request, listener_id: int) -> Response:
        listener = self.find(listener_id)
        return self.answer(webhooks.events(self.jurisdiction, self.key, listener, self.query["cursor"]))


class OneWebhook(KeysOwn):
    @extend_schema(
        operation_id="getWebhook",
        tags=TAGS,
        summary="Get a webhook",
        description="One webhook of the key, without its secret.",
        request=None,
        responses=OpenApiResponse(WebhookSerializer, "The webhook."),
    )
    def get(self, request: Request, webhook_id: int) -> Response:
        return self.answer(self.find(webhook_id))

    @extend_schema(
        operation_id="changeWebhook",
        tags=TAGS,
        summary="Change a webhook",
        description="Changes only the fields that you send. `enabled` switches the webhook off, or on again.",
        request=WebhookEditSerializer,
        responses={200: OpenApiResponse(WebhookSerializer, "The updated webhook."), **problems("conflict")},
    )
    def patch(self, request: Request, webhook_id: int) -> Response:
        webhook = self.find(webhook_id)
        return self.answer(webhooks.change(webhook, self.validated(request.data, partial=True)))

    @extend_schema(
        operation_id="deleteWebhook",
        tags=TAGS,
        summary="Delete a webhook",
        description="Deletes the webhook and its deliveries. Pending deliveries aren’t sent.",
        request=None,
        responses={204: OpenApiResponse(None, "Webhook deleted.")},
    )
    def delete(self, request: Request, webhook_id: int) -> Response:
        webhooks.actions.delete(self.find(webhook_id).pk)
        return Response(status=204)


class Secret(KeysOwn):
    @extend_schema(
        operation_id="rotateWebhookSecret",
        tags=TAGS,
        summary="Replace the secret",
        description="The new secret is shown only once. For `overlap_hours`, each delivery is signed with both the new "
        "and the previous secret.",
        request=NewSecretSerializer,
        responses=OpenApiResponse(WebhookWithSecretSerializer, "The webhook with its new secret."),
    )
    def post(self, request: Request, webhook_id: int) -> Response:
        webhook = self.find(webhook_id)
        overlap = dt.timedelta(hours=self.validated(request.data)["overlap_hours"])
        return self.with_secret(*webhooks.actions.rotate(webhook.pk, overlap=overlap))


class Test(KeysOwn):
    @extend_schema(
        operation_id="testWebhook",
        tags=TAGS,
        summary="Send a test",
        description="Sends `webhook.test` to the URL at once, whichever events the webhook gets.",
        request=None,
        responses={202: OpenApiResponse(WebhookDeliverySerializer, "Delivery queued."), **problems("conflict")},
    )
    def post(self, request: Request, webhook_id: int) -> Response:
        return self.answer(webhooks.test(self.find(webhook_id)), status=202)


class TryNow(KeysOwn):
    @extend_schema(
        operation_id="tryWebhook",
        tags=TAGS,
        summary="Try now",
        description="Sends the oldest delivery that waits without waiting for its next try, or `webhook.test` if none "
        "does. Once your program takes it, all others follow in order.",
        request=None,
        responses={
            202: OpenApiResponse(WebhookDeliverySerializer, "The delivery that goes out."),
            **problems("conflict"),
        },
    )
    def post(self, request: Request, webhook_id: int) -> Response:
        return self.answer(webhooks.try_now(self.find(webhook_id)), status=202)


class Deliveries(KeysOwn):
    @extend_schema(
        operation_id="listWebhookDeliveries",
        tags=TAGS,
        summary="List deliveries",
        description="Lists the deliveries of the last 30 days, newest first. `state=dead` lists those that we gave up on.",
        parameters=[DeliveriesQuerySerializer],
        request=None,
        responses={200: OpenApiResponse(WebhookDeliveryPageSerializer, "One page."), **problems("invalid-cursor")},
    )
    def get(self, request: Request, webhook_id: int) -> Response:
        page = webhooks.deliveries(self.find(webhook_id), self.query)
        results = WebhookDeliverySerializer(page.rows, many=True).data
        return self.paged({"results": results}, page.next_cursor, page.previous_cursor)


class Resend(KeysOwn):
    @extend_schema(
        operation_id="resendWebhookDelivery",
        tags=TAGS,
        summary="Send a delivery again",
        description="Sends it again at once, with the same `webhook-id`. A full payload has the current state of the request.",
        request=None,
        responses={202: OpenApiResponse(WebhookDeliverySerializer, "Delivery queued."), **problems("conflict")},
    )
    def post(self, request: Request, webhook_id: int, delivery_id: int) -> Response:
        return self.answer(webhooks.resend(self.find(webhook_id), delivery_id), status=202)
