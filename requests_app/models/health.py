"""What processes leave behind for the doctor: that they work, and how each part of the clock ended."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.jurisdiction import Jurisdiction


class Heartbeat(models.Model):
    """That a lane of the outbox is worked on, or that beat's message came through: the last time, to half a minute."""

    name = models.CharField(max_length=10, primary_key=True)
    beat_at = models.DateTimeField(db_default=AppNow())


class ClockRun(models.Model):
    """The last run of a part of worker/clock.py, for each city if the part goes by city."""

    part = models.CharField(max_length=40)
    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    # When it was first asked for: a part that has never ended well is late from then on.
    created_at = models.DateTimeField(db_default=AppNow())
    ended_at = models.DateTimeField(db_default=AppNow())
    seconds = models.FloatField(default=0)
    # The class of the error; empty: it ended well.
    error = models.CharField(max_length=80, blank=True)
    # Runs since then that failed.
    failures = models.PositiveIntegerField(default=0)
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part", "jurisdiction"], nulls_distinct=False, name="clock_run_once_a_part_and_city"
            ),
        ]
