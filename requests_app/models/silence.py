"""The watch for silence: requests that went without a public word for too long, and the reasons that people gave."""

from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest


class SilenceQuestion(models.Model):
    """ "Why is there no update?", asked about one request. Open until somebody answers or posts a public word."""

    class Reason(models.TextChoices):
        SCHEDULED = "scheduled"
        BACKLOG = "backlog"
        PARTS = "parts"
        OTHERS = "others"
        INVESTIGATING = "investigating"
        UNCLEAR = "unclear"

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="silence_questions")
    asked_at = models.DateTimeField(db_default=AppNow())
    # Who had it then. Empty: the whole department.
    asked = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=14, choices=Reason.choices, blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    # A public word, or the end of the request, made the question pointless.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_request"],
                condition=Q(answered_at__isnull=True, ended_at__isnull=True),
                name="silence_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["service_request", "-id"], name="silence_of_request"),
        ]
