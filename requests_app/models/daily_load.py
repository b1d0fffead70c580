"""What came in, what ended and what was open each day, so that charts of months need not read requests."""

from django.db import models

from requests_app.models.catalog import Department, Service
from requests_app.models.jurisdiction import Jurisdiction


class DailyLoad(models.Model):
    """A department's requests of one service on a day of the city, as of its midnight (actions/figures/daily_load.py).

    A request counts in the department that had it when the day was last computed.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    # None: no department had it yet.
    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+", db_index=False)
    # Counted apart, since not everyone may know how many there are.
    is_confidential = models.BooleanField(default=False)
    submitted = models.PositiveIntegerField(default=0)
    ended = models.PositiveIntegerField(default=0)
    # Open at the end of the day, by age: up to a week, a month, three months, and older.
    open_week = models.PositiveIntegerField(default=0)
    open_month = models.PositiveIntegerField(default=0)
    open_quarter = models.PositiveIntegerField(default=0)
    open_older = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            # Read by city and days; a NULL counts as a value.
            models.UniqueConstraint(
                fields=["jurisdiction", "day", "department", "service", "is_confidential"],
                nulls_distinct=False,
                name="daily_load_once",
            ),
        ]
