"""The service request: what was reported, where, who has it, by when, and how it ended."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db.models import Q
from django.db.models.functions import Coalesce

from requests_app import references
from requests_app.clock import AppNow
from requests_app.core import transactions
from requests_app.core.prepared import Parameter, Prepared
from requests_app.models.api_key import ApiKey
from requests_app.models.catalog import Department, QuestionVersion, Service, ServiceVersion, Target
from requests_app.models.geography import Area, Asset, Owner
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import Cadence, ContactPoint, Person, User
from requests_app.models.routing import RoutingVersion
from requests_app.models.signed_row import SignedRow
from requests_app.models.states import FROM_911, OPEN, Channel, Disposition, PrivacyChoice, PublicState, Status
from requests_app.models.team import Team
from requests_app.rules.people import permissions

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


# The hold reasons that end by themselves: an answer to our question, the end of another request, and the end of all its tasks.
WAITS_FOR_REPORTER = "reporter"
WAITS_FOR_REQUEST = "request"
WAITS_FOR_TASKS = "tasks"


class ServiceRequestQuerySet(models.QuerySet["ServiceRequest"]):
    def in_jurisdiction(self, jurisdiction: Jurisdiction) -> Self:
        return self.filter(jurisdiction=jurisdiction)

    def public(self) -> Self:
        """Every public page, feed and API starts from this queryset."""
        return self.filter(public_state=PublicState.PUBLIC)

    def with_public_number(self) -> Self:
        """Public, or waiting for review: then everyone may read its status by its number, but none of its words."""
        return self.filter(public_state__in=[PublicState.PUBLIC, PublicState.PENDING_REVIEW])

    def tests_of(self, key: ApiKey | None) -> Self:
        """What this test key sent. Nobody else reads it, and a live key has none."""
        if key is None or not key.is_test:
            return self.none()
        return self.filter(api_key=key, public_state=PublicState.TEST)

    def made_here(self) -> Self:
        """Not imported: what a program or a 911 center sent may have a number of its own system, too."""
        return self.filter(Q(external_id="") | Q(api_key__isnull=False) | Q(external_source=FROM_911))

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def ended(self) -> Self:
        return self.filter(status__in=[Status.RESOLVED, Status.CLOSED])

    def in_triage(self) -> Self:
        """Open without a department: no routing rule matched, or routing failed."""
        return self.open().filter(department=None, in_triage=True)

    def for_update(self) -> Self:
        """Locks the rows and loads what every action needs. Always lock first: when two dispatchers assign a request at the same
        time, the second must see what the first one did."""
        return self.select_for_update(of=("self",)).select_related(
            "jurisdiction", "service", "service_version__service", "service_version__department", "department__calendar",
            "owner",
        )  # fmt: skip

    def locked(self, pk: int) -> "ServiceRequest":
        """The request, locked until the transaction ends. Raises DoesNotExist."""
        scope = transactions.current()
        # Once only: a second reader must see what was written in between.
        known: ServiceRequest | None = scope.locked.pop(pk, None) if scope else None
        found = known or _LOCKED.first(pk=pk)
        if found is None:
            raise self.model.DoesNotExist
        return found

    def visible_to(self, user: "User | AnonymousUser", *, triage: bool = True) -> Self:
        """What this member of staff may open. Agrees with rules.permissions.can(user, "view", …), as a test checks.

        triage=False leaves out a department's view of the triage queue, for lists that never contain such rows.
        """
        return self.filter(permissions.visible_filter(user, triage=triage))


_LOCKED = Prepared(lambda: ServiceRequest.objects.for_update().filter(pk=Parameter("pk")))


class ServiceRequest(models.Model):
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="service_requests")
    # 8 symbols of Crockford's base 32, unique across the installation, never reused.
    reference = models.CharField(max_length=8, unique=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="service_requests")
    service_version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="+")
    description = models.TextField(blank=True)
    # Where in the description the sentence begins that lists show (rules/report/key_sentence.py).
    key_sentence_at = models.PositiveSmallIntegerField(default=0, db_default=0)
    language = models.CharField(max_length=12, default="en")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)

    # The exact location, for staff only.
    point = models.PointField(null=True, blank=True)
    address = models.CharField(max_length=300, blank=True)
    place_note = models.CharField(max_length=300, blank=True)
    # How the place was given: pin, address, gps, asset, api, imported; and the confidence of the address search (0 to 1).
    place_source = models.CharField(max_length=12, blank=True)
    place_confidence = models.FloatField(null=True, blank=True)
    asset = models.ForeignKey(Asset, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # The public location, computed on write by the service's rule: exact, block (snapped) or none.
    public_point = models.PointField(null=True, blank=True)
    public_address = models.CharField(max_length=300, blank=True)

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.RECEIVED)
    disposition = models.CharField(max_length=14, choices=Disposition.choices, blank=True)
    # A ListedReason for cannot_do or removed (code).
    disposition_reason = models.CharField(max_length=40, blank=True)
    public_state = models.CharField(max_length=16, choices=PublicState.choices)
    is_test = models.BooleanField(default=False)
    # The program that sent it.
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.SET_NULL, null=True, blank=True, related_name="service_requests", db_index=False
    )
    priority = models.PositiveSmallIntegerField(default=3)
    # Why it has this priority: service, the code of an answer, or staff.
    priority_reason = models.CharField(max_length=60, default="service")
    photos_private = models.BooleanField(default=False)
    # “I don’t know” reports that staff made public: "offered" to keep private, or "kept" private by their reporter.
    privacy_choice = models.CharField(max_length=10, choices=PrivacyChoice.choices, blank=True, db_default="")
    # Why it waits for review and is not public (ReviewReason). Routing and work go on meanwhile.
    review_reason = models.CharField(max_length=20, blank=True, db_default="")
    # The reporter saw the emergency page and continued.
    after_warning = models.BooleanField(default=False)

    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="service_requests"
    )
    # A team of its department; empty: the whole department.
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="service_requests", db_index=False
    )
    assignee = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="assigned")
    in_triage = models.BooleanField(default=False)
    bounces = models.PositiveSmallIntegerField(default=0)
    # If it is not the city's: the owner responsible, and their own number for it.
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_reference = models.CharField(max_length=80, blank=True)
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates")

    hold_reason = models.CharField(max_length=40, blank=True)
    hold_until = models.DateField(null=True, blank=True)
    # On hold for another request (WAITS_FOR_REQUEST): which one.
    waits_for = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    scheduled_for = models.DateField(null=True, blank=True)
    made_safe_at = models.DateTimeField(null=True, blank=True)
    visited_at = models.DateTimeField(null=True, blank=True)
    # The resident wrote something that staff have not read yet.
    has_new_answer = models.BooleanField(default=False)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    # People who reported or joined it; those who selected “Me too” are counted apart (RequestVote).
    people_count = models.PositiveIntegerField(default=1)
    me_too_count = models.PositiveIntegerField(default=0, db_default=0)
    # For what was fixed.
    thanks_count = models.PositiveIntegerField(default=0, db_default=0)

    # Copied from the clocks, for sorting.
    acknowledge_due_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    submitted_at = models.DateTimeField()
    routed_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The last change visible to the public, and our last public message.
    updated_at = models.DateTimeField()
    last_public_message_at = models.DateTimeField(null=True, blank=True)

    # Where an imported request comes from, or the program whose system has its own number for it (submission.outside_source).
    # Unique, so that importing or sending it again finds it.
    external_source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=80, blank=True)

    areas = models.ManyToManyField(Area, through="RequestArea", related_name="service_requests")

    objects = ServiceRequestQuerySet.as_manager()

    # The newest event when it was loaded, where a queryset adds it (see access.with_last_event).
    last_event_id: int
    loaded_at: dt.datetime
    # And the newest that makes a new version for If-Match; None without one.
    version_event_id: int | None
    # And by the request page.
    has_alarm: bool
    has_tasks: bool
    has_others: bool
    is_together: bool
    first_reporter: dict[str, Any] | None
    may_have_safety_note: bool
    has_bounced: bool
    is_silence_question_waiting: bool
    # And by the page that compares two.
    photo_rows: list[dict[str, Any]]
    related_ids: list[int]
    asset_number: str | None

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
                fields=["service", "-updated_at", "-id"],
                condition=Q(public_state="public"),
                name="request_public_service_update",
            ),
            models.Index(
                fields=["jurisdiction", "-resolved_at", "-id"],
                condition=Q(public_state="public", resolved_at__isnull=False),
                name="request_public_ended",
            ),
            # The few that are still open among years of closed ones.
            models.Index(
                fields=["jurisdiction", "-submitted_at", "-id"],
                condition=Q(public_state="public") & Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_public_open",
            ),
            models.Index(
                fields=["jurisdiction", "-updated_at", "-id"],
                condition=Q(public_state="public") & Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_public_open_updated",
            ),
            models.Index(
                fields=["service", "-submitted_at", "-id"],
                condition=Q(public_state="public") & Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_public_open_service",
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
                fields=["team", "due_at", "id"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]) & Q(team__isnull=False),
                name="request_open_by_team",
            ),
            models.Index(
                fields=["jurisdiction", "due_at", "id"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_open_by_due",
            ),
            # What a new target would have meant: a service's newest open requests, and those that ended recently.
            models.Index(
                fields=["service", "-id"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_open_by_service",
            ),
            models.Index(
                fields=["service", "-resolved_at"],
                condition=Q(resolved_at__isnull=False),
                name="request_ended_by_service",
            ),
            models.Index(fields=["jurisdiction", "submitted_at"], condition=Q(in_triage=True), name="request_triage"),
            # The orders of the queue: reported, priority, and how long the public has not heard anything.
            models.Index(
                fields=["jurisdiction", "submitted_at", "id"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_open_by_time",
            ),
            models.Index(
                fields=["jurisdiction", "priority", "due_at", "id"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_open_by_priority",
            ),
            models.Index(
                models.F("jurisdiction"),
                Coalesce("last_public_message_at", "submitted_at"),
                models.F("id"),
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_open_by_quiet",
            ),
            # The search box of the queue: exact addresses, words that aren't public, and numbers of other systems.
            GinIndex(
                models.Func(
                    models.F("address"), template="to_tsvector('simple'::regconfig, without_accents(%(expressions)s))"
                ),
                name="request_address_words",
            ),
            GinIndex(
                models.Func(
                    models.F("language"), models.F("address"), models.F("description"), function="search_vector"
                ),
                condition=~Q(public_state__in=["public", "erased", "unconfirmed"]),
                name="request_unlisted_words",
            ),
            models.Index(fields=["owner_reference"], condition=~Q(owner_reference=""), name="request_owner_reference"),
            models.Index(fields=["external_id"], condition=~Q(external_id=""), name="request_external_id"),
            # All of a period, whatever their state.
            models.Index(fields=["jurisdiction", "submitted_at", "id"], name="request_by_time"),
            models.Index(fields=["resolved_at"], condition=Q(status="resolved"), name="request_to_close"),
            # The few that residents thanked for.
            models.Index(
                fields=["jurisdiction", "-resolved_at"], condition=Q(thanks_count__gt=0), name="request_thanked"
            ),
            # The few requests at the top of a queue, whatever their date.
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
            models.Index(fields=["waits_for"], condition=Q(waits_for__isnull=False), name="request_waits_for_another"),
            models.Index(fields=["api_key", "-id"], condition=Q(api_key__isnull=False), name="request_by_api_key"),
            models.Index(
                fields=["jurisdiction", "submitted_at", "id"],
                condition=Q(public_state="pending_review"),
                name="request_pending_review",
            ),
            # Private only until somebody has read them (PRIVATE_REASONS).
            models.Index(
                fields=["jurisdiction", "submitted_at", "id"],
                condition=Q(public_state="private", review_reason__in=["distress", "transfer"]),
                name="request_private_review",
            ),
            # The few not confirmed by email yet.
            models.Index(
                fields=["submitted_at", "id"], condition=Q(public_state="unconfirmed"), name="request_unconfirmed"
            ),
            models.Index(fields=["duplicate_of"], condition=Q(duplicate_of__isnull=False), name="request_duplicates"),
            # Recent reports around a place. The time is in the index; or ten years of a block would be read for its last week.
            GistIndex(
                fields=["public_point", "submitted_at"], condition=Q(public_state="public"), name="request_public_place"
            ),
            # Possible duplicates: open requests near a place, by the public and by the exact location.
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
            # What was reported at a place before.
            GistIndex(
                fields=["point", "submitted_at"],
                condition=Q(status__in=["resolved", "closed"]),
                name="request_ended_place",
            ),
            models.Index(fields=["asset", "-id"], condition=Q(asset__isnull=False), name="request_by_asset"),
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
    def waits_for_reporter(self) -> bool:
        """On hold until the reporter answers a question."""
        return self.status == Status.ON_HOLD and self.hold_reason == WAITS_FOR_REPORTER

    @property
    def has_public_number(self) -> bool:
        return self.public_state in (PublicState.PUBLIC, PublicState.PENDING_REVIEW)

    @property
    def is_public(self) -> bool:
        return self.public_state == PublicState.PUBLIC

    @property
    def affected_count(self) -> int:
        return self.people_count + self.me_too_count

    @property
    def takes_me_too(self) -> bool:
        return self.is_public and self.is_open

    @property
    def takes_thanks(self) -> bool:
        return self.is_public and self.disposition in (Disposition.FIXED, Disposition.ACTION_TAKEN)


class RequestArea(models.Model):
    """A request's areas, with copies of what "newest in ward 5" filters and sorts by, so that one index suffices."""

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
            models.Index(
                fields=["area", "-submitted_at", "-service_request"],
                condition=Q(public_state="public", is_open=True),
                name="request_area_open",
            ),
        ]


class Answer(models.Model):
    """One answer, with the question's version and its text as shown."""

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="answers")
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    question_text = models.TextField()
    # A text or a list of option values, and how it was shown.
    value = models.JSONField()
    value_text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service_request", "question_version"], name="answer_once")]


class Comment(models.Model):
    """A public comment, an internal note, a question to the reporter, or a resident's message. Events refer to it by id."""

    class Kind(models.TextChoices):
        COMMENT = "comment"
        NOTE = "note"
        QUESTION = "question"
        ANSWER = "answer"
        OUTCOME = "outcome"

    class Audience(models.TextChoices):
        DEPARTMENT = "department"
        EVERYONE = "everyone"

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="comments")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.COMMENT)
    # Of an internal note: the department and city-wide staff, or all who may see the request, contractors included.
    audience = models.CharField(
        max_length=10, choices=Audience.choices, default=Audience.DEPARTMENT, db_default=Audience.DEPARTMENT
    )
    text = models.TextField()
    language = models.CharField(max_length=12, default="en")
    public = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # The author's department, which the public sees instead of a name.
    department = models.ForeignKey(Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    hidden_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        indexes = [models.Index(fields=["service_request", "-id"], name="comment_of_request")]


class PlaceRevision(models.Model):
    """The place before it was corrected. Erasable, so it is not part of the events."""

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="place_revisions")
    point = models.PointField(null=True, blank=True)
    address = models.CharField(max_length=300, blank=True)
    place_note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())


class RoutingDecision(models.Model):
    """Where a request was sent and why. Only one can be the first, so routing happens exactly once."""

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="routing_decisions")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.ForeignKey("requests_app.RoutingRule", on_delete=models.SET_NULL, null=True, blank=True)
    # The published set of rules that decided.
    version = models.ForeignKey(
        RoutingVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    # rule, service (its own department), no_match, by_hand, failed
    reason = models.CharField(max_length=20)
    is_first = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service_request"], condition=Q(is_first=True), name="request_routed_once"),
        ]
        indexes = [
            # How many requests each rule routed recently.
            models.Index(
                fields=["created_at"],
                include=["rule", "service_request"],
                condition=Q(is_first=True, rule__isnull=False),
                name="routing_decision_newest",
            ),
        ]


class Clock(models.Model):
    """One target of one request. While paused, `remaining_s` keeps the time left (working seconds of its calendar)."""

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=12, choices=Target.Kind.choices)
    # None if an answer set its own target, which `target_words` then holds: {"value": 24, "unit": "hours"}; or if it is the
    # city's for priority 1: {"value": 4, "unit": "hours", "set_by": "city"}, and "instead_of" what target of an answer.
    target = models.ForeignKey(Target, on_delete=models.PROTECT, null=True, blank=True)
    target_words = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    remaining_s = models.BigIntegerField(null=True, blank=True)
    # How long it was paused in earlier holds (working seconds of its calendar).
    waited_s = models.BigIntegerField(default=0, db_default=0)
    # Since when it has been running: the start, or the last time it was resumed.
    runs_since = models.DateTimeField(null=True, blank=True)
    # What keeps it stopped, if not a hold.
    suspension = models.ForeignKey(
        "requests_app.ClockSuspension", on_delete=models.SET_NULL, null=True, blank=True, related_name="clocks",
        db_index=False,
    )  # fmt: skip
    # How many of rules.escalation.STEPS were taken, and when the next one is. None: while it is stopped, or after the last.
    step = models.PositiveSmallIntegerField(default=0, db_default=0)
    step_at = models.DateTimeField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_request", "kind"], condition=Q(met_at__isnull=True), name="clock_one_runs"
            ),
        ]
        indexes = [
            models.Index(
                fields=["step_at", "id"],
                condition=Q(met_at__isnull=True, step_at__isnull=False),
                name="clock_next_step",
            ),
            models.Index(
                fields=["suspension", "service_request"],
                condition=Q(met_at__isnull=True, suspension__isnull=False),
                name="clock_suspended",
            ),
        ]


class Participation(models.Model):
    """A person's role in a request."""

    class Role(models.TextChoices):
        REPORTER = "reporter"
        AFFECTED = "affected"
        CALLER = "caller"
        FOLLOWER = "follower"

    # Whose request it is: they can read all of it. People who joined or follow see what the public sees.
    OWN = (Role.REPORTER, Role.CALLER)

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="participations")
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="participations")
    role = models.CharField(max_length=10, choices=Role.choices)
    # Where updates go. None: no updates.
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    cadence = models.CharField(max_length=8, choices=Cadence.choices, default=Cadence.AT_ONCE, db_default="at_once")
    unsubscribed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "service_request", "role"], name="participation_once"),
        ]


class AccessLink(SignedRow):
    """A private link, derived from this row and LINK_KEYS (see links.py), never stored. Incrementing `generation` revokes it."""

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
    """Makes submitting idempotent: the same key and body return the same reference. Kept 14 days, or with the request."""

    # The start of a scope whose keys mean the same report for as long as it exists.
    FOR_GOOD = "once:"
    RETRY = ~models.Q(scope__startswith=FOR_GOOD)

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=128)
    body_hash = models.CharField(max_length=64)
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    # What the first answer said besides the request: ids and times, no words of anybody.
    answer = models.JSONField(default=dict, db_default={})
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_unique")]
        indexes = [
            models.Index(
                fields=["created_at"], name="idempotency_retry_age", condition=~models.Q(scope__startswith="once:")
            )
        ]
