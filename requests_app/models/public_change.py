"""What changed in public, in the order in which it was committed: the rows behind /api/v1/changes/.

Triggers on ServiceRequest and Photo append them (migrations/0010_public_changes.py), so whatever writes is seen: an action, an
import, a nightly job, erasing. actions/publication/public_changes.py numbers them.
"""

from django.db import models

from requests_app.models.jurisdiction import Jurisdiction

# The columns of a request that each field of the feed is made of. photos: and the rows of Photo. The triggers compare these.
FOLLOWED: dict[str, tuple[str, ...]] = {
    "reference": ("reference",),
    "url": ("reference",),
    "html_url": ("reference",),
    "service": ("service_id",),
    "status": ("status",),
    "is_open": ("status",),
    "outcome": ("disposition",),
    "description": ("description",),
    "language": ("language",),
    "department": ("department_id",),
    "submitted_at": ("submitted_at",),
    "updated_at": ("updated_at",),
    "resolved_at": ("resolved_at",),
    "due_at": ("due_at",),
    "address": ("public_address",),
    "lat": ("public_point",),
    "long": ("public_point",),
    "people_count": ("people_count",),
    "affected_count": ("people_count", "me_too_count"),
    "thanks_count": ("thanks_count",),
    "photos": ("photos_private",),
}
# These also change by the calendar, by what happened to other requests, or by what administrators set up.
NOT_FOLLOWED = ("category", "status_text", "expected_at", "usual_half_hours", "usual_most_hours")


class PublicChange(models.Model):
    """One transaction's change of one public request. Of a request that was never public when a transaction ended, there is none.

    number: the place in the city's order, from 1; null until the row is numbered, which is after its commit. nonce: made with the
    number. A restored database hands out the same numbers again, but not the nonces.
    """

    class Kind(models.TextChoices):
        CREATED = "created"
        CHANGED = "changed"
        REMOVED = "removed"

    # Without constraints in the database: a trigger writes these rows, and they outlive the request.
    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    # Null: from here on the city's changes are recorded. Only cities that are older than this table have such a row.
    service_request = models.ForeignKey(
        "requests_app.ServiceRequest",
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    reference = models.CharField(max_length=8, blank=True)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    # The same for all rows of one transaction.
    transaction = models.UUIDField()
    number = models.BigIntegerField(null=True)
    nonce = models.BigIntegerField(null=True)
    # When it was numbered: never before it was committed, and in the order of the numbers.
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "number"],
                condition=models.Q(number__isnull=False),
                name="public_change_number_unique",
            )
        ]
        indexes = [
            models.Index(
                fields=["jurisdiction", "at", "number"],
                condition=models.Q(number__isnull=False),
                name="public_change_by_time",
            ),
            # Those without a number are few.
            models.Index(
                fields=["jurisdiction", "id"], condition=models.Q(number__isnull=True), name="public_change_pending"
            ),
            models.Index(
                fields=["service_request"],
                condition=models.Q(number__isnull=True),
                name="public_change_of_pending",
            ),
        ]
