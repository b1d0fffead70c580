"""The addresses of webhooks: a key with the scope `webhooks` manages its own."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.parsers import JSONParser
from requests_app.api.framework.problems import Problem
from requests_app.api.framework.schema import LOCATION, problems
from requests_app.api.framework.throttling import CallThrottle, WriteThrottle
from requests_app.api.v1 import webhooks
from requests_app.api.v1.base import V1View
from requests_app.api.v1.generics import DetailView, ListView, PageView
from requests_app.api.v1.webhook_serializers import (
    LISTENER,
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
from requests_app.models import Webhook, WebhookDelivery
from requests_app.models.api_key import Scope

TAG = "Webhooks"


class EventTypes(ListView):
    """Lists event types, each with a thin and a full sample payload. You don’t need a key."""

    tag, operation_id, summary, response_text = TAG, "listWebhookEvents", "List event types", "All types."
    serializer_class, keep_s = WebhookEventTypesSerializer, 300

    def get_queryset(self) -> list[dict[str, Any]]:
        return webhooks.event_catalog()


class KeysOwn(V1View):
    """Of the key that asks."""

    keep_s = None
    parser_classes = [JSONParser]
    required_scopes = [Scope.WEBHOOKS]
    throttle_classes = [CallThrottle, WriteThrottle]
    tag = TAG

    def handle_exception(self, exc: Exception) -> Response:
        message = webhooks.CONFLICTS.get(type(exc))
        return super().handle_exception(Problem("conflict", str(message)) if message else exc)

    def find(self, webhook_id: int) -> Webhook:
        return webhooks.find(self.key, webhook_id)

    def with_secret(self, webhook: Webhook, plain: str, **more: Any) -> Response:
        webhook.plain_secret = plain
        return self.answer(webhook, **more)

    def created(self, columns: dict[str, Any]) -> Response:
        webhook, plain = webhooks.actions.create(self.key, columns)
        location = self.request.build_absolute_uri(reverse("v1_webhook", args=[webhook.pk]))
        return self.with_secret(webhook, plain, status=201, headers={"Location": location})


class Webhooks(KeysOwn, ListView):
    """Lists the webhooks of the key, without their secrets."""

    operation_id, summary = "listWebhooks", "List webhooks"
    serializer_class = WebhooksSerializer

    def get_queryset(self) -> QuerySet[Webhook]:
        return self.key.webhooks.order_by("id")

    @extend_schema(
        operation_id="createWebhook",
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
        summary="Create a listener",
        description="A webhook without a public URL, for a developer’s machine: nothing is sent, your program reads the "
        "events at the `url` of the answer. It ends with the first event after nobody has read for 10 minutes.",
        parameters=[LOCATION],
        request=NewListenerSerializer,
        responses={
            201: OpenApiResponse(
                WebhookWithSecretSerializer, "Listener created.", [OpenApiExample("A listener", LISTENER)]
            ),
            **problems("conflict"),
        },
    )
    def post(self, request: Request) -> Response:
        return self.created(self.validated(request.data))


class ListenerEvents(KeysOwn, DetailView):
    """The events after `cursor`, oldest first, at most 20, each with the headers and the body that a webhook would get.
    Without `cursor`, from the first that is kept. Wait `wait_s` seconds, then ask for what comes after the answer’s
    `cursor`. Reading the same again changes nothing."""

    operation_id, summary, response_text = "listListenerEvents", "Read a listener’s events", "What is new."
    query_class, serializer_class = ListenerQuerySerializer, ListenerEventsSerializer
    problem_codes = ("invalid-cursor", "conflict")

    def get_object(self) -> dict[str, Any]:
        listener = self.find(self.kwargs["listener_id"])
        return webhooks.events(self.jurisdiction, self.key, listener, self.query["cursor"])


class OneWebhook(KeysOwn, DetailView):
    """One webhook of the key, without its secret."""

    operation_id, summary, response_text = "getWebhook", "Get a webhook", "The webhook."
    serializer_class = WebhookSerializer

    def get_object(self) -> Webhook:
        return self.find(self.kwargs["webhook_id"])

    @extend_schema(
        operation_id="changeWebhook",
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
        summary="Delete a webhook",
        description="Deletes the webhook and its deliveries. Pending deliveries aren’t sent.",
        responses={204: OpenApiResponse(None, "Webhook deleted.")},
    )
    def delete(self, request: Request, webhook_id: int) -> Response:
        webhooks.actions.delete(self.find(webhook_id).pk)
        return Response(status=204)


class Secret(KeysOwn):
    @extend_schema(
        operation_id="rotateWebhookSecret",
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
        summary="Send a test",
        description="Sends `webhook.test` to the URL at once, whichever events the webhook gets.",
        responses={202: OpenApiResponse(WebhookDeliverySerializer, "Delivery queued."), **problems("conflict")},
    )
    def post(self, request: Request, webhook_id: int) -> Response:
        return self.answer(webhooks.actions.test(self.find(webhook_id).pk), status=202)


class TryNow(KeysOwn):
    @extend_schema(
        operation_id="tryWebhook",
        summary="Try now",
        description="Sends the oldest delivery that waits without waiting for its next try, or `webhook.test` if none "
        "does. Once your program takes it, all others follow in order.",
        responses={
            202: OpenApiResponse(WebhookDeliverySerializer, "The delivery that goes out."),
            **problems("conflict"),
        },
    )
    def post(self, request: Request, webhook_id: int) -> Response:
        return self.answer(webhooks.actions.try_now(self.find(webhook_id).pk), status=202)


class Deliveries(KeysOwn, PageView):
    """Lists the deliveries of the last 30 days, newest first. `state=dead` lists those that we gave up on."""

    operation_id, summary = "listWebhookDeliveries", "List deliveries"
    query_class, serializer_class = DeliveriesQuerySerializer, WebhookDeliveryPageSerializer
    ordering = [("id", "desc")]

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        return webhooks.deliveries(self.find(self.kwargs["webhook_id"]), self.query["state"])


class Resend(KeysOwn):
    @extend_schema(
        operation_id="resendWebhookDelivery",
        summary="Send a delivery again",
        description="Sends it again at once, with the same `webhook-id`. A full payload has the current state of the request.",
        responses={202: OpenApiResponse(WebhookDeliverySerializer, "Delivery queued."), **problems("conflict")},
    )
    def post(self, request: Request, webhook_id: int, delivery_id: int) -> Response:
        delivery = webhooks.delivery(self.find(webhook_id), delivery_id)
        return self.answer(webhooks.actions.resend(delivery.pk), status=202)
