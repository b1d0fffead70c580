"""The same steps on many requests: a job with one row per request, so that each is done once and can be undone."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest


class BulkJob(models.Model):
    """Deleted after 30 days (actions/privacy/expiry.py). Its emails wait until it is finished and can't be undone anymore."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bulk_jobs")
    # See rules/work/steps.py. A macro's steps are copied, so that a change of the macro doesn't change a running job.
    steps = models.JSONField()
    # The macro's name; empty for a single action.
    name = models.CharField(max_length=60, blank=True)
    # Of the queue it was started from, as in its address.
    query = models.TextField(blank=True)
    # The newest event when the rows were shown: what changed afterward is refused.
    last_event_id = models.BigIntegerField()
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0)
    batches = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(db_default=AppNow())
    stopped_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Undo all: when it was asked for, and when it was finished.
    undo_asked_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="bulk_job_of_user"),
            models.Index(fields=["started_at"], name="bulk_job_by_age"),
        ]

    @property
    def is_running(self) -> bool:
        """Whether a worker does it, or undoes it."""
        return self.finished_at is None or (self.undo_asked_at is not None and self.undone_at is None)


class BulkRow(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"
        UNDONE = "undone"
        # Done, and it could not be undone: something happened since, or its email had left.
        KEPT = "kept"

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="rows")
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, db_default=State.WAITING)
    # Why it was refused or kept, a code of rules/work/steps.py.
    reason = models.CharField(max_length=30, blank=True, db_default="")
    # The events since the rows were shown, if that is the reason.
    changes = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    # What the job recorded, the first one with its UndoState.
    events = ArrayField(models.BigIntegerField(), default=list, db_default=[])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "service_request"], name="bulk_row_once")]
        indexes = [
            models.Index(fields=["job", "service_request"], condition=Q(state="waiting"), name="bulk_row_waiting"),
            models.Index(fields=["job", "state", "service_request"], name="bulk_row_by_state"),
        ]
