"""API keys. Only hashes of their secrets are stored, so that a stolen backup is useless."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from requests_app.clock import AppNow
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User

# Calls a minute of a key, unless an administrator sets something else.
CALLS_A_MINUTE = 600


class Scope(models.TextChoices):
    """What a key opens besides what is public."""

    READ = "read", _("Read public reports, more often than without a key")
    REPORT = "report", _("Send reports")
    UPDATES = "updates", _("Post updates on reports")
    STAFF = "staff", _("Work on requests as a member of staff")
    CONTACTS = "contacts", _("Read reporters’ names and contact details")
    WEBHOOKS = "webhooks", _("Get changes sent to it (webhooks)")
    READINGS = "readings", _("Send readings of sensors")
    CALL_COUNTS = "call_counts", _("Send the telephone system’s counts of calls")


class ApiKey(models.Model):
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    # The email address of the person who maintains the program. Who proves to have it, manages the key on /developers/account/.
    contact = models.CharField(max_length=254, blank=True, db_default="")
    # The first characters, to recognize the key in a log.
    prefix = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    # After a rotation, the earlier secret is valid until then, too.
    previous_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    # Of Scope.
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    # Whose permissions count for the scope "staff".
    acts_as = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    calls_a_minute = models.PositiveIntegerField(default=CALLS_A_MINUTE, db_default=CALLS_A_MINUTE)
    # None: as many as its calls allow.
    reports_a_day = models.PositiveIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # In CIDR notation, such as 192.0.2.0/24. None: it may be used from everywhere.
    networks = ArrayField(models.CharField(max_length=43), default=list, db_default=[], blank=True)
    # Requests made with a test key are marked as tests and never shown publicly.
    is_test = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    # To the hour.
    last_used_at = models.DateTimeField(null=True, blank=True)
    # When its contact was emailed that it ends unless it's called: see rules.programs.api_keys.UNUSED_KEPT.
    end_noticed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    # Set by api_keys.look_up(): the database's time, and whether the earlier secret was sent.
    now: dt.datetime
    by_previous: bool

    class Meta:
        constraints = [
            # Strangers name test keys as they like.
            models.UniqueConstraint(
                fields=["jurisdiction", "name"],
                condition=Q(revoked_at__isnull=True, is_test=False),
                name="api_key_name_unique",
            ),
        ]
        indexes = [models.Index(Lower("contact"), "jurisdiction", condition=~Q(contact=""), name="api_key_contact")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def allows(self, scope: str) -> bool:
        return scope in self.scopes and (scope != Scope.STAFF or self.acts_as_id is not None)
