"""Short addresses for printed signs. A sign at a place leads to the report form with the place filled in."""

from django.contrib.gis.db import models

from requests_app.clock import AppNow
from requests_app.models.catalog import Service
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User


class ShortLink(models.Model):
    """/q/<code>: a place and perhaps a service. An asset's own id works as a code without a row; a row adds a service to it."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="short_links")
    # As long as an asset's id, which it may be.
    code = models.CharField(max_length=60)
    # What is printed on the sign: "Playground, Millstream Park".
    label = models.CharField(max_length=200)
    service = models.ForeignKey(Service, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    address = models.CharField(max_length=300, blank=True)
    point = models.PointField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=AppNow(), editable=False)
    # The sign was removed. Its address leads to the home page, without the place.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="short_link_code_unique")]

    def __str__(self) -> str:
        return self.label
