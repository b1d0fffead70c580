"""Several steps under one name and one key, such as “Not ours: transfer to Parks, with a note”."""

from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.catalog import Department
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User


class Macro(models.Model):
    """Of the whole city, of a department, or of one person (owner)."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="macros")
    name = models.CharField(max_length=60)
    department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # 1 to 9; empty: in the command palette and the menus only.
    key = models.PositiveSmallIntegerField(null=True, blank=True)
    # See rules/work/steps.py.
    steps = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "department", "owner", "name"],
                nulls_distinct=False,
                name="macro_name_unique",
            ),
            models.CheckConstraint(condition=Q(key__isnull=True) | Q(key__gte=1, key__lte=9), name="macro_key_1_to_9"),
            models.CheckConstraint(
                condition=Q(department__isnull=True) | Q(owner__isnull=True), name="macro_of_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.name
