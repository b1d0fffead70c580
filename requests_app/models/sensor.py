"""Sensors: what a device's API key measures at an asset, and the requests that its readings opened."""

from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.api_key import ApiKey
from requests_app.models.catalog import Service
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.service_request import ServiceRequest


class Sensor(models.Model):
    """A reading below `alarm_below` or above `alarm_above` is an alarm; the limit itself is still normal."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="sensors", db_index=False)
    # The number on the asset, in capitals. A new map file may take its row away and bring it back.
    asset_number = models.CharField(max_length=60)
    # What the device calls it, such as water_level.
    measure = models.CharField(max_length=40)
    unit = models.CharField(max_length=20, blank=True)
    alarm_below = models.FloatField(null=True, blank=True)
    alarm_above = models.FloatField(null=True, blank=True)
    # What its request is about, and its text, which everyone may read if the service is public.
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=200)
    last_value = models.FloatField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_key", "asset_number", "measure"], name="sensor_measures_once"),
            models.CheckConstraint(
                condition=Q(alarm_below__isnull=False) | Q(alarm_above__isnull=False), name="sensor_has_a_limit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset_number}, {self.measure}"

    def is_alarm(self, value: float) -> bool:
        below, above = self.alarm_below, self.alarm_above
        return (below is not None and value < below) or (above is not None and value > above)


class SensorRequest(models.Model):
    """A request that a sensor opened, with the readings that came since, added up."""

    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="requests", db_index=False)
    service_request = models.OneToOneField(ServiceRequest, on_delete=models.CASCADE, related_name="sensor_request")
    # Of the alarms alone.
    alarms = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    lowest = models.FloatField()
    highest = models.FloatField()
    # Since when it's back to normal, and how often it was.
    normal_at = models.DateTimeField(null=True, blank=True)
    times_normal = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["sensor", "-id"], name="sensor_newest_request")]
