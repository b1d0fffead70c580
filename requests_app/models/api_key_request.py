"""Somebody asks for an API key."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.clock import AppNow
from requests_app.models.api_key import ApiKey
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import ContactPoint, User


class ApiKeyRequest(models.Model):
    class State(models.TextChoices):
        # Until the link in the email is used, staff don't see it.
        UNPROVED = "unproved", _("Not confirmed yet")
        WAITING = "waiting", _("Waiting")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.CASCADE, related_name="+")
    # The program, and what it is for.
    name = models.CharField(max_length=100)
    purpose = models.CharField(max_length=1000, blank=True)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    # A test key is made as soon as the address is proved; only a live one waits for staff.
    is_test = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNPROVED)
    reply = models.CharField(max_length=1000, blank=True)
    key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    proved_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        indexes = [
            models.Index(
                fields=["jurisdiction", "proved_at", "id"], condition=Q(state="waiting"), name="api_key_request_waiting"
            )
        ]
