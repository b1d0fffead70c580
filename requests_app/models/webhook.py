"""Webhooks: addresses of other programs that get events, and what was sent to each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.clock import AppNow
from requests_app.models.api_key import ApiKey
from requests_app.models.event import Event
from requests_app.models.service_request import ServiceRequest


class Webhook(models.Model):
    class Payload(models.TextChoices):
        # The request's number and address in the API; or the request itself, too.
        THIN = "thin", _("Thin")
        FULL = "full", _("Full")

    class EndReason(models.TextChoices):
        OWNER = "owner", _("Switched off by the program")
        STAFF = "staff", _("Switched off by staff")
        GONE = "gone", _("Its address answered “410 Gone”")
        FAILING = "failing", _("Its address failed for five days")
        UNREAD = "unread", _("Its program stopped reading")

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="webhooks")
    # Empty: nothing is sent, a program reads its events through the API (a listener).
    url = models.CharField(max_length=1000, blank=True)
    # What it gets; empty: everything. Names of rules.webhook_events, codes, and areas as "layer:code".
    event_types = ArrayField(models.CharField(max_length=40), default=list)
    services = ArrayField(models.CharField(max_length=60), default=list)
    areas = ArrayField(models.CharField(max_length=140), default=list)
    departments = ArrayField(models.CharField(max_length=60), default=list)
    payload = models.CharField(max_length=4, choices=Payload.choices, default=Payload.THIN)
    # Sealed. After a rotation, the earlier secret signs until then, too.
    secret = models.TextField()
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    # Since the last call that was taken: when the first one failed, how many did, and when to try again.
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    quiet_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=10, choices=EndReason.choices, blank=True)
    # Of a listener: when its events were last read, to the minute.
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    # Of one that was just made or got a new secret: the only time that it's shown.
    plain_secret: str

    @property
    def is_enabled(self) -> bool:
        return self.ended_at is None

    @property
    def is_listener(self) -> bool:
        return not self.url


class WebhookDelivery(models.Model):
    """One event for one webhook, with the same id on each try. Neither bodies nor answers are kept."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        # Given up. It can be sent again.
        DEAD = "dead", _("Not delivered")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, null=True, related_name="+", db_index=False)
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, null=True, related_name="+")
    message_id = models.CharField(max_length=40, unique=True)
    event_type = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    # Of the last try: the status of the answer, or a code that says why there was none.
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.CharField(max_length=20, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    # When it began to be sent: later than created_at if it was sent again.
    sent_since = models.DateTimeField(db_default=AppNow())
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event"], name="webhook_delivery_once"),
        ]
        indexes = [models.Index(fields=["webhook", "-id"], name="webhook_delivery_newest")]
