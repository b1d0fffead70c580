"""Calls that went between the 911 center and 311: which way, why, and under which number of the center."""

from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.alarm import Alarm
from requests_app.models.api_key import ApiKey
from requests_app.models.contact import Contact
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest


class EmergencyHandOver(models.Model):
    """One call that a 911 center passed on to the city, or one that staff made to 911.

    It holds codes and the center's number alone. That number goes with the person, or after a year from what was only a
    conversation; `has_event_number` stays, so that a recount is the same.
    """

    class Direction(models.TextChoices):
        # From the 911 center to the city, and from the city to 911.
        IN = "in"
        OUT = "out"

    class Reason(models.TextChoices):
        """rules/alarms/hand_overs.py says which of them each direction has."""

        CITY_SERVICE = "city_service"
        QUESTION = "question"
        NOT_URGENT = "not_urgent"
        MEDICAL = "medical"
        FIRE = "fire"
        CRIME = "crime"
        TRAFFIC = "traffic"
        WELFARE = "welfare"
        OTHER = "other"
        # Nobody said.
        UNKNOWN = "unknown"

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, related_name="emergency_hand_overs", db_index=False
    )
    direction = models.CharField(max_length=3, choices=Direction.choices)
    # Whether who passed it on stayed until somebody answered; null: nobody said.
    is_warm = models.BooleanField(null=True, blank=True)
    reason = models.CharField(max_length=12, choices=Reason.choices, default=Reason.UNKNOWN)
    # The center's own.
    event_number = models.CharField(max_length=80, blank=True)
    has_event_number = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=AppNow())
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    # Of the center's program; null: somebody typed it.
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    # What it became or was about: a request, its alarm, or a conversation without a request.
    service_request = models.ForeignKey(
        ServiceRequest, on_delete=models.SET_NULL, null=True, blank=True, related_name="emergency_hand_overs"
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="emergency_hand_overs"
    )
    alarm = models.ForeignKey(Alarm, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Undone by the person who recorded it. Figures leave it out.
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_request"], condition=Q(direction="in"), name="emergency_hand_over_in_once_a_request"
            ),
            models.CheckConstraint(
                condition=Q(event_number="") | Q(has_event_number=True), name="emergency_hand_over_has_its_number"
            ),
        ]
        indexes = [
            models.Index(fields=["jurisdiction", "direction", "-at", "-id"], name="emergency_hand_over_newest"),
            models.Index(
                fields=["jurisdiction", "event_number"],
                condition=~Q(event_number=""),
                name="emergency_hand_over_by_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.reason}"
