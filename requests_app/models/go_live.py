"""What people have approved and tested before a service is offered to residents."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.catalog import Service, ServiceVersion
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest


class ServiceApproval(models.Model):
    """The newest approval of its kind. The log of setup has the earlier ones."""

    class Kind(models.TextChoices):
        EMERGENCY = "emergency"
        NO_ARTICLE = "no_article"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="approvals")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # Who entered it; None: a file or the product did.
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(db_default=AppNow())
    # Who read it at the 911 center (emergency).
    approver = models.CharField(max_length=100, blank=True, db_default="")
    # The words came with the product: nobody at the 911 center has read them yet.
    is_shipped = models.BooleanField(default=False, db_default=False)
    # The last day of the approval (emergency), and the last one on which administrators were notified of it.
    review_by = models.DateField(null=True, blank=True)
    notified_on = models.DateField(null=True, blank=True)
    # What was approved. If the service says something else by now, the approval no longer counts.
    approved = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "kind"], name="service_approval_once")]


class ServiceTest(models.Model):
    """A test request: sent by a member of staff through the residents' pages, or by a catalog file, which keeps no request."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="tests")
    # With its questions. None: sent before tests remembered it.
    service_version = models.ForeignKey(
        ServiceVersion, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    service_request = models.OneToOneField(
        ServiceRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="service_test"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(db_default=AppNow())
    passed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["service", "-id"], name="service_test_newest")]
