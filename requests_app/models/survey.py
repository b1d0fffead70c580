"""Residents' answers about an outcome: is it fixed, and how were they treated. Codes only, so that results can be published."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.people import Person
from requests_app.models.service_request import ServiceRequest


class SurveyAnswer(models.Model):
    """One person's answer to one question about one outcome. A request that is reopened and resolved again asks again."""

    class Question(models.TextChoices):
        FIXED = "fixed"
        TREATED_WELL = "treated_well"

    class Value(models.TextChoices):
        YES = "yes"
        PARTLY = "partly"
        NO = "no"

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="survey_answers")
    # None after the person was erased; the answer still counts.
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    question = models.CharField(max_length=14, choices=Question.choices)
    value = models.CharField(max_length=8, choices=Value.choices)
    # A listed reason (code), if the answer is not yes.
    reason = models.CharField(max_length=30, blank=True)
    # Which outcome it is about: how often the request had been reopened by then.
    ending = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_request", "person", "question", "ending"], name="survey_answer_once"
            ),
        ]
