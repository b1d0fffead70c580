"""Who is alerted about which kind of danger: distress never reaches a crew, wires and gas go to the service's roster."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.alarms import alarms
from requests_app.actions.publication import moderation
from requests_app.actions.work import assignment, conversation
from requests_app.clock import app_now
from requests_app.models import Alarm, AlarmCall, OnCall, Person, ServiceRequest
from requests_app.rules.alarms import calls, screening
from tests import factories
from tests.factories import Rivermark
from tests.on_call import alarm_emails, emailed, link_in, minutes_later, on_call, texted, texts_to, work
from tests.walk import TEXT

pytestmark = pytest.mark.django_db
BEATEN = "My husband is beating me right now, please help me. There is a pothole in front."
SUICIDE = "I want to kill myself tonight"
WIRES = "A live wire is down and sparking on the sidewalk"


@pytest.fixture
def rostered(cast: Rivermark, settings: Any, tmp_path: Path) -> Rivermark:
    """Streets and the desk have a roster, violence at home a contact, and another city one for the same kind."""
    texts_to(tmp_path, settings)
    cast.city.desk_night_number = "555-0199"
    cast.city.save()
    on_call(cast.city, cast.streets, "Crew")
    factories.staff("Sue", "supervisor", cast.city, cast.streets)
    on_call(cast.city, None, "Operator")
    factories.staff("Max", "supervisor", cast.city)
    on_call(cast.city, None, "Advocate", kind="domestic_violence", phone="555-0177", email="advocate@on-call.example")
    on_call(
        factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"]), None, "Stranger", kind="domestic_violence"
    )
    return cast


def reporter_of(service_request: ServiceRequest) -> Person:
    return service_request.participations.get(role="reporter").person


def order(service_request: ServiceRequest) -> list[str]:
    alarm = Alarm.objects.select_related("service_request__jurisdiction").get(service_request=service_request)
    callees = calls.chain(alarm.service_request, app_now(), alarm.kind)
    return [callee.name or callee.phone for callee in callees]


@pytest.mark.parametrize(
    ("text", "kind", "right"),
    [
        (BEATEN, "domestic_violence", ["Advocate", "Operator", "Max", "555-0199"]),
        (SUICIDE, "self_harm", ["Operator", "Max", "555-0199"]),
        (WIRES, "utility", ["Crew", "Sue", "Operator", "555-0199"]),
    ],
)
def test_the_chain_follows_the_kind(rostered: Rivermark, text: str, kind: str, right: list[str]) -> None:
    report = factories.routed(rostered.pothole, text, answers={"where": "lane"})
    assert Alarm.objects.get().kind == kind
    assert order(report) == right


@pytest.mark.parametrize("kind", sorted(screening.DISTRESS))
def test_no_kind_of_distress_reaches_a_crew(rostered: Rivermark, kind: str) -> None:
    report = factories.routed(rostered.pothole, answers={"where": "lane"})
    names = [callee.name for callee in calls.chain(report, app_now(), kind)]
    assert not {"Crew", "Sue"} & set(names)
    assert "Operator" in names


def test_the_contact_hears_at_once_and_without_the_words(rostered: Rivermark) -> None:
    # Not routed yet: distress doesn't wait for a department.
    factories.report(rostered.pothole, BEATEN, answers={"where": "lane"})
    work()
    assert emailed() == ["advocate"]
    assert texted() == ["555-0177"]
    (message,) = alarm_emails()
    for text in (message.subject, str(message.body), str(message.alternatives)):
        assert "husband" not in text
        assert "beat" not in text
    minutes_later(15)
    minutes_later(15)
    assert emailed() == ["advocate", "operator", "max"]
    assert AlarmCall.objects.filter(level="department").count() == 0


@pytest.mark.parametrize("raised", ["staff", "answer", "message"])
def test_whatever_raises_it_the_words_decide_who_is_alerted(rostered: Rivermark, raised: str) -> None:
    report = factories.routed(rostered.pothole, TEXT, answers={"where": "lane"})
    if raised == "message":
        conversation.add_message(report.pk, text=BEATEN, actor=reporter_of(report))
    else:
        ServiceRequest.objects.filter(pk=report.pk).update(description=BEATEN)
        if raised == "staff":
            assignment.set_priority(report.pk, priority=1, actor=rostered.tom)
        else:
            alarms.raise_alarm(ServiceRequest.objects.get(pk=report.pk), reason=Alarm.Reason.ANSWER)
    assert Alarm.objects.get().kind == "domestic_violence"
    assert order(report)[0] == "Advocate"


def test_distress_in_a_later_message_takes_the_alarm_away_from_the_crew(rostered: Rivermark) -> None:
    report = factories.routed(rostered.pothole, WIRES, answers={"where": "lane"})
    work()
    assert emailed() == ["crew"]
    crew = link_in(str(alarm_emails()[0].body))
    assert "sparking" in Client().get(crew).content.decode()
    conversation.add_message(report.pk, text=BEATEN, actor=reporter_of(report))
    work()
    # At once, not after the wait, and only once.
    assert emailed() == ["crew", "advocate"]
    minutes_later(14)
    assert emailed() == ["crew", "advocate"]
    minutes_later(1)
    assert emailed() == ["crew", "advocate", "operator"]
    for page in (Client().get(crew), Client().post(crew)):
        html = page.content.decode()
        assert "The 311 Center is taking care of this" in html
        for hidden in ("sparking", "husband", "I have it"):
            assert hidden not in html
    assert Alarm.objects.get().state == "ringing"
    desk = link_in(str(alarm_emails()[-1].body))
    assert "I have it" in Client().get(desk).content.decode()
    assert "You have it" in Client().post(desk).content.decode()


def test_the_department_s_supervisor_loses_it_too_and_the_city_s_keeps_it(rostered: Rivermark) -> None:
    report = factories.routed(rostered.pothole, WIRES, answers={"where": "lane"})
    work()
    minutes_later(15)
    assert emailed() == ["crew", "sue"]
    sue = AlarmCall.objects.get(name="Sue")
    assert calls.is_theirs(sue)
    conversation.add_message(report.pk, text=BEATEN, actor=reporter_of(report))
    sue = AlarmCall.objects.select_related("alarm__service_request__jurisdiction", "user").get(pk=sue.pk)
    assert not calls.is_theirs(sue)
    sue.user = rostered.city.memberships.get(user__name="Max").user
    assert calls.is_theirs(sue)


def test_a_kind_has_a_roster_of_its_own(rostered: Rivermark) -> None:
    on_call(rostered.city, None, "Crisis Team", kind="self_harm")
    report = factories.routed(rostered.pothole, SUICIDE, answers={"where": "lane"})
    assert order(report) == ["Crisis Team", "Operator", "Max", "555-0199"]
    # The desk's roster doesn't hold them.
    assert [callee.name for callee in calls.on_duty(rostered.city, None, app_now())] == ["Operator"]
    assert OnCall.objects.filter(kind="self_harm").count() == 1
    moderation.hide(report.pk, reason="privacy", actor=rostered.tom)
    assert order(report)[0] == "Crisis Team"
