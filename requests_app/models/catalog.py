"""What residents can report: departments, categories, services with their versions and questions, targets, routing rules."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.core.localized import LocalizedField, localized
from requests_app.models.jurisdiction import Jurisdiction


class Calendar(models.Model):
    """Working hours, {"mon": [["07:00", "16:00"]], …}, or `always`. Holidays: a country's, plus the city's own."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="calendars")
    code = models.SlugField(max_length=60)
    always = models.BooleanField(default=False)
    hours = models.JSONField(default=dict, blank=True)
    # {"country": "US", "subdivision": null, "extra": [{"date": "2026-12-24", "name": {…}}]}
    holidays = LocalizedField(at=["extra.*.name"], default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="calendar_code_unique")]

    def __str__(self) -> str:
        return self.code


class Department(models.Model):
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="departments")
    code = models.CharField(max_length=40)
    name = LocalizedField(default=dict)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="departments")
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    active = models.BooleanField(default=True)
    # Without accounts: each request is emailed to it, with links that accept it, send it back or resolve it.
    works_by_email = models.BooleanField(default=False, db_default=False)
    # Whether that email also says how to reach the reporter.
    email_names_reporter = models.BooleanField(default=False, db_default=False)
    # An email each Monday about its open requests.
    weekly_email = models.BooleanField(default=True, db_default=True)
    # Is notified of requests that are very late.
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="department_code_unique")]

    def __str__(self) -> str:
        return localized(self.name)


class Category(models.Model):
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="categories")
    code = models.SlugField(max_length=40)
    name = LocalizedField(default=dict)
    icon = models.CharField(max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="category_code_unique")]

    def __str__(self) -> str:
        return localized(self.name)


class Service(models.Model):
    """Something residents can report. Its text and rules are in its versions; this row is the permanent code."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="services")
    service_code = models.CharField(max_length=60)
    active = models.BooleanField(default=True)
    # Its place among the services of its category; those with the same go by name.
    order = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Set when a version is published, for lists and joins.
    current = models.ForeignKey("requests_app.ServiceVersion", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=AppNow(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "service_code"], name="service_code_unique"),
            # Open311 uses codes in paths and comma-separated lists.
            models.CheckConstraint(condition=Q(service_code__regex=r"^[A-Za-z0-9_.-]+$"), name="service_code_is_safe"),
        ]

    def __str__(self) -> str:
        return self.service_code

    @property
    def is_for_staff(self) -> bool:
        """Residents neither see it nor report to it, even while it's offered."""
        return self.current is not None and self.current.visibility == ServiceVersion.Visibility.STAFF


class ServiceVersion(models.Model):
    """One published version of a service. Immutable, so that an old request still shows what was asked and promised."""

    class Visibility(models.TextChoices):
        PUBLIC = "public"
        NAMED_STAFF = "reporter_to_named_staff"
        COARSE = "coarse"
        PRIVATE = "private"
        STAFF = "staff"

    class PhotoPolicy(models.TextChoices):
        NONE = "none"
        OPTIONAL = "optional"
        ASKED = "asked"

    class DuplicatePolicy(models.TextChoices):
        JOIN = "join"
        ASK = "ask"
        NEVER = "never"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = LocalizedField()
    description = LocalizedField(default=dict)
    # {"en": ["pothole", "hole in road"], "es": [...]}
    # By language: other names of it, which the public reads too.
    keywords = LocalizedField(default=dict, blank=True)
    # By language: people's own words for it, for suggestions alone.
    asked = LocalizedField(default=dict, blank=True, db_default={})
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="service_versions")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="service_versions")
    priority = models.PositiveSmallIntegerField(default=3)
    visibility = models.CharField(max_length=30, choices=Visibility.choices, default=Visibility.PUBLIC)
    photo_policy = models.CharField(max_length=10, choices=PhotoPolicy.choices, default=PhotoPolicy.OPTIONAL)
    duplicate_policy = models.CharField(max_length=10, choices=DuplicatePolicy.choices, default=DuplicatePolicy.JOIN)
    duplicate_radius_m = models.PositiveIntegerField(default=100)
    duplicate_window_days = models.PositiveIntegerField(default=30)
    # Reports of services in one family may be duplicates of each other. Empty: only reports of the same service.
    duplicate_family = models.SlugField(max_length=40, blank=True, db_default="")
    # The kinds of assets that it is about (street_light, litter_bin), offered near the place.
    asset_kinds = ArrayField(models.CharField(max_length=40), default=list, db_default=[], blank=True)
    place_required = models.BooleanField(default=True)
    # The kinds of owners (state_road, railway …) responsible for this service on their land, and how the owner is looked up.
    owner_kinds = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    place_rule = models.CharField(max_length=10, default="none")
    # The text of the emergency question page, by language. Empty: no page for this service.
    emergency_screen = LocalizedField(default=dict, blank=True)
    # Custom labels of dispositions: {"fixed": {"en": "Picked up", "es": "Recogido"}}.
    outcome_words = LocalizedField(at=["*"], default=dict, blank=True)
    # What resolving calls for: none, photo or visit (rules/work/evidence.py).
    evidence = models.CharField(max_length=10, default="none")
    # Why the law requires a name and a postal address for this service, by language. Empty: reports may be anonymous.
    identity_words = LocalizedField(default=dict, db_default={}, blank=True)
    # The report is neither published nor routed until its reporter confirms by email.
    must_confirm = models.BooleanField(default=False, db_default=False)
    # False for services about someone's home (code enforcement), which no list of a block or an address includes.
    listed_by_place = models.BooleanField(default=True, db_default=True)
    # When residents can ask for it: {"from": "10-15", "to": "12-15"} every year, or full dates once. Empty: always.
    offered = models.JSONField(default=dict, db_default={}, blank=True)
    published_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "number"], name="service_version_number_unique"),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=4), name="service_priority_1_to_4"),
        ]
        triggers = [pgtrigger.Protect(name="version_is_immutable", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return localized(self.name)

    @property
    def is_confidential(self) -> bool:
        """Whether nothing of such a report is public."""
        return self.visibility in (self.Visibility.PRIVATE, self.Visibility.STAFF)


class QuestionVersion(models.Model):
    """One question of one version of a service. options: [{"value", "label": {…}, "effects": {…}}].

    Effects of an option: stop (the emergency page), priority, resolve_target, private_photos, service (a better one), article.
    """

    class Kind(models.TextChoices):
        TEXT = "text"
        NUMBER = "number"
        DATETIME = "datetime"
        SINGLE = "single"
        MULTI = "multi"
        DISPLAY = "display"

    class Visibility(models.TextChoices):
        PUBLIC = "public"
        STAFF = "staff"
        DEPARTMENT = "department"

    service_version = models.ForeignKey(ServiceVersion, on_delete=models.CASCADE, related_name="questions")
    code = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = LocalizedField()
    help = LocalizedField(default=dict, blank=True)
    # As takers ask it aloud at the desk, for staff alone. Empty in a language: the text itself.
    script = LocalizedField(default=dict, blank=True, db_default={})
    required = models.BooleanField(default=False)
    visibility = models.CharField(max_length=12, choices=Visibility.choices, default=Visibility.STAFF)
    options = LocalizedField(at=["*.label"], default=list, blank=True)
    # {"question": "size", "values": ["bigger"]}: asked only after one of these answers.
    show_if = models.JSONField(default=dict, blank=True)
    # It asks for the number on an asset, so it isn't asked once the asset was chosen.
    asks_asset = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["service_version", "code"], name="question_code_unique"),
            models.UniqueConstraint(fields=["service_version", "order"], name="question_order_unique"),
        ]
        triggers = [pgtrigger.Protect(name="question_is_immutable", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return localized(self.text)


class Target(models.Model):
    """A target: the time in which this service is acknowledged or resolved, for requests from `valid_from` on."""

    class Kind(models.TextChoices):
        ACKNOWLEDGE = "acknowledge"
        RESOLVE = "resolve"

    class Unit(models.TextChoices):
        MINUTES = "minutes"
        HOURS = "hours"
        DAYS = "days"
        BUSINESS_DAYS = "business_days"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="targets")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.PositiveIntegerField()
    unit = models.CharField(max_length=14, choices=Unit.choices)
    # Empty: the department's calendar.
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, null=True, blank=True, related_name="targets")
    # Empty: every priority, and every area.
    priority = models.PositiveSmallIntegerField(null=True, blank=True)
    area = models.ForeignKey("requests_app.Area", on_delete=models.PROTECT, null=True, blank=True)
    valid_from = models.DateTimeField(db_default=AppNow())
    # Who agreed to it (a council, a director, a contract), in words; and who entered it. Empty: it comes from a file.
    agreed_by = models.CharField(max_length=200, blank=True, db_default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["service", "kind", "-valid_from"], name="target_lookup")]


class RoutingRule(models.Model):
    """One row of the routing table, tried in order.

    when: {"services": [...], "areas": {"layer": …, "codes": [...]}, "answers": {question: [values]}, "words": [...], "channels":
    [...], "priorities": [...], "days": [...], "hours": "18:00-07:00", "working_hours": {"calendar": …, "open": …}}. All
    conditions must hold. Without a department, the request goes to the triage queue.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="routing_rules")
    order = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    when = models.JSONField(default=dict)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True)
    # What else it decides: {"team": code, "assignee": email, "priority": 2, "inform": [codes of departments]}.
    then = models.JSONField(default=dict, db_default={}, blank=True)
    active = models.BooleanField(default=True)
    # How many requests it routed in 90 days, and how many of these came back, as counted every hour.
    caught = models.PositiveIntegerField(default=0, db_default=0)
    came_back = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "order"], name="routing_rule_order_unique")]

    def __str__(self) -> str:
        return self.name


class EmergencyPhrase(models.Model):
    """A city's own phrase that leads to the emergency question page, in whatever language the page is.

    It adds to those in requests_app/danger/phrases.yaml, or takes the place of the one with the same words.
    """

    class Kind(models.TextChoices):
        """Who can help."""

        # The emergency number.
        RED_FLAG = "red_flag"
        # Poison control.
        POISON = "poison"
        # The suicide and crisis line.
        SELF_HARM = "self_harm"
        # The domestic violence hotline.
        DOMESTIC_VIOLENCE = "domestic_violence"
        # Gas and wires: leave first, then call.
        UTILITY = "utility"
        # The national hotlines for each; a threat leads to the emergency number.
        SEXUAL_VIOLENCE = "sexual_violence"
        CHILD_ABUSE = "child_abuse"
        ELDER_ABUSE = "elder_abuse"
        TRAFFICKING = "trafficking"
        OVERDOSE = "overdose"
        THREAT = "threat"
        # A danger before there is a victim: stay back, then the desk's urgent number.
        HAZARD = "hazard"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="emergency_phrases")
    language = models.CharField(max_length=12)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.RED_FLAG)
    phrase = models.CharField(max_length=120)
    # False: switches off the phrase that ships with the product.
    active = models.BooleanField(default=True, db_default=True)
    # Longer phrases that mean something else: "fire" unless "fire hydrant".
    unless = ArrayField(models.CharField(max_length=120), default=list, db_default=[], blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "language", "phrase"], name="emergency_phrase_unique"),
        ]


class ListedReason(models.Model):
    """A reason from a city's list: why it can't do something (with where to appeal), what a request is on hold for, or why there
    is no photo or visit."""

    class Kind(models.TextChoices):
        CANNOT_DO = "cannot_do"
        HOLD = "hold"
        NO_EVIDENCE = "no_evidence"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="listed_reasons")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    code = models.SlugField(max_length=40)
    words = LocalizedField()
    # Where to appeal, by language (cannot_do).
    appeal = LocalizedField(default=dict, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["order", "code"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "kind", "code"], name="listed_reason_unique")]
