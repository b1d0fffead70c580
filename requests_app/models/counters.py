"""Counters, so that pages need not count: actions append deltas in their own transaction, and the drain folds them in."""

from django.db import models

from requests_app.models.jurisdiction import Jurisdiction


class CounterKey(models.Model):
    """What is counted: a service, a public state and a day. Measures without a day, such as open requests, use 1970-01-01."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    # submitted, ended, open; and answers to the survey, by the first day of their month: fixed_yes, treated_well_partly …
    measure = models.CharField(max_length=20)
    day = models.DateField()
    service = models.ForeignKey("requests_app.Service", on_delete=models.CASCADE, related_name="+", db_index=False)
    # Confidential requests are counted too, so that totals add up; only staff who may see them get these counts.
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
    """How often the emergency block and question were shown and answered, by day, with no link to any person."""

    class Step(models.TextChoices):
        # The block on top of a page, which asks without stopping anybody.
        BLOCK = "block"
        ASKED = "asked"
        CALLED = "called"
        WENT_ON = "went_on"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    # The service chosen by then; empty: none yet.
    service_code = models.CharField(max_length=60, blank=True)
    # Why: answer, service, always, or what the words are about (EmergencyPhrase.Kind). Once also "phrase", for any words.
    reason = models.CharField(max_length=20)
    step = models.CharField(max_length=10, choices=Step.choices)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "day", "service_code", "reason", "step"], name="screening_count_unique"
            ),
        ]


class AnsweredCount(models.Model):
    """How often “That answers my question” was selected instead of a report, by day, with no link to any person."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    article_code = models.CharField(max_length=60)
    # The service chosen by then, or the best suggestion; empty: neither.
    service_code = models.CharField(max_length=60, blank=True)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "day", "article_code", "service_code"], name="answered_count_unique"
            ),
        ]


class ArticleVote(models.Model):
    """How often “Did this answer your question?” was answered on an article's page, by day, with no link to any person."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    article_code = models.CharField(max_length=60)
    helped = models.BooleanField()
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "day", "article_code", "helped"], name="article_vote_unique"
            ),
        ]


class ReferralCount(models.Model):
    """How many emails “Send it to them for me” sent, by day and receiver, with no link to any resident."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    # The receiver's email address, in lower case.
    receiver = models.CharField(max_length=254)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "day", "receiver"], name="referral_count_unique"),
        ]


class UnansweredSearch(models.Model):
    """Words that matched no service and no article, by week, with no link to any person.

    Staff see what was searched for often enough (rules/answers/unanswered_searches.py); the rest is deleted when its week is over.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    # A Monday.
    week = models.DateField()
    words = models.CharField(max_length=80)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "week", "words"], name="unanswered_search_unique"),
        ]
