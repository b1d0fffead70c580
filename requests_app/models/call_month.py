"""Calls of each month, as the 911 center and the telephone companies counted them, from before and after 311 began."""

from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.jurisdiction import Jurisdiction


class CallMonth(models.Model):
    """How many calls a line had in a month. Emergency calls may be counted by priority."""

    class Line(models.TextChoices):
        EMERGENCY = "911"
        NON_EMERGENCY = "non_emergency"
        DESK = "311"
        # 911 of a city next door, where nothing began then.
        NEIGHBOR = "neighbor_911"

    class Priority(models.TextChoices):
        HIGH = "high"
        LOW = "low"
        # All of them, or nobody knows.
        ALL = ""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    line = models.CharField(max_length=13, choices=Line.choices)
    priority = models.CharField(max_length=4, choices=Priority.choices, blank=True)
    # Its first day.
    month = models.DateField()
    calls = models.PositiveIntegerField()
    received_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "line", "priority", "month"], name="call_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="call_month_begins_a_month"),
            models.CheckConstraint(
                condition=Q(line__in=["911", "neighbor_911"]) | Q(priority=""), name="call_month_priority_of_911"
            ),
        ]
