"""What residents say of an outcome: is it fixed, and were they treated well. Codes alone, so that it can be published."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.people import Person
from requests_app.models.service_request import ServiceRequest


class SurveyAnswer(models.Model):
    """One person's answer to one question about one outcome. A request that was opened again and ended again asks again."""

    class Question(models.TextChoices):
        FIXED = "fixed"
        TREATED_WELL = "treated_well"

    class Value(models.TextChoices):
        YES = "yes"
        PARTLY = "partly"
        NO = "no"

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="survey_answers")
    # None once the person asked to be forgotten: the figure stays.
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    question = models.CharField(max_length=14, choices=Question.choices)
    value = models.CharField(max_length=8, choices=Value.choices)
    # A listed reason (code), where the answer is not yes.
    reason = models.CharField(max_length=30, blank=True)
    # Which ending it is about: the number of times that it had been opened again.
    ending = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_request", "person", "question", "ending"], name="survey_answer_once"
            ),
        ]
