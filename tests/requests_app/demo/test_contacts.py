"""The demo's calls: their stories, counted, with two that wait."""

import pytest
from pytest_django.fixtures import Settings

from requests_app.actions.contacts import counts
from requests_app.demo import contacts
from requests_app.demo.staff import load_staff
from requests_app.models import Contact
from tests import factories

pytestmark = pytest.mark.django_db


def test_calls_of_today_and_yesterday_and_two_that_wait(settings: Settings) -> None:
    settings.DEMO = True
    city = factories.jurisdiction()
    factories.department(city)
    load_staff(city)
    factories.article(city, "holiday-collection", "Holidays")
    factories.report(factories.service(city))
    for _time in range(2):
        contacts.load(city)
    assert Contact.objects.filter(closed_at=None, parked_at__isnull=False).count() == len(contacts.OPEN)
    assert Contact.objects.exclude(closed_at=None).count() == len(contacts.STORIES)
    assert Contact.objects.filter(article_code="holiday-collection").exists()
    # By the day on which they began.
    assert counts.recount(city) == 0
