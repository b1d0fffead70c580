"""Counts that pages show without counting: actions append deltas in their own transaction, a drain folds them."""

from django.db import models

from requests_app.models.jurisdiction import Jurisdiction


class CounterKey(models.Model):
    """What is counted: of one service, in one public state, on one day (a level, as what is open, stands at 1970-01-01)."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    # submitted, ended, open
    measure = models.CharField(max_length=20)
    day = models.DateField()
    service = models.ForeignKey("requests_app.Service", on_delete=models.CASCADE, related_name="+", db_index=False)
    # Confidential rows are counted here too, so that all adds up; pages show them only to those who may see them.
    public_state = models.CharField(max_length=16)

    class Meta:
        abstract = True


class Counter(CounterKey):
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "measure", "day", "service", "public_state"],
                name="counter_unique",
            ),
        ]


class CounterDelta(CounterKey):
    delta = models.IntegerField()


class ScreeningCount(models.Model):
    """How often the emergency question was asked and what was pressed, by day: numbers without any person behind them."""

    class Step(models.TextChoices):
        ASKED = "asked"
        CALLED = "called"
        WENT_ON = "went_on"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    # The service that was chosen by then; empty: none yet.
    service_code = models.CharField(max_length=60, blank=True)
    # Why it was asked: phrase, service, answer, always.
    reason = models.CharField(max_length=10)
    step = models.CharField(max_length=10, choices=Step.choices)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "day", "service_code", "reason", "step"], name="screening_count_unique"
            ),
        ]
