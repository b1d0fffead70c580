"""Whether a text tells of danger, and who can help."""

from types import SimpleNamespace

import pytest

from requests_app.danger import model
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


def phrase(
    words: str, *unless: str, kind: str = "red_flag", language: str = "en", pk: int | None = 1
) -> EmergencyPhrase:
    """pk None: one that ships with the product."""
    return EmergencyPhrase(pk=pk, phrase=words, unless=list(unless), kind=kind, language=language)


@pytest.mark.parametrize(
    ("text", "excused_by"),
    [
        ("smell gas", ""),
        ("no smell gas", "no smell gas"),
        ("smell gas station", "smell gas station"),
        ("I do not smell gas station here", "smell gas station"),
        # Once more, where nothing excuses it.
        ("no smell gas, but I smell gas", ""),
        ("smell gas, no smell gas", ""),
    ],
)
def test_a_longer_phrase_excuses_what_it_begins_or_ends_with(text: str, excused_by: str) -> None:
    (heard,) = screening.heard([phrase("smell gas", "no smell gas", "smell gas station")], text)
    assert heard.excused_by == excused_by


def test_accents_and_marks_that_nobody_sees_change_no_word() -> None:
    for text in ("Huele a gás", "huele a ga\u0301s", "hu\u200dele a g\u00adas"):
        assert screening.phrases_in(["huele a gas"], text) == ["huele a gas"], text
    assert screening.phrases_in(["gas leak"], "gas\u200bleak") == []
    assert screening.phrases_in(["gas", "leak", "eak"], "gas leak") == ["gas", "leak"]
    assert screening.plain("क़") == screening.plain("क\u093c")


@pytest.mark.django_db
def test_a_citys_phrases_are_its_own_and_take_the_place_of_those_that_ship() -> None:
    here, there = factories.jurisdiction(), factories.jurisdiction("Lakeside")
    for city, words, active in ((here, "ours", True), (here, "off", False), (there, "theirs", True)):
        EmergencyPhrase.objects.create(jurisdiction=city, language="en", phrase=words, active=active)
    own = [one.phrase for one in screening.phrases_of(here) if not screening.is_shipped(one)]
    assert own == ["ours"]
    shipped = next(one for one in screening.phrases_of(here) if screening.is_shipped(one))
    EmergencyPhrase.objects.create(jurisdiction=here, language=shipped.language, phrase=shipped.phrase, active=False)
    assert shipped.phrase not in {one.phrase for one in screening.phrases_of(here)}
    assert shipped.phrase in {one.phrase for one in screening.phrases_of(there)}


def given_score(monkeypatch: pytest.MonkeyPatch, danger: float, distress: float = -9.0) -> None:
    part = model.Part(
        tokens=["words"], danger=danger, kind="red_flag", distress=distress, distress_kind="self_harm", is_sentence=True
    )
    trained = SimpleNamespace(
        sure=3.0, perhaps=1.0, doubted=-2.0, private=2.0, doubted_private=-1.0, scored_parts=lambda _text: [part]
    )
    monkeypatch.setattr(screening.model, "shipped_model", lambda: trained)


@pytest.mark.parametrize(
    ("danger", "level"),
    [(3.0, screening.Level.SURE), (2.999, screening.Level.PERHAPS), (1.0, screening.Level.PERHAPS), (0.999, None)],
)
def test_a_score_tells_of_danger_from_its_bounds_on(
    monkeypatch: pytest.MonkeyPatch, danger: float, level: screening.Level | None
) -> None:
    given_score(monkeypatch, danger)
    found = screening.assessed([], "words").danger
    assert (found.level if found else None) == level


@pytest.mark.parametrize(("danger", "level"), [(-2.0, screening.Level.SURE), (-2.001, screening.Level.PERHAPS)])
def test_a_phrase_that_ships_is_doubted_below_its_bound(
    monkeypatch: pytest.MonkeyPatch, danger: float, level: screening.Level
) -> None:
    given_score(monkeypatch, danger)
    for phrases, expected in (([phrase("x", pk=None)], level), ([phrase("x")], screening.Level.SURE)):
        found = screening.assessed(phrases, "words").danger
        assert found is not None
        assert found.level == expected


@pytest.mark.parametrize(
    ("distress", "by_score", "by_phrase"),
    [(2.0, "self_harm", "abuse"), (1.999, "", "abuse"), (-1.0, "", "abuse"), (-1.001, "", "")],
)
def test_distress_is_told_by_a_score_or_a_phrase_each_from_its_bound_on(
    monkeypatch: pytest.MonkeyPatch, distress: float, by_score: str, by_phrase: str
) -> None:
    given_score(monkeypatch, -9.0, distress)
    assert screening.assessed([], "words").distress == by_score
    kind = next(kind for kind in screening.DISTRESS if kind != "self_harm")
    found = screening.assessed([phrase("x", kind=kind, pk=None)], "words").distress
    assert found == (kind if by_phrase else "")
