"""Webhooks of a key: what is sent to set them up, and what is answered."""

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from requests_app import links
from requests_app.api.framework.fields import (
    ChoiceField,
    FlagField,
    IntegerField,
    MomentField,
    Strict,
    TextField,
    TextsField,
    UrlField,
    unknown_value,
)
from requests_app.api.framework.query_fields import ChoiceParameter, TextParameter
from requests_app.api.framework.schema import SITE, example_of_serializer
from requests_app.api.framework.serializers import AnswerSerializer, BodySerializer, QuerySerializer
from requests_app.api.v1.base import PageQuerySerializer
from requests_app.api.v1.request_serializers import PageSerializer, RequestRowSerializer
from requests_app.api.v1.webhooks import event_catalog
from requests_app.core import outside_calls
from requests_app.core.outside_calls import URL_MAX
from requests_app.models import Area, Department, Jurisdiction, Service, Webhook, WebhookDelivery
from requests_app.rules.programs import webhook_events
from requests_app.rules.programs.webhooks import CHOSEN_MOST, OVERLAP_HOURS_MOST

REFUSALS = {
    "not_a_url": gettext_lazy(
        "url must be an address like https://example.org/hook, without a user name or a fragment."
    ),
    "not_https": gettext_lazy("url must begin with https://."),
    "inside": gettext_lazy("url must lead to an address on the public internet."),
    "not_found": gettext_lazy("The host in url wasn’t found."),
}
CHOSEN = {
    "events": ["request.submitted", "request.resolved"],
    "services": ["pothole"],
    "areas": ["ward:5"],
    "departments": [],
}
PAYLOAD = (
    "`thin` has the request’s number and URL. `full` also has the request and, with the scope `contacts`, the reporter."
)


# --- What is sent -----------------------------------------------------------------------------------------------------


class AddressField(TextField):
    """A URL that may be called, as it was sent."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            outside_calls.place(data)
        except outside_calls.Refused as refused:
            raise ValidationError(str(REFUSALS[refused.code]), refused.code.replace("_", "-")) from None
        return str(data)


def _address(**more: Any) -> AddressField:
    words = "The URL that events are sent to: https, on the public internet."
    return AddressField(max_length=URL_MAX, help_text=words, **more)


def _chosen(name: str, words: str, **more: Any) -> TextsField:
    if name == "events":
        more["child"] = serializers.ChoiceField(webhook_events.CHOICES)
    return TextsField(max_length=CHOSEN_MOST, help_text=f"{words} Empty means all.", example=CHOSEN[name], **more)


class ChosenSerializer(BodySerializer):
    """Which events, and how much of each."""

    events = _chosen("events", "Types of the catalog.", required=False)
    services = _chosen("services", "Codes of services.", required=False)
    areas = _chosen("areas", "Areas as `layer:code`.", required=False)
    departments = _chosen("departments", "Codes of departments.", required=False)
    payload = ChoiceField(Webhook.Payload.values, required=False, help_text=PAYLOAD, example="full")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """By the names of the columns, without what was left out."""
        city = self.context["view"].jurisdiction
        mistakes = {}
        for name, known in KNOWN.items():
            codes = attrs.get(name) or []
            unknown = sorted(set(codes) - known(city, codes)) if codes else []
            if unknown:
                mistakes[name] = unknown_value(unknown[0][:60])
        if mistakes:
            raise ValidationError(mistakes)
        columns = {"event_types" if name == "events" else name: value for name, value in attrs.items()}
        return {name: value for name, value in columns.items() if value is not None}


class NewListenerSerializer(ChosenSerializer):
    """What to listen to."""


class NewWebhookSerializer(ChosenSerializer):
    """What to send, and where to."""

    url = _address(example="https://example.org/hook")


class WebhookEditSerializer(ChosenSerializer):
    """What changes."""

    url = _address(required=False, allow_blank=False)
    enabled = FlagField(required=False, help_text="Whether events are sent.", example=True)


class NewSecretSerializer(BodySerializer):
    """The hours for which both secrets sign."""

    overlap_hours = IntegerField(
        min_value=0,
        max_value=OVERLAP_HOURS_MOST,
        default=24,
        help_text="0 ends the previous secret right away.",
        example=24,
    )


def _areas(city: Jurisdiction, names: list[str]) -> set[str]:
    pairs = [name.partition(":")[::2] for name in names]
    areas = Area.objects.filter(jurisdiction=city, layer__in=[layer for layer, _code in pairs])
    areas = areas.filter(code__in=[code for _layer, code in pairs])
    return {f"{layer}:{code}" for layer, code in areas.values_list("layer", "code")}


def _services(city: Jurisdiction, codes: list[str]) -> set[str]:
    services = Service.objects.filter(jurisdiction=city, service_code__in=codes)
    return set(services.values_list("service_code", flat=True))


def _departments(city: Jurisdiction, codes: list[str]) -> set[str]:
    return set(Department.objects.filter(jurisdiction=city, code__in=codes).values_list("code", flat=True))


# Of each list, which of the codes there are.
KNOWN = {
    "events": lambda city, names: set(webhook_events.CHOICES),
    "services": _services,
    "areas": _areas,
    "departments": _departments,
}


class DeliveriesQuerySerializer(PageQuerySerializer):
    state = ChoiceParameter(choices=WebhookDelivery.State.values, help_text="Only these.", example="dead")


class ListenerQuerySerializer(QuerySerializer):
    cursor = TextParameter(
        max_length=40, help_text="The `cursor` of the answer before, or the `webhook-id` of an event."
    )


# --- What is answered -------------------------------------------------------------------------------------------------


class WebhookSerializer(AnswerSerializer):
    """A URL that gets events."""

    id = TextField(source="pk", help_text="Never changes.", example="12")
    url = TextField(
        help_text="Where events are sent, or where your program reads them (a listener).",
        example="https://example.org/hook",
    )
    events = _chosen("events", "Types of the catalog.", source="event_types")
    services = _chosen("services", "Codes of services.")
    areas = _chosen("areas", "Areas as `layer:code`.")
    departments = _chosen("departments", "Codes of departments.")
    payload = ChoiceField(Webhook.Payload.values, help_text=PAYLOAD, example="full")
    enabled = FlagField(source="is_enabled", help_text="Whether events are sent.", example=True)
    end_reason = ChoiceField(
        Webhook.EndReason.values,
        allow_null=True,
        help_text="Why it is off: by a program with the key, by city staff, because its URL answered 410, because it failed "
        "for five days, or because nobody read its events.",
    )
    failing_since = MomentField(allow_null=True, help_text="When deliveries started to fail.")
    previous_secret_until = MomentField(
        source="previous_until", allow_null=True, help_text="Until when the previous secret also signs."
    )
    created_at = MomentField(help_text="When it was created.", example="2026-06-03T14:30:00-04:00")

    def to_representation(self, instance: Webhook) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if instance.is_listener:
            site = links.base_url(self.context["view"].jurisdiction)
            shown["url"] = f"{site}/api/v1/webhooks/{instance.pk}/events/"
        return {**shown, "end_reason": instance.end_reason or None}


class WebhookWithSecretSerializer(WebhookSerializer):
    """A webhook and its new secret."""

    secret = TextField(
        source="plain_secret",
        help_text="Signs what is sent. It is shown only once.",
        example="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    )


LISTENER = {
    **example_of_serializer(WebhookWithSecretSerializer(), is_answer=True),
    "url": f"{SITE}/api/v1/webhooks/12/events/",
}


class WebhooksSerializer(AnswerSerializer):
    """All webhooks of the key."""

    results = WebhookSerializer(many=True)


class HeadersField(Strict, serializers.DictField):
    """Texts by name."""


class ListenerEventSerializer(AnswerSerializer):
    """A delivery, as it would be sent."""

    headers = HeadersField(
        child=serializers.CharField(),
        example={
            "Content-Type": "application/json",
            "User-Agent": "Lamplighter-Webhooks/1",
            "webhook-id": "msg_0f3a1c5e7b9d4f60a1b2c3d4e5f60718",
            "webhook-timestamp": "1780578761",
            "webhook-signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
        },
        help_text="Among them `webhook-id`, `webhook-timestamp` and `webhook-signature`.",
    )
    body = TextField(
        help_text="The body as it was signed: JSON, a WebhookMessage. Pass on these bytes.",
        example='{"type":"webhook.test","timestamp":"2026-06-04T09:12:41-04:00","data":{}}',
    )


class ListenerEventsSerializer(AnswerSerializer):
    """The events of a listener that come after the cursor, oldest first."""

    results = ListenerEventSerializer(many=True)
    cursor = TextField(
        allow_null=True,
        help_text="Ask for what comes after it. Null until there is a first event.",
        example="msg_0f3a1c5e7b9d4f60a1b2c3d4e5f60718",
    )
    wait_s = IntegerField(min_value=0, help_text="Seconds to wait before you ask again.", example=1)


class WebhookDeliverySerializer(AnswerSerializer):
    """One event for one webhook. Request and response bodies aren’t kept."""

    id = TextField(source="pk", help_text="Never changes.", example="40312")
    webhook_id = TextField(
        source="message_id",
        help_text="The header webhook-id, which is the same for each try and when it is resent.",
        example="msg_0f3a1c5e7b9d4f60a1b2c3d4e5f60718",
    )
    type = TextField(source="event_type", help_text="The type of the event.", example="request.resolved")
    reference = TextField(
        source="service_request.display_reference",
        allow_null=True,
        help_text="The number of the request.",
        example="7K3M-9QWT",
    )
    state = ChoiceField(
        WebhookDelivery.State.values,
        help_text="`dead` means that we gave up. You can send it again.",
        example="delivered",
    )
    attempts = IntegerField(min_value=0, help_text="The number of tries.", example=1)
    status = IntegerField(allow_null=True, help_text="The status of the last response.", example=204)
    error = TextField(allow_null=True, help_text="A code that says why there was no response, or why it wasn’t sent.")
    milliseconds = IntegerField(allow_null=True, help_text="How long the last try took.", example=84)
    tried_at = MomentField(allow_null=True, help_text="The last try.", example="2026-06-04T09:12:41-04:00")
    created_at = MomentField(help_text="When it was first due.", example="2026-06-04T09:12:40-04:00")

    def to_representation(self, instance: WebhookDelivery) -> dict[str, Any]:
        return {**super().to_representation(instance), "error": instance.error or None}


class WebhookDeliveryPageSerializer(PageSerializer):
    """One page of deliveries, newest first."""

    results: serializers.BaseSerializer[Any] = WebhookDeliverySerializer(many=True)


# --- What a webhook gets ----------------------------------------------------------------------------------------------


class WebhookContactSerializer(AnswerSerializer):
    """Who reported it: in a full body, for a key with the scopes `contacts` and `staff`. Null once they were erased."""

    name = TextField(allow_null=True, help_text="Their name.")
    email = TextField(allow_null=True, help_text="Their email address.")
    phone = TextField(allow_null=True, help_text="Their phone number.")
    postal_address = TextField(allow_null=True, help_text="Only for services that require one.")


class WebhookDataSerializer(AnswerSerializer):
    """Empty in a test."""

    reference = TextField(required=False, help_text="The number of the request.")
    url = UrlField(required=False, help_text="Its URL in this API.")
    request = RequestRowSerializer(required=False)
    contact = WebhookContactSerializer(required=False, allow_null=True)


class WebhookMessageSerializer(AnswerSerializer):
    """The body of a webhook."""

    type = TextField(help_text="The type of the event.")
    timestamp = MomentField(help_text="When it happened.")
    # The field; what REST framework calls `data` stays a property.
    data = WebhookDataSerializer()  # type: ignore[assignment]


class WebhookEventTypeSerializer(AnswerSerializer):
    """A type of event."""

    type = TextField(help_text="Its name, which never changes.")
    description = TextField(help_text="When it is sent.")
    thin = WebhookMessageSerializer()
    full = WebhookMessageSerializer()


class WebhookEventTypesSerializer(AnswerSerializer):
    """The catalog."""

    results = WebhookEventTypeSerializer(many=True, example=event_catalog()[0])
