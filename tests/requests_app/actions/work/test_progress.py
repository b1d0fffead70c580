"""Work on a request and its outcome: effects on clocks, events and the outbox."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection

from requests_app.actions.following import followers
from requests_app.actions.publication import moderation
from requests_app.actions.routing import place_corrections
from requests_app.actions.shared import counters
from requests_app.actions.work import conversation, endings, holds, merges, progress, reopenings
from requests_app.actions.work.assignment import assign, change_service, return_to_triage, set_priority, transfer
from requests_app.clock import app_now
from requests_app.models import Event, OutboxRow, Person, PublicState, RequestArea, ServiceRequest
from requests_app.rules.shared.lifecycle import IllegalTransition
from requests_app.rules.work import reopenings as reopening_rules
from tests import factories
from tests.factories import Rivermark

LANE = {"where": "lane"}


@pytest.fixture
def made(town: Rivermark) -> ServiceRequest:
    factories.area(town.city)
    return factories.routed(town.pothole, answers=LANE)


def kinds(made: ServiceRequest) -> list[str]:
    return list(Event.objects.filter(service_request=made).order_by("id").values_list("kind", flat=True))


def reporter(made: ServiceRequest) -> Person:
    return made.participations.get(role="reporter").person


def test_accepting_keeps_the_promise_to_acknowledge(town: Rivermark, made: ServiceRequest) -> None:
    progress.accept(made.pk, actor=town.tom)
    made.refresh_from_db()
    assert made.status == "in_progress"
    assert made.acknowledged_at is not None
    assert made.acknowledge_due_at is None
    assert made.due_at is not None
    assert made.clocks.get(kind="acknowledge").met_at is not None


@pytest.mark.shows("2.6")
def test_a_hold_pauses_the_clock_and_the_day_brings_it_back(town: Rivermark, made: ServiceRequest) -> None:
    due = made.due_at
    assert due is not None
    holds.hold(made.pk, reason="weather", until=app_now().date() - dt.timedelta(days=1), actor=town.tom)
    made.refresh_from_db()
    assert (made.status, made.due_at) == ("on_hold", None)
    assert holds.end_overdue_holds(town.city) == 1
    made.refresh_from_db()
    assert (made.status, made.hold_reason, made.hold_until) == ("routed", "", None)
    assert made.due_at is not None
    assert abs((made.due_at - due).total_seconds()) < 5, "what was left is left"


@pytest.mark.parametrize(("days_left", "comes_back"), [(1, 0), (0, 1), (-1, 1)])
def test_it_comes_back_on_the_day_by_the_citys_own_calendar(
    town: Rivermark, made: ServiceRequest, days_left: int, comes_back: int
) -> None:
    # Where noon UTC is 2 a.m. of the next day.
    town.city.time_zone = "Pacific/Kiritimati"
    town.city.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lamplighter.time_shift', (timestamptz '2026-06-05 12:00Z' - now())::text, true)"
        )
    today = dt.date(2026, 6, 6)
    holds.hold(made.pk, reason="weather", until=today + dt.timedelta(days=days_left), actor=town.tom)
    assert holds.end_overdue_holds(town.city) == comes_back


def test_one_that_somebody_changed_meanwhile_does_not_keep_the_others_open(
    town: Rivermark, made: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = factories.routed(town.tree)
    for one in (made, other):
        endings.resolve(one.pk, disposition="fixed", text="Done.", actor=town.tom)
    ServiceRequest.objects.update(resolved_at=app_now() - dt.timedelta(days=31))
    close = endings.close

    def closed_late(pk: int) -> ServiceRequest:
        if pk == made.pk:
            reopenings.reopen(pk, text="", actor=town.tom)
        return close(pk)

    monkeypatch.setattr(endings, "close", closed_late)
    assert endings.close_resolved() == 1
    other.refresh_from_db()
    assert other.status == "closed"


def test_imported_history_is_left_as_it_was(town: Rivermark, made: ServiceRequest) -> None:
    other = factories.routed(town.tree)
    endings.resolve(other.pk, disposition="fixed", text="Done.", actor=town.tom)
    ServiceRequest.objects.filter(pk=other.pk).update(resolved_at=app_now() - dt.timedelta(days=31))
    yesterday = app_now().date() - dt.timedelta(days=2)
    ServiceRequest.objects.filter(pk=made.pk).update(status="on_hold", hold_reason="weather", hold_until=yesterday)
    for number, one in enumerate((made, other)):
        ServiceRequest.objects.filter(pk=one.pk).update(external_source="old", external_id=str(number))
    assert (endings.close_resolved(), holds.end_overdue_holds(town.city)) == (0, 0)


def test_what_staff_put_on_hold_ends_although_it_was_imported(town: Rivermark, made: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=made.pk).update(external_source="old", external_id="7")
    holds.hold(made.pk, reason="weather", until=app_now().date() - dt.timedelta(days=2), actor=town.tom)
    assert holds.end_overdue_holds(town.city) == 1


@pytest.mark.parametrize("number", ["", "A-17", "Ñ17", "número 17/b"])
def test_another_offices_number_may_be_anything_and_only_a_code_stands_in_the_log(
    town: Rivermark, made: ServiceRequest, number: str
) -> None:
    state = factories.owner(town.city, factories.square(-69.01, 40.49, -68.99, 40.51))
    endings.hand_over(made.pk, owner=state, text="It is theirs.", number=number, actor=town.tom)
    made.refresh_from_db()
    assert made.owner_reference == number
    assert made.events.get(kind="handed_over").data["owner_number"] == ("A-17" if number == "A-17" else None)


def test_what_a_call_taker_answers_for_the_reporter_is_unread_too(town: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="no_reply", text="We did not hear from you.", actor=town.tom)
    conversation.answer(made.pk, text="They say: the right lane.", actor=town.cal)
    made.refresh_from_db()
    assert (made.status, made.has_new_answer) == ("routed", True)


def test_a_question_waits_for_the_answer_and_the_answer_starts_the_clock(town: Rivermark, made: ServiceRequest) -> None:
    asked = conversation.ask(made.pk, question="Which lane?", actor=town.tom)
    made.refresh_from_db()
    assert (made.status, made.hold_reason, asked.public) == ("on_hold", "reporter", False)
    conversation.answer(made.pk, text="The right one.", actor=reporter(made))
    made.refresh_from_db()
    assert (made.status, made.has_new_answer) == ("routed", True)
    assert made.due_at is not None


@pytest.mark.parametrize("say", [conversation.answer, conversation.add_message])
def test_what_waits_for_the_weather_goes_on_waiting_whatever_the_reporter_says(
    town: Rivermark, made: ServiceRequest, say: Callable[..., object]
) -> None:
    holds.hold(made.pk, reason="weather", until=app_now().date() + dt.timedelta(days=3), actor=town.tom)
    say(made.pk, text="It got worse.", actor=reporter(made))
    made.refresh_from_db()
    assert (made.status, made.hold_reason, made.has_new_answer) == ("on_hold", "weather", True)
    assert made.due_at is None
    assert made.clocks.get(kind="resolve").paused_at is not None


def test_a_question_is_not_answered_by_what_somebody_else_adds(town: Rivermark, made: ServiceRequest) -> None:
    neighbor, _ = followers.join(made.pk, reporter=factories.NOBODY, language="en")
    conversation.ask(made.pk, question="Which lane?", actor=town.tom)
    conversation.add_message(made.pk, text="Me too.", actor=neighbor)
    made.refresh_from_db()
    assert (made.status, made.hold_reason) == ("on_hold", "reporter")


def test_resolving_ends_it_with_an_outcome_and_public_words(town: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="fixed", text="We filled it.", actor=town.tom, visited=True)
    made.refresh_from_db()
    assert (made.status, made.disposition) == ("resolved", "fixed")
    assert made.visited_at is not None
    assert made.due_at is None
    assert made.comments.get(kind="outcome").public
    assert not RequestArea.objects.filter(service_request=made, is_open=True).exists()
    assert OutboxRow.objects.filter(service_request=made, kind="notify", event__kind="resolved").exists()


def test_what_has_ended_is_refused_and_nothing_changes(town: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    before = kinds(made)
    with pytest.raises(IllegalTransition):
        progress.accept(made.pk, actor=town.tom)
    assert kinds(made) == before


@pytest.mark.shows("2.6")
def test_a_reporter_reopens_with_the_same_reference_and_a_shorter_clock(town: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    reopenings.reopen(made.pk, text="It is still there.", actor=reporter(made))
    made.refresh_from_db()
    assert (made.status, made.disposition, made.reopened_count) == ("routed", "", 1)
    assert made.department == town.streets
    assert made.due_at is not None
    assert (made.due_at - app_now()) < dt.timedelta(hours=37), "half of 72 hours"
    assert RequestArea.objects.filter(service_request=made, is_open=True).exists()


def test_on_day_31_a_resident_begins_anew_but_staff_may_reopen(town: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    ServiceRequest.objects.filter(pk=made.pk).update(resolved_at=app_now() - dt.timedelta(days=31))
    with pytest.raises(progress.TooLate):
        reopenings.reopen(made.pk, text="Still there.", actor=reporter(made))
    made.refresh_from_db()
    assert (made.status, made.comments.filter(person__isnull=False).count()) == ("resolved", 0)
    reopenings.reopen(made.pk, text="Found it.", actor=town.tom)


def test_thirty_days_after_it_was_resolved_it_is_closed(town: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    assert endings.close_resolved() == 0
    ServiceRequest.objects.filter(pk=made.pk).update(resolved_at=app_now() - dt.timedelta(days=30, minutes=1))
    assert endings.close_resolved() == 1
    made.refresh_from_db()
    assert made.status == "closed"
    assert made.closed_at is not None


def test_a_visit_a_date_and_made_safe_let_the_clock_run(town: Rivermark, made: ServiceRequest) -> None:
    due = made.due_at
    progress.visit(made.pk, actor=town.dev)
    progress.make_safe(made.pk, actor=town.dev)
    progress.schedule(made.pk, on=app_now().date() + dt.timedelta(days=2), actor=town.dev)
    made.refresh_from_db()
    assert made.status == "in_progress"
    assert made.due_at == due
    assert kinds(made)[-3:] == ["visited", "made_safe", "scheduled"]


def test_a_transfer_keeps_the_reason_counts_the_bounce_and_the_promise(town: Rivermark, made: ServiceRequest) -> None:
    due = made.due_at
    transfer(made.pk, department=town.parks, reason="It is a tree root.", actor=town.tom)
    made.refresh_from_db()
    assert (made.department, made.status, made.bounces, made.assignee) == (town.parks, "routed", 1, None)
    assert made.due_at == due
    note = made.comments.get(kind="note")
    assert (note.text, note.public) == ("It is a tree root.", False)


def test_back_to_triage(town: Rivermark, made: ServiceRequest) -> None:
    return_to_triage(made.pk, reason="Nobody's.", actor=town.tom)
    assert made in ServiceRequest.objects.in_triage()


def test_assigning_and_priority_are_recorded_with_who_did_it(town: Rivermark, made: ServiceRequest) -> None:
    assign(made.pk, assignee=town.dev, actor=town.tom)
    set_priority(made.pk, priority=1, actor=town.tom)
    event = Event.objects.get(service_request=made, kind="assigned")
    assert (event.user, event.data) == (town.tom, {"assignee_id": town.dev.pk})
    made.refresh_from_db()
    assert (made.assignee, made.priority, made.priority_reason) == (town.dev, 1, "staff")


def test_a_change_of_service_to_a_private_one_takes_it_off_every_public_page(
    town: Rivermark, made: ServiceRequest
) -> None:
    change_service(made.pk, version=town.outreach, actor=town.tom)
    made.refresh_from_db()
    assert made.public_state == PublicState.PRIVATE
    assert made.public_point is None
    assert not RequestArea.objects.filter(service_request=made, public_state="public").exists()
    assert made.due_at is not None


def test_joined_with_an_earlier_one_everybody_hears_of_that_one(town: Rivermark, made: ServiceRequest) -> None:
    later = factories.routed(town.pothole, answers=LANE)
    merges.merge(later.pk, parent=made, actor=town.tom)
    made.refresh_from_db()
    later.refresh_from_db()
    assert (later.disposition, later.duplicate_of, made.people_count) == ("duplicate", made, 2)
    assert made.participations.filter(role="affected", person=reporter(later)).exists()
    merges.unmerge(later.pk, actor=town.tom)
    made.refresh_from_db()
    later.refresh_from_db()
    assert (later.status, later.duplicate_of, made.people_count) == ("routed", None, 1)


def test_a_request_is_not_its_own_parent_and_a_joined_one_is_nobodys(town: Rivermark, made: ServiceRequest) -> None:
    later = factories.routed(town.pothole, answers=LANE)
    with pytest.raises(merges.CannotMerge):
        merges.merge(made.pk, parent=made, actor=town.tom)
    merges.merge(later.pk, parent=made, actor=town.tom)
    third = factories.routed(town.pothole, answers=LANE)
    with pytest.raises(merges.CannotMerge):
        merges.merge(third.pk, parent=ServiceRequest.objects.get(pk=later.pk), actor=town.tom)


def test_hidden_it_is_off_the_public_pages_and_published_it_is_back(town: Rivermark, made: ServiceRequest) -> None:
    moderation.hide(made.pk, reason="personal_data", actor=town.pia)
    assert not ServiceRequest.objects.public().exists()
    assert set(made.request_areas.values_list("public_state", flat=True)) == {"hidden"}
    moderation.publish(made.pk, actor=town.pia)
    assert ServiceRequest.objects.public().get() == made
    assert set(made.request_areas.values_list("public_state", flat=True)) == {"public"}


def test_a_corrected_place_keeps_the_old_one_and_moves_its_areas(town: Rivermark, made: ServiceRequest) -> None:
    place_corrections.correct_place(
        made.pk, point=factories.at(-69.01, 40.51), address="40 Oak St", note="", actor=town.tom
    )
    made.refresh_from_db()
    assert (made.address, made.public_address) == ("40 Oak St", "40 Oak St")
    assert made.place_revisions.get().address == "12 Elm St"
    assert made.request_areas.count() == 1


@pytest.mark.shows("2.12")
def test_the_counters_agree_with_a_recount_after_a_whole_life(town: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    reopenings.reopen(made.pk, text="No.", actor=reporter(made))
    moderation.hide(made.pk, reason="abuse", actor=town.pia)
    moderation.publish(made.pk, actor=town.pia)
    change_service(made.pk, version=town.tree, actor=town.tom)
    second = factories.routed(town.pothole, answers=LANE)
    merges.merge(second.pk, parent=made, actor=town.tom)
    merges.unmerge(second.pk, actor=town.tom)
    change_service(made.pk, version=town.outreach, actor=town.tom)
    third = factories.routed(town.tree)
    endings.withdraw(third.pk, actor=reporter(third))
    counters.fold()
    assert counters.recount() == 0
    assert counters.read(town.city, "open") == 1, "the private one is not the public's to count"
    assert counters.read(town.city, "submitted") == 2


@pytest.mark.shows("2.12")
def test_the_recount_tells_a_write_that_went_past_its_action(town: Rivermark, made: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=made.pk).update(status="in_progress", service=town.tree.service)
    assert counters.recount() > 0
    assert counters.recount() == 0


def ended_twice(town: Rivermark, made: ServiceRequest) -> ServiceRequest:
    for _ in range(2):
        endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
        reopenings.reopen(made.pk, text="No.", actor=reporter(made))
    made.refresh_from_db()
    return made


def test_what_came_back_twice_is_given_to_the_supervisor_with_the_least_to_do(
    town: Rivermark, made: ServiceRequest
) -> None:
    """Of its own department, before one of the whole city; never to one who has left."""
    factories.staff("Whole", "supervisor", town.city)
    busy, free, left = (factories.staff(name, "supervisor", town.city, town.streets) for name in ("Bo", "Fay", "Lee"))
    left.is_active = False
    left.save()
    assign(factories.routed(town.pothole, answers=LANE).pk, assignee=busy, actor=town.tom)
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    reopenings.reopen(made.pk, text="No.", actor=reporter(made))
    made.refresh_from_db()
    assert made.assignee is None, "once may be chance"
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    reopenings.reopen(made.pk, text="No.", actor=reporter(made))
    made.refresh_from_db()
    assert made.assignee == free
    assert OutboxRow.objects.filter(service_request=made, kind="notify_staff", event__kind="escalated").count() == 1


def test_without_a_supervisor_of_its_own_it_goes_to_one_of_the_whole_city(
    town: Rivermark, made: ServiceRequest
) -> None:
    left = factories.staff("Lee", "supervisor", town.city, town.streets)
    left.is_active = False
    left.save()
    whole = factories.staff("Whole", "supervisor", town.city)
    assert ended_twice(town, made).assignee == whole


def test_with_no_supervisor_left_it_is_given_to_nobody(town: Rivermark, made: ServiceRequest) -> None:
    left = factories.staff("Lee", "supervisor", town.city, town.streets)
    left.is_active = False
    left.save()
    assert ended_twice(town, made).assignee is None


@pytest.mark.parametrize(("days", "closed"), [(29.9, 0), (30.1, 1)])
def test_it_is_closed_after_thirty_days_and_no_earlier(
    town: Rivermark, made: ServiceRequest, days: float, closed: int
) -> None:
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    ServiceRequest.objects.filter(pk=made.pk).update(resolved_at=app_now() - dt.timedelta(days=days))
    assert endings.close_resolved() == closed


@pytest.mark.parametrize(
    ("disposition", "days", "may"),
    [
        ("fixed", 29, True),
        ("fixed", 31, False),
        ("not_found", 13, True),
        ("not_found", 15, False),
        ("removed", 0.1, False),
    ],
)
def test_a_resident_may_reopen_it_for_its_own_number_of_days(
    town: Rivermark, made: ServiceRequest, disposition: str, days: float, may: bool
) -> None:
    endings.resolve(made.pk, disposition=disposition, text="Done.", actor=town.tom)
    ServiceRequest.objects.filter(pk=made.pk).update(resolved_at=app_now() - dt.timedelta(days=days))
    made.refresh_from_db()
    assert reopening_rules.may_reopen(made, own=True) == may
    if may:
        assert reopenings.reopen(made.pk, text="No.", actor=reporter(made)).is_open
    else:
        with pytest.raises(progress.TooLate):
            reopenings.reopen(made.pk, text="No.", actor=reporter(made))


def test_what_its_reporter_withdrew_nobody_else_brings_back(town: Rivermark, made: ServiceRequest) -> None:
    endings.withdraw(made.pk, actor=reporter(made))
    made.refresh_from_db()
    assert [reopening_rules.may_reopen(made, own=own) for own in (True, False)] == [True, False]


def test_what_a_resident_says_when_they_reopen_is_for_the_staff(town: Rivermark, made: ServiceRequest) -> None:
    for actor, is_public in ((reporter(made), False), (town.tom, True)):
        endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
        reopenings.reopen(made.pk, text="It is still there.", actor=actor)
        assert made.comments.filter(text="It is still there.").latest("id").public == is_public


def test_on_hold_nothing_is_due_and_the_promise_is_kept_by_the_first_sign_of_work(
    town: Rivermark, made: ServiceRequest
) -> None:
    holds.hold(made.pk, reason="weather", until=app_now().date() + dt.timedelta(days=9), actor=town.tom)
    made.refresh_from_db()
    assert made.due_at is None
    progress.visit(made.pk, actor=town.tom)
    made.refresh_from_db()
    assert (made.status, made.due_at, made.acknowledge_due_at) == ("on_hold", None, None)
    assert made.clocks.get(kind="acknowledge").met_at is not None


def test_an_ended_one_is_open_in_no_area(town: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    assert set(made.request_areas.values_list("is_open", flat=True)) == {False}
    reopenings.reopen(made.pk, text="No.", actor=town.tom)
    assert set(made.request_areas.values_list("is_open", flat=True)) == {True}


def test_an_answer_to_one_closed_for_want_of_an_answer_reopens_it(town: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="no_reply", text="We did not hear from you.", actor=town.tom)
    conversation.answer(made.pk, text="Sorry: the right lane.", actor=reporter(made))
    made.refresh_from_db()
    assert (made.status, made.reopened_count) == ("routed", 1)


@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize("end", ["resume", "its day", "answer"])
def test_a_hold_that_ends_is_no_work_unless_somebody_had_begun(
    town: Rivermark, made: ServiceRequest, end: str, begun: bool
) -> None:
    if begun:
        progress.accept(made.pk, actor=town.tom)
    if end == "answer":
        conversation.ask(made.pk, question="Which lane?", actor=town.tom)
        conversation.answer(made.pk, text="The right one.", actor=reporter(made))
    else:
        holds.hold(made.pk, reason="weather", until=app_now().astimezone(town.city.zone).date(), actor=town.tom)
        if end == "resume":
            holds.resume(made.pk, actor=town.tom)
        else:
            holds.end_overdue_holds(town.city)
    made.refresh_from_db()
    assert made.status == ("in_progress" if begun else "routed")
    if not begun:
        progress.accept(made.pk, actor=town.tom)


def test_a_department_that_got_it_during_the_hold_has_not_begun(town: Rivermark, made: ServiceRequest) -> None:
    progress.accept(made.pk, actor=town.tom)
    transfer(made.pk, department=town.parks, reason="A root.", actor=town.tom)
    conversation.ask(made.pk, question="Which tree?", actor=town.pia)
    conversation.answer(made.pk, text="The oak.", actor=reporter(made))
    made.refresh_from_db()
    assert made.status == "routed"


def test_a_hold_before_routing_ends_in_triage_and_not_nowhere(town: Rivermark) -> None:
    made = factories.report(town.pothole, answers=LANE)
    holds.hold(made.pk, reason="weather", until=app_now().astimezone(town.city.zone).date(), actor=town.tom)
    factories.run_worker()
    holds.end_overdue_holds(town.city)
    made.refresh_from_db()
    assert (made.status, made.in_triage) == ("received", True)
