"""Counts that pages show without counting: actions append deltas in their own transaction, a drain folds them."""

from django.db import models

from requests_app.models.jurisdiction import Jurisdiction


class CounterKey(models.Model):
    """What is counted. 0 stands for "all" departments or services, so that the key can be unique."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    # submitted, resolved, reopened … by day; open as a level (day = 1970-01-01).
    measure = models.CharField(max_length=20)
    day = models.DateField()
    department_id = models.BigIntegerField(default=0)
    service_id = models.BigIntegerField(default=0)
    # Only what the public may count; confidential rows are counted live, for those who may see them.
    public_state = models.CharField(max_length=12, default="public")

    class Meta:
        abstract = True


class Counter(CounterKey):
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "measure", "day", "department_id", "service_id", "public_state"],
                name="counter_unique",
            ),
        ]


class CounterDelta(CounterKey):
    delta = models.IntegerField()
