"""Suspensions: times in which a city stops the clocks of some services or areas, such as a snow emergency."""

from django.db import models
from django.db.models import F, Q

from requests_app.clock import AppNow
from requests_app.core.localized import LocalizedField
from requests_app.models.catalog import Service
from requests_app.models.geography import Area
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User


class ClockSuspension(models.Model):
    """Applies to requests of one of its services in one of its areas; without any, to all of them."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, related_name="clock_suspensions", db_index=False
    )
    services = models.ManyToManyField(Service, blank=True, related_name="+")
    areas = models.ManyToManyField(Area, blank=True, related_name="+")
    # By language, for staff and residents: "Snow emergency".
    reason = LocalizedField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # How many clocks it has stopped so far.
    stopped = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        indexes = [models.Index(fields=["jurisdiction", "-ends_at", "-id"], name="suspension_by_end")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="suspension_ends_after_it_starts")
        ]
