"""The log of setup: every change of services, people, rules, places, texts and the city, append-only as the event log is."""

import pgtrigger
from django.db import models

from requests_app.clock import AppNow
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User


class SetupChange(models.Model):
    """One change of one row of setup. Unlike an event it holds words: those of City Hall, never a resident's."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(db_default=AppNow())
    # Empty: a command or the system.
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    # What was changed, as in KINDS of setup_changes.py (service, role …); which one, by its code or id; and what it was called.
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=80)
    name = models.CharField(max_length=200, blank=True)
    # added, changed, removed, published, scheduled, rolled_back …
    action = models.CharField(max_length=20)
    # The row as written in a catalog file; null: it was not there.
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["jurisdiction", "-id"], name="setup_change_newest"),
            models.Index(fields=["jurisdiction", "kind", "key", "-id"], name="setup_change_of_row"),
            models.Index(fields=["user", "-id"], name="setup_change_by_user"),
            models.Index(fields=["jurisdiction", "-at", "-id"], name="setup_change_by_time"),
        ]
        triggers = [pgtrigger.Protect(name="setup_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
