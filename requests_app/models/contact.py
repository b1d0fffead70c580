"""Contacts: each conversation of the 311 desk, with or without a request, how many there were, and numbers that many people use."""

from django.contrib.gis.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.draft import Draft
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import Person, User
from requests_app.models.service_request import ServiceRequest
from requests_app.models.states import Channel

# What is deleted by the clock, each after its time.
HAS_NUMBER = ~Q(caller_number="", caller_phone="", call_id="")
HAS_NOTE = ~Q(note="", address="", point__isnull=True, event_911_number="")


class Contact(models.Model):
    """One conversation: a call, a visit to the counter, later a text, a chat or a letter.

    Number and note are here alone, never in an event, and are erased with the person. By the clock (actions/contacts/retention.py),
    the number goes after 90 days, the taker after 30 and the note after a year; times, line and outcome stay.
    """

    class NoPerson(models.TextChoices):
        """Why it has no person."""

        NOT_ASKED = "not_asked"
        REFUSED = "refused"
        WITHHELD = "withheld"

    class Checked(models.TextChoices):
        """How the taker made sure who is calling; a caller's number alone proves nothing."""

        NOT_CHECKED = ""
        REFERENCE = "reference"
        NAME_AND_STREET = "name_and_street"

    class Relation(models.TextChoices):
        """Of who is calling to the person whom it is about; empty: it's about themselves."""

        NONE = ""
        FAMILY = "family"
        NEIGHBOR = "neighbor"
        CAREGIVER = "caregiver"
        LANDLORD = "landlord"
        OTHER = "other"

    class Updates(models.TextChoices):
        """Who gets updates, if somebody calls for another."""

        CALLER = "caller"
        OTHER = "other"
        NOBODY = "nobody"

    class Screening(models.TextChoices):
        """Whether the taker asked if anyone is in danger, and the answer."""

        NOT_NEEDED = "not_needed"
        ASKED_NO = "asked_no"
        ASKED_YES = "asked_yes"

    class Outcome(models.TextChoices):
        ANSWERED = "answered"
        STATUS_GIVEN = "status_given"
        REQUEST_MADE = "request_made"
        JOINED = "joined"
        TRANSFERRED = "transferred"
        CALL_BACK = "call_back"
        DROPPED = "dropped"
        # We called, and nobody picked up.
        NO_ANSWER = "no_answer"
        ABUSE = "abuse"
        TEST = "test"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="contacts", db_index=False)
    # C and 8 digits, such as C48219035 (references.py).
    number = models.CharField(max_length=9, unique=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.PHONE)
    # The number that was dialed, and the caller's as it was shown; empty: not shown, or deleted.
    line = models.CharField(max_length=40, blank=True)
    caller_number = models.CharField(max_length=60, blank=True)
    # As contact points are compared, without an extension.
    caller_phone = models.CharField(max_length=320, blank=True)
    # False: the caller asked us not to keep it, so it goes when the contact is closed.
    keep_number = models.BooleanField(default=True)
    # The telephone system's own name for the call.
    call_id = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField(db_default=AppNow())
    answered_at = models.DateTimeField(null=True, blank=True)
    # Since when it's parked, and for how many seconds it was before.
    parked_at = models.DateTimeField(null=True, blank=True)
    parked_s = models.PositiveIntegerField(default=0)
    # When they hung up, and when the taker had written down its outcome.
    ended_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="contacts")
    no_person = models.CharField(max_length=10, choices=NoPerson.choices, default=NoPerson.NOT_ASKED)
    checked = models.CharField(max_length=16, choices=Checked.choices, blank=True)
    # Whether a message may be left at the number; null: not asked.
    may_leave_message = models.BooleanField(null=True, blank=True)
    language = models.CharField(max_length=12, default="en")
    has_interpreter = models.BooleanField(default=False)
    by_relay = models.BooleanField(default=False)
    relation = models.CharField(max_length=10, choices=Relation.choices, blank=True)
    # Whether the person whom it is about agreed; null: not asked.
    has_consent = models.BooleanField(null=True, blank=True)
    updates_to = models.CharField(max_length=8, choices=Updates.choices, default=Updates.CALLER)
    # The place that it is about.
    address = models.CharField(max_length=300, blank=True)
    point = models.PointField(null=True, blank=True)
    # Codes: what was said counts even when the article is gone. The revision is the article's version that was given.
    topic = models.CharField(max_length=60, blank=True)
    article_code = models.CharField(max_length=60, blank=True)
    article_version = models.PositiveIntegerField(null=True, blank=True)
    screening = models.CharField(max_length=10, choices=Screening.choices, default=Screening.NOT_NEEDED)
    # Empty: it's still open.
    outcome = models.CharField(max_length=14, choices=Outcome.choices, blank=True)
    transferred_to = models.CharField(max_length=100, blank=True)
    # Whether the taker stayed until somebody answered; null: no transfer.
    is_warm_transfer = models.BooleanField(null=True, blank=True)
    transfer_reason = models.CharField(max_length=20, blank=True)
    event_911_number = models.CharField(max_length=40, blank=True)
    campaign = models.CharField(max_length=60, blank=True)
    # Facts; a records request may release it.
    note = models.TextField(blank=True)
    # An invented caller: nothing is counted.
    is_practice = models.BooleanField(default=False)
    taker = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="contacts", db_index=False
    )
    # The report that is being written.
    draft = models.ForeignKey(Draft, on_delete=models.SET_NULL, null=True, blank=True, related_name="contacts")
    requests = models.ManyToManyField(ServiceRequest, through="ContactRequest", related_name="contacts")

    class Meta:
        indexes = [
            models.Index(fields=["jurisdiction", "-started_at", "-id"], name="contact_newest"),
            models.Index(fields=["taker", "-started_at"], name="contact_of_taker"),
            models.Index(
                fields=["jurisdiction", "caller_phone", "-started_at"],
                condition=~Q(caller_phone=""),
                name="contact_by_number",
            ),
            models.Index(fields=["jurisdiction"], condition=Q(closed_at__isnull=True), name="contact_open"),
            # What the night deletes of old ones (actions/contacts/retention.py).
            models.Index(fields=["started_at"], condition=Q(taker__isnull=False), name="contact_with_taker"),
            models.Index(fields=["started_at"], condition=HAS_NUMBER, name="contact_with_number"),
            models.Index(fields=["started_at"], condition=HAS_NOTE, name="contact_with_note"),
        ]

    def __str__(self) -> str:
        return self.number


class ContactRequest(models.Model):
    """A request that a contact was about."""

    class Role(models.TextChoices):
        ASKED = "asked"
        MADE = "made"
        JOINED = "joined"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="contact_requests", db_index=False)
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="contact_requests")
    role = models.CharField(max_length=6, choices=Role.choices)
    at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "service_request", "role"], name="contact_request_once_a_role")
        ]


class LetterPage(models.Model):
    """A page of the scan of a letter: for who may read how to reach its writer, and never public.

    Two pictures, drawn again of what was uploaded: letters/<first two>/<name>.jpg and …/<name>-small.jpg. They're erased with
    the person, and deleted if the letter became no request (actions/contacts/letter_pages.py).
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="letter_pages", db_index=False)
    # From 1.
    number = models.PositiveSmallIntegerField()
    # Unguessable.
    name = models.CharField(max_length=32, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    added_at = models.DateTimeField(db_default=AppNow())
    added_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["contact", "number"]
        constraints = [models.UniqueConstraint(fields=["contact", "number"], name="letter_page_number_once")]

    @property
    def path(self) -> str:
        return f"letters/{self.name[:2]}/{self.name}.jpg"

    @property
    def small_path(self) -> str:
        return f"letters/{self.name[:2]}/{self.name}-small.jpg"


class ContactCount(models.Model):
    """How many closed contacts a day of the city had, with no link to any person; recounted every night."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    # On which it began.
    day = models.DateField()
    channel = models.CharField(max_length=10)
    topic = models.CharField(max_length=60, blank=True)
    article_code = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=14)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "day", "channel", "topic", "article_code", "outcome"],
                name="contact_count_unique",
            ),
        ]


class SharedPhone(models.Model):
    """A number that many people call from, such as a shelter's or a hotel's: it says nothing about who is calling.

    A row stays for a while after the mark was taken off, so that it can be read who set and removed it.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    # As contact points are compared.
    phone = models.CharField(max_length=320)
    # Whose it is: "Elm Street Shelter".
    name = models.CharField(max_length=100, blank=True)
    marked_at = models.DateTimeField(db_default=AppNow())
    marked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    unmarked_at = models.DateTimeField(null=True, blank=True)
    unmarked_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "phone"], condition=Q(unmarked_at__isnull=True), name="shared_phone_marked_once"
            )
        ]
