"""Teams: the crews of a department that share a queue."""

from django.db import models

from requests_app.localized import localized
from requests_app.models.catalog import Department
from requests_app.models.people import User


class Team(models.Model):
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="teams")
    code = models.SlugField(max_length=40)
    name = models.JSONField(default=dict)
    members = models.ManyToManyField(User, blank=True, related_name="teams")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["department", "code"], name="team_code_unique")]

    def __str__(self) -> str:
        return localized(self.name)
