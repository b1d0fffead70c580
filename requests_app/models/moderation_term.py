"""The city's lists of links, threats and email addresses for moderation."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User


class ModerationTerm(models.Model):
    """A report with a listed link or threat is reviewed before it becomes public. It is never discarded."""

    class Kind(models.TextChoices):
        # A host name, including its subdomains: "spam.example".
        LINK = "link"
        # A phrase: "i will kill".
        THREAT = "threat"
        # An email address that may not follow, confirm or report.
        ADDRESS = "address"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="moderation_terms")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # Lower case, for comparison.
    value = models.CharField(max_length=320)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "kind", "value"], name="moderation_term_unique"),
        ]

    def __str__(self) -> str:
        return self.value
