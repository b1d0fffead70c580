"""What a web request reads is read once, and never kept for the next one."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.clock import app_now
from requests_app.core import once
from requests_app.models import ModerationTerm
from requests_app.rules.people import blocked_addresses
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.10")]


def queries(times: int) -> int:
    with CaptureQueriesContext(connection) as captured:
        for _ in range(times):
            app_now()
    return len(captured)


def test_only_a_page_has_one_time_throughout() -> None:
    with once.web_request(only_reads=True):
        assert queries(3) == 1
    with once.web_request(only_reads=False):
        assert queries(3) == 3
    assert queries(3) == 3


def test_a_page_does_not_hand_its_time_to_the_next(town: Rivermark) -> None:
    client = Client()
    client.force_login(town.tom)
    made = factories.routed(town.pothole, answers={"where": "lane"})
    page = f"/staff/r/{made.reference}/"
    assert client.get(page).context["due"].kind != "late"
    set_time(app_now() + dt.timedelta(days=400))
    assert client.get(page).context["due"].kind == "late"


def test_a_list_is_read_once_in_a_request_and_again_in_the_next(town: Rivermark) -> None:
    with once.web_request(only_reads=False), CaptureQueriesContext(connection) as captured:
        for _ in range(2):
            assert not blocked_addresses.is_blocked(town.city, "bo@example.org")
    assert len(captured) == 1
    ModerationTerm.objects.create(jurisdiction=town.city, kind="address", value="bo@example.org")
    with once.web_request(only_reads=False):
        assert blocked_addresses.is_blocked(town.city, "bo@example.org")
