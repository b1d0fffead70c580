"""Two requests that have to do with each other without being the same problem."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest


class RelatedRequest(models.Model):
    """A link between two requests, shown on both. Stored once for each pair: `earlier` has the lower id.

    user: who linked them; empty if their reporter sent them together, one after the other.
    """

    earlier = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+", db_index=False)
    later = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="related_once"),
            models.CheckConstraint(condition=models.Q(earlier__lt=models.F("later")), name="related_in_order"),
        ]
