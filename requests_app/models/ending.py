"""Endings drawn at random each week, and what someone on another team saw when they went to look."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.catalog import Department
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User
from requests_app.models.photo import Photo
from requests_app.models.service_request import ServiceRequest
from requests_app.models.states import Disposition


class EndingSample(models.Model):
    """One week's drawing of one department. With the seed, the same endings are drawn again (rules/truth/ending_checks.py)."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="ending_samples")
    # The Monday of the week in which the requests ended.
    week = models.DateField()
    seed = models.CharField(max_length=32)
    # How many were to be drawn, and out of how many.
    wanted = models.PositiveIntegerField()
    endings = models.PositiveIntegerField()
    # Endings of the same week that say nothing that one could see there ("answered").
    other_endings = models.PositiveIntegerField()
    # The outcomes it was drawn from, without which nobody could draw the same again once there are more.
    outcomes = ArrayField(models.CharField(max_length=14), db_default=["fixed", "not_found"])
    drawn_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["department", "week"], name="ending_sample_once")]
        indexes = [models.Index(fields=["jurisdiction", "-week"], name="ending_sample_newest")]


class EndingCheck(models.Model):
    """One drawn ending. Nobody has looked until `seen_at`."""

    class Seen(models.TextChoices):
        FIXED = "fixed"
        NOT_FIXED = "not_fixed"
        CANT_TELL = "cant_tell"
        # It isn't gone, but the action that was claimed left a sign. Only said once the outcome was shown.
        ACTED = "acted"

    sample = models.ForeignKey(EndingSample, on_delete=models.CASCADE, related_name="checks")
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="ending_checks")
    # What was drawn: the outcome and when, which a reopening later replaces on the request.
    disposition = models.CharField(max_length=14, choices=Disposition.choices)
    ended_at = models.DateTimeField()
    # Of another team than those who did the work. Empty: nobody was free to look.
    checker = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="ending_checks")
    seen = models.CharField(max_length=10, choices=Seen.choices, blank=True)
    # Whether the photo alone answered: then the outcome was not shown before.
    was_blind = models.BooleanField(default=False)
    photo = models.ForeignKey(Photo, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    # Reopened within 30 days of ending.
    reopened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "service_request"], name="ending_check_once"),
            models.CheckConstraint(
                condition=Q(seen="", seen_at__isnull=True) | (~Q(seen="") & Q(seen_at__isnull=False)),
                name="ending_check_seen_at",
            ),
        ]
        indexes = [
            models.Index(fields=["checker", "id"], condition=Q(seen_at__isnull=True), name="ending_check_to_do"),
        ]
