"""Answers that staff send often, with placeholders such as {reference}."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.core.localized import LocalizedField
from requests_app.models.catalog import Service
from requests_app.models.jurisdiction import Jurisdiction


class AnswerTemplate(models.Model):
    """Offered where staff write to residents. Its placeholders are checked when it is saved (rules/work/answer_templates.py)."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="answer_templates")
    name = models.CharField(max_length=100)
    # Empty: for every service, and for every outcome.
    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=20, blank=True)
    # By language.
    words = LocalizedField()
    active = models.BooleanField(default=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "name"], name="answer_template_name_unique")]

    def __str__(self) -> str:
        return self.name
