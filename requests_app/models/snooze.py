"""Requests that somebody put off for a while, in their own lists only."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest


class Snooze(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="snoozes", db_index=False)
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()
    # The request's last event by then: one that matters after it ends the snooze (rules/work/snoozes.py).
    last_event_id = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "service_request"], name="snoozed_once")]
        indexes = [models.Index(fields=["user", "until"], name="snooze_of_user")]
