"""Words that may tell of danger: a block on top of the next page, with who can help. It stops nobody."""

import re
from itertools import pairwise

import pytest
from django.test import Client

from requests_app.models import EmergencyPhrase, Owner, ScreeningCount, UnansweredSearch
from requests_app.rules.alarms import screening
from requests_app.rules.alarms.screening import Assessment, Danger, Level
from tests import factories
from tests.factories import Rivermark
from tests.walk import TEXT, Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.2")]
HINT = "A curious thing happened by the road"


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Texts by what they perhaps tell of, whatever the trained score says."""
    kinds = {HINT: "red_flag"}
    heard = screening.assessed

    def assessed(found: list[EmergencyPhrase], text: str) -> Assessment:
        for words, kind in kinds.items():
            if words in text:
                return Assessment(Danger(Level.PERHAPS, kind), (f"words:{kind}:{words}",))
        return heard(found, text)

    monkeypatch.setattr(screening, "assessed", assessed)
    return kinds


def counts() -> dict[tuple[str, str, str], int]:
    return {(one.service_code, one.reason, one.step): one.value for one in ScreeningCount.objects.all()}


def test_the_block_stands_on_the_next_page_alone_and_stops_nobody(hints: dict[str, str], walk: Walk) -> None:
    walk.begin(HINT)
    assert walk.at == "service"
    assert "Is anyone in danger?" in walk.html
    assert 'href="tel:911"' in walk.html
    assert counts() == {("", "red_flag", "block"): 1}
    walk.on("service", service="pothole")
    assert walk.at == "location"
    assert "Is anyone in danger?" not in walk.html
    assert sum(counts().values()) == 1
    assert "Is anyone in danger?" in walk.get("service").html


def test_a_call_from_the_block_is_counted_once(hints: dict[str, str], walk: Walk) -> None:
    walk.begin(HINT)
    called = f"/report/{walk.draft.pk}/called/"
    assert f'data-called="{called}"' in walk.html
    for _ in range(2):
        assert walk.client.post(called).status_code == 204
    assert counts() == {("", "red_flag", "block"): 1, ("", "red_flag", "called"): 1}


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("poison", "tel:18002221222"),
        ("self_harm", "tel:988"),
        ("domestic_violence", "tel:18007997233"),
        ("utility", "Leave first, then call."),
    ],
)
def test_the_block_names_who_can_help(hints: dict[str, str], walk: Walk, kind: str, shown: str) -> None:
    hints[HINT] = kind
    assert shown in walk.begin(HINT).html


def test_violence_at_home_has_a_quick_exit_on_every_page_that_names_it(hints: dict[str, str], walk: Walk) -> None:
    hints[HINT] = "domestic_violence"
    for html in (walk.begin(HINT).html, walk.begin("mi vecino le esta pegando a su mujer").html):
        assert re.search(r'data-quick-exit\s+rel="noreferrer nofollow"', html)
        assert 'href="https://www.weather.gov/"' in html
        # Nothing but the emergency number is filled, and the quick exit comes right after it.
        links = re.findall(r'<a\s+class="(usa-button[^"]*)"[^>]*href="([^"]*)"', html)
        filled = [url for classes, url in links if "outline" not in classes and "unstyled" not in classes]
        assert set(filled) == {"tel:911"}
        urls = [url for _, url in links]
        # The strip on top of the page has the emergency number, too.
        assert ("tel:911", "https://www.weather.gov/") in pairwise(urls)
    assert walk.at == "emergency"
    assert "data-quick-exit" not in walk.begin("apartment on fire on elm street").html


def test_the_gas_and_electric_companies_are_named(cast: Rivermark, walk: Walk) -> None:
    Owner.objects.create(jurisdiction=cast.city, code="light", name="River Light", kind="utility", phone="555-0172")
    walk.begin("power line came down on a car and theres people inside")
    assert walk.at == "emergency"
    assert "River Light: 555-0172" in walk.html


def test_a_service_that_asks_about_danger_stops_only_whose_words_hint_at_it(hints: dict[str, str], walk: Walk) -> None:
    walk.begin(TEXT).on("service", service="outreach")
    assert walk.at != "emergency"
    assert counts() == {}
    walk.begin(HINT).on("service", service="outreach")
    assert walk.at == "emergency"
    assert counts()[("outreach", "service", "asked")] == 1


def test_a_service_says_its_own_question_above_the_details(cast: Rivermark, walk: Walk) -> None:
    factories.service(cast.city, "wire", emergency_screen={"en": "Is it sparking? Call 911."}, duplicate_policy="never")
    walk.begin(service="wire").on("location", address="12 Elm St")
    assert walk.at == "details/1"
    assert "Is it sparking? Call 911." in walk.html


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_under_an_unsure_danger_nothing_is_offered_as_the_closest(
    hints: dict[str, str], cast: Rivermark, client: Client, prefix: str
) -> None:
    walk = Walk(client, prefix)
    closest, anyway = (
        ("¿Cuál se parece más?", "Dígaselo a la ciudad de todos modos")
        if prefix
        else ("Which of these is closest?", "Tell the city anyway")
    )
    walk.begin(TEXT)
    assert closest in walk.html
    walk.begin(f"{HINT}. {TEXT}")
    assert walk.at == "service"
    assert closest not in walk.html
    assert walk.html.index("danger-block") < walk.html.index(f">{anyway}</h1>") < walk.html.index('value="unknown"')
    # Every service can still be chosen.
    assert 'value="pothole"' in walk.html
    walk.on("service", service="pothole")
    assert walk.at == "location"


def test_who_was_raped_reads_whom_to_call_and_never_that_nothing_matches(cast: Rivermark, walk: Walk) -> None:
    walk.begin("I was just raped")
    assert walk.at == "emergency"
    for html in (walk.html, walk.on("emergency", go_on="1").html):
        assert 'href="tel:18006564673"' in html
        assert 'href="tel:911"' in html
        assert "data-quick-exit" in html
        assert "match that" not in html
    assert walk.at == "service"
    assert "Tell the city anyway" in walk.html
    for search in ("/services/", "/articles/"):
        html = walk.client.get(search, {"q": "I was just raped"}).content.decode()
        assert 'href="tel:18006564673"' in html
        assert "match that" not in html
    # What nobody found an answer for is read by staff: not this.
    assert not UnansweredSearch.objects.exists()


def test_the_strip_stands_on_every_page_of_the_path(walk: Walk) -> None:
    walk.begin()
    strips = {walk.at: "emergency-strip" in walk.html}
    walk.on("service", service="pothole")
    strips[walk.at] = "emergency-strip" in walk.html
    walk.on("location", address="12 Elm St")
    strips[walk.at] = "emergency-strip" in walk.html
    walk.to_check()
    strips[walk.at] = "emergency-strip" in walk.html
    assert len(strips) >= 4
    assert all(strips.values()), strips


def test_danger_split_over_words_and_place_note_is_heard(cast: Rivermark, client: Client) -> None:
    walk = Walk(client, "")
    walk.begin("he isnt breathing", service="pothole")
    assert walk.at in ("emergency", "location")
    if walk.at == "location":
        walk.on("location", address="12 Elm St", note="an old man on the ground by the bus stop")
    assert walk.at == "emergency"
