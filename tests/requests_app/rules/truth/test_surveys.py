"""Whom the survey asks, for how long, and what its numbers hide."""

import datetime as dt

import pytest

from requests_app.clock import app_now
from requests_app.models import Participation, ServiceRequest, SurveyAnswer
from requests_app.rules.truth import surveys
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
MOMENT = dt.timedelta(microseconds=1)


def asked(made: ServiceRequest) -> int | None:
    one = ServiceRequest.objects.get(pk=made.pk)
    person = Participation.objects.get(service_request=made).person
    return surveys.outcome_asked_about(one, person, through=one)


@pytest.mark.parametrize(
    ("role", "is_asked"), [("reporter", True), ("caller", True), ("affected", True), ("follower", False)]
)
def test_those_who_have_the_problem_are_asked_for_thirty_days(town: Rivermark, role: str, is_asked: bool) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    factories.copies(made, 1)
    Participation.objects.filter(service_request=made).update(role=role)
    assert asked(made) is None, "it is open"
    ended = app_now()
    factories.mark_ended(made, at=ended)
    set_time(ended + surveys.WITHIN)
    assert asked(made) == (0 if is_asked else None)
    set_time(ended + surveys.WITHIN + MOMENT)
    assert asked(made) is None
    factories.mark_ended(made, "duplicate", at=ended + surveys.WITHIN)
    assert asked(made) is None


def test_who_reopened_it_with_no_may_say_why_for_thirty_days(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    ServiceRequest.objects.filter(pk=made.pk).update(reopened_count=1)
    person = Participation.objects.get(service_request=made).person
    answer = SurveyAnswer.objects.create(
        service_request=made, person=person, ending=0, question="fixed", value="no", answered_at=app_now()
    )
    set_time(answer.answered_at + surveys.WITHIN)
    assert asked(made) == 0
    set_time(answer.answered_at + surveys.WITHIN + MOMENT)
    assert asked(made) is None
    set_time(answer.answered_at)
    ServiceRequest.objects.filter(pk=made.pk).update(reopened_count=2)
    assert asked(made) is None, "that was about the ending before"
    SurveyAnswer.objects.filter(pk=answer.pk).update(ending=1, value="yes")
    assert asked(made) is None
