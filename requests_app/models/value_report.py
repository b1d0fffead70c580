"""What the value report of the desk adds up: counts by day, and what the city says its channels cost."""

from django.db import models
from django.db.models import Q

from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.states import Channel


class ValueCount(models.Model):
    """A number of a day of the city, with no link to any person (actions/figures/value_counts.py), so that no page reads requests,
    contacts or drafts."""

    class Measure(models.TextChoices):
        # part: the channel.
        REPORT = "report"
        # People who joined an open report instead of sending another; and reports that staff merged. part: empty.
        JOINED = "joined"
        MERGED = "merged"
        # What came of a contact at first touch. part: resolved, repeat, passed_on or cant_tell.
        FIRST_CONTACT = "first_contact"
        # What came of a report begun on the website. part: sent, referred, left_after_answer or left.
        INTAKE = "intake"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    measure = models.CharField(max_length=14, choices=Measure.choices)
    day = models.DateField()
    part = models.CharField(max_length=18, blank=True)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "measure", "day", "part"], name="value_count_unique"),
        ]


class ContactCost(models.Model):
    """What one channel cost the city in a month or a whole year, in its own currency."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, related_name="contact_costs", db_index=False
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    year = models.PositiveSmallIntegerField()
    # 1 to 12. None: the whole year; a month's own row counts instead.
    month = models.PositiveSmallIntegerField(null=True, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "channel", "year", "month"], nulls_distinct=False, name="contact_cost_unique"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="contact_cost_not_negative"),
            models.CheckConstraint(
                condition=Q(month__isnull=True) | Q(month__range=(1, 12)), name="contact_cost_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.year}" + (f"-{self.month:02}" if self.month else "")
