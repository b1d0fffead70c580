"""Published sets of routing rules, the draft of the next one, and what a draft would have done with past requests."""

import pgtrigger
from django.db import models

from requests_app.clock import AppNow
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User


class RoutingVersion(models.Model):
    """One published set of rules. Immutable; the one with the highest number is in use."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, related_name="routing_versions", db_index=False
    )
    number = models.PositiveIntegerField()
    # As written in a catalog file.
    rules = models.JSONField()
    note = models.CharField(max_length=500, blank=True)
    # Empty: a command.
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    published_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "number"], name="routing_version_number_unique")]
        triggers = [pgtrigger.Protect(name="routing_version_immutable", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return str(self.number)


class RoutingDraft(models.Model):
    """The rules that are being changed, one draft for the whole city."""

    jurisdiction = models.OneToOneField(Jurisdiction, on_delete=models.CASCADE, related_name="routing_draft")
    rules = models.JSONField()
    # The number of the version that it changes; 0: there is none.
    base = models.PositiveIntegerField(default=0)
    # Grows with each change, so that nobody overwrites what they haven't seen; and the rules of earlier revisions, the newest
    # last, to say what changed: [[revision, rules], …].
    revision = models.PositiveBigIntegerField(default=1)
    earlier = models.JSONField(default=list)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    updated_at = models.DateTimeField(db_default=AppNow())


class RoutingSimulation(models.Model):
    """A draft tried on past requests, batch by batch, next to the rules that were in use when it began."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="routing_simulations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    base_rules = models.JSONField()
    rules = models.JSONField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    # Where the next batch begins: the newest request of the last one.
    last_at = models.DateTimeField(null=True, blank=True)
    last_id = models.BigIntegerField(default=0)
    replayed = models.PositiveIntegerField(default=0)
    # How many requests are decided otherwise, in all, by rule and by departments; and some of them, spread over the period:
    # {"stride": 2, "requests": [[id, code of the new department], …]}.
    moved = models.PositiveIntegerField(default=0)
    by_rule = models.JSONField(default=list)
    by_department = models.JSONField(default=list)
    places = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=AppNow())
    finished_at = models.DateTimeField(null=True, blank=True)
