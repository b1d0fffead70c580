"""Assigning, transferring and changing the service: what becomes public, and when it is due."""

import datetime as dt

import pytest
from django.db import connection

from requests_app.actions.publication import moderation
from requests_app.actions.work import assignment, endings, holds, reopenings
from requests_app.clock import app_now
from requests_app.models import ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

LANE = {"where": "lane"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def made(town: Rivermark) -> ServiceRequest:
    return factories.routed(town.pothole, answers=LANE)


def test_what_was_hidden_is_confidential_too_once_its_service_is(town: Rivermark, made: ServiceRequest) -> None:
    """All of City Hall can read a hidden request."""
    moderation.hide(made.pk, reason="personal_data", actor=town.pia)
    assignment.change_service(made.pk, version=town.outreach, actor=town.tom)
    made.refresh_from_db()
    assert made.public_state == "private"
    assert not ServiceRequest.objects.visible_to(town.cal).filter(pk=made.pk).exists()


def test_what_was_hidden_stays_hidden_by_another_public_service(town: Rivermark, made: ServiceRequest) -> None:
    moderation.hide(made.pk, reason="abuse", actor=town.pia)
    assignment.change_service(made.pk, version=town.tree, actor=town.tom)
    made.refresh_from_db()
    assert made.public_state == "hidden"


def test_what_was_confidential_is_not_published_by_a_change_of_service(town: Rivermark) -> None:
    made = factories.routed(town.outreach)
    assignment.change_service(made.pk, version=town.tree, actor=town.tom)
    made.refresh_from_db()
    assert made.public_state == "private"


def test_the_new_services_promise_counts_from_the_submission(town: Rivermark, made: ServiceRequest) -> None:
    # Database time does not move within a transaction: without this, any start would equal the submission.
    set_time(made.submitted_at + dt.timedelta(hours=10))
    assignment.change_service(made.pk, version=town.tree, actor=town.tom)
    made.refresh_from_db()
    assert made.due_at == made.submitted_at + dt.timedelta(hours=72)


def test_open_again_it_counts_from_then(town: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=town.tom)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_servicerequest SET submitted_at = submitted_at - interval '90 days'")
    reopenings.reopen(made.pk, text="No.", actor=town.tom)
    assignment.change_service(made.pk, version=town.tree, actor=town.tom)
    made.refresh_from_db()
    assert made.due_at is not None
    assert made.due_at > app_now(), "not late at once for the 90 days before"


def test_on_hold_the_new_promise_waits_too_and_goes_on_afterward(town: Rivermark, made: ServiceRequest) -> None:
    holds.hold(made.pk, reason="weather", until=app_now().date() + dt.timedelta(days=9), actor=town.tom)
    assignment.change_service(made.pk, version=town.tree, actor=town.tom)
    made.refresh_from_db()
    assert (made.status, made.due_at) == ("on_hold", None)
    holds.resume(made.pk, actor=town.tom)
    made.refresh_from_db()
    assert made.due_at is not None
    assert abs(made.due_at - made.submitted_at - dt.timedelta(hours=72)) < dt.timedelta(seconds=5)


@pytest.mark.parametrize("how", ["transfer", "return_to_triage"])
def test_whoever_had_it_does_not_keep_it(town: Rivermark, made: ServiceRequest, how: str) -> None:
    assignment.assign(made.pk, assignee=town.dev, actor=town.tom)
    if how == "transfer":
        assignment.transfer(made.pk, department=town.parks, reason="A root lifts it.", actor=town.tom)
    else:
        assignment.return_to_triage(made.pk, reason="Not ours.", actor=town.tom)
    made.refresh_from_db()
    assert made.assignee is None
    assert made.department == (town.parks if how == "transfer" else None)


def test_the_new_department_counts_as_a_bounce_and_the_same_one_does_not(town: Rivermark, made: ServiceRequest) -> None:
    for department, bounces in ((town.streets, 0), (town.parks, 1), (town.parks, 1), (town.streets, 2)):
        assignment.transfer(made.pk, department=department, reason="Theirs.", actor=town.tom)
        made.refresh_from_db()
        assert (made.department, made.bounces) == (department, bounces)


@pytest.mark.parametrize(("visibility", "shown"), [("coarse", "1–99 block of Elm St"), ("private", "")])
def test_another_services_rule_decides_what_everybody_knows_of_the_place(
    town: Rivermark, made: ServiceRequest, visibility: str, shown: str
) -> None:
    quiet = factories.service(town.city, "quiet", visibility=visibility)
    assignment.change_service(made.pk, version=quiet, actor=town.tom)
    made.refresh_from_db()
    assert made.public_address == shown
    assert (made.public_point is None) == (visibility == "private")
    assert made.public_point != made.point


@pytest.mark.parametrize("how", ["transfer", "return_to_triage"])
def test_leaving_on_hold_the_clock_goes_on(town: Rivermark, made: ServiceRequest, how: str) -> None:
    holds.hold(made.pk, reason="parts", until=app_now().date() + dt.timedelta(days=9), actor=town.tom)
    before = ServiceRequest.objects.get(pk=made.pk).updated_at
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_servicerequest SET updated_at = updated_at - interval '1 day'")
    if how == "transfer":
        assignment.transfer(made.pk, department=town.parks, reason="A root lifts it.", actor=town.tom)
    else:
        assignment.return_to_triage(made.pk, reason="Not ours.", actor=town.tom)
    made.refresh_from_db()
    assert made.due_at is not None
    assert (made.hold_reason, made.hold_until) == ("", None)
    assert made.updated_at >= before, "the public reads another status from now on"
