"""The demo's reports by staff, and its letter."""

import pytest
from pytest_django.fixtures import Settings

from requests_app.demo import colleagues
from requests_app.demo.staff import load_staff
from requests_app.models import GazetteerEntry, ServiceRequest
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_crew_reports_and_a_letter_came_days_ago(settings: Settings) -> None:
    settings.DEMO = True
    city = factories.jurisdiction()
    factories.department(city)
    load_staff(city)
    for number, code in enumerate(("pothole", "streetlight", "internal-fac", "graffiti")):
        factories.service(city, code, visibility="staff" if code == "internal-fac" else "public")
        GazetteerEntry.objects.create(
            jurisdiction=city,
            kind="address",
            label=f"{number} Elm St",
            search_key=f"{number} elm st",
            point=factories.at(),
        )
    for _time in range(2):
        colleagues.load(city)
    by_channel = ServiceRequest.objects.order_by("id").values_list("channel", flat=True)
    assert list(by_channel) == ["staff", "staff", "staff", "letter"]
    assert ServiceRequest.objects.filter(public_state="staff").count() == 1
    letter = ServiceRequest.objects.get(channel="letter")
    assert (letter.updated_at - letter.submitted_at).days == colleagues.CAME_DAYS_AGO
    contact = letter.contacts.get()
    assert (contact.outcome, contact.letter_pages.count()) == ("request_made", 1)
