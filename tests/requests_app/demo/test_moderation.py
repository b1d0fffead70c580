"""What a moderator of the demo city finds."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from requests_app import demo
from requests_app.demo import moderation
from requests_app.demo.staff import load_staff
from requests_app.imports.catalog import import_catalog
from requests_app.models import GazetteerEntry, Jurisdiction, ServiceRequest, TextRevision
from tests import factories

pytestmark = pytest.mark.django_db
RIVERMARK = Path(demo.__file__).parent / "rivermark"


@pytest.fixture
def city(settings: Any) -> Jurisdiction:
    settings.DEMO = True
    made = factories.jurisdiction(is_demo=True)
    files = yaml.safe_load((RIVERMARK / "city.yaml").read_text())["catalog"]
    import_catalog(made, [RIVERMARK / name for name in files])
    load_staff(made)
    for number in range(1, 8):
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
    held = ServiceRequest.objects.filter(jurisdiction=city, public_state="pending_review")
    assert set(held.values_list("review_reason", flat=True)) == {"link", "threat", "robot", "limit"}
    (revision,) = TextRevision.objects.filter(service_request__jurisdiction=city)
    assert "Blenkinsop" in revision.before
    assert revision.service_request.description == revision.after == moderation.REDACTED_TEXT


def test_a_second_load_adds_nothing(city: Jurisdiction) -> None:
    moderation.load(city)
    there = ServiceRequest.objects.filter(jurisdiction=city).count()
    moderation.load(city)
    assert ServiceRequest.objects.filter(jurisdiction=city).count() == there
