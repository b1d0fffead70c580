"""What a moderator of the demo city finds."""

from typing import Any

import pytest

from requests_app.demo import moderation
from requests_app.demo.staff import load_staff
from requests_app.models import GazetteerEntry, Jurisdiction, ServiceRequest, TextRevision
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(settings: Any) -> Jurisdiction:
    settings.DEMO = True
    made = factories.city_with_the_demo_catalog()
    made.is_demo = True
    made.save()
    load_staff(made)
    for number in range(1, 12):
        GazetteerEntry.objects.create(
            jurisdiction=made,
            label=f"{number} Elm St",
            search_key=f"{number} elm st",
            point=factories.at(*factories.ELM_ST),
        )
    return made


@pytest.mark.shows("5.49")
def test_one_report_waits_for_each_reason_and_in_one_the_words_were_taken_out(city: Jurisdiction) -> None:
    moderation.load(city)
    ours = ServiceRequest.objects.filter(jurisdiction=city)
    held = ours.filter(public_state="pending_review").values_list("review_reason", flat=True)
    assert set(held) == {"link", "threat", "robot", "limit", "personal_data"}
    private = ours.filter(public_state="private").values_list("review_reason", flat=True)
    assert set(private) == {"distress", "transfer"}
    assert not ours.filter(alarms__state="ringing").exists()
    (revision,) = TextRevision.objects.filter(service_request__jurisdiction=city)
    assert "Blenkinsop" in revision.before
    assert revision.service_request.description == revision.after == moderation.REDACTED_TEXT

    there = ServiceRequest.objects.filter(jurisdiction=city).count()
    moderation.load(city)
    assert ServiceRequest.objects.filter(jurisdiction=city).count() == there, "a second load adds nothing"
