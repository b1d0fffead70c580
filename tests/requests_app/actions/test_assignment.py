"""Assigning, transferring and changing the service: what becomes public, and when it is due."""

import datetime as dt

import pytest
from django.db import connection

from requests_app.actions import assignment, moderation, progress
from requests_app.clock import app_now
from requests_app.models import ServiceRequest
from tests import factories
from tests.factories import Rivermark

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
    assignment.change_service(made.pk, version=town.tree, actor=town.tom)
    made.refresh_from_db()
    assert made.due_at == made.submitted_at + dt.timedelta(hours=72)


def test_open_again_it_counts_from_then(town: Rivermark, made: ServiceRequest) -> None:
    progress.resolve(made.pk, disposition="fixed", words="Done.", actor=town.tom)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_servicerequest SET submitted_at = submitted_at - interval '90 days'")
    progress.reopen(made.pk, words="No.", actor=town.tom)
    assignment.change_service(made.pk, version=town.tree, actor=town.tom)
    made.refresh_from_db()
    assert made.due_at is not None
    assert made.due_at > app_now(), "not late at once for the 90 days before"


def test_on_hold_the_new_promise_waits_too_and_goes_on_afterward(town: Rivermark, made: ServiceRequest) -> None:
    progress.hold(made.pk, reason="weather", until=app_now().date() + dt.timedelta(days=9), actor=town.tom)
    assignment.change_service(made.pk, version=town.tree, actor=town.tom)
    made.refresh_from_db()
    assert (made.status, made.due_at) == ("on_hold", None)
    progress.resume(made.pk, actor=town.tom)
    made.refresh_from_db()
    assert made.due_at is not None
    assert abs(made.due_at - made.submitted_at - dt.timedelta(hours=72)) < dt.timedelta(seconds=5)


@pytest.mark.parametrize("how", ["transfer", "return_to_triage"])
def test_leaving_on_hold_the_clock_goes_on(town: Rivermark, made: ServiceRequest, how: str) -> None:
    progress.hold(made.pk, reason="parts", until=app_now().date() + dt.timedelta(days=9), actor=town.tom)
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
