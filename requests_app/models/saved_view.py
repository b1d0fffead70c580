"""Views of the queue that staff saved, and those that each of them keeps at its top."""

from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.catalog import Department
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User
from requests_app.models.team import Team


class SavedView(models.Model):
    """A tab of the queue with filters and an order, under a name."""

    class Audience(models.TextChoices):
        ME = "me"
        TEAM = "team"
        DEPARTMENT = "department"
        CITY = "city"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    # Pairs, as in the queue's address.
    query = models.JSONField(default=list)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.ME)
    # Whom it is shared with, for the audiences of that name.
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audience="team", team__isnull=False, department__isnull=True)
                | Q(audience="department", department__isnull=False, team__isnull=True)
                | Q(audience__in=["me", "city"], team__isnull=True, department__isnull=True),
                name="saved_view_audience",
            )
        ]

    def __str__(self) -> str:
        return self.name


class SavedViewPin(models.Model):
    """A view that one person keeps at the top of the queue, in the order of pinning."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_view_pins", db_index=False)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="pins")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "view"], name="saved_view_pinned_once")]
