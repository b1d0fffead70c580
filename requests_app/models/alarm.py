"""Alarms about danger: who is on call, what is ringing, and who was alerted when."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.catalog import Department, EmergencyPhrase
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User
from requests_app.models.service_request import Comment, ServiceRequest
from requests_app.models.signed_row import SignedRow


class OnCall(models.Model):
    """One line of a roster: a member of staff or an outside contact, always or at certain times.

    Without a department, it is the roster of the city's desk, or with a kind, of those who know how to help in this kind of danger.
    Without weekdays, it applies every day; without times, all day.
    A shift that ends before it starts ends the next day, and belongs to the day on which it starts.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="on_call")
    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, null=True, blank=True, related_name="on_call_roster"
    )
    # One of rules.screening.DISTRESS.
    kind = models.CharField(max_length=20, choices=EmergencyPhrase.Kind.choices, blank=True, db_default="")
    # The first who is on duty is alerted first.
    order = models.PositiveSmallIntegerField(default=1)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # Of an outside contact. A member of staff has a name and an email address of their own.
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    # For text messages.
    phone = models.CharField(max_length=40, blank=True)
    # 0 is Monday.
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    starts_at = models.TimeField(null=True, blank=True)
    ends_at = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(user__isnull=False) | ~Q(name=""), name="on_call_is_somebody"),
            models.CheckConstraint(condition=Q(kind="") | Q(department=None), name="on_call_for_one_roster"),
        ]


class Alarm(models.Model):
    """Danger that a person must know of. Its state is its own, apart from the status of the request."""

    class Reason(models.TextChoices):
        # Danger in what the reporter wrote; an answer with priority 1; staff set priority 1.
        WORDS = "words"
        ANSWER = "answer"
        STAFF = "staff"

    class State(models.TextChoices):
        RINGING = "ringing"
        ACCEPTED = "accepted"
        # The request was resolved, or the alarm marked as needless, before anybody accepted it.
        ENDED = "ended"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="+")
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="alarms")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    # What the report tells of, which decides who is alerted. Empty: nothing that the words say.
    kind = models.CharField(max_length=20, choices=EmergencyPhrase.Kind.choices, blank=True, db_default="")
    # Danger in a later message.
    comment = models.ForeignKey(Comment, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RINGING)
    started_at = models.DateTimeField()
    # How many times somebody was looked for, and how many times everybody had been tried before.
    step = models.PositiveIntegerField(default=0)
    round = models.PositiveIntegerField(default=0)
    # When the next person is alerted.
    next_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    # By a member of staff who was signed in, or through the link in a message (accepted_call).
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    accepted_call = models.ForeignKey("AlarmCall", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    needless_at = models.DateTimeField(null=True, blank=True)
    needless_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_request"], condition=Q(state="ringing"), name="alarm_rings_once_a_request"
            ),
        ]
        indexes = [
            models.Index(fields=["jurisdiction", "started_at"], condition=Q(state="ringing"), name="alarm_ringing"),
            models.Index(fields=["jurisdiction", "started_at"], name="alarm_by_start"),
        ]


class AlarmCall(SignedRow):
    """One message of an alarm to one person. The name is a copy, since rosters change."""

    class Level(models.TextChoices):
        # Whom the city set for this kind of danger.
        DANGER = "danger"
        DEPARTMENT = "department"
        SUPERVISOR = "supervisor"
        DESK = "desk"
        NIGHT_NUMBER = "night"

    class Channel(models.TextChoices):
        EMAIL = "email"
        SMS = "sms"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"
        # Somebody accepted the alarm before the message was sent.
        UNNEEDED = "unneeded"

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="calls")
    step = models.PositiveIntegerField()
    round = models.PositiveIntegerField()
    level = models.CharField(max_length=10, choices=Level.choices)
    # Who it is (rules/alarms/calls.py, Callee.key): nobody is alerted twice in a round.
    callee_key = models.CharField(max_length=330)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    # The email address or phone number.
    address = models.CharField(max_length=320)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # A code, never text from a server.
    error = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alarm", "step", "channel"], name="alarm_call_once_a_step"),
        ]
