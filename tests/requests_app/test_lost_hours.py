"""For two weeks after a restore, the page of an unknown number or link says which hours were lost, and what to do."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from requests_app.clock import app_now
from requests_app.models import Installation
from requests_app.rules.shared import installation
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
OWN = "a" * 32
LOST = "what was sent to us from"
PATHS = ["/r/7K3M9QWT/", "/l/999999-abc/", "/l/999999-abc/stop/", "/alarm/999999-abc/", "/c/999999-abc/"]


@pytest.fixture
def restored(settings: Any, town: Rivermark) -> Installation:
    settings.INSTALLATION_ID = OWN
    town.city.time_zone = "America/New_York"
    town.city.save()
    return Installation.objects.create(
        installation_id=OWN,
        restored_to=dt.datetime(2026, 11, 30, 19, 5, tzinfo=dt.UTC),
        lost_until=dt.datetime(2026, 11, 30, 21, 10, tzinfo=dt.UTC),
        restored_at=app_now(),
    )


def test_each_page_of_a_link_or_number_that_is_unknown_says_it(restored: Installation, client: Client) -> None:
    for path in PATHS:
        response = client.get(path)
        page = " ".join(response.content.decode().split())
        assert response.status_code == 404, path
        assert LOST in page, path
        assert "November 30, 2:05 p.m." in page, path
        assert "November 30, 4:10 p.m." in page, path
        assert 'href="/report/"' in page, path


def test_it_ends_after_two_weeks_and_files_wait_for_one(restored: Installation, client: Client) -> None:
    for age, says, waits in (
        (dt.timedelta(days=7, seconds=-1), True, True),
        (dt.timedelta(days=7), True, False),
        (dt.timedelta(days=14, seconds=-1), True, False),
        (dt.timedelta(days=14), False, False),
    ):
        Installation.objects.update(restored_at=app_now() - age)
        assert (LOST in client.get(PATHS[0]).content.decode()) == says, age
        assert installation.keeps_all_files() == waits, age


def test_without_a_restore_nobody_reads_of_lost_hours(settings: Any, town: Rivermark, client: Client) -> None:
    settings.INSTALLATION_ID = OWN
    Installation.objects.create(installation_id=OWN)
    assert LOST not in client.get(PATHS[0]).content.decode()
