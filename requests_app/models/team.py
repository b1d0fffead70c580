"""Teams: the crews of a department that share a queue."""

from django.db import models

from requests_app.core.localized import LocalizedField, localized
from requests_app.models.catalog import Department
from requests_app.models.people import User


class Team(models.Model):
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="teams")
    code = models.SlugField(max_length=40)
    name = LocalizedField(default=dict)
    members = models.ManyToManyField(User, blank=True, related_name="teams")
    active = models.BooleanField(default=True)
    # What is routed to the team goes to the member with the fewest open requests, instead of waiting for somebody to take it.
    shares_by_load = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["department", "code"], name="team_code_unique")]

    def __str__(self) -> str:
        return localized(self.name)
