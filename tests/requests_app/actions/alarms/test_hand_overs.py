"""Calls between a 911 center and 311, each recorded once."""

import datetime as dt

import pytest

from requests_app import api_keys
from requests_app.actions.alarms import alarms, hand_overs
from requests_app.actions.contacts import contacts, retention, transfers_911
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import submission
from requests_app.actions.work import staff_actions
from requests_app.clock import app_now
from requests_app.models import (
    Alarm,
    ApiKey,
    CallBack,
    Channel,
    Contact,
    EmergencyHandOver,
    Event,
    IdempotencyKey,
    ServiceRequest,
)
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def transfer(
    cast: Rivermark, text: str = "A hole", *, number: str = "26-1", key: ApiKey | None = None
) -> submission.SubmissionResult:
    report = submission.NewReport(
        jurisdiction=cast.city,
        version=cast.pothole,
        description=text,
        language="en",
        place=submission.Place(address="12 Elm St"),
        answers=submission.to_answers(cast.pothole, {"where": "lane"}),
        reporter=Reporter(phone="(555) 010-0199"),
        channel=Channel.PHONE,
        is_transfer=True,
        outside_number=number,
        api_key=key,
    )
    return transfers_911.receive(
        report, body_hash=submission.body_hash(text), actor=cast.cal, reason="city_service", is_warm=True
    )


def keys(cast: Rivermark) -> tuple[ApiKey, ApiKey]:
    first, second = (
        api_keys.create(cast.city, name, scopes=["staff"], acts_as=cast.cal)[0] for name in ("North", "South")
    )
    return first, second


def test_a_call_from_911_is_taken_once_and_waits_for_the_desk(cast: Rivermark) -> None:
    first, again = transfer(cast), transfer(cast)
    assert (first.repeated, again.repeated) == (False, True)
    assert again.service_request == first.service_request
    row = EmergencyHandOver.objects.get()
    assert (row.direction, row.reason, row.is_warm, row.event_number, row.has_event_number, row.by) == (
        "in", "city_service", True, "26-1", True, cast.cal,
    )  # fmt: skip
    assert row.service_request == first.service_request
    made = first.service_request
    assert (made.public_state, made.review_reason, made.external_id) == ("private", "transfer", "26-1")
    assert CallBack.objects.get().service_request == made


def test_the_same_number_with_another_body_is_refused_by_either_way_in(cast: Rivermark) -> None:
    key, other_key = keys(cast)
    by_form, by_program = transfer(cast, number="26-1"), transfer(cast, number="26-2", key=key)
    for text, number, of_key, before in (
        ("Another hole", "26-1", None, by_form),
        ("A hole", "26-1", key, by_form),
        ("A hole", "26-2", None, by_program),
        ("Another hole", "26-2", key, by_program),
    ):
        with pytest.raises(transfers_911.NumberTaken) as refused:
            transfer(cast, text, number=number, key=of_key)
        assert refused.value.service_request == before.service_request
    # Two programs are two centers, each with numbers of its own.
    assert not transfer(cast, number="26-2", key=other_key).repeated
    assert ServiceRequest.objects.count() == EmergencyHandOver.objects.count() == 3


def test_an_erased_report_keeps_its_number_taken(cast: Rivermark) -> None:
    made = transfer(cast).service_request
    IdempotencyKey.objects.filter(service_request=made).delete()
    with pytest.raises(transfers_911.NumberTaken):
        transfer(cast)


def test_numbers_belong_to_a_city(cast: Rivermark) -> None:
    transfer(cast)
    town = factories.jurisdiction("Lakeside", hosts=["lakeside.example"])
    EmergencyHandOver.objects.update(jurisdiction=town, api_key=keys(cast)[0])
    assert transfer(cast).repeated


def test_a_call_to_911_takes_the_alarm_and_is_undone_without_it(cast: Rivermark) -> None:
    made = factories.submitted(cast.pothole, "A hole", answers={"where": "lane"}).service_request
    alarm = alarms.raise_alarm(made, reason=Alarm.Reason.STAFF)
    assert alarm is not None
    event = staff_actions.perform(
        made.pk,
        lambda: hand_overs.call_911(made.pk, reason="medical", is_warm=False, event_number="26-9", actor=cast.tom),
        form="call_911",
        actor=cast.tom,
    )
    alarm.refresh_from_db()
    row = EmergencyHandOver.objects.get()
    assert (alarm.state, alarm.accepted_by, row.alarm) == ("accepted", cast.tom, alarm)
    assert (row.direction, row.reason, row.is_warm, row.undone_at) == ("out", "medical", False, None)
    assert event is not None
    assert event.data == {"hand_over_id": row.pk, "reason": "medical", "is_warm": False}
    staff_actions.undo(event.pk, actor=cast.tom)
    row.refresh_from_db()
    alarm.refresh_from_db()
    assert row.undone_at is not None
    assert alarm.accepted_by == cast.tom


def test_without_an_alarm_it_is_only_recorded(cast: Rivermark) -> None:
    made, other = (
        factories.submitted(cast.pothole, text, answers={"where": "lane"}).service_request for text in ("A", "B")
    )
    alarms.raise_alarm(other, reason=Alarm.Reason.STAFF)
    row = hand_overs.call_911(made.pk, reason="nonsense", is_warm=True, event_number="", actor=cast.tom)
    assert (row.alarm, row.reason, row.has_event_number) == (None, "unknown", False)
    assert Alarm.objects.get().state == "ringing"
    assert Event.objects.filter(kind="emergency_called").get().service_request == made


def test_an_invented_caller_counts_nowhere(cast: Rivermark) -> None:
    practice = contacts.start(cast.city, taker=cast.cal, is_practice=True)
    contacts.transfer_to_911(practice, reason="fire", is_warm=True, event_number="", actor=cast.cal)
    assert (practice.outcome, EmergencyHandOver.objects.count()) == ("transferred", 0)


def test_with_time_a_conversation_loses_taker_and_number(cast: Rivermark) -> None:
    contact = contacts.start(cast.city, taker=cast.cal)
    contacts.transfer_to_911(contact, reason="fire", is_warm=True, event_number="26-3", actor=cast.cal)
    made = factories.submitted(cast.pothole, "A hole", answers={"where": "lane"}).service_request
    hand_overs.call_911(made.pk, reason="fire", is_warm=True, event_number="26-4", actor=cast.tom)
    of_call, of_request = EmergencyHandOver.objects.order_by("id")

    def after(days: int) -> tuple[object, str]:
        Contact.objects.update(started_at=app_now() - dt.timedelta(days=days))
        EmergencyHandOver.objects.update(at=app_now() - dt.timedelta(days=days))
        retention.forget()
        of_call.refresh_from_db()
        return of_call.by, of_call.event_number

    assert after(29) == (cast.cal, "26-3")
    assert after(30) == (None, "26-3")
    assert after(364) == (None, "26-3")
    assert after(365) == (None, "")
    assert of_call.has_event_number
    # A request keeps its history until it's erased.
    of_request.refresh_from_db()
    assert (of_request.by, of_request.event_number) == (cast.tom, "26-4")
    retention.forget_request(made)
    of_request.refresh_from_db()
    assert (of_request.event_number, of_request.has_event_number) == ("", True)
