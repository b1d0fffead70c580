"""The demo's calls: their stories, counted, with two that wait."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from requests_app.actions.contacts import counts
from requests_app.demo import call_backs, contacts
from requests_app.demo.staff import load_staff
from requests_app.models import CallBack, Contact, SharedPhone, User
from requests_app.rules.contacts import callers
from tests import factories

pytestmark = pytest.mark.django_db


def test_calls_of_today_and_yesterday_and_two_that_wait(settings: Settings, tmp_path: Path) -> None:
    settings.DEMO, settings.MEDIA_ROOT = True, str(tmp_path)
    city = factories.jurisdiction()
    factories.department(city)
    load_staff(city)
    factories.article(city, "holiday-collection", "Holidays")
    pothole = factories.service(city)
    for _report in range(3):
        factories.report(pothole)
    factories.report(factories.service(city, "outreach", visibility="private"))
    for _time in range(2):
        contacts.load(city)
        call_backs.load(city)
    assert Contact.objects.filter(closed_at=None, parked_at__isnull=False).count() == len(contacts.OPEN)
    # And one that reached nobody.
    assert Contact.objects.exclude(closed_at=None).count() == len(contacts.STORIES) + 1
    waiting = CallBack.objects.filter(closed_at=None)
    assert [waiting.filter(kind=kind).count() for kind in ("call_back", "missed_call", "voicemail")] == [4, 2, 1]
    voicemail = waiting.get(kind="voicemail")
    assert (voicemail.audio_type, voicemail.phone, voicemail.service_request) == ("wav", "555-0184", None)
    assert Contact.objects.filter(article_code="holiday-collection").exists()
    # Rosa calls, who has two public reports and a private one; nobody knows who calls from the shelter.
    rosa = Contact.objects.get(closed_at=None, caller_number="555-0171")
    (candidate,) = callers.of_contact(rosa, rosa.taker or User()).candidates
    assert (candidate.name, sorted(own.is_private for own in candidate.requests)) == (
        "Rosa Delgado",
        [False, False, True],
    )
    assert SharedPhone.objects.get().phone == Contact.objects.get(caller_number=contacts.SHELTER).caller_phone
    # By the day on which they began.
    assert counts.recount(city) == 0
