"""Typical times: what the pages said, day by day, about how long reports take. Kept, so that it can be checked."""

from django.db import models

from requests_app.models.catalog import Service
from requests_app.models.geography import Area
from requests_app.models.jurisdiction import Jurisdiction


class TypicalTime(models.Model):
    """How long reports of a service, an area or the city took at the time, computed nightly (actions/promises/typical_times.py)."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    # None: all services of the area.
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    # None: the whole city.
    area = models.ForeignKey(Area, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # In the city's time zone; one row a day, which another run replaces.
    day = models.DateField()
    computed_at = models.DateTimeField()
    # How many reports were open at some time in the last `days` days.
    count = models.PositiveIntegerField()
    days = models.PositiveSmallIntegerField()
    # Rounded up, as pages show them. None: fewer than half, or than 8 in 10, get finished in any time that we can see.
    half = models.DurationField(null=True)
    most = models.DurationField(null=True)
    # By which `most` was multiplied, since fewer or more than 8 in 10 of the earlier numbers held.
    factor = models.FloatField()
    # Whether endings of the last 90 days ran oldest first: the rank correlation of coming in and ending. None: too few to say.
    order = models.FloatField(null=True)

    class Meta:
        constraints = [
            # Read by service and day; a NULL counts as a value.
            models.UniqueConstraint(fields=["service", "day", "area"], nulls_distinct=False, name="typical_time_once"),
        ]
