"""What residents follow besides single requests: an area, a service, a place with its surroundings, or an asset."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.catalog import Service
from requests_app.models.event import Event
from requests_app.models.geography import Area, Asset
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import Cadence, ContactPoint
from requests_app.models.service_request import ServiceRequest
from requests_app.models.signed_row import SignedRow

SMALLEST_RADIUS_M = 200


class Subscription(SignedRow):
    """Email updates on reports and work in an area, at a place or of a service. Nothing is sent before the address is verified."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="subscriptions")
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.CASCADE, related_name="subscriptions")
    # Each of these narrows the subscription; a point goes with a radius.
    area = models.ForeignKey(Area, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    point = models.PointField(null=True, blank=True)
    radius_m = models.PositiveIntegerField(null=True, blank=True)
    # The place's name for the reader: "Elm St, 100 block".
    label = models.CharField(max_length=200, blank=True)
    cadence = models.CharField(max_length=8, choices=Cadence.choices, default=Cadence.DAILY)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    unsubscribed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())
    # An email on the evening before the area's collection days, instead of updates on reports; and the last day announced.
    collection = models.BooleanField(default=False, db_default=False)
    reminded_for = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(collection=False)
                | Q(area__isnull=False, service__isnull=True, asset__isnull=True, point__isnull=True),
                name="subscription_collection_of_area",
            ),
            models.CheckConstraint(
                condition=Q(point__isnull=True, radius_m__isnull=True)
                | Q(point__isnull=False, radius_m__gte=SMALLEST_RADIUS_M),
                name="subscription_radius_at_least_200_m",
            ),
        ]
        indexes = [
            GistIndex(fields=["point"], condition=Q(unsubscribed_at__isnull=True), name="subscription_place"),
            models.Index(fields=["area"], condition=Q(unsubscribed_at__isnull=True), name="subscription_area"),
            models.Index(fields=["service"], condition=Q(unsubscribed_at__isnull=True), name="subscription_service"),
            models.Index(
                fields=["area"],
                condition=Q(collection=True, unsubscribed_at__isnull=True),
                name="subscription_collection",
            ),
        ]


class DigestItem(models.Model):
    """One update for one address's next digest. Unique, even if several subscriptions match."""

    contact_point = models.ForeignKey(ContactPoint, on_delete=models.CASCADE, related_name="digest_items")
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.DO_NOTHING, related_name="+")
    # Why it is sent: a subscription, or None for a request that they reported, joined or follow.
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    cadence = models.CharField(max_length=8, choices=Cadence.choices)
    created_at = models.DateTimeField(db_default=AppNow())
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact_point", "event"], name="digest_item_once")]
        indexes = [
            models.Index(fields=["cadence", "contact_point"], condition=Q(sent_at__isnull=True), name="digest_unsent")
        ]
