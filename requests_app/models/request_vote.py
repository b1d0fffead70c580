"""What anybody may say about a public request with one button: "Me too" while it's open, thanks once it's fixed."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.service_request import ServiceRequest


class RequestVote(models.Model):
    """One device's vote. The request has the counts; this row only keeps a device from voting twice, and lets it undo."""

    class Kind(models.TextChoices):
        ME_TOO = "me_too"
        THANKS = "thanks"

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="votes", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    # A keyed hash of the browser's cookie, the kind and the request: votes of one device on two requests look unrelated.
    device = models.CharField(max_length=24)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service_request", "kind", "device"], name="request_vote_once"),
        ]
