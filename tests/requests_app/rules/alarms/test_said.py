"""Residents' texts, misspelled and without accents, and the Rivermark service that each must suggest (said.yaml)."""

from pathlib import Path

import pytest
import yaml

from requests_app.models import Jurisdiction
from requests_app.rules.answers.suggestions import suggest
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.4")]

SAID: dict[str, dict[str, list[str]]] = yaml.safe_load(Path(__file__).with_name("said.yaml").read_text())
# The language of the page, and that of the text.
PAIRS = [("en", "en"), ("es", "es"), ("en", "es"), ("es", "en")]
FIRST_SHARE = 0.85
# On pages in the other language, one phrase in so many: the languages are searched alike.
ONE_IN = 4


@pytest.fixture
def city() -> Jurisdiction:
    return factories.city_with_the_demo_catalog()


def test_each_language_has_many_phrases() -> None:
    for by_service in SAID.values():
        assert sum(map(len, by_service.values())) >= 60


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("page", "said"), PAIRS)
def test_what_was_meant_is_among_the_first_three_and_mostly_first(city: Jurisdiction, page: str, said: str) -> None:
    absent, later, total = [], [], 0
    for code, phrases in SAID[said].items():
        for phrase in phrases if page == said else phrases[::ONE_IN]:
            found = [version.service.service_code for version in suggest(city, phrase, page).services]
            total += 1
            if code not in found:
                absent.append(f"{phrase}: {code}, not {found}")
            elif found[0] != code:
                later.append(f"{phrase}: {code}, after {found[0]}")
    assert not absent, "\n".join(absent)
    assert len(later) <= (1 - FIRST_SHARE) * total, "\n".join(later)
