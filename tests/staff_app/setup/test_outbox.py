"""What was given up is seen by those who look after it, and tried again by a button."""

from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.clock import app_now
from requests_app.models import OutboxRow, ServiceRequest, User
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def dead(town: Rivermark) -> OutboxRow:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    row = OutboxRow.objects.get(service_request=one, kind="email_received")
    row.dead_at, row.attempts, row.last_error = app_now(), 17, "SMTPServerDisconnected"
    row.save()
    return row


def test_it_shows_what_was_given_up_with_its_error(town: Rivermark, dead: OutboxRow, signed_in: SignIn) -> None:
    page = signed_in(town.ada).get("/staff/outbox/").content.decode()
    assert "SMTPServerDisconnected" in page
    assert "17" in page
    assert ServiceRequest.objects.get().display_reference in page
    assert "Email: report received" in page
    assert "Email: sent to department" not in page, "what waits for its turn was not given up"


def test_a_reference_is_told_only_to_who_may_open_the_request(town: Rivermark, dead: OutboxRow, pia: Client) -> None:
    page = pia.get("/staff/outbox/").content.decode()
    assert "SMTPServerDisconnected" in page
    assert ServiceRequest.objects.get().display_reference not in page


@pytest.mark.shows("2.8")
def test_the_button_tries_again(town: Rivermark, dead: OutboxRow, signed_in: SignIn) -> None:
    ada = signed_in(town.ada)
    assert ada.post(f"/staff/outbox/{dead.pk}/retry/").status_code == 302
    dead.refresh_from_db()
    assert dead.dead_at is None
    assert dead.attempts == 0
    assert "No failed tasks." in ada.get("/staff/outbox/").content.decode()


def test_a_second_press_says_so_and_does_no_harm(town: Rivermark, dead: OutboxRow, signed_in: SignIn) -> None:
    ada = signed_in(town.ada)
    ada.post(f"/staff/outbox/{dead.pk}/retry/")
    answer = ada.post(f"/staff/outbox/{dead.pk}/retry/", follow=True)
    assert "already done or retried" in answer.content.decode()


def test_it_is_not_for_everybody(
    town: Rivermark, dead: OutboxRow, tom: Client, signed_in: SignIn, client: Client
) -> None:
    for who in (tom, signed_in(town.cal), signed_in(town.dev)):
        assert who.get("/staff/outbox/").status_code == 403
        assert who.post(f"/staff/outbox/{dead.pk}/retry/").status_code == 403
        assert "/staff/outbox/" not in who.get("/staff/").content.decode()
    assert client.post(f"/staff/outbox/{dead.pk}/retry/").status_code == 302
    dead.refresh_from_db()
    assert dead.dead_at is not None


def test_another_citys_rows_are_not_there(town: Rivermark, dead: OutboxRow, signed_in: SignIn) -> None:
    elsewhere = factories.jurisdiction("Eastport", hosts=["eastport.example"])
    town.city.hosts = ["rivermark.example"]
    town.city.save()
    eve = signed_in(factories.staff("Eve", "administrator", elsewhere))
    assert "No failed tasks." in eve.get("/staff/outbox/", HTTP_HOST="eastport.example").content.decode()
    assert eve.post(f"/staff/outbox/{dead.pk}/retry/", HTTP_HOST="eastport.example").status_code == 404
