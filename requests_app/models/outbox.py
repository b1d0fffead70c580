"""The outbox, a queue in a table of work still to do, and the log of messages."""

from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.event import Event
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import ContactPoint, Person
from requests_app.models.service_request import ServiceRequest

PENDING = Q(done_at__isnull=True, dead_at__isnull=True, paused_at__isnull=True)


class OutboxRow(models.Model):
    class Lane(models.TextChoices):
        # Done and marked done in one transaction: exactly once.
        DATABASE = "database"
        # Email: at least once, with a stable id for the recipient.
        OUTSIDE = "outside"
        # Webhooks: as outside, but a program that answers slowly never keeps email waiting.
        WEBHOOK = "webhook"
        # Email and text messages about danger: as outside, but never behind other email.
        ALARM = "alarm"
        # By the clock, such as closing and recounting: each part commits as it goes, and keeps nobody waiting.
        CLOCK = "clock"

    kind = models.CharField(max_length=40)
    lane = models.CharField(max_length=10, choices=Lane.choices)
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, null=True, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, null=True, related_name="+")
    # Of a row without a request and a recipient: whose staff see it if it's given up. None: the whole installation's.
    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    recipient = models.ForeignKey(ContactPoint, on_delete=models.CASCADE, null=True, related_name="+")
    dedupe_key = models.CharField(max_length=120, unique=True)
    # A row waits until earlier rows with the same key are done. Empty: it waits for none.
    ordering_key = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField(db_default=AppNow())
    attempts = models.PositiveIntegerField(default=0)
    # How many attempts ended in an error raised by the handler (not in a kill or a lost connection).
    errors = models.PositiveIntegerField(default=0)
    # The class of an error, an SMTP code or both, never text from a server.
    last_error = models.CharField(max_length=80, blank=True)
    # The id of the HTTP request that caused it, for logs.
    trace_id = models.CharField(max_length=40, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        indexes = [
            models.Index(fields=["lane", "due_at", "id"], condition=PENDING, name="outbox_due"),
            models.Index(fields=["ordering_key", "id"], condition=PENDING & ~Q(ordering_key=""), name="outbox_order"),
            models.Index(fields=["dead_at"], condition=Q(dead_at__isnull=False), name="outbox_dead"),
            models.Index(fields=["done_at"], condition=Q(done_at__isnull=False), name="outbox_done"),
            models.Index(fields=["service_request"], name="outbox_of_request"),
        ]


# Whose rows reach people and programs outside.
LEAVING = (OutboxRow.Lane.OUTSIDE, OutboxRow.Lane.WEBHOOK, OutboxRow.Lane.ALARM)


class Message(models.Model):
    """One message to one address about one event. The unique constraint prevents sending it twice."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="+")
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, null=True, related_name="messages")
    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.SET_NULL, null=True, related_name="messages")
    channel = models.CharField(max_length=10, default="email")
    kind = models.CharField(max_length=30)
    # The Message-ID header, derived from the event and the recipient.
    message_id = models.CharField(max_length=200)
    sent_at = models.DateTimeField(null=True, blank=True)
    # Not sent because of a cap (see messages/limits.py), or rejected by the mail server for good.
    skipped = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "contact_point", "channel", "kind"], name="message_once_an_event"),
        ]
        indexes = [models.Index(fields=["contact_point", "-created_at"], name="message_by_address")]
