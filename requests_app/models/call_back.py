"""Who waits for the 311 desk: call-backs, missed calls, voicemail, and what a 911 center passed on."""

from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.contact import Contact
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest


class CallBack(models.Model):
    """Somebody who waits until a taker calls them, or a call of a 911 center until a taker writes what everyone may read.

    By the clock (actions/contacts/retention.py), recording and transcript go after 30 days, the number and what it
    is about after 90. Times and outcome stay, so that promises can be counted.
    """

    class Kind(models.TextChoices):
        CALL_BACK = "call_back"
        MISSED_CALL = "missed_call"
        VOICEMAIL = "voicemail"
        TRANSFER_911 = "transfer_911"

    class Outcome(models.TextChoices):
        REACHED = "reached"
        MESSAGE_LEFT = "message_left"
        NOT_REACHED = "not_reached"
        # They called again themselves, or it was no call for the city.
        NOT_NEEDED = "not_needed"
        # Everyone may read the call of a 911 center, or it stays for staff.
        REVIEWED = "reviewed"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="call_backs", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # The conversation in which it was promised.
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="call_backs")
    # What a 911 center passed on; or the report that was made of a recording that tells of danger.
    service_request = models.ForeignKey(
        ServiceRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="call_backs"
    )
    # As it was given or shown, and as contact points are compared. Empty: not shown, or deleted.
    phone = models.CharField(max_length=60, blank=True)
    normalized_phone = models.CharField(max_length=320, blank=True)
    # The number that was dialed.
    line = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=12, default="en")
    # What it is about, in a few words of the taker.
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())
    # By when a call was promised; null: nothing was.
    promised_at = models.DateTimeField(null=True, blank=True)
    # By when somebody is to try next. What nobody took by then is late.
    due_at = models.DateTimeField()
    # Who took it, and when; nobody after a try that reached nobody.
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    # The contact of the last call to them.
    call = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls_back")
    tries = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    last_tried_at = models.DateTimeField(null=True, blank=True)
    # When supervisors were notified that it's late.
    late_notice_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=14, choices=Outcome.choices, blank=True)
    # The recording's file (actions/contacts/voicemail.py). Empty: there is none, or it was deleted.
    audio_name = models.CharField(max_length=32, blank=True)
    audio_type = models.CharField(max_length=20, blank=True)
    audio_bytes = models.PositiveIntegerField(default=0)
    transcript = models.TextField(blank=True)
    # A hash of the email's Message-ID.
    message_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "normalized_phone"],
                condition=Q(kind="missed_call", closed_at__isnull=True) & ~Q(normalized_phone=""),
                name="call_back_one_missed_call",
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "message_hash"], condition=~Q(message_hash=""), name="call_back_once_a_message"
            ),
            models.UniqueConstraint(
                fields=["service_request"], condition=Q(kind="transfer_911"), name="call_back_once_a_transfer"
            ),
        ]
        indexes = [
            models.Index(
                fields=["jurisdiction", "due_at", "id"], condition=Q(closed_at__isnull=True), name="call_back_waiting"
            ),
            models.Index(
                fields=["jurisdiction", "promised_at"],
                condition=Q(promised_at__isnull=False),
                name="call_back_promised",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
