"""The starter catalog: a city without a developer begins with 12 services, in its own languages."""

import pytest

from requests_app.imports.starter import import_starter, missing_languages
from requests_app.models import Department, QuestionVersion, ServiceVersion, SetupChange
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.3")]


def test_a_new_city_begins_with_twelve_services_and_a_second_time_changes_nothing() -> None:
    city = factories.jurisdiction()
    assert import_starter(city)["services"] == 12
    assert [one.code for one in Department.objects.filter(jurisdiction=city)] == ["city"]
    assert QuestionVersion.objects.exclude(show_if={}).exists()
    assert SetupChange.objects.filter(jurisdiction=city, kind="service", action="added").count() == 12
    assert not any(import_starter(city).values())


@pytest.mark.parametrize(
    ("languages", "has", "missing"),
    [(["es"], {"es"}, []), (["en", "vi"], {"en"}, ["vi"]), (["ar"], {"en"}, ["ar"])],
)
def test_it_has_the_city_s_languages_and_tells_which_it_does_not_know(
    languages: list[str], has: set[str], missing: list[str]
) -> None:
    city = factories.jurisdiction(languages=languages)
    import_starter(city)
    assert {tuple(one.name) for one in ServiceVersion.objects.all()} == {tuple(has)}
    assert missing_languages(city) == missing
