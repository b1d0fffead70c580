"""Two at once, at links that prove an address: each waits for the other, and none breaks."""

import threading
import time

import pytest
from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test import Client

from requests_app.actions.report import confirm_report
from requests_app.models import OneTimeLink, Person, ServiceRequest, Subscription
from tests import factories
from tests.resident import link_from, run_outbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shows("5.45")]


class Press:
    """A POST from another browser, which this one waits for."""

    answer: HttpResponse | None = None

    def __init__(self, path: str, **data: str) -> None:
        self.thread = threading.Thread(target=self._run, args=[path, data])
        self.thread.start()

    def _run(self, path: str, data: dict[str, str]) -> None:
        try:
            self.answer = Client(raise_request_exception=False).post(path, data)  # type: ignore[assignment]
        finally:
            connections.close_all()

    def waits(self) -> None:
        """Until it waits for our lock."""
        for _try in range(200):
            with connection.cursor() as cursor:
                # Otherwise a transaction goes on seeing what it saw at its first look.
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if cursor.fetchone()[0]:
                    return
            time.sleep(0.05)
        pytest.fail("it waits for nobody")

    def status(self) -> int:
        self.thread.join(20)
        assert self.answer is not None
        return self.answer.status_code


@pytest.fixture
def made() -> ServiceRequest:
    """A report that waits, and its link was mailed twice."""
    town = factories.rivermark()
    made = factories.report(factories.service(town.city, "swings", must_confirm=True), "The third swing hangs")
    confirm_report.resend_link(made.pk, email="ana@example.org")
    return made


@pytest.mark.parametrize("data", [{}, {"not_me": "1"}])
def test_a_press_and_a_change_of_the_address_at_once_end_in_one_of_them(
    made: ServiceRequest, data: dict[str, str]
) -> None:
    path = link_from(run_outbox()[-1])
    with transaction.atomic():
        ServiceRequest.objects.select_for_update().get(pk=made.pk)
        press = Press(path, **data)
        press.waits()
        assert confirm_report.resend_link(made.pk, email="anna@example.org")
    assert press.status() == 404
    made.refresh_from_db()
    assert made.public_state == "unconfirmed"


def test_who_says_not_me_while_it_is_sent_is_led_to_the_report(made: ServiceRequest) -> None:
    first, second = OneTimeLink.objects.order_by("id")
    path = link_from(run_outbox()[0])
    with transaction.atomic():
        ServiceRequest.objects.select_for_update().get(pk=made.pk)
        press = Press(path, not_me="1")
        press.waits()
        confirm_report.confirm(second)
    assert press.status() == 302
    first.refresh_from_db()
    assert first.used_at is None


def test_the_same_wish_twice_at_once_is_one_subscription() -> None:
    town = factories.rivermark()
    data = {"email": "dev@press.example", "cadence": "daily"}
    with transaction.atomic():
        # Both have read that there is none, and are about to write.
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE requests_app_subscription IN SHARE MODE")
        presses = [Press("/follow/?service=pothole", **data) for _press in range(2)]
        presses[0].waits()
        time.sleep(0.5)
    assert [one.status() for one in presses] == [200, 200]
    assert Subscription.objects.count() == 1
    assert Person.objects.filter(jurisdiction=town.city, contact_points__normalized=data["email"]).count() == 1
