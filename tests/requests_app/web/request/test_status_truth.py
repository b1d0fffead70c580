"""The status on a report's page tells the truth: its own date, passed times, years; the new report; what waits for review."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client

from requests_app import links
from requests_app.actions.publication import moderation
from requests_app.actions.shared import counters
from requests_app.actions.work import conversation, endings, holds, progress, reopenings
from requests_app.actions.work.assignment import transfer
from requests_app.clock import app_now
from requests_app.messages import wording
from requests_app.models import AccessLink, Draft, PublicState, ServiceRequest
from requests_app.rules.work import status_history
from staff_app import due
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import dated, set_local_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.71", "5.72")]

LANE = {"where": "lane"}
DAY = dt.date(2027, 6, 1)


@pytest.fixture
def pothole(cast: Rivermark) -> ServiceRequest:
    on(cast, 0)
    return factories.routed(cast.pothole, "A deep hole by the gate.", answers=LANE)


def on(cast: Rivermark, days: int, hour: int = 10) -> None:
    set_local_time(cast.city.zone, DAY + dt.timedelta(days=days), hour)


def holder(service_request: ServiceRequest) -> Client:
    client = Client()
    client.get(f"/l/{links.token(AccessLink.objects.filter(service_request=service_request).order_by('id')[0])}/")
    return client


def page(client: Client, service_request: ServiceRequest) -> str:
    answer = client.get(f"/r/{service_request.reference}/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def status_date(cast: Rivermark, service_request: ServiceRequest) -> int:
    """The date under the status word, in days since the report."""
    shown = re.search(r"</h1> <p><time datetime=\"([^\"]+)\"", page(Client(), service_request))
    assert shown is not None
    at = dt.datetime.fromisoformat(shown[1])
    return (at.astimezone(cast.city.zone).date() - DAY).days


# --- The date of the status -------------------------------------------------------------------------------------------


def person(made: ServiceRequest) -> object:
    return made.participations.get().person


STEPS: dict[str, Callable[[Rivermark, ServiceRequest], object]] = {
    "accept": lambda cast, made: progress.accept(made.pk, actor=cast.tom),
    "visit": lambda cast, made: progress.visit(made.pk, actor=cast.tom),
    "make_safe": lambda cast, made: progress.make_safe(made.pk, actor=cast.tom),
    "schedule": lambda cast, made: progress.schedule(made.pk, on=DAY + dt.timedelta(days=90), actor=cast.tom),
    "hold": lambda cast, made: holds.hold(made.pk, reason="parts", until=DAY + dt.timedelta(days=90), actor=cast.tom),
    "ask": lambda cast, made: conversation.ask(made.pk, question="Which?", actor=cast.tom),
    "answer": lambda cast, made: conversation.answer(made.pk, text="That.", actor=made.participations.get().person),
    "resume": lambda cast, made: holds.resume(made.pk, actor=cast.tom),
    "comment": lambda cast, made: conversation.comment(made.pk, text="Soon.", actor=cast.tom),
    "transfer": lambda cast, made: transfer(made.pk, department=cast.parks, reason="Theirs.", actor=cast.tom),
    "resolve": lambda cast, made: endings.resolve(made.pk, disposition="fixed", text="Done.", actor=cast.tom),
    "reopen": lambda cast, made: reopenings.reopen(made.pk, text="No.", actor=made.participations.get().person),
}


@pytest.mark.parametrize(
    ("steps", "since"),
    [
        ("comment", 0),
        ("accept comment", 1),
        ("accept visit", 1),
        ("make_safe comment", 1),
        ("accept make_safe comment", 2),
        ("accept schedule comment", 2),
        ("hold comment", 1),
        ("ask comment", 1),
        ("ask answer comment", 0),
        ("hold resume comment", 0),
        ("accept ask answer comment", 3),
        ("accept hold resume comment", 3),
        ("accept comment transfer comment", 3),
        ("resolve comment", 1),
        ("resolve reopen comment", 2),
        ("accept resolve reopen accept comment", 4),
    ],
)
def test_the_date_under_the_status_is_its_own(cast: Rivermark, pothole: ServiceRequest, steps: str, since: int) -> None:
    """One step a day: the status began on the day `since`, whatever was said later."""
    for days, step in enumerate(steps.split(), 1):
        on(cast, days)
        STEPS[step](cast, pothole)
    assert status_date(cast, pothole) == since


def test_an_import_without_events_has_the_date_of_its_last_change(cast: Rivermark, pothole: ServiceRequest) -> None:
    made = ServiceRequest.objects.get(pk=pothole.pk)
    for status, reopened in (("on_hold", 0), ("in_progress", 0), ("routed", 1)):
        made.status, made.reopened_count = status, reopened
        assert status_history.since(made) == made.updated_at


# --- Times that have passed -------------------------------------------------------------------------------------------


def test_a_time_to_review_that_passed_says_so(cast: Rivermark, pothole: ServiceRequest) -> None:
    assert "Streets will review it by" in page(Client(), pothole)
    on(cast, 5)
    html = page(Client(), pothole)
    assert "will review it by" not in html
    day = dated("Wednesday, June 2", 2027)
    assert f"Streets planned to review it by {day}, 10 a.m., but hasn’t yet. It’s still on our list." in html


def test_a_target_that_passed_says_so(cast: Rivermark, pothole: ServiceRequest) -> None:
    progress.accept(pothole.pk, actor=cast.tom)
    assert "Target: fixed by" in page(Client(), pothole)
    on(cast, 5)
    html = page(Client(), pothole)
    assert "Target: fixed by" not in html
    day = dated("Friday, June 4", 2027)
    assert f"Our target was to fix it by {day}, 10 a.m. We missed it, but this is still on our list." in html


def test_a_plan_that_passed_says_so(cast: Rivermark, pothole: ServiceRequest) -> None:
    progress.schedule(pothole.pk, on=DAY + dt.timedelta(days=2), actor=cast.tom)
    day = dated("Thursday, June 3", 2027)
    on(cast, 2)
    assert f"<h1>Scheduled for {day}</h1>" in page(Client(), pothole)
    on(cast, 3)
    assert f"<h1>Was scheduled for {day}</h1>" in page(Client(), pothole)


def test_plans_of_the_time_before_a_reopening_are_over(cast: Rivermark, pothole: ServiceRequest) -> None:
    progress.schedule(pothole.pk, on=DAY, actor=cast.tom)
    endings.resolve(pothole.pk, disposition="fixed", text="Done.", actor=cast.tom)
    reopenings.reopen(pothole.pk, text="", actor=cast.tom)
    progress.accept(pothole.pk, actor=cast.tom)
    assert "<h1>In progress</h1>" in page(Client(), pothole)


def test_a_list_reads_the_clock_once_and_only_for_plans() -> None:
    planned = ServiceRequest(scheduled_for=DAY)
    assert wording.now_for([ServiceRequest()]) is None
    assert wording.now_for([ServiceRequest(), planned]) is not None


def test_a_due_time_of_another_year_has_the_year() -> None:
    at = dt.datetime(2026, 12, 20, 17, tzinfo=dt.UTC)
    assert due.of_time(at + dt.timedelta(days=10), at).text == "Dec 30"
    assert due.of_time(at + dt.timedelta(days=20), at).text == "Jan 9, 2027"


# --- After an answer --------------------------------------------------------------------------------------------------


def test_after_an_answer_it_is_being_worked_on_only_if_somebody_works(cast: Rivermark, pothole: ServiceRequest) -> None:
    for step in ("ask", "answer"):
        STEPS[step](cast, pothole)
    html = page(Client(), pothole)
    assert "<h1>Sent to Streets</h1>" in html
    assert "Streets will review it by" in html
    for step in ("accept", "ask", "answer"):
        STEPS[step](cast, pothole)
    assert "<h1>In progress</h1>" in page(Client(), pothole)


# --- A new report with everything filled in -----------------------------------------------------------------------------


def resolved_long_ago(cast: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=cast.tom)
    ServiceRequest.objects.filter(pk=made.pk).update(resolved_at=app_now() - dt.timedelta(days=31))


def test_once_the_days_are_over_it_says_so_and_a_new_report_has_everything(
    cast: Rivermark, pothole: ServiceRequest
) -> None:
    ana = holder(pothole)
    endings.resolve(pothole.pk, disposition="fixed", text="Done.", actor=cast.tom)
    assert "/report-again/" not in page(ana, pothole)
    ServiceRequest.objects.filter(pk=pothole.pk).update(resolved_at=app_now() - dt.timedelta(days=31))
    html = page(ana, pothole)
    assert "You could reopen this report until" in html
    assert "/report-again/" not in page(Client(), pothole)
    answer = ana.post(f"/r/{pothole.reference}/report-again/", follow=True)
    draft = Draft.objects.get()
    assert answer.redirect_chain[-1][0] == f"/report/{draft.pk}/check/", "only to check"
    html = answer.content.decode()
    for words in ("A deep hole by the gate.", "12 Elm St", "ana@example.org", "Pothole", "Lane"):
        assert words in html
    ana.post(answer.redirect_chain[-1][0], {"version": cast.pothole.pk})
    assert ServiceRequest.objects.count() == 2, "which is sent as any other"


def test_words_that_came_too_late_are_those_of_the_new_report(cast: Rivermark, pothole: ServiceRequest) -> None:
    ana = holder(pothole)
    resolved_long_ago(cast, pothole)
    answer = ana.post(f"/r/{pothole.reference}/not-fixed/", {"not_fixed-words": "It is deeper now."})
    assert answer.status_code == 409
    html = " ".join(answer.content.decode().split())
    assert "You can’t reopen this report anymore." in html
    assert '<input type="hidden" name="words" value="It is deeper now.">' in html
    ana.post(f"/r/{pothole.reference}/report-again/", {"words": "It is deeper now."})
    assert Draft.objects.get().typed["text"] == "It is deeper now."


@pytest.mark.parametrize("who", ["stranger", "too early"])
def test_nobody_else_gets_what_a_report_said(cast: Rivermark, pothole: ServiceRequest, who: str) -> None:
    if who == "stranger":
        resolved_long_ago(cast, pothole)
        assert Client().post(f"/r/{pothole.reference}/report-again/").status_code == 403
    else:
        holder(pothole).post(f"/r/{pothole.reference}/report-again/")
    assert not Draft.objects.exists()


# --- What waits for review --------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(cast: Rivermark, pothole: ServiceRequest) -> ServiceRequest:
    conversation.comment(pothole.pk, text="Words of staff.", actor=cast.tom)
    return moderation.send_to_review(pothole.pk, reason="link")


def test_what_waits_for_review_is_read_by_its_number_without_its_words(
    cast: Rivermark, waiting: ServiceRequest
) -> None:
    html = page(Client(), waiting)
    assert "<h1>Sent to Streets</h1>" in html
    assert "Someone will review this report before everyone can read it." in html
    assert "Streets will review it by" in html
    assert "noindex" in html
    for words in ("A deep hole", "Words of staff", "12 Elm St", "Lane", "Ward"):
        assert words not in html
    html = page(holder(waiting), waiting)
    for words in ("A deep hole", "12 Elm St", "Only you and the city can see this until someone reviews it."):
        assert words in html


@pytest.mark.parametrize("act", ["add", "not-fixed", "survey", "withdraw", "undo-reopening", "report-again"])
def test_nobody_without_the_link_acts_on_it(waiting: ServiceRequest, act: str) -> None:
    assert Client().post(f"/r/{waiting.reference}/{act}/").status_code == 403


@pytest.mark.parametrize("state", ["hidden", "private", "staff", "erased", "unconfirmed", "test"])
def test_every_other_state_stays_unknown(waiting: ServiceRequest, state: str) -> None:
    is_test = state == PublicState.TEST
    ServiceRequest.objects.filter(pk=waiting.pk).update(public_state=state, is_test=is_test)
    assert Client().get(f"/r/{waiting.reference}/").status_code == 404


def test_the_counters_know_nothing_new(waiting: ServiceRequest) -> None:
    counters.fold()
    assert counters.recount() == 0
