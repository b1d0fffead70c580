"""Drafts: reports not sent yet, stored on the server for 7 days so that Back, reload and a later return work."""

import datetime as dt
import uuid

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.catalog import ServiceVersion
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest
from requests_app.models.states import Channel


class Draft(models.Model):
    """Readable only with the visitor's cookie, of which this row has a hash. Staff cannot read it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    visitor_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=12, default="en")
    # Input by step: {"problem": …, "service_code": …, "place": {…}, "details": {…}, "contact": {…}}.
    typed = models.JSONField(default=dict)
    # The emergency page: "" (not shown), "shown" or "went_on".
    warning = models.CharField(max_length=10, default="")
    # One draft makes one request, however often it is submitted.
    idempotency_key = models.UUIDField(default=uuid.uuid4, editable=False)
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.SET_NULL, null=True, blank=True)
    # A test of the service by this member of staff, who alone can open it; and the version that is tested.
    tester = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    tested_version = models.ForeignKey(
        ServiceVersion, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    # A report that this member of staff writes: for somebody at the desk (models/contact.py), or of what they saw themselves. No
    # browser's cookie opens it.
    taker = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    # How it comes. STAFF: its taker saw it themselves.
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB, db_default=Channel.WEB)
    # Whether an article was offered as the answer to its words.
    saw_answer = models.BooleanField(default=False, db_default=False)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=AppNow())
    updated_at = models.DateTimeField(db_default=AppNow())
    # The time when it was read, if the query asked for it.
    read_at: dt.datetime | None = None

    class Meta:
        indexes = [
            models.Index(fields=["visitor_hash", "-created_at"], name="draft_of_visitor"),
            models.Index(fields=["expires_at"], name="draft_expiry"),
        ]
        constraints = [
            # A device with a report stored offline chooses the key, so that sending it twice makes one draft.
            models.UniqueConstraint(fields=["visitor_hash", "idempotency_key"], name="draft_key_unique"),
        ]
