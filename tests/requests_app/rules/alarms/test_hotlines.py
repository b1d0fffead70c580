"""Who can help in each kind of danger: one table for every page, message and API."""

import html

import pytest
from django.test import Client
from django.utils.translation import override
from pytest_django.fixtures import Settings

from requests_app.models import EmergencyPhrase, Owner
from requests_app.rules.alarms import hotlines
from tests import factories
from tests.factories import Rivermark
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.2")]
Kind = EmergencyPhrase.Kind
WORDS = "The purple pelican by the road"
# docs/danger.md lists the same, with their sources.
NUMBERS = {
    Kind.RED_FLAG: "911",
    Kind.POISON: "1-800-222-1222",
    Kind.SELF_HARM: "988",
    Kind.DOMESTIC_VIOLENCE: "1-800-799-7233",
    Kind.SEXUAL_VIOLENCE: "1-800-656-4673",
    Kind.CHILD_ABUSE: "1-800-422-4453",
    Kind.ELDER_ABUSE: "1-800-677-1116",
    Kind.TRAFFICKING: "1-888-373-7888",
    Kind.OVERDOSE: "1-800-662-4357",
    Kind.THREAT: "555-0911",
    Kind.UTILITY: "555-0172",
    Kind.HAZARD: "555-0100",
}
HIDES_THE_VISIT = {
    Kind.DOMESTIC_VIOLENCE, Kind.SEXUAL_VIOLENCE, Kind.CHILD_ABUSE, Kind.ELDER_ABUSE, Kind.TRAFFICKING, Kind.THREAT,
}  # fmt: skip


@pytest.fixture
def city(cast: Rivermark) -> Rivermark:
    cast.city.non_emergency_number = "555-0911"
    cast.city.save()
    Owner.objects.create(jurisdiction=cast.city, code="light", name="River Light", kind="utility", phone="555-0172")
    return cast


def test_every_kind_has_its_number() -> None:
    assert set(NUMBERS) == set(Kind)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_question_page_names_who_can_help_and_911_is_its_one_filled_button(
    city: Rivermark, walk: Walk, kind: Kind
) -> None:
    EmergencyPhrase.objects.create(jurisdiction=city.city, language="en", kind=kind, phrase="purple pelican")
    walk.begin(WORDS)
    assert walk.at == "emergency"
    page = html.unescape(walk.html)
    assert NUMBERS[kind] in page
    assert ("data-quick-exit" in page) == (kind in HIDES_THE_VISIT)
    # The strip on top of every page of a report has its own.
    form = page.partition('<form class="equal-buttons"')[2].partition("</form>")[0]
    assert "No, no one is in danger" in form
    filled = [tag for tag in form.split("<") if 'class="usa-button"' in tag]
    assert [tag.partition(">")[2].strip() for tag in filled] == ["Call 911"]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.RED_FLAG])
@pytest.mark.parametrize("language", ["en", "es"])
def test_pages_offline_and_open311_say_the_same_words(
    city: Rivermark, client: Client, kind: Kind, language: str
) -> None:
    with override(language):
        words = hotlines.help_for(city.city, kind).advice
    assert NUMBERS[kind] in words
    assert "911" in words
    prefix = "" if language == "en" else "/es"
    assert words in html.unescape(client.get(f"{prefix}/report/offline/").content.decode())


def test_an_empty_setting_leaves_the_emergency_number(city: Rivermark, settings: Settings) -> None:
    settings.HOTLINES = {**settings.HOTLINES, "sexual_violence": "", "overdose": ""}
    help_now = hotlines.help_for(city.city, Kind.SEXUAL_VIOLENCE)
    assert help_now.advice == "If anyone is in danger now, call 911."
    assert [number.number for number in help_now.numbers] == ["911"]
    assert "SAMHSA" not in hotlines.help_for(city.city, Kind.OVERDOSE).advice
    assert "naloxone" in hotlines.help_for(city.city, Kind.OVERDOSE).advice


def test_a_city_without_such_numbers_leaves_them_out() -> None:
    city = factories.jurisdiction(all_night_number="", non_emergency_number="")
    for kind in (Kind.HAZARD, Kind.THREAT):
        help_now = hotlines.help_for(city, kind)
        assert [number.number for number in help_now.numbers] == ["911"]
        assert "at ." not in help_now.advice
    assert hotlines.help_for(city, Kind.HAZARD).advice.startswith("Stay back")


def test_the_gas_company_comes_first_and_another_citys_never(city: Rivermark) -> None:
    other = factories.jurisdiction("Otherton")
    Owner.objects.create(jurisdiction=other, code="gas", name="Other Gas", kind="utility", phone="555-0999")
    Owner.objects.create(jurisdiction=city.city, code="gas", name="Valley Gas", kind="utility", phone="555-0188")
    Owner.objects.create(jurisdiction=city.city, code="silent", name="A Silent Utility", kind="utility")
    help_now = hotlines.help_for(city.city, Kind.UTILITY)
    assert [(one.name, one.number) for one in help_now.companies] == [
        ("Valley Gas", "555-0188"),
        ("River Light", "555-0172"),
    ]
    assert help_now.advice.endswith("Valley Gas: 555-0188; River Light: 555-0172")


def test_a_number_is_dialed_without_its_dashes() -> None:
    assert hotlines.Number("1-800-656-4673").dialed == "18006564673"
    assert hotlines.Number("+1 (617) 555-0188").dialed == "+16175550188"
