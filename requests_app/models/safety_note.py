"""Safety notes: what staff should know before they go to a place, such as a loose dog. Facts about a place, for a year at most."""

import datetime as dt

from django.contrib.gis.db import models
from django.db.models import F, Q

from requests_app.clock import AppNow
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest


class SafetyNote(models.Model):
    """Counts for requests within rules.safety_notes.RADIUS_M of its point, until it ends; then it's erased."""

    class Kind(models.TextChoices):
        DOG = "dog"
        NEEDLES = "needles"
        THREAT = "threat"
        STRUCTURE = "structure"
        OTHER = "other"

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, related_name="safety_notes", db_index=False
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.CharField(max_length=300)
    address = models.CharField(max_length=300)
    point = models.PointField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=AppNow())
    # When a supervisor last said that it's so: when it was set, changed or renewed.
    confirmed_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["jurisdiction", "-ends_at", "-id"], name="safety_note_by_end")]
        constraints = [
            models.CheckConstraint(
                # A leap year, and the rest of its last day.
                condition=Q(ends_at__lte=F("confirmed_at") + dt.timedelta(days=368)),
                name="safety_note_ends_in_a_year",
            )
        ]


class SafetyNoteReading(models.Model):
    """Who was shown the words of a note, when, and through which request."""

    note = models.ForeignKey(SafetyNote, on_delete=models.CASCADE, related_name="readings", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Empty: on the note's own page.
    service_request = models.ForeignKey(
        ServiceRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    read_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        indexes = [models.Index(fields=["note", "-id"], name="readings_of_safety_note")]


class SafetyNoteText(models.Model):
    """What a note said before somebody changed it. Erased with the note; the audit only says that its text was changed."""

    note = models.ForeignKey(SafetyNote, on_delete=models.CASCADE, related_name="earlier_texts", db_index=False)
    words = models.CharField(max_length=300)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        indexes = [models.Index(fields=["note", "-id"], name="texts_of_safety_note")]
