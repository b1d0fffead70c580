"""Drafts of services: what an administrator has changed and not published yet, and the link to share one for review."""

from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.catalog import Service
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User
from requests_app.models.signed_row import SignedRow


class ServiceDraft(models.Model):
    """The next version of a service, or a new service. Residents never see it; publishing deletes it."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    # Empty: a new service.
    service = models.OneToOneField(Service, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    service_code = models.CharField(max_length=60)
    # As a service is written in a catalog file (rules/setup/catalog_rows.py).
    written = models.JSONField()
    # The number of the version it was started from; 0: a new service.
    base = models.PositiveIntegerField(default=0)
    # The id of the SetupChange that saved it last, so that a second editor is shown what changed.
    revision = models.BigIntegerField()
    edited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    edited_at = models.DateTimeField(db_default=AppNow())
    # The 911 center's approval of its emergency check: approver, review_by, approved (as in ServiceApproval) and user, its id.
    approval = models.JSONField(default=dict, blank=True, db_default={})
    # Empty: nobody has set a date.
    publish_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "service_code"], name="service_draft_unique"),
            models.CheckConstraint(
                condition=Q(service_code__regex=r"^[A-Za-z0-9_.-]+$"), name="service_draft_code_is_safe"
            ),
        ]

    def __str__(self) -> str:
        return self.service_code


class ServiceDraftLink(SignedRow):
    """A link that shows a draft's preview without a sign-in. Ending it deletes the row; publishing the draft does, too."""

    draft = models.OneToOneField(ServiceDraft, on_delete=models.CASCADE, related_name="link")
    expires_at = models.DateTimeField(db_index=True)
