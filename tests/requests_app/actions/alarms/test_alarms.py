"""Alarms: which reports raise one, who is alerted when, and what ends it."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from requests_app import links
from requests_app.actions.alarms import alarms
from requests_app.actions.publication import moderation
from requests_app.actions.report import corrections
from requests_app.actions.routing import routing
from requests_app.actions.work import assignment, conversation, endings, staff_actions
from requests_app.clock import app_now
from requests_app.messages import alarm_messages, email, sms
from requests_app.models import Alarm, AlarmCall, Event, OutboxRow, ServiceRequest
from requests_app.rules.alarms import calls as rules
from requests_app.rules.alarms import figures
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark
from tests.on_call import GAS, alarm_emails, emailed, link_in, minutes_later, on_call, texted, texts_to, work
from tests.walk import TEXT, Walk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _texts(settings: Any, tmp_path: Path) -> None:
    texts_to(tmp_path, settings)


@pytest.fixture
def rostered(cast: Rivermark) -> Rivermark:
    """Streets has a night crew and Dev, the desk an operator; Sue supervises Streets."""
    cast.city.desk_night_number = "555-0199"
    cast.city.save()
    on_call(cast.city, cast.streets, "Night Crew", order=1)
    on_call(cast.city, cast.streets, user=cast.dev, order=2)
    on_call(cast.city, None, "Operator", order=1)
    factories.staff("Sue", "supervisor", cast.city, cast.streets)
    return cast


def sent_all_the_same(walk: Walk, text: str = GAS, service: str = "pothole") -> ServiceRequest:
    """Danger in the words, the question answered with no, and sent."""
    walk.begin(text)
    assert walk.at == "emergency"
    walk.on("emergency", go_on="1").on("service", service=service).on("location", address="12 Elm St", note="")
    walk.on("details/1", text=text, q_where="lane", q_damage="").on("contact", email="", phone="", language="en").send()
    assert walk.at == "sent", walk.at
    return ServiceRequest.objects.get()


def test_danger_sent_all_the_same_alerts_the_first_on_call_who_takes_it(rostered: Rivermark, walk: Walk) -> None:
    service_request = sent_all_the_same(walk)
    assert (service_request.priority, service_request.priority_reason) == (1, "danger")
    # In the transaction of the report, before any worker ran.
    alarm = Alarm.objects.get()
    assert (alarm.state, alarm.reason, alarm.service_request) == ("ringing", "words", service_request)
    work()
    assert emailed() == ["night.crew"]
    (message,) = alarm_emails()
    assert service_request.display_reference in message.subject
    path, stranger = link_in(str(message.body)), Client()
    page = stranger.get(path)
    assert page.status_code == 200
    for needed in (service_request.display_reference, GAS, "12 Elm St", "I have it"):
        assert needed in page.content.decode()
    # Opening changes nothing.
    alarm.refresh_from_db()
    assert alarm.state == "ringing"
    page = stranger.post(path)
    assert "You have it" in page.content.decode()
    alarm.refresh_from_db()
    assert alarm.state == "accepted"
    assert alarm.accepted_call is not None
    assert alarm.accepted_call.name == "Night Crew"
    minutes_later(60)
    assert emailed() == ["night.crew"]


# --- Which reports raise one ------------------------------------------------------------------------------------------


def urgent_service(cast: Rivermark, **option: Any) -> Any:
    """A service whose answer "yes" makes it urgent, or stops the form."""
    yes = {"value": "yes", "label": {"en": "Yes", "es": "Sí"}, "effects": option or {"priority": 1}}
    question = factories.question("hurt", "single", options=[yes, "no"])
    return factories.service(cast.city, "hazard", questions=[question], duplicate_policy="never")


def resolved(service_request: ServiceRequest, cast: Rivermark) -> None:
    endings.resolve(service_request.pk, disposition="fixed", text="It is done.", actor=cast.tom)


def state(service_request: ServiceRequest) -> tuple[int, list[str]]:
    """The priority, and why alarms were raised."""
    service_request.refresh_from_db()
    return service_request.priority, [alarm.reason for alarm in service_request.alarms.order_by("id")]


@pytest.mark.parametrize("where", ["description", "place note", "address", "answer"])
@pytest.mark.parametrize("channel", ["web", "api", "phone"])
def test_danger_in_any_words_raises_one_by_every_channel(cast: Rivermark, where: str, channel: str) -> None:
    place = {"place note": GAS, "address": GAS}
    report = factories.report(
        cast.pothole,
        GAS if where == "description" else TEXT,
        answers={"where": "lane", "damage": GAS if where == "answer" else ""},
        place=factories.submission.Place(
            factories.at(),
            place["address"] if where == "address" else "12 Elm St",
            place["place note"] if where == "place note" else "",
        ),
        channel=channel,
        actor=cast.cal if channel == "phone" else None,
    )
    assert state(report) == (1, ["words"])


def test_danger_split_over_the_words_and_the_place_note_raises_one(cast: Rivermark) -> None:
    report = factories.report(
        cast.tree,
        "All of us smell",
        place=factories.submission.Place(factories.at(), "", "gas in the hall"),
    )
    assert state(report) == (1, ["words"])


def test_an_answer_with_priority_1_raises_one_and_another_answer_does_not(cast: Rivermark) -> None:
    hazard = urgent_service(cast)
    assert state(factories.report(hazard, TEXT, answers={"hurt": "yes"})) == (1, ["answer"])
    assert state(factories.report(hazard, TEXT, answers={"hurt": "no"})) == (3, [])


def test_an_answer_that_stops_the_form_and_was_sent_all_the_same_raises_one(cast: Rivermark, walk: Walk) -> None:
    urgent_service(cast, stop=True)
    walk.begin(TEXT, service="hazard").on("location", address="12 Elm St", note="")
    walk.on("details/1", text=TEXT, q_hurt="yes")
    assert walk.at == "emergency"
    walk.on("emergency", go_on="1").on("contact", email="", phone="", language="en").send()
    assert state(ServiceRequest.objects.get()) == (1, ["answer"])


def test_only_a_service_s_own_question_answered_with_no_is_marked_and_not_alarmed(
    rostered: Rivermark, walk: Walk
) -> None:
    walk.begin("A man sleeps under the bridge", service="unknown")
    assert walk.at == "emergency"
    walk.on("emergency", go_on="1").on("location", address="12 Elm St", note="")
    walk.on("details/1", text="A man sleeps under the bridge").on("contact", email="", phone="", language="en").send()
    service_request = ServiceRequest.objects.get()
    assert (service_request.after_warning, state(service_request)) == (True, (3, []))
    work()
    assert emailed() == []


def test_a_service_of_priority_1_alone_raises_none(cast: Rivermark) -> None:
    version = factories.service(cast.city, "signal", priority=1, duplicate_policy="never")
    assert state(factories.report(version, TEXT)) == (1, [])


def test_staff_raise_one_by_priority_1(rostered: Rivermark) -> None:
    service_request = factories.routed(rostered.pothole, answers={"where": "lane"})
    client = Client()
    client.force_login(rostered.tom)
    client.post(reverse("staff_app:action", args=[service_request.reference, "set_priority"]), {"priority": "1"})
    assert state(service_request) == (1, ["staff"])
    work()
    assert emailed() == ["night.crew"]


def test_a_test_report_raises_none(cast: Rivermark) -> None:
    assert state(factories.report(cast.pothole, GAS, answers={"where": "lane"}, is_test=True))[1] == []


def test_a_report_of_danger_does_not_wait_for_a_confirmed_address(cast: Rivermark) -> None:
    version = factories.service(cast.city, "swings", must_confirm=True, duplicate_policy="never")
    report = factories.report(version, GAS)
    assert (report.public_state, state(report)) == ("public", (1, ["words"]))


# --- Danger that is written later -------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["answer", "add", "not_fixed", "edit"])
def test_danger_that_the_reporter_adds_later_raises_one(rostered: Rivermark, client: Client, way: str) -> None:
    submitted = factories.submitted(rostered.pothole, answers={"where": "lane"})
    service_request, link = submitted.service_request, submitted.link
    assert link is not None
    if way == "not_fixed":
        work()
        resolved(service_request, rostered)
    if way == "answer":
        work()
        conversation.ask(service_request.pk, question="Where exactly?", actor=rostered.tom)
    assert state(service_request) == (2, [])
    client.get(reverse("requests_app:private_link", args=[links.token(link)]))
    path = reverse(f"requests_app:{way}", args=[service_request.reference])
    if way == "edit":
        fields = {"text": GAS, "address": "12 Elm St", "note": "", "q_damage": ""}
        asked = client.post(path, fields)
        about = asked.context["about"]
        answer = client.post(path, {**fields, "said_no": about})
    else:
        answer = client.post(path, {f"{way}-words": GAS})
    assert answer.status_code == 302
    assert state(service_request) == (1, ["words"])
    work()
    assert emailed() == ["night.crew"]
    if way != "edit":
        # The page says what was written then, not only the first words.
        page = Client().get(link_in(str(alarm_emails()[0].body)))
        assert GAS in page.content.decode()


def test_a_message_without_danger_raises_none(cast: Rivermark) -> None:
    report = factories.report(cast.pothole, answers={"where": "lane"})
    conversation.add_message(report.pk, text="It is deeper now.", actor=report.participations.get().person)
    assert state(report) == (2, [])


def test_an_edit_of_words_that_were_dangerous_before_does_not_ring_again(rostered: Rivermark) -> None:
    report = ring(rostered).service_request
    # By an outside contact. Once staff have it, the report can no longer be changed, only added to.
    alarms.accept(report.alarms.get().pk, call=AlarmCall.objects.get())
    person = report.participations.get().person
    corrections.correct(report.pk, corrections.Correction(text=f"{GAS}, at the back", note=""), actor=person)
    assert state(report) == (1, ["words"])
    # A new message is new.
    conversation.add_message(report.pk, text=f"Still: {GAS}", actor=person)
    assert state(report) == (1, ["words", "words"])


def test_one_rings_at_a_time(cast: Rivermark) -> None:
    report = factories.report(cast.tree, GAS)
    person = report.participations.get().person
    for _ in range(3):
        conversation.add_message(report.pk, text=GAS, actor=person)
    assignment.set_priority(report.pk, priority=2, actor=cast.pia)
    assignment.set_priority(report.pk, priority=1, actor=cast.pia)
    assert state(report) == (1, ["words"])


def test_nothing_is_lost_or_rings_if_the_report_is_rolled_back(cast: Rivermark) -> None:
    with transaction.atomic():
        factories.report(cast.tree, GAS)
        assert Alarm.objects.exists()
        transaction.set_rollback(True)
    assert not Alarm.objects.exists()
    assert not OutboxRow.objects.filter(kind="alert_next").exists()


# --- Until somebody has it --------------------------------------------------------------------------------------------


def ring(cast: Rivermark) -> Alarm:
    """An alarm about a pothole, of which the first on call was alerted."""
    report = factories.report(cast.pothole, GAS, answers={"where": "lane"})
    work()
    return report.alarms.get()


def test_nobody_accepts_so_the_next_is_alerted_until_the_night_number_and_then_from_the_top(
    rostered: Rivermark,
) -> None:
    alarm = ring(rostered)
    assert emailed() == ["night.crew"]
    minutes_later(14)
    assert emailed() == ["night.crew"]
    expected = ["night.crew", "dev", "sue", "operator"]
    for told in (2, 3, 4):
        minutes_later(15 if told > 2 else 1)
        assert emailed() == expected[:told]
    assert texted() == []
    minutes_later(15)
    assert (emailed(), texted()) == (expected, ["555-0199"])
    minutes_later(15)
    assert emailed() == [*expected, "night.crew"]
    # It never ends, and never goes faster.
    for _ in range(12):
        minutes_later(15)
    alarm.refresh_from_db()
    assert (alarm.state, alarm.step) == ("ringing", 18)
    assert len(emailed()) + len(texted()) == 18


def test_the_wait_is_the_city_s(rostered: Rivermark) -> None:
    rostered.city.alarm_minutes = 5
    rostered.city.save()
    ring(rostered)
    minutes_later(5)
    assert emailed() == ["night.crew", "dev"]


def test_whoever_accepts_second_learns_of_the_first(rostered: Rivermark) -> None:
    ring(rostered)
    minutes_later(15)
    first, second = [link_in(str(one.body)) for one in alarm_emails()]
    Client().post(second)
    page = Client().post(first).content.decode()
    assert "Dev has it" in page
    # And reads no more than they need.
    assert GAS not in page
    assert "12 Elm St" not in page
    assert GAS in Client().get(second).content.decode()
    alarm = Alarm.objects.get()
    assert alarm.accepted_by == rostered.dev
    minutes_later(60)
    assert len(emailed()) == 2


def test_a_phone_gets_a_text_message_with_the_same_link(rostered: Rivermark) -> None:
    rostered.streets.on_call_roster.filter(order=1).update(phone="555-0121")
    ring(rostered)
    assert (emailed(), texted()) == (["night.crew"], ["555-0121"])
    (text,) = sms.latest()
    assert GAS not in text.text
    Client().post(link_in(text.text))
    assert Alarm.objects.get().state == "accepted"


def test_a_link_that_was_changed_opens_nothing(rostered: Rivermark) -> None:
    ring(rostered)
    path = link_in(str(alarm_emails()[0].body)).rstrip("/")
    for wrong in (path[:-1] + ("a" if path[-1] != "a" else "b"), "/alarm/1-" + "a" * 26, "/alarm/1", "/alarm/x-é"):
        for method in ("get", "post"):
            assert getattr(Client(), method)(f"{wrong}/").status_code == 404
    assert Alarm.objects.get().state == "ringing"


def test_a_link_needs_no_sign_in_even_after_the_person_left_the_roster(rostered: Rivermark) -> None:
    ring(rostered)
    rostered.streets.on_call_roster.all().delete()
    assert Client().post(link_in(str(alarm_emails()[0].body))).status_code == 200
    assert Alarm.objects.get().accepted_call is not None


def test_the_reader_of_a_link_learns_nothing_of_the_reporter(rostered: Rivermark) -> None:
    factories.report(rostered.tree, GAS, reporter=factories.ANA)
    work()
    (message,) = alarm_emails()
    page = Client().get(link_in(str(message.body))).content.decode()
    for secret in ("Ana Ortiz", "ana@example.org", "010-0199"):
        assert secret not in page + str(message.body) + message.subject
    # What was written is behind the link, since messages are passed on.
    assert GAS not in str(message.body)


def test_an_alarm_waits_for_the_department_before_it_alerts(rostered: Rivermark) -> None:
    """Without routing, it is the desk's, after a while."""
    report = factories.report(rostered.pothole, GAS, answers={"where": "lane"})
    OutboxRow.objects.filter(kind="route").update(due_at=app_now() + dt.timedelta(hours=1))
    work()
    assert emailed() == []
    for _ in range(11):
        minutes_later(2 / 60)
    assert emailed() == ["operator"]
    routing.route(report.pk)
    minutes_later(15)
    assert emailed() == ["operator", "night.crew"]


def test_pending_review_is_the_desk_s(rostered: Rivermark) -> None:
    factories.report(
        rostered.pothole,
        GAS,
        answers={"where": "lane"},
        spam_signals=factories.submission.SpamSignals(by_robot=True),
    )
    work()
    assert emailed() == ["operator"]


def test_a_transfer_changes_who_is_next(rostered: Rivermark) -> None:
    alarm = ring(rostered)
    assignment.transfer(alarm.service_request_id, department=rostered.parks, reason="a tree", actor=rostered.tom)
    minutes_later(15)
    assert emailed() == ["night.crew", "pia"]


def test_with_nobody_on_call_it_says_so_and_goes_on_looking(cast: Rivermark) -> None:
    cast.city.all_night_number = ""
    cast.city.save()
    cast.streets.memberships.all().delete()
    alarm = ring(cast)
    minutes_later(15)
    minutes_later(15)
    alarm.refresh_from_db()
    assert (alarm.state, alarm.step) == ("ringing", 3)
    assert alarm.service_request.events.filter(kind="alarm_unanswerable").count() == 1
    on_call(cast.city, cast.streets, "Late Hire")
    minutes_later(15)
    assert emailed() == ["late.hire"]


# --- What happens to the request meanwhile ----------------------------------------------------------------------------


@pytest.mark.parametrize("is_form", [False, True])
def test_it_ends_when_a_person_resolves_the_request(rostered: Rivermark, *, is_form: bool) -> None:
    alarm = ring(rostered)
    made = alarm.service_request
    if is_form:
        staff_actions.perform(made.pk, lambda: resolved(made, rostered), form="resolve", actor=rostered.tom)
    else:
        resolved(made, rostered)
    alarm.refresh_from_db()
    assert (alarm.state, alarm.next_at) == ("ended", None)
    minutes_later(60)
    assert emailed() == ["night.crew"]
    assert "This is over" in Client().post(link_in(str(alarm_emails()[0].body))).content.decode()
    alarm.refresh_from_db()
    assert alarm.accepted_at is None


def test_it_goes_on_while_the_request_is_hidden(rostered: Rivermark) -> None:
    alarm = ring(rostered)
    sue = factories.User.objects.get(name="Sue")
    moderation.hide(alarm.service_request_id, reason="personal_data", actor=sue)
    minutes_later(15)
    assert emailed() == ["night.crew", "dev"]
    assert Client().post(link_in(str(alarm_emails()[1].body))).status_code == 200
    alarm.refresh_from_db()
    assert alarm.state == "accepted"


def test_a_hand_over_by_the_worker_is_nobody_who_has_heard(rostered: Rivermark) -> None:
    """A report for a neighbor, outside the city limits."""
    alarm = ring(rostered)
    owner = factories.owner(rostered.city, factories.square(-69.005, 40.495, -69.0049, 40.4951))
    endings.hand_over(alarm.service_request_id, owner=owner, text="", actor=None)
    minutes_later(15)
    assert emailed() == ["night.crew", "dev"]


def test_its_state_is_its_own(rostered: Rivermark) -> None:
    alarm = ring(rostered)
    alarms.accept(alarm.pk, actor=rostered.tom)
    service_request = alarm.service_request
    service_request.refresh_from_db()
    assert (service_request.status, service_request.acknowledged_at) == ("routed", None)


# --- Messages that fail -----------------------------------------------------------------------------------------------


def test_an_address_that_is_refused_goes_on_to_the_next_at_once(rostered: Rivermark, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.on_call.RefusesNightCrew"
    ring(rostered)
    assert emailed() == ["dev"]
    failed, sent = AlarmCall.objects.order_by("id")
    assert (failed.state, failed.error, sent.state) == ("failed", "550", "sent")
    kinds = list(Event.objects.filter(kind__startswith="alarm").order_by("id").values_list("kind", flat=True))
    assert kinds == ["alarm_raised", "alarm_failed", "alarm_sent"]


def test_a_round_in_which_everybody_is_refused_waits_before_the_next(rostered: Rivermark, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.SMS_BACKEND = "tests.on_call.RefusesEverybody", ""
    alarm = ring(rostered)
    for _ in range(5):
        work()
    assert AlarmCall.objects.filter(alarm=alarm, state="failed").count() == 4
    minutes_later(15)
    work()
    work()
    assert AlarmCall.objects.filter(alarm=alarm).count() == 8


def test_a_mail_server_that_is_away_does_not_stop_the_next_step(rostered: Rivermark, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.on_call.IsAway"
    ring(rostered)
    minutes_later(15)
    minutes_later(15)
    assert list(AlarmCall.objects.order_by("id").values_list("name", "state")) == [
        ("Night Crew", "waiting"),
        ("Dev", "waiting"),
        ("Sue", "waiting"),
    ]


@pytest.mark.parametrize("gateway", ["refuses", "fails", "is_slow", "sends_twice"])
def test_a_bad_gateway_does_not_stop_escalation(rostered: Rivermark, settings: Any, gateway: str) -> None:
    rostered.streets.on_call_roster.filter(order=1).update(email="", phone="555-0121")
    settings.SMS_BACKEND = f"tests.on_call.{gateway}"
    ring(rostered)
    for _ in range(15):
        minutes_later(1)
    assert emailed()[:1] == ["dev"]
    call = AlarmCall.objects.order_by("id")[0]
    assert call.state == ("sent" if gateway == "sends_twice" else "failed")
    if gateway == "sends_twice":
        one, other = sms.latest()
        path = link_in(one.text)
        assert path == link_in(other.text)
        Client().post(path)
        assert "You have it" in Client().post(path).content.decode()
        assert Alarm.objects.get().state == "accepted"


def test_a_text_message_is_tried_three_times(rostered: Rivermark, settings: Any) -> None:
    rostered.streets.on_call_roster.filter(order=1).update(email="", phone="555-0121")
    ring(rostered)
    AlarmCall.objects.update(state="waiting")
    settings.SMS_BACKEND = "tests.on_call.fails"
    row = OutboxRow.objects.get(kind="alarm_sms")
    ends = []
    for row.attempts in (1, 2, 3):
        with pytest.raises((ConnectionResetError, email.Undeliverable)) as raised:
            alarm_messages.send_sms(row)
        ends.append(raised.type)
    assert ends == [ConnectionResetError, ConnectionResetError, email.Undeliverable]


def test_a_step_that_keeps_failing_does_not_end_the_alarm(rostered: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.report(rostered.pothole, GAS, answers={"where": "lane"})
    with monkeypatch.context() as patch:
        patch.setattr(rules, "chain", lambda *args: 1 / 0)
        for _ in range(12):
            minutes_later(1)
    assert OutboxRow.objects.filter(kind="alert_next").exclude(dead_at=None).count() == 1
    minutes_later(15)
    assert emailed() == ["night.crew"]


def test_messages_are_sent_although_thousands_of_others_are_due(rostered: Rivermark) -> None:
    OutboxRow.objects.bulk_create(
        OutboxRow(kind="send_digest", lane="outside", dedupe_key=f"send_digest:{n}::daily:x") for n in range(3)
    )
    ring(rostered)
    assert emailed() == ["night.crew"]
    assert OutboxRow.objects.filter(lane="outside", done_at=None).count() >= 3


def test_no_limit_delays_it(rostered: Rivermark) -> None:
    for number in range(12):
        factories.report(rostered.tree, f"{GAS} {number}")
    on_call(rostered.city, rostered.parks, "Ranger")
    work()
    assert emailed() == ["ranger"] * 12


def test_a_message_is_not_sent_after_somebody_accepted(rostered: Rivermark) -> None:
    report = factories.report(rostered.pothole, GAS, answers={"where": "lane"})
    tasks.drain_database()
    alarms.accept(report.alarms.get().pk, actor=rostered.tom)
    work()
    assert (emailed(), AlarmCall.objects.get().state) == ([], "unneeded")


# --- Needless ---------------------------------------------------------------------------------------------------------


def test_needless_counts_and_stops_the_ringing(rostered: Rivermark) -> None:
    alarm = ring(rostered)
    client = Client()
    client.force_login(rostered.tom)
    page = client.post(reverse("staff_app:needless_alarm", args=[alarm.pk]), follow=True).content.decode()
    assert "Marked as needless by Tom" in page
    alarm.refresh_from_db()
    assert (alarm.state, alarm.needless_by) == ("ended", rostered.tom)
    minutes_later(60)
    assert emailed() == ["night.crew"]
    (month,) = figures.by_month(rostered.city, since=app_now().astimezone(rostered.city.zone).date().replace(day=1))
    assert (month.sent, month.accepted, month.needless_share, month.minutes) == (1, 0, 100, None)


def test_the_numbers_of_a_month(rostered: Rivermark) -> None:
    for minutes in (4, 10, 31):
        report = factories.report(rostered.tree, f"{GAS} {minutes}")
        minutes_later(minutes)
        alarms.accept(report.alarms.get().pk, actor=rostered.pia)
    factories.report(rostered.tree, GAS)
    alarms.mark_needless(Alarm.objects.order_by("id")[0].pk, actor=rostered.pia)
    months = figures.by_month(rostered.city, since=app_now().date() - dt.timedelta(days=40))
    assert sum(one.sent for one in months) == 4
    assert sum(one.accepted for one in months) == 3
    client = Client()
    client.force_login(rostered.ada)
    page = client.get(reverse("staff_app:emergency_counts")).content.decode()
    if len(months) == 1:
        assert (months[0].minutes, months[0].needless_share) == (10, 25)
        assert "<td>1 (25%)</td>" in page
    assert "Minutes until taken" in page
