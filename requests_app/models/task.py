"""Tasks: parts of the work on a request that several departments do at the same time."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.catalog import Department
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest
from requests_app.models.team import Team


class Task(models.Model):
    """One department's part. It may be kept in another system, as a work order with a number and a status of its own.

    A task of a request that has ended counts as ended, whatever its state.
    """

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        DROPPED = "dropped"

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="tasks")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    what = models.CharField(max_length=500)
    # It can't begin before that one of the same request has ended.
    after = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    # The work order in the other system, and its status in that system's own words.
    outside_number = models.CharField(max_length=60, blank=True)
    outside_url = models.URLField(max_length=300, blank=True)
    outside_status = models.CharField(max_length=60, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=AppNow())
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", ended_at=None) | (~models.Q(state="open") & ~models.Q(ended_at=None)),
                name="task_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["department", "id"], condition=models.Q(state="open"), name="task_open_by_department"),
            models.Index(
                fields=["department", "outside_number"],
                condition=~models.Q(outside_number=""),
                name="task_by_outside_number",
            ),
        ]

    def __str__(self) -> str:
        return self.what


class OutsideStatus(models.Model):
    """What a word of another system's work orders means here."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="outside_statuses")
    words = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=Task.State.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["department", "words"], name="outside_status_unique")]

    def __str__(self) -> str:
        return self.words
