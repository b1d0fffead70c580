"""What people have approved and tested before a service is offered to residents."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.catalog import Service
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest


class ServiceApproval(models.Model):
    """The newest approval of its kind. The log of setup has the earlier ones."""

    class Kind(models.TextChoices):
        EMERGENCY = "emergency"
        NO_ARTICLE = "no_article"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="approvals")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=AppNow())
    # The last day of the approval (emergency).
    review_by = models.DateField(null=True, blank=True)
    # What was approved. If the service says something else by now, the approval no longer counts.
    approved = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "kind"], name="service_approval_once")]


class ServiceTest(models.Model):
    """A test request that a member of staff sent through the residents' pages."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="tests")
    service_request = models.OneToOneField(ServiceRequest, on_delete=models.CASCADE, related_name="service_test")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=AppNow())
    passed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["service", "-id"], name="service_test_newest")]
