"""Results that a crew's phone sent, each under a key that the phone made."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.event import Event
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest
from requests_app.models.task import Task


class CrewResult(models.Model):
    """Sent again, it gets the same answer. Kept 14 days."""

    class State(models.TextChoices):
        DONE = "done"
        # Somebody was faster: only its photos were kept.
        LATE = "late"

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+", db_index=False)
    # Of that request, if the result is about a task alone.
    task = models.ForeignKey(Task, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.UUIDField()
    state = models.CharField(max_length=4, choices=State.choices)
    # The last event (id) that the phone had seen.
    seen = models.BigIntegerField()
    # What it did, or that it came too late.
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service_request", "user", "key"], name="crew_result_key_unique"),
        ]
