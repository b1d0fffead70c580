"""Whether a text tells of danger, and who can help."""

import pytest

from requests_app.models import EmergencyPhrase
from requests_app.rules.alarms import screening
from tests import factories


@pytest.mark.django_db
def test_a_listed_phrase_is_sure_danger() -> None:
    city = factories.jurisdiction()
    EmergencyPhrase.objects.create(jurisdiction=city, language="en", phrase="house is on fire")
    danger = screening.assess(city, "The HOUSE is on fire, help")
    assert danger == screening.Danger(screening.Level.SURE, EmergencyPhrase.Kind.RED_FLAG)
    assert screening.assess(city, "A street light is out") is None
