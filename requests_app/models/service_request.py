"""The service request: what was reported, where, who has it, by when, and how it ended."""

from typing import TYPE_CHECKING, Self

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q

from requests_app import references
from requests_app.clock import AppNow
from requests_app.models.catalogue import Department, QuestionVersion, Service, ServiceVersion, Target
from requests_app.models.geography import Area, Asset, Owner
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import Cadence, ContactPoint, Person, User
from requests_app.models.states import OPEN, Channel, Disposition, PublicState, Status
from requests_app.rules import permissions

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ServiceRequestQuerySet(models.QuerySet["ServiceRequest"]):
    def in_jurisdiction(self, jurisdiction: Jurisdiction) -> Self:
        return self.filter(jurisdiction=jurisdiction)

    def public(self) -> Self:
        """The only source of every public surface."""
        return self.filter(public_state=PublicState.PUBLIC)

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def ended(self) -> Self:
        return self.filter(status__in=[Status.RESOLVED, Status.CLOSED])

    def in_triage(self) -> Self:
        """Open, and no department has it: nothing in the routing table matched, or routing failed."""
        return self.open().filter(department=None, in_triage=True)

    def for_update(self) -> Self:
        """Locks the rows, and reads along what every action asks for. Lock first: of two dispatchers who press Assign together,
        the second must find what the first one did."""
        return self.select_for_update(of=("self",)).select_related(
            "jurisdiction", "service", "service_version__service", "service_version__department", "department", "owner"
        )

    def locked(self, pk: int) -> "ServiceRequest":
        """The request, locked until the transaction ends. Raises DoesNotExist."""
        return self.for_update().get(pk=pk)

    def visible_to(self, user: "User | AnonymousUser", *, triage: bool = True) -> Self:
        """What this member of staff may open. Agrees with rules.permissions.can(user, "view", …); a test says so.

        triage=False leaves out a department's view of the triage queue, for lists that have no such rows anyway.
        """
        return self.filter(permissions.visible_filter(user, triage=triage))


class ServiceRequest(models.Model):
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="service_requests")
    # 8 symbols of Crockford's base 32, unique over the installation, never reused.
    reference = models.CharField(max_length=8, unique=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="service_requests")
    service_version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="+")
    description = models.TextField(blank=True)
    language = models.CharField(max_length=12, default="en")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)

    # Where it truly is: for staff alone.
    point = models.PointField(null=True, blank=True)
    address = models.CharField(max_length=300, blank=True)
    place_note = models.CharField(max_length=300, blank=True)
    # How the place was named: pin, address, gps, asset, api, imported; with how sure the address search was (0 to 1).
    place_source = models.CharField(max_length=12, blank=True)
    place_confidence = models.FloatField(null=True, blank=True)
    asset = models.ForeignKey(Asset, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Where everybody may know it is, computed at write by the service's rule: exact, block (snapped) or nothing.
    public_point = models.PointField(null=True, blank=True)
    public_address = models.CharField(max_length=300, blank=True)

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.RECEIVED)
    disposition = models.CharField(max_length=14, choices=Disposition.choices, blank=True)
    # The listed reason behind cannot_do or removed (codes).
    disposition_reason = models.CharField(max_length=40, blank=True)
    public_state = models.CharField(max_length=16, choices=PublicState.choices)
    is_test = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(default=3)
    # Why it has this priority: service, an answer's code, or staff.
    priority_reason = models.CharField(max_length=60, default="service")
    photos_private = models.BooleanField(default=False)
    # Why nobody but staff reads it yet: limit, link, threat, robot. It is routed and worked on all the same.
    review_reason = models.CharField(max_length=20, blank=True, db_default="")
    # The reporter saw the emergency page and went on.
    after_warning = models.BooleanField(default=False)

    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="service_requests"
    )
    assignee = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="assigned")
    in_triage = models.BooleanField(default=False)
    bounces = models.PositiveSmallIntegerField(default=0)
    # Not ours: whose it is, and their number for it.
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_reference = models.CharField(max_length=80, blank=True)
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates")

    hold_reason = models.CharField(max_length=40, blank=True)
    hold_until = models.DateField(null=True, blank=True)
    scheduled_for = models.DateField(null=True, blank=True)
    made_safe_at = models.DateTimeField(null=True, blank=True)
    visited_at = models.DateTimeField(null=True, blank=True)
    # The resident said something that nobody of the staff has read yet.
    has_new_answer = models.BooleanField(default=False)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    people_count = models.PositiveIntegerField(default=1)

    # Copies of the clocks, for sorting.
    acknowledge_due_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    submitted_at = models.DateTimeField()
    routed_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The last change that the public could see, and the last public words of ours.
    updated_at = models.DateTimeField()
    last_public_word_at = models.DateTimeField(null=True, blank=True)

    # Where an imported request came from; unique, so that a second import changes it instead of doubling it.
    external_source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=80, blank=True)

    areas = models.ManyToManyField(Area, through="RequestArea", related_name="service_requests")

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=4), name="request_priority_1_to_4"),
            models.CheckConstraint(
                condition=Q(status__in=["resolved", "closed"], disposition__gt="")
                | (~Q(status__in=["resolved", "closed"]) & Q(disposition="")),
                name="request_ended_has_disposition",
            ),
            models.CheckConstraint(condition=~Q(duplicate_of=models.F("id")), name="request_not_its_own_duplicate"),
            models.CheckConstraint(
                condition=Q(is_test=False) | Q(public_state__in=["test", "erased"]), name="request_test_is_not_public"
            ),
            models.UniqueConstraint(
                fields=["jurisdiction", "external_source", "external_id"],
                condition=~Q(external_id=""),
                name="request_external_id_unique",
            ),
        ]
        indexes = [
            models.Index(
                fields=["jurisdiction", "-submitted_at", "-id"],
                condition=Q(public_state="public"),
                name="request_public_newest",
            ),
            models.Index(
                fields=["service", "-submitted_at", "-id"],
                condition=Q(public_state="public"),
                name="request_public_by_service",
            ),
            models.Index(
                fields=["jurisdiction", "-updated_at", "-id"],
                condition=Q(public_state="public"),
                name="request_public_updated",
            ),
            models.Index(
                fields=["department", "due_at", "id"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_open_by_department",
            ),
            models.Index(
                fields=["assignee", "due_at", "id"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_open_by_assignee",
            ),
            models.Index(
                fields=["jurisdiction", "due_at", "id"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_open_by_due",
            ),
            models.Index(fields=["jurisdiction", "submitted_at"], condition=Q(in_triage=True), name="request_triage"),
            models.Index(fields=["resolved_at"], condition=Q(status="resolved"), name="request_to_close"),
            # The few that a queue shows first, whatever their date.
            models.Index(
                fields=["jurisdiction", "department", "due_at", "id"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"])
                & Q(acknowledged_at__isnull=True)
                & (Q(priority=1) | Q(after_warning=True)),
                name="request_urgent",
            ),
            models.Index(
                fields=["jurisdiction", "department", "due_at", "id"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]) & Q(reopened_count__gt=0),
                name="request_open_reopened",
            ),
            models.Index(
                fields=["jurisdiction", "department", "due_at", "id"],
                condition=Q(has_new_answer=True),
                name="request_new_answer",
            ),
            models.Index(
                fields=["jurisdiction", "hold_until", "id"], condition=Q(status="on_hold"), name="request_on_hold"
            ),
            models.Index(
                fields=["jurisdiction", "submitted_at", "id"],
                condition=Q(public_state="pending_review"),
                name="request_pending_review",
            ),
            # The few whose link in the mail was not used yet.
            models.Index(
                fields=["submitted_at", "id"], condition=Q(public_state="unconfirmed"), name="request_unconfirmed"
            ),
            models.Index(fields=["duplicate_of"], condition=Q(duplicate_of__isnull=False), name="request_duplicates"),
            # What was reported around a place of late: the time is in it, or ten years of a block would be read for its last week.
            GistIndex(
                fields=["public_point", "submitted_at"], condition=Q(public_state="public"), name="request_public_place"
            ),
            # What may be the same problem: open ones near a place, as everybody knows it and as it is.
            GistIndex(
                fields=["public_point"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]) & Q(public_state="public"),
                name="request_open_public_place",
            ),
            GistIndex(
                fields=["point"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_open_place",
            ),
        ]

    def __str__(self) -> str:
        return self.display_reference

    @property
    def display_reference(self) -> str:
        return references.display(self.reference)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_public(self) -> bool:
        return self.public_state == PublicState.PUBLIC


class RequestArea(models.Model):
    """The areas a request lies in, with what "newest in ward 5" sorts and filters by, so that it is one index."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="+")
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="request_areas")
    submitted_at = models.DateTimeField()
    is_open = models.BooleanField(default=True)
    public_state = models.CharField(max_length=16, choices=PublicState.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "service_request"], name="request_area_once")]
        indexes = [
            models.Index(
                fields=["area", "-submitted_at", "-service_request"],
                condition=Q(public_state="public"),
                name="request_area_newest",
            ),
        ]


class Answer(models.Model):
    """One answer, with the question's version and the words that were shown."""

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="answers")
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    question_words = models.TextField()
    # A text, or a list of option values; and what the reader saw.
    value = models.JSONField()
    value_words = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service_request", "question_version"], name="answer_once")]


class Comment(models.Model):
    """Words: a public comment, an internal note, a question to the reporter, or what a resident says. Events point here by id."""

    class Kind(models.TextChoices):
        COMMENT = "comment"
        NOTE = "note"
        QUESTION = "question"
        ANSWER = "answer"
        OUTCOME = "outcome"

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="comments")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.COMMENT)
    text = models.TextField()
    language = models.CharField(max_length=12, default="en")
    public = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # The department that speaks: the public reads departments, not names.
    department = models.ForeignKey(Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    hidden_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        indexes = [models.Index(fields=["service_request", "-id"], name="comment_of_request")]


class PlaceRevision(models.Model):
    """Where the request was said to be before its place was corrected: erasable, so it is not in the events."""

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="place_revisions")
    point = models.PointField(null=True, blank=True)
    address = models.CharField(max_length=300, blank=True)
    place_note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())


class RoutingDecision(models.Model):
    """Where a request was sent and why. Only one may be the first: routing happens exactly once."""

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="routing_decisions")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.ForeignKey("requests_app.RoutingRule", on_delete=models.SET_NULL, null=True, blank=True)
    # rule, service (its own department), no_match, by_hand, failed
    reason = models.CharField(max_length=20)
    is_first = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service_request"], condition=Q(is_first=True), name="request_routed_once"),
        ]


class Clock(models.Model):
    """One running promise of one request. While paused, `remaining_s` keeps what was left (working seconds of its calendar)."""

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=12, choices=Target.Kind.choices)
    # None where an answer set a target of its own; then `target_words` holds it: {"value": 24, "unit": "hours"}.
    target = models.ForeignKey(Target, on_delete=models.PROTECT, null=True, blank=True)
    target_words = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    remaining_s = models.BigIntegerField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_request", "kind"], condition=Q(met_at__isnull=True), name="clock_one_runs"
            ),
        ]


class Participation(models.Model):
    """How a person has to do with a request."""

    class Role(models.TextChoices):
        REPORTER = "reporter"
        AFFECTED = "affected"
        CALLER = "caller"
        FOLLOWER = "follower"

    # Whose own the request is: they read all of it. Who joined or follows reads what everybody reads.
    OWN = (Role.REPORTER, Role.CALLER)

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="participations")
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="participations")
    role = models.CharField(max_length=10, choices=Role.choices)
    # Where news goes; none: no news is wanted.
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    cadence = models.CharField(max_length=8, choices=Cadence.choices, default=Cadence.AT_ONCE, db_default="at_once")
    unsubscribed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "service_request", "role"], name="participation_once"),
        ]


class AccessLink(models.Model):
    """A private link, derived from this row and LINK_KEYS (see links.py), never stored. Raising `generation` kills it."""

    class Purpose(models.TextChoices):
        FOLLOW = "follow"
        DRAFT = "draft"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="access_links")
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="access_links")
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.FOLLOW)
    generation = models.PositiveIntegerField(default=1)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "service_request", "purpose"], name="access_link_once"),
        ]


class IdempotencyKey(models.Model):
    """One submission, one request: the same key with the same body gives the same reference. Kept 14 days."""

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=128)
    body_hash = models.CharField(max_length=64)
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_unique")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]
