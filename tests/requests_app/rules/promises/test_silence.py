"""Which requests are silent: to the second, open ones of this city that are no tests and don't wait."""

import datetime as dt

import pytest

from requests_app.models import ServiceRequest, SilenceQuestion, Status
from requests_app.rules.promises import silence
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.7")]
NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
DAYS = dt.timedelta(days=14)


def made(town: Rivermark, is_test: bool = False, **columns: object) -> ServiceRequest:
    one = factories.routed(town.pothole, answers={"where": "lane"}, is_test=is_test)
    ServiceRequest.objects.filter(pk=one.pk).update(**{"submitted_at": NOW - 2 * DAYS, **columns})
    return one


def asked(town: Rivermark) -> set[int]:
    return set(silence.to_ask(town.city, now=NOW).values_list("pk", flat=True))


@pytest.mark.parametrize("column", ["submitted_at", "last_public_message_at"])
def test_the_last_second_of_the_last_day_is_no_silence_yet(town: Rivermark, column: str) -> None:
    made(town, **{column: NOW - DAYS})
    quiet = made(town, **{column: NOW - DAYS - SECOND})
    assert asked(town) == {quiet.pk}


def test_another_city_tests_what_waits_and_what_ended_are_left_out(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    theirs = factories.routed(lakeside.pothole)
    ServiceRequest.objects.filter(pk=theirs.pk).update(submitted_at=NOW - 2 * DAYS)
    made(town, is_test=True)
    made(town, status=Status.ON_HOLD)
    factories.mark_ended(made(town))
    quiet = made(town)
    assert asked(town) == {quiet.pk}


@pytest.mark.parametrize(
    ("columns", "is_asked"),
    [
        ({}, False),
        ({"answered_at": NOW - DAYS + SECOND}, False),
        ({"answered_at": NOW - DAYS}, True),
        ({"ended_at": NOW - SECOND}, True),
    ],
)
def test_a_reason_holds_for_as_many_days(town: Rivermark, columns: dict[str, dt.datetime], is_asked: bool) -> None:
    quiet, other = made(town), made(town)
    SilenceQuestion.objects.create(service_request=quiet, asked_at=NOW - DAYS, **columns)
    assert asked(town) == ({quiet.pk, other.pk} if is_asked else {other.pk})


@pytest.mark.parametrize(
    ("quiet_for", "is_asked"), [(dt.timedelta(days=1) - SECOND, False), (dt.timedelta(days=1), True)]
)
def test_after_a_word_nobody_needs_to_say_why_for_a_day(
    town: Rivermark, quiet_for: dt.timedelta, is_asked: bool
) -> None:
    one = made(town, last_public_message_at=NOW - quiet_for)
    SilenceQuestion.objects.create(service_request=one, asked_at=NOW - DAYS)
    read = ServiceRequest.objects.annotate(is_silence_question_waiting=silence.is_waiting()).get(pk=one.pk)
    assert silence.is_asked(read, now=NOW) is is_asked
    read.status = Status.RESOLVED
    assert not silence.is_asked(read, now=NOW)
