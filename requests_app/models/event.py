"""The event log: append-only, the source of the timeline, the audit trail and all statistics. It holds no free text."""

import pgtrigger
from django.db import models

from requests_app.clock import AppNow
from requests_app.models.api_key import ApiKey
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import Person, User
from requests_app.models.service_request import ServiceRequest
from requests_app.models.signed_row import SignedRow


class Event(SignedRow):
    """Codes, ids, times and numbers from the allow-list in events.py. Ordered by id."""

    class Source(models.TextChoices):
        LIVE = "live"
        IMPORT = "import"
        DEMO = "demo"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="+", db_index=False)
    service_request = models.ForeignKey(
        ServiceRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="events", db_index=False
    )
    kind = models.CharField(max_length=30)
    at = models.DateTimeField(db_default=AppNow())
    # Who did it: one of these, or neither for the system.
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    # The program that did it for the member of staff.
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    data = models.JSONField(default=dict)
    # Only of events that a department gets links for (events.TO_DEPARTMENT): there are many events.
    nonce = models.UUIDField(null=True, editable=False)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.LIVE)

    class Meta:
        indexes = [
            models.Index(fields=["service_request", "id"], name="event_of_request"),
            models.Index(fields=["jurisdiction", "kind", "at"], name="event_by_kind"),
            # The audit reads what staff did, newest first.
            models.Index(
                fields=["jurisdiction", "-at", "-id"], condition=models.Q(user__isnull=False), name="event_of_staff"
            ),
            models.Index(fields=["user", "-at", "-id"], condition=models.Q(user__isnull=False), name="event_by_user"),
            models.Index(
                fields=["jurisdiction", "kind", "-at", "-id"],
                condition=models.Q(user__isnull=False),
                name="event_of_staff_by_kind",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
