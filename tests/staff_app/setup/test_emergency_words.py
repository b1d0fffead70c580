"""Administrators edit the words that lead to the emergency page, try sentences, and read how often it was asked."""

import datetime as dt
import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.clock import app_now
from requests_app.models import EmergencyPhrase, ScreeningCount, User
from requests_app.rules.alarms import screening
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.3")]
SignIn = Callable[[User], Client]
LIST = "/staff/emergency-words/"
PHRASE = {"phrase": "boiler hisses", "kind": "red_flag", "language": "en", "unless": "", "add": "1"}


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


def page(client: Client, path: str = LIST) -> str:
    return html.unescape(client.get(path).content.decode())


def tried(client: Client, sentence: str) -> str:
    return html.unescape(client.post(LIST, {"sentence": sentence, "try": "1"}).content.decode())


def test_a_phrase_that_is_added_asks_the_next_resident(town: Rivermark, ada: Client) -> None:
    report = {"text": "The boiler hisses at City Hall"}
    assert "/emergency/" not in Client().post("/report/", report)["Location"]
    answer = ada.post(LIST, {**PHRASE, "phrase": "  Boiler   hisses "}, follow=True)
    assert "“Boiler hisses” now triggers the question." in html.unescape(answer.content.decode())
    assert "/emergency/" in Client().post("/report/", report)["Location"]
    assert "/emergency/" in Client().post("/es/report/", report)["Location"]


def test_a_phrase_is_changed_and_what_excuses_it_with_it(town: Rivermark, ada: Client) -> None:
    phrase = EmergencyPhrase.objects.get(phrase="smell gas")
    changed = {**PHRASE, "phrase": "smell gas", "unless": "smell gasoline\nsmell gas at the gas station\n\n"}
    answer = ada.post(f"{LIST}{phrase.pk}/", changed)
    assert answer.status_code == 422
    assert "“smell gasoline” must contain “smell gas” and other words." in html.unescape(answer.content.decode())
    assert "smell gas at the gas station" in answer.content.decode()
    changed["unless"] = "smell gas at the gas station\n\nsmell gas at the gas station"
    assert ada.post(f"{LIST}{phrase.pk}/", changed)["Location"] == f"{LIST}?language=en"
    phrase.refresh_from_db()
    assert phrase.unless == ["smell gas at the gas station"]
    assert "because it’s part of “smell gas at the gas station”" in tried(ada, "I smell gas at the gas station")


def test_a_phrase_is_removed(ada: Client) -> None:
    phrase = EmergencyPhrase.objects.get(phrase="smell gas")
    assert ada.get(f"{LIST}{phrase.pk}/remove/").status_code == 405
    answer = ada.post(f"{LIST}{phrase.pk}/remove/", follow=True)
    assert "“smell gas” no longer triggers the question." in html.unescape(answer.content.decode())
    assert not EmergencyPhrase.objects.filter(pk=phrase.pk).exists()
    assert ada.post(f"{LIST}{phrase.pk}/remove/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"phrase": ""}, "Enter the words that mean danger"),
        ({"phrase": " \u200b"}, "Enter"),
        ({"phrase": "?!…"}, "Enter words, not just punctuation."),
        ({"phrase": "x" * 121}, "Use 120 characters or fewer. You have 121."),
        ({"phrase": "SMELL, gas!"}, "This is already on the list as “smell gas”."),
        ({"unless": "boiler hisses"}, "“boiler hisses” must contain “boiler hisses” and other words."),
        ({"unless": "boiler hisses " + "x" * 120}, "is too long. Use at most 120 characters per line."),
        ({"unless": "\n".join(f"boiler hisses {n}" for n in range(51))}, "Use at most 50 lines."),
        ({"language": "tlh"}, "Select a valid choice."),
        ({"kind": "nothing"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(ada: Client, wrong: dict[str, str], problem: str) -> None:
    before = EmergencyPhrase.objects.count()
    answer = ada.post(LIST, {**PHRASE, **wrong})
    said = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert problem in said
    assert said.count('id="error-summary"') == 1
    if typed := next(iter(wrong.values())).strip():
        assert typed in said or "language" in wrong or "kind" in wrong
    assert EmergencyPhrase.objects.count() == before


def test_the_same_words_may_stand_in_two_languages(ada: Client) -> None:
    for language in ("en", "vi"):
        assert ada.post(LIST, {**PHRASE, "language": language}).status_code == 302
    assert "Vietnamese (1)" in page(ada)
    assert "boiler hisses" in page(ada, f"{LIST}?language=vi")


def test_a_long_list_comes_in_pages_and_is_searched(town: Rivermark, ada: Client) -> None:
    EmergencyPhrase.objects.bulk_create(
        EmergencyPhrase(jurisdiction=town.city, language="vi", phrase=f"words {number:03}") for number in range(60)
    )
    first = page(ada, f"{LIST}?language=vi")
    assert "words 000" in first
    assert "words 055" not in first
    second = re.search(r'href="(\?language=vi[^"]*cursor=[^"]*)"', first)
    assert second
    assert "words 055" in page(ada, LIST + second[1])
    found = page(ada, f"{LIST}?language=vi&q=WORDS+05")
    assert "words 055" in found
    assert "words 000" not in found
    assert "Nothing on this list matches “nothing.”" in page(ada, f"{LIST}?language=vi&q=%00nothing")
    assert "words 000" in page(ada, f"{LIST}?language=vi&cursor=nonsense")


def test_a_sentence_is_tried_with_every_list_and_kept_nowhere(ada: Client) -> None:
    assert "This triggers the question." in tried(ada, "I smell gas")
    assert "“smell gas” (English)".replace("” (", "”</a> (") in tried(ada, "I smell gas")
    assert "This triggers the question." in tried(ada, "Huele a gas en la calle")
    assert "988" in tried(ada, "I want to die")
    assert "This doesn’t trigger the question." in tried(ada, "The street light is out")
    answer = ada.post(LIST, {"sentence": " ", "try": "1"})
    assert answer.status_code == 422
    assert "Enter a sentence a resident might write." in answer.content.decode()
    assert "<title>Error:" in answer.content.decode()


def test_phrases_that_ship_are_listed_and_can_be_switched_off_and_on(town: Rivermark, ada: Client) -> None:
    listed = page(ada, f"{LIST}?q=see+flames")
    assert 'name="switch_off" value="see flames"' in listed
    assert "phrase that ships with Lamplighter" in listed
    assert [flag.phrase for flag in screening.red_flags(town.city, "I see flames")] == ["see flames"]
    assert ada.post(f"{LIST}?language=en", {"switch_off": "see flames"}).status_code == 302
    assert screening.red_flags(town.city, "I see flames") == []
    off = EmergencyPhrase.objects.get(phrase="see flames")
    assert 'name="switch_off" value="see flames"' not in page(ada, f"{LIST}?q=see+flames")
    assert "This phrase is switched off." in page(ada, f"{LIST}{off.pk}/")
    answer = ada.post(f"{LIST}{off.pk}/remove/", follow=True)
    assert "“see flames” is on again." in html.unescape(answer.content.decode())
    assert len(screening.red_flags(town.city, "I see flames")) == 1
    # Only what ships can be switched off.
    assert ada.post(LIST, {"switch_off": "no such phrase"}).status_code == 302
    assert not EmergencyPhrase.objects.filter(active=False).exists()


def test_trying_a_sentence_says_what_the_score_hears(ada: Client) -> None:
    tried_one = tried(ada, "man with a rifle on the roof")
    assert "This triggers the question." in tried_one
    assert "None of these words are on a list." in tried_one


def test_trying_a_sentence_says_that_only_the_city_reads_it(ada: Client) -> None:
    private = "Only the city can read a report with these words."
    assert private in tried(ada, "I was raped last night")
    assert private not in tried(ada, "A power line is down on a car")


@pytest.mark.parametrize("kind", EmergencyPhrase.Kind.values)
def test_every_kind_of_danger_can_be_added_and_is_counted(town: Rivermark, ada: Client, kind: str) -> None:
    ada.post(LIST, {**PHRASE, "phrase": "purple pelican", "kind": kind})
    assert EmergencyPhrase.objects.get(phrase="purple pelican").kind == kind
    today = app_now().astimezone(town.city.zone).date()
    ScreeningCount.objects.create(jurisdiction=town.city, day=today, reason=kind, step="asked", value=7)
    assert page(ada, "/staff/emergency-counts/").count("<td>7</td>") == 3


def test_it_is_for_administrators_alone(town: Rivermark, tom: Client, pia: Client, client: Client) -> None:
    phrase = EmergencyPhrase.objects.get(phrase="smell gas")
    for who in (tom, pia):
        assert LIST not in page(who, "/staff/")
        assert who.get(LIST).status_code == 403
        assert who.get("/staff/emergency-counts/").status_code == 403
        assert who.post(LIST, PHRASE).status_code == 403
        assert who.post(f"{LIST}{phrase.pk}/", PHRASE).status_code == 403
        assert who.post(f"{LIST}{phrase.pk}/remove/").status_code == 403
    assert (
        client.post(LIST, PHRASE)["Location"].startswith("/staff/sign-in/")
        or client.post(LIST, PHRASE).status_code == 302
    )
    assert not EmergencyPhrase.objects.filter(phrase="boiler hisses").exists()
    assert EmergencyPhrase.objects.filter(pk=phrase.pk).exists()


def test_a_forged_form_is_refused(town: Rivermark) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(town.ada, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(LIST, PHRASE).status_code == 403


def test_another_citys_phrase_is_not_there(town: Rivermark, signed_in: SignIn) -> None:
    elsewhere = factories.jurisdiction("Eastport", hosts=["eastport.example"])
    town.city.hosts = ["rivermark.example"]
    town.city.save()
    phrase = EmergencyPhrase.objects.filter(jurisdiction=town.city).get(phrase="smell gas")
    eve = signed_in(factories.staff("Eve", "administrator", elsewhere))
    assert eve.get(f"{LIST}{phrase.pk}/", headers={"host": "eastport.example"}).status_code == 404
    assert eve.post(f"{LIST}{phrase.pk}/remove/", headers={"host": "eastport.example"}).status_code == 404


# --- Counts -----------------------------------------------------------------------------------------------------------


def test_without_any_the_counts_say_so(ada: Client) -> None:
    assert "We haven’t asked anyone yet." in page(ada, "/staff/emergency-counts/")


def test_counts_stand_by_month_reason_and_day(town: Rivermark, ada: Client) -> None:
    today = app_now().astimezone(town.city.zone).date()
    long_ago = today.replace(day=1) - dt.timedelta(days=20)

    def count(day: dt.date, reason: str, step: str, value: int) -> None:
        ScreeningCount.objects.create(
            jurisdiction=town.city, day=day, service_code="", reason=reason, step=step, value=value
        )

    count(today, "phrase", "asked", 41)
    count(today, "service", "asked", 2)
    count(today, "phrase", "went_on", 17)
    count(long_ago, "answer", "called", 5)
    now = page(ada, "/staff/emergency-counts/")
    assert "<td>43</td><td>0</td><td>17</td>" in now
    assert "Words on the list" in now
    assert "An answer that stops the form" not in now
    before = page(ada, f"/staff/emergency-counts/?month={long_ago:%Y-%m}")
    assert "An answer that stops the form" in before
    for nonsense in ("2026-13", "1900-01", "x", "٢٠٢٦-٠١", "2026-11-01"):
        assert ada.get("/staff/emergency-counts/", {"month": nonsense}).status_code == 200
