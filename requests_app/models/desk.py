"""The 311 desk's telephone: its lines, what the telephone system says of each call, and how many calls there were."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from requests_app.clock import AppNow
from requests_app.core.localized import LocalizedField, localized
from requests_app.models.catalog import Calendar
from requests_app.models.contact import Contact
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User

HALF_HOUR_S = 1800


class DeskLine(models.Model):
    """A number that residents call."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="desk_lines", db_index=False)
    # As it's printed, and as numbers are compared.
    number = models.CharField(max_length=40)
    phone = models.CharField(max_length=40)
    name = LocalizedField(default=dict)
    # What a taker says first; {city}, {line} and {name} stand for the city, the line and the taker. Empty: the usual words.
    greeting = LocalizedField(default=dict, blank=True)
    # What callers are promised, such as "We answer within two minutes". Empty: nothing.
    promise = LocalizedField(default=dict, blank=True)
    # When somebody answers. Empty: day and night.
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, null=True, blank=True, related_name="desk_lines", db_index=False
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "phone"], name="desk_line_phone_unique")]

    def __str__(self) -> str:
        return localized(self.name) or self.number


class CallCount(models.Model):
    """How many calls a line had in half an hour, as the telephone system counted them. Sums of seconds are of all its calls."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    line = models.ForeignKey(DeskLine, on_delete=models.CASCADE, related_name="counts", db_index=False)
    # On the half hour. seconds: how much of it is counted so far.
    starts_at = models.DateTimeField()
    seconds = models.PositiveSmallIntegerField(
        default=HALF_HOUR_S, validators=[MinValueValidator(1), MaxValueValidator(HALF_HOUR_S)]
    )
    offered = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    abandoned = models.PositiveIntegerField()
    # Of these, in the first 5 seconds: a wrong number, as a rule.
    abandoned_early = models.PositiveIntegerField(default=0)
    # Of the answered ones, within target_s seconds.
    answered_in_time = models.PositiveIntegerField(default=0)
    target_s = models.PositiveIntegerField(default=20)
    # How long the answered ones waited, and took with what was written down after the call.
    wait_s = models.PositiveIntegerField(default=0)
    handle_s = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        indexes = [models.Index(fields=["jurisdiction", "starts_at"], name="call_count_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["line", "starts_at"], name="call_count_once_a_half_hour"),
            models.CheckConstraint(
                condition=Q(
                    seconds__gte=1,
                    seconds__lte=HALF_HOUR_S,
                    offered__gte=F("answered") + F("abandoned"),
                    abandoned__gte=F("abandoned_early"),
                    answered__gte=F("answered_in_time"),
                ),
                name="call_count_adds_up",
            ),
        ]


class DeskPhone(models.Model):
    """The telephone that a taker sits at today."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="desk_phones")
    extension = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "extension"], name="desk_phone_of_one"),
            models.UniqueConstraint(fields=["jurisdiction", "user"], name="desk_phone_one_each"),
        ]


class PhoneCall(models.Model):
    """A call that the telephone system tells us of, or that was opened by its address; kept for a day.

    What is sent about it may come twice, in any order, or not at all. Its conversation is the contact.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    # The telephone system's own name for it.
    call_id = models.CharField(max_length=80)
    # As they were sent.
    caller_number = models.CharField(max_length=60, blank=True)
    line = models.CharField(max_length=40, blank=True)
    # Ids of the takers whose phones ring.
    rings_at = ArrayField(models.BigIntegerField(), default=list, blank=True)
    rung_at = models.DateTimeField(db_default=AppNow())
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Why it ended, as the telephone system calls it.
    cause = models.CharField(max_length=40, blank=True)
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls")
    # Nobody calls: a test ring, or the demo's. story: whose of the demo's callers.
    is_practice = models.BooleanField(default=False)
    story = models.CharField(max_length=40, blank=True)

    class Meta:
        # What rings now, and what is old.
        indexes = [models.Index(fields=["rung_at"], name="phone_call_by_age")]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "call_id"], name="phone_call_once")]


class TelephoneLink(models.Model):
    """The address to which a city's telephone system sends what happens. Only a hash of its token is stored."""

    jurisdiction = models.OneToOneField(Jurisdiction, on_delete=models.CASCADE, related_name="telephone_link")
    # The first characters, to recognize it in the telephone system.
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=AppNow())
    # To the minute.
    last_used_at = models.DateTimeField(null=True, blank=True)
