"""Many requests at once: each done exactly once or refused with its reason, one job, one undo, and no email before its time."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app import events
from requests_app.actions.privacy import expiry
from requests_app.actions.work import assignment, bulk_jobs, conversation, endings, merges, steps
from requests_app.clock import app_now
from requests_app.models import (
    BulkJob,
    BulkRow,
    Comment,
    ContactPoint,
    Department,
    Event,
    ListedReason,
    Membership,
    Mention,
    OutboxRow,
    Person,
    ServiceRequest,
    StaffNotice,
    Subscription,
    UndoState,
    User,
)
from requests_app.worker import tasks
from tests import factories
from tests.factories import ANA, Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.1")]
LANE = {"where": "lane"}
SignIn = Callable[[User], Client]


class Killed(BaseException):
    """What no handler catches, like a worker that is killed: the database forgets the open transaction."""


def potholes(town: Rivermark, count: int, **more: Any) -> list[ServiceRequest]:
    return [factories.routed(town.pothole, f"Hole {n}", answers=LANE, **more) for n in range(count)]


def ticked(verb: str, rows: list[ServiceRequest]) -> str:
    return f"/staff/bulk/?verb={verb}" + "".join(f"&request={row.pk}" for row in rows)


def start(client: Client, verb: str, rows: list[ServiceRequest], data: dict[str, Any], *, run: bool = True) -> BulkJob:
    page = client.get(ticked(verb, rows))
    last_event = re.search(r'name="last_event" value="(\d+)"', page.content.decode())
    assert last_event
    answer = client.post(ticked(verb, rows), {**data, "last_event": last_event[1]})
    assert answer.status_code == 302, answer.content.decode()
    if run:
        tasks.drain_database()
    return BulkJob.objects.latest("id")


def states(job: BulkJob) -> list[str]:
    return list(BulkRow.objects.filter(job=job).order_by("service_request").values_list("state", flat=True))


def test_it_says_before_the_press_how_many_it_will_change_and_how_many_emails_leave(
    town: Rivermark, tom: Client
) -> None:
    ward = factories.area(town.city)
    rows = potholes(town, 3, reporter=ANA)
    endings.resolve(rows[0].pk, disposition="fixed", text="Done", visited=True, actor=town.tom)
    page = tom.get(ticked("hold", rows))
    reckoning = page.context["reckoning"]
    assert (reckoning.total, reckoning.possible, reckoning.illegal, reckoning.emails) == (3, 2, 1, 2)
    # People who follow the area or service aren't on the request, and are counted apart, as a bound.
    assert "people who follow" not in page.content.decode()
    for email, service in (
        ("dev@example.org", town.pothole),
        ("eve@example.org", town.tree),
        ("fay@example.org", None),
    ):
        point = ContactPoint.objects.create(
            person=Person.objects.create(jurisdiction=town.city), kind="email", value=email, normalized=email
        )
        Subscription.objects.create(
            jurisdiction=town.city,
            contact_point=point,
            cadence="at_once",
            service=service.service if service else None,
            area=ward if service is None else None,
            confirmed_at=app_now(),
        )
    page = tom.get(ticked("resolve", rows))
    # Those of the pothole and of the ward they lie in, but not of trees.
    assert "up to 2" in page.content.decode()
    # A note sends nothing. The way back keeps the filters.
    page = tom.get(f"{ticked('note', rows)}&late=1")
    reckoning = page.context["reckoning"]
    assert 'href="/staff/?late=1">Back to the queue' in page.content.decode()
    assert (reckoning.emails, reckoning.followers) == (0, 0)


def test_more_than_a_job_takes_is_refused_with_what_to_do(
    town: Rivermark, tom: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = potholes(town, 3)
    monkeypatch.setattr(bulk_jobs, "MOST", 2)
    address = ticked("accept", rows)
    assert "Narrow the filters" in tom.get(address).content.decode()
    assert "Narrow the filters" not in tom.get(ticked("accept", rows[:2])).content.decode()
    assert not BulkJob.objects.exists()


def test_a_row_is_done_or_refused_with_its_reason_and_never_half(town: Rivermark, tom: Client) -> None:
    rows = potholes(town, 4)
    endings.resolve(rows[1].pk, disposition="fixed", text="Done", visited=True, actor=town.tom)
    page = tom.get(ticked("set_priority", rows))
    seen = page.context["last_event"]
    # Another colleague is faster, and one row goes to another department.
    assignment.assign(rows[2].pk, assignee=town.dev, actor=town.dev)
    assignment.transfer(rows[3].pk, department=town.parks, reason="Not ours", actor=town.dev)
    tom.post(f"{ticked('set_priority', rows)}&late=1", {"priority": "4", "last_event": seen})
    tasks.drain_database()
    job = BulkJob.objects.get()
    assert 'href="/staff/?late=1">Back to the queue' in tom.get(f"/staff/bulk/{job.pk}/").content.decode()
    # The one that went to Parks was not his anymore when the job began, so it isn't in it.
    assert states(job) == ["done", "refused", "refused"]
    reasons = dict(job.rows.values_list("service_request", "reason"))
    assert (reasons[rows[1].pk], reasons[rows[2].pk]) == ("status", "changed")
    assert ServiceRequest.objects.get(pk=rows[2].pk).priority != 4
    shown = tom.get(f"/staff/bulk/{job.pk}/").content.decode()
    assert "Its status doesn’t allow this." in shown
    assert "It changed after you saw it" in shown
    assert "Dev" in shown
    assert f"/staff/r/{rows[0].reference}/" in shown


def test_a_killed_worker_goes_on_and_each_row_is_done_exactly_once(
    town: Rivermark, tom: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_jobs, "BATCH", 2)
    rows = potholes(town, 5)
    job = start(tom, "note", rows, {"text": "Seen", "audience": "department"}, run=False)
    done, real = [], steps.perform

    def dies_at_the_fourth(pk: int, *args: Any, **kwargs: Any) -> Any:
        done.append(pk)
        event = real(pk, *args, **kwargs)
        if len(done) == 4:
            raise Killed
        return event

    monkeypatch.setattr(steps, "perform", dies_at_the_fourth)
    with pytest.raises(Killed):
        tasks.drain_database()
    job.refresh_from_db()
    assert job.finished_at is None
    assert states(job) == ["done", "done", "waiting", "waiting", "waiting"]
    OutboxRow.objects.filter(kind="bulk_job", done_at=None).update(due_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    tasks.drain_database()
    job.refresh_from_db()
    assert states(job) == ["done"] * 5
    assert (job.done, job.refused) == (5, 0)
    assert job.finished_at is not None
    assert Comment.objects.filter(text="Seen").count() == 5
    # The outbox row once more, as after a lease that ran out: nothing happens.
    bulk_jobs.run_row(OutboxRow.objects.filter(kind="bulk_job").latest("id"))
    assert Comment.objects.filter(text="Seen").count() == 5


def test_all_that_match_are_fixed_when_it_starts_in_one_statement(town: Rivermark, tom: Client) -> None:
    potholes(town, 3)
    with CaptureQueriesContext(connection) as queries:
        answer = tom.post("/staff/bulk/?verb=note&all=1&tab=all", {"text": "Seen", "audience": "department"})
    assert answer.status_code == 302
    assert len([one for one in queries if "INSERT INTO requests_app_bulkrow" in one["sql"]]) == 1
    later = potholes(town, 1)[0]
    tasks.drain_database()
    assert states(BulkJob.objects.get()) == ["done"] * 3
    assert not later.comments.exists()


def test_its_email_waits_until_the_job_is_over_and_undo_takes_all_of_it_back(town: Rivermark, tom: Client) -> None:
    rows = potholes(town, 3, reporter=ANA)
    tasks.drain_database()
    job = start(tom, "hold", rows, {"reason": "weather", "until": "2031-01-05"})
    assert states(job) == ["done"] * 3
    waiting = OutboxRow.objects.filter(kind="notify", event__kind="put_on_hold", done_at=None)
    job.refresh_from_db()
    assert job.finished_at
    assert {row.due_at - job.finished_at for row in waiting} == {dt.timedelta(seconds=30)}
    answer = tom.post(f"/staff/bulk/{job.pk}/undo/")
    assert answer.status_code == 302
    # A note is no reason to keep it.
    conversation.note(rows[2].pk, text="Bring cones", actor=town.dev)
    tasks.drain_database()
    job.refresh_from_db()
    assert job.undone_at
    assert states(job) == ["undone"] * 3
    assert not ServiceRequest.objects.filter(status="on_hold").exists()
    assert not OutboxRow.objects.filter(event__kind="put_on_hold", kind__startswith="email_").exists()


def test_undo_leaves_what_somebody_changed_since_and_is_refused_after_30_seconds(town: Rivermark, tom: Client) -> None:
    rows = potholes(town, 2)
    job = start(tom, "set_priority", rows, {"priority": "4"})
    assignment.assign(rows[1].pk, assignee=town.dev, actor=town.dev)
    tom.post(f"/staff/bulk/{job.pk}/undo/")
    tasks.drain_database()
    assert states(job) == ["undone", "kept"]
    job = start(tom, "set_priority", rows[:1], {"priority": "2"})
    BulkJob.objects.update(finished_at=job.started_at - dt.timedelta(seconds=31))
    tom.post(f"/staff/bulk/{job.pk}/undo/")
    tasks.drain_database()
    assert states(job) == ["done"]


def test_a_job_of_more_than_one_page_is_shown_page_by_page(town: Rivermark, tom: Client) -> None:
    job = BulkJob.objects.create(
        jurisdiction=town.city, user=town.tom, steps=[{"verb": "accept"}], last_event_id=0, total=51, done=51
    )
    made = factories.copies(potholes(town, 1)[0], 51)
    BulkRow.objects.bulk_create(BulkRow(job=job, service_request=one, state="done") for one in made)
    first = tom.get(f"/staff/bulk/{job.pk}/")
    assert first.status_code == 200
    assert len(first.context["rows"]) == 50
    second = tom.get(f"/staff/bulk/{job.pk}/{first.context['pager']['next_url']}", headers={"HX-Request": "true"})
    assert [one["service_request"] for one in second.context["rows"]] == [made[-1]]
    back = tom.get(f"/staff/bulk/{job.pk}/{second.context['pager']['previous_url']}")
    assert [one["service_request"] for one in back.context["rows"]] == made[:50]


def test_stop_leaves_the_rest_as_it_was(town: Rivermark, tom: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_jobs, "BATCH", 1)
    rows = potholes(town, 3)
    job = start(tom, "accept", rows, {}, run=False)
    bulk_jobs.run_row(OutboxRow.objects.get(kind="bulk_job"))
    tom.post(f"/staff/bulk/{job.pk}/stop/")
    tasks.drain_database()
    assert states(job) == ["done", "waiting", "waiting"]
    assert "Not begun" in tom.get(f"/staff/bulk/{job.pk}/").content.decode()


def test_each_row_asks_for_the_permission_and_another_cannot_look(town: Rivermark, signed_in: SignIn) -> None:
    rows = potholes(town, 1)
    parks = factories.routed(town.tree)
    tom = signed_in(town.tom)
    # Parks' row is not his to see, so it is not even counted.
    assert tom.get(ticked("assign", [*rows, parks])).context["reckoning"].total == 1
    dev = signed_in(town.dev)
    assert dev.get(ticked("merge", rows)).context["reckoning"].denied == 1
    job = start(tom, "assign", rows, {"assignee": str(town.dev.pk)})
    assert ServiceRequest.objects.get(pk=rows[0].pk).assignee == town.dev
    for method, path in (("get", ""), ("post", "stop/"), ("post", "undo/")):
        assert getattr(dev, method)(f"/staff/bulk/{job.pk}/{path}").status_code == 404


def test_what_one_works_on_in_another_city_is_not_selected_here(town: Rivermark, tom: Client) -> None:
    there = factories.lakeside()
    role = factories.role(there.city, "triage")
    Membership.objects.create(user=town.tom, jurisdiction=there.city, department=there.streets, role=role)
    rows = [*potholes(town, 1), factories.routed(there.pothole)]
    job = start(tom, "set_priority", rows, {"priority": "4"})
    assert [row.service_request for row in job.rows.all()] == rows[:1]
    assert ServiceRequest.objects.get(pk=rows[1].pk).priority != 4


def test_colleagues_are_listed_by_name(town: Rivermark, tom: Client) -> None:
    factories.staff("Zoe", "crew", town.city, town.streets)
    factories.staff("Abe", "crew", town.city, town.streets)
    names = [
        label
        for _value, label in tom.get(ticked("assign", potholes(town, 1))).context["form"]["assignee"].field.choices
    ]
    assert names[0] == "No one"
    assert names[1:] == sorted(names[1:])
    assert {"Abe", "Zoe", "Tom"} <= set(names)
    assert "Pia" not in names


def test_choices_of_a_job_are_what_its_user_may_choose_in_this_city(
    town: Rivermark, tom: Client, signed_in: SignIn
) -> None:
    row = potholes(town, 1)
    there = factories.lakeside()
    leader = factories.role(there.city, "supervisor")
    for user in (town.tom, town.ada, town.cal):
        Membership.objects.create(user=user, jurisdiction=there.city, role=leader)
    left = factories.staff("Gone", "crew", town.city, town.streets)
    User.objects.filter(pk=left.pk).update(is_active=False)
    mayor = factories.staff("Mai", "supervisor", town.city)
    closed = factories.department(town.city, "OLD", "Old", active=False)
    ListedReason.objects.bulk_create(
        ListedReason(jurisdiction=city, kind=kind, code=code, words={"en": code}, active=active)
        for city, kind, code, active in (
            (town.city, "hold", "frost", True),
            (town.city, "hold", "flood", False),
            (town.city, "cannot_do", "budget", True),
            (there.city, "hold", "fog", True),
        )
    )

    def choices(user: User, verb: str, field: str) -> list[str]:
        form = signed_in(user).get(ticked(verb, row)).context["form"]
        return [str(value) for value, _label in form.fields[field].choices if value]

    def people(user: User) -> set[str]:
        return set(User.objects.filter(pk__in=choices(user, "assign", "assignee")).values_list("name", flat=True))

    of_streets = set(
        User.objects.filter(memberships__department=town.streets, is_active=True).values_list("name", flat=True)
    )
    of_parks = set(User.objects.filter(memberships__department=town.parks).values_list("name", flat=True))
    assert people(town.tom) == of_streets
    # Who leads the whole city assigns to the members of its departments, and to nobody else but herself.
    of_departments = set(
        User.objects.filter(memberships__department__jurisdiction=town.city, is_active=True).values_list(
            "name", flat=True
        )
    )
    assert of_parks | of_streets <= of_departments
    assert people(mayor) == of_departments | {"Mai"}
    departments = Department.objects.filter(jurisdiction=town.city).exclude(pk=closed.pk)
    assert set(choices(town.tom, "transfer", "department")) == {str(one.pk) for one in departments}
    form = signed_in(town.tom).get(ticked("transfer", row)).context["form"]
    assert set(form.fields["department"].queryset) == set(departments)
    assert choices(town.tom, "hold", "reason") == ["frost"]


def test_a_job_waits_until_a_day_after_today_and_merges_only_into_what_its_user_may_see(
    town: Rivermark, tom: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = potholes(town, 2)
    there = factories.lakeside()
    role = factories.role(there.city, "supervisor")
    Membership.objects.create(user=town.tom, jurisdiction=there.city, role=role)
    today = app_now().astimezone(town.city.zone).date()
    form = tom.get(ticked("hold", rows)).context["form"]
    assert form.fields["until"].initial == today + dt.timedelta(days=7)
    for days, is_refused in ((0, True), (1, False)):
        typed = {"reason": "weather", "until": (today + dt.timedelta(days=days)).isoformat()}
        answer = tom.post(ticked("hold", rows), typed)
        assert ("Choose a day after today." in answer.content.decode()) == is_refused
    merged, into = potholes(town, 2)
    merges.merge(merged.pk, parent=into, actor=town.tom)
    elsewhere, of_parks = factories.routed(there.pothole), factories.routed(town.tree)
    for parent in (elsewhere, of_parks):
        answer = tom.post(ticked("merge", rows), {"reference": parent.reference})
        assert "You don’t have a request with this number." in answer.content.decode()
    answer = tom.post(ticked("merge", rows), {"reference": merged.reference})
    assert f"That request was merged into {into.display_reference}" in answer.content.decode()
    for strange in ("nonsense", "macro:x", "macro:"):
        assert tom.get(f"/staff/bulk/?verb={strange}").status_code == 404
    # Ids are digits, and no more than a number of the database has.
    strange_ids = ",".join(["x", "-1", "²", "9" * 19])
    assert tom.get(f"{ticked('accept', rows)}&request={strange_ids}").context["reckoning"].total == 2


def test_a_job_shows_no_request_that_its_owner_no_longer_sees(town: Rivermark, tom: Client) -> None:
    rows = potholes(town, 2)
    job = start(tom, "set_priority", rows, {"priority": "4"})
    ServiceRequest.objects.filter(pk=rows[0].pk).update(department=town.parks)
    page = tom.get(f"/staff/bulk/{job.pk}/").content.decode()
    assert f"/staff/r/{rows[0].reference}/" not in page
    assert f"/staff/r/{rows[1].reference}/" in page


def test_a_note_on_many_suggests_and_names_who_can_read_it(town: Rivermark, tom: Client) -> None:
    rows = potholes(town, 2)
    page = tom.get(ticked("note", rows)).content.decode()
    assert "data-mentions" in page
    assert "js/mentions" in page
    assert '<option value="@dev" label="Dev">' in page
    # Pia works for Parks, and Tom writes it.
    assert 'value="@pia"' not in page
    assert 'value="@tom"' not in page
    typed = {"text": "Same street. @pia", "tell": "@dev", "audience": "department"}
    job = tom.post(ticked("note", rows), typed, follow=True)
    assert "Nobody who can read this note is called @pia" in job.content.decode()
    tasks.drain_database()
    named = Mention.objects.values_list("user__name", "comment__service_request")
    assert sorted(named) == sorted(("Dev", row.pk) for row in rows)


def test_an_ending_in_bulk_says_so_in_its_event(town: Rivermark, tom: Client) -> None:
    rows = potholes(town, 1)
    job = start(tom, "resolve", rows, {"disposition": "fixed", "visited": "yes", "words": "Filled."})
    assert Event.objects.get(kind="resolved").data["bulk_job_id"] == job.pk


def test_it_merges_into_one_and_leaves_that_one_out(town: Rivermark, tom: Client) -> None:
    rows = potholes(town, 3)
    job = start(tom, "merge", rows, {"reference": rows[1].display_reference})
    assert states(job) == ["done", "refused", "done"]
    assert set(ServiceRequest.objects.filter(duplicate_of=rows[1])) == {rows[0], rows[2]}
    tom.post(f"/staff/bulk/{job.pk}/undo/")
    tasks.drain_database()
    assert not ServiceRequest.objects.exclude(duplicate_of=None).exists()


def test_nothing_ticked_and_personal_data_come_back_with_what_was_typed(town: Rivermark, tom: Client) -> None:
    assert tom.get("/staff/bulk/?verb=note").status_code == 422
    assert tom.get("/staff/bulk/?verb=nonsense").status_code == 404
    answer = tom.post(ticked("comment", potholes(town, 1)), {"text": "Call Ana at (617) 555-0147"})
    assert answer.status_code == 422
    assert "(617) 555-0147" in answer.content.decode()
    assert not BulkJob.objects.exists()


def test_a_notice_and_my_jobs_say_for_a_week_that_it_is_done_to_nobody_else(
    town: Rivermark, tom: Client, signed_in: SignIn
) -> None:
    job = start(tom, "set_priority", potholes(town, 2), {"priority": "4"}, run=False)
    assert "0 of 2" in tom.get("/staff/bulk/mine/").content.decode()
    assert not StaffNotice.objects.exists()
    tasks.drain_database()
    notices = tom.get("/staff/notices/").content.decode()
    assert "Finished: Change priority (2 of 2 requests)" in notices
    assert f'href="/staff/bulk/{job.pk}/"' in notices
    jobs = tom.get("/staff/bulk/mine/").content.decode()
    assert "Finished. 2 of 2 are done." in jobs
    assert f'href="/staff/bulk/{job.pk}/"' in jobs
    # A page that follows it by itself may be one that nobody sees; one that is opened is read.
    tom.get(f"/staff/bulk/{job.pk}/", headers={"HX-Request": "true"})
    assert StaffNotice.objects.get().read_at is None
    tom.get(f"/staff/bulk/{job.pk}/")
    assert StaffNotice.objects.get().read_at is not None
    tom.post(f"/staff/bulk/{job.pk}/undo/")
    tasks.drain_database()
    assert "Undone: Change priority (2 of 2 requests)" in tom.get("/staff/notices/").content.decode()
    dev = signed_in(town.dev)
    assert "Change priority" not in dev.get("/staff/bulk/mine/").content.decode()
    assert "Change priority" not in dev.get("/staff/notices/?show=all").content.decode()
    for age, is_listed in ((dt.timedelta(days=7, minutes=-1), True), (dt.timedelta(days=7), False)):
        BulkJob.objects.update(started_at=app_now() - age)
        assert ("Change priority" in tom.get("/staff/bulk/mine/").content.decode()) == is_listed


def test_nothing_leaves_before_all_of_a_long_job_can_no_longer_be_undone(
    town: Rivermark, tom: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first request was done an hour ago, and somebody joined another one meanwhile: that ends no time to undo."""
    monkeypatch.setattr(bulk_jobs, "BATCH", 1)
    rows = potholes(town, 3, reporter=ANA)
    tasks.drain_database()
    job = start(tom, "comment", rows, {"text": "A crew comes this week."}, run=False)
    bulk_jobs.run_row(OutboxRow.objects.get(kind="bulk_job"))
    an_hour(BulkJob.objects.filter(pk=job.pk), "started_at")
    an_hour(UndoState.objects.all(), "created_at")
    bulk_jobs.run_row(OutboxRow.objects.filter(kind="bulk_job").latest("id"))
    events.record(rows[1], "joined", actor=None, role="affected")
    expiry.sweep()
    factories.run_worker()
    job.refresh_from_db()
    assert (job.done, job.finished_at is None) == (3, False)
    left = ("email_commented", "send_webhook", "email_staff_notice")
    assert not OutboxRow.objects.filter(kind__in=left).exists()
    assert not OutboxRow.objects.filter(event__kind="commented", attempts__gt=0).exists()
    tom.post(f"/staff/bulk/{job.pk}/undo/")
    tasks.drain_database()
    assert states(job) == ["undone"] * 3
    # What is needed to undo is not kept longer than that.
    BulkJob.objects.update(finished_at=app_now() - dt.timedelta(seconds=31))
    expiry.sweep()
    assert UndoState.objects.filter(created_at__gt=app_now() - dt.timedelta(hours=1)).count() == 2
    assert UndoState.objects.count() == 2


def an_hour(rows: Any, column: str) -> None:
    rows.update(**{column: app_now() - dt.timedelta(hours=1, minutes=1)})


def test_requests_that_are_merged_meanwhile_are_left_as_they_became(
    town: Rivermark, tom: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tom merges five into one. The first is done; the second is merged elsewhere; then the one they go to is, too."""
    monkeypatch.setattr(bulk_jobs, "BATCH", 1)
    *rows, parent, elsewhere = potholes(town, 6, reporter=ANA)
    tasks.drain_database()
    job = start(tom, "merge", rows, {"reference": parent.display_reference}, run=False)
    bulk_jobs.run_row(OutboxRow.objects.get(kind="bulk_job"))
    merges.merge(rows[1].pk, parent=elsewhere, actor=town.dev)
    bulk_jobs.run_row(OutboxRow.objects.filter(kind="bulk_job").latest("id"))
    merges.merge(parent.pk, parent=elsewhere, actor=town.dev)
    tasks.drain_database()
    reasons = list(BulkRow.objects.filter(job=job).order_by("service_request").values_list("state", "reason"))
    assert reasons == [("done", ""), ("refused", "changed"), ("refused", "no_parent"), ("refused", "no_parent")]
    tom.post(f"/staff/bulk/{job.pk}/undo/")
    tasks.drain_database()
    # The one it was merged into has moved on, so it stays merged, and its email leaves.
    assert states(job) == ["kept", "refused", "refused", "refused"]
    assert ServiceRequest.objects.get(pk=rows[0].pk).duplicate_of_id == parent.pk
    told = OutboxRow.objects.get(kind="notify", event__kind="merged", event__service_request=rows[0])
    assert (told.done_at is not None, told.last_error) == (True, "")
    assert "It changed after you saw it" in tom.get(f"/staff/bulk/{job.pk}/").content.decode()
