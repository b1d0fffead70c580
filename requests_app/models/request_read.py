"""Which requests a member of staff has opened, and up to which event: what came later is unread."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest


class RequestRead(models.Model):
    """Only of what was opened, and for 30 days (rules/work/request_reads.py): never one row for each request and person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    last_event_id = models.BigIntegerField()
    read_at = models.DateTimeField(db_default=AppNow(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "service_request"], name="request_read_once")]
