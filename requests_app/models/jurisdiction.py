"""A city, town or county served by this installation. Every top-level row belongs to one."""

from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField

from requests_app.clock import AppNow
from requests_app.core.localized import LocalizedField

if TYPE_CHECKING:
    from requests_app.models.catalog import ListedReason


class Jurisdiction(models.Model):
    name = models.CharField(max_length=200)
    # Open311's jurisdiction_id, which files and commands use too.
    jurisdiction_id = models.CharField(max_length=200, unique=True)
    # Host names of this jurisdiction. One in the installation may have none: every other allowed host leads to it.
    hosts = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    time_zone = models.CharField(max_length=64, default="America/New_York")
    languages = ArrayField(models.CharField(max_length=12), default=list)
    emergency_number = models.CharField(max_length=40, default="911")
    text_to_emergency = models.BooleanField(default=False)
    non_emergency_number = models.CharField(max_length=40, blank=True)
    desk_number = models.CharField(max_length=40, default="311")
    desk_long_number = models.CharField(max_length=40, blank=True)
    all_night_number = models.CharField(max_length=40, blank=True)
    # The last one who gets a text message about danger. Not public. Empty: all_night_number.
    desk_night_number = models.CharField(max_length=40, blank=True, db_default="")
    # If nobody accepts an alarm for this long, the next person is alerted.
    alarm_minutes = models.PositiveSmallIntegerField(default=15, db_default=15)
    # The target of a request of priority 1 whose service has none for that priority, in minutes by the clock.
    urgent_acknowledge_minutes = models.PositiveSmallIntegerField(default=30, db_default=30)
    urgent_resolve_minutes = models.PositiveSmallIntegerField(default=240, db_default=240)
    # {"center": [longitude, latitude], "zoom": 12.2, "bounds": [west, south, east, north]}
    map_view = models.JSONField(default=dict)
    boundary = models.MultiPolygonField(null=True, blank=True)
    # Incremented by each import of map layers. It is part of tile URLs, so that tiles can be cached forever.
    basemap_version = models.PositiveIntegerField(default=0)
    # Seal, colors, welcome text, privacy notice and more: {"colors": {"primary": "#…"}, "welcome": {"en": …}}.
    branding = LocalizedField(at=["welcome", "privacy", "accessibility", "seal_alt"], default=dict, blank=True)
    # What the address card shows, by area layer: [{"layer": "ward", "name": {…}, "fields": [{"key": …, "label": {…}}]}].
    address_card = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    # The city's own names for places, and what they stand for: {"mass ave": "Massachusetts Ave", "rt 9": ["Elm St", "Oak Ave"]}.
    place_aliases = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    # When the last of the city's notices ends. Empty or past: pages don't look for any.
    notices_until = models.DateTimeField(null=True, blank=True)
    # What the city calls outcomes: {"fixed": {"en": "Done", "es": "Hecho"}}. Empty: the usual words.
    outcome_words = LocalizedField(at=["*"], default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    always_ask_emergency = models.BooleanField(default=False)
    # Who at the 911 center approved that, and by when somebody reads it again; empty: nobody has changed it yet.
    always_ask_approver = models.CharField(max_length=100, blank=True, db_default="")
    always_ask_review_by = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    # Percent of requests that should end by their due time, which supervisors see their own next to.
    on_time_goal = models.PositiveSmallIntegerField(default=80, db_default=80)
    # Who agreed that supervisors see open requests by person (a works council, a union, a director …). Empty: nobody, so it's off.
    load_by_person_agreed = models.CharField(max_length=300, blank=True, db_default="")
    # "us": feet and miles; "metric": meters and kilometers.
    units = models.CharField(max_length=10, default="us", db_default="us")
    # Who its email is from. Empty: the city's name, the server's own address, and no other address for replies.
    sender_name = models.CharField(max_length=100, blank=True, db_default="")
    sender_address = models.EmailField(blank=True, db_default="")
    reply_address = models.EmailField(blank=True, db_default="")
    # Days without a public word after which somebody is asked for the reason.
    silent_days = models.PositiveSmallIntegerField(default=14, db_default=14)
    # Endings drawn each week in each department, for a look by another team.
    checked_endings = models.PositiveSmallIntegerField(default=10, db_default=10)
    # An article is published by somebody else than who wrote the draft.
    second_person_publishes = models.BooleanField(default=False, db_default=False)
    # How long callers of the desk wait, and until when that is worth saying. Empty or past: pages say nothing.
    desk_wait_s = models.PositiveIntegerField(null=True, blank=True)
    desk_wait_until = models.DateTimeField(null=True, blank=True)
    # The city's own guess: percent of questions away from the counter whose askers would have come in. Empty: no guess, no figure.
    visits_avoided_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    # How many takers are planned for: so many percent of calls answered in so many seconds.
    takers_percent = models.PositiveSmallIntegerField(default=90, db_default=90)
    takers_answer_s = models.PositiveSmallIntegerField(default=20, db_default=20)
    # Talk and wrap-up of a call, in seconds. Empty: what the telephone system counted.
    takers_handle_s = models.PositiveSmallIntegerField(null=True, blank=True)
    # When people could first call 311 here: before and after are compared. Set before the counts are shown. Empty: nobody said.
    desk_began_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(takers_percent__range=(1, 99), takers_answer_s__lte=3600),
                name="jurisdiction_takers_target",
            ),
            models.CheckConstraint(condition=models.Q(silent_days__gte=1), name="jurisdiction_watches_silence"),
            models.CheckConstraint(condition=models.Q(languages__len__gte=1), name="jurisdiction_has_language"),
            models.CheckConstraint(condition=models.Q(alarm_minutes__gte=1), name="jurisdiction_alarms_wait"),
            models.CheckConstraint(
                condition=models.Q(urgent_acknowledge_minutes__gte=1, urgent_resolve_minutes__gte=1),
                name="jurisdiction_urgent_targets",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def colors(self) -> dict[str, Any]:
        colors: dict[str, Any] = self.branding.get("colors", {})
        return colors

    @cached_property
    def reasons_by_code(self) -> dict[tuple[str, str], "ListedReason"]:
        """By kind and code. All rows of a list share this object, so the reasons are one query for the list, not one a row."""
        return {(reason.kind, reason.code): reason for reason in self.listed_reasons.all()}


class CityImage(models.Model):
    """A picture too large for the jurisdiction's own row, which every page reads: the logo, or the card of shared links."""

    class Kind(models.TextChoices):
        LOGO = "logo"
        CARD = "card"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="images")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # A hash of the content, which is part of its address.
    version = models.CharField(max_length=16)
    # A PNG that we encoded ourselves.
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "kind"], name="city_image_once")]
