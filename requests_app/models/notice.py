"""Notices on the city's pages, such as "City Hall is closed Thursday". Each has an end."""

from django.db import models
from django.db.models import F, Q

from requests_app.clock import AppNow
from requests_app.core.localized import LocalizedField
from requests_app.models.catalog import Service
from requests_app.models.geography import Area
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User


class Notice(models.Model):
    class Place(models.TextChoices):
        EVERY_PAGE = "every_page"
        HOME = "home"
        # The pages of reporting.
        REPORT = "report"
        # A service's page, and reporting it.
        SERVICE = "service"
        # An area's page.
        AREA = "area"

    class Kind(models.TextChoices):
        INFO = "info"
        WARNING = "warning"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="notices", db_index=False)
    # By language.
    words = LocalizedField()
    place = models.CharField(max_length=10, choices=Place.choices, default=Place.EVERY_PAGE)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.INFO)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        indexes = [models.Index(fields=["jurisdiction", "-ends_at", "-id"], name="notice_by_end")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="notice_ends_after_it_starts"),
            models.CheckConstraint(
                condition=(Q(place="service") & Q(service__isnull=False, area__isnull=True))
                | (Q(place="area") & Q(area__isnull=False, service__isnull=True))
                | (~Q(place__in=["service", "area"]) & Q(service__isnull=True, area__isnull=True)),
                name="notice_place_is_whole",
            ),
        ]
