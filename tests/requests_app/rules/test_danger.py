"""The danger score: what it hears, in whatever way it is said, and how much of what only sounds like it."""

import numpy as np
import pytest
import structlog

from requests_app import checks
from requests_app.danger import model, phrases, sentences
from requests_app.models import EmergencyPhrase
from requests_app.rules import screening
from requests_app.rules.screening import Level
from tests import factories
from tests.danger_sentences import judge, judged, share

pytestmark = pytest.mark.shows("4.1")
Kind = EmergencyPhrase.Kind

SURE = [
    ("power line came down on a car and theres people inside", Kind.UTILITY),
    ("apartment on fire on elm street", Kind.RED_FLAG),
    ("my kid swallowed bleach", Kind.POISON),
    ("man with a rifle on the roof", Kind.RED_FLAG),
    ("mi vecino le esta pegando a su mujer", Kind.DOMESTIC_VIOLENCE),
    ("im having thoughts of suicide", Kind.SELF_HARM),
    # Two languages in one sentence.
    ("hay un hombre with a gun in the lobby help por favor", Kind.RED_FLAG),
    ("MAN WITH A RIFLE ON THE ROOF", Kind.RED_FLAG),
    ("MI VECINO LE ESTÁ PEGANDO A SU MUJER!!!", Kind.DOMESTIC_VIOLENCE),
    ("🔥🔥 apartment on fire 🔥", Kind.RED_FLAG),
    ("my kid swalowed bleech", Kind.POISON),
]
ORDINARY = [
    "Street light out at 5th and Main",
    "No recogieron la basura en mi calle",
    'The sign that says "DANGER gas line" fell over',
    "Last year there was a fire here and the lot is still a mess",
    "lol this traffic is killing me",
    "El bache me está matando jaja",
]


@pytest.mark.parametrize(("text", "kind"), SURE)
def test_danger_is_heard_however_it_is_said(text: str, kind: str) -> None:
    assert judge(text) == (Level.SURE, kind)


@pytest.mark.parametrize("text", ORDINARY)
def test_what_is_quoted_past_or_a_joke_asks_nobody(text: str) -> None:
    assert judge(text)[0] != Level.SURE


def test_danger_that_is_split_over_words_and_place_is_heard() -> None:
    assert judge("he isnt breathing\nbehind the bus stop, an old man on the ground")[0] == Level.SURE


def test_a_dangerous_sentence_is_heard_in_a_long_text() -> None:
    rest = (
        "Someone parks across my driveway every Friday. I have written to you about this before and nobody came. " * 5
    )
    assert judge(rest)[0] != Level.SURE
    assert judge(f"{rest} A power line came down on a car and there are people inside. {rest}")[0] == Level.SURE


def test_the_bars_hold_on_sentences_that_the_model_has_never_seen() -> None:
    found = list(judged())
    danger, lookalike, ordinary = (
        [one for one in found if one.sentence.label == label] for label in ("danger", "lookalike", "ordinary")
    )
    assert len(danger) + len(lookalike) + len(ordinary) >= 800
    assert share(danger, Level.SURE) >= RECALL
    assert share(danger, Level.SURE, Level.PERHAPS) >= RECALL_WITH_HINTS
    assert share(lookalike, Level.SURE) <= 0.05
    assert share(lookalike, Level.SURE, Level.PERHAPS) <= 0.25
    assert share(ordinary, Level.SURE) <= 0.01
    assert share(ordinary, Level.SURE, Level.PERHAPS) <= 0.05


# What the shipped model reaches; see docs/danger.md for the goal.
RECALL, RECALL_WITH_HINTS = 0.83, 0.94


def test_no_test_sentence_is_learned_and_there_are_enough_to_learn_from() -> None:
    learned = sentences.training_sentences()
    texts = {sentence.text.casefold() for sentence in learned}
    assert not texts & {one.sentence.text.casefold() for one in judged()}
    for language in model.LANGUAGES:
        own = [one for one in learned if one.language == language and (one.by_hand or one.label != "ordinary")]
        assert len(own) >= 3_000
        assert sum(one.by_hand for one in own) >= 800


def test_the_patterns_give_the_same_sentences_each_time() -> None:
    assert list(sentences.by_pattern("en")) == list(sentences.by_pattern("en"))


def test_a_city_that_added_nothing_hears_the_shipped_phrases(db: None) -> None:
    city = factories.jurisdiction()
    assert screening.assess(city, "I smell gas in the hall") == screening.Danger(Level.SURE, Kind.UTILITY)
    assert screening.assess(city, "A street light is out") is None
    # A language that the score doesn't know.
    EmergencyPhrase.objects.create(jurisdiction=city, language="vi", phrase="mùi ga")
    assert screening.assess(city, "có mùi ga ở đây") == screening.Danger(Level.SURE, Kind.RED_FLAG)


def test_a_phrase_of_the_city_always_counts_and_one_that_is_switched_off_never(db: None) -> None:
    city = factories.jurisdiction()
    EmergencyPhrase.objects.create(jurisdiction=city, language="en", phrase="purple pelican")
    assert screening.assess(city, "The purple pelican sign is faded") == screening.Danger(Level.SURE, Kind.RED_FLAG)
    flags = screening.red_flags(city, "I smell gas")
    assert [flag.phrase for flag in flags] == ["smell gas"]
    EmergencyPhrase.objects.create(jurisdiction=city, language="en", phrase="Smell GAS", active=False)
    assert screening.red_flags(city, "I smell gas") == []


def test_a_shipped_phrase_in_harmless_words_is_only_perhaps() -> None:
    danger = EmergencyPhrase(language="en", kind="red_flag", phrase="pothole")
    assert screening.assessed([danger], "There is a pothole on Elm Street").danger == screening.Danger(
        Level.PERHAPS, Kind.RED_FLAG
    )


def test_a_sentence_stays_the_same_reason_when_others_are_added() -> None:
    said = "Two men broke my door with an axe, they are in the house."
    before = screening.assessed([], said)
    after = screening.assessed([], f"{said} It is on Elm Street.")
    assert before.danger
    assert set(before.reasons) <= set(after.reasons)


def test_a_missing_model_is_logged_and_warned_about(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    assert checks.check_danger_detection(None) == []
    monkeypatch.setattr(model, "FOLDER", tmp_path)
    monkeypatch.setattr(phrases, "FILE", tmp_path)
    with structlog.testing.capture_logs() as logs:
        monkeypatch.setattr(checks, "shipped_model", model.shipped_model.__wrapped__)
        monkeypatch.setattr(checks, "shipped_phrases", phrases.shipped_phrases.__wrapped__)
        assert [one.id for one in checks.check_danger_detection(None)] == ["lamplighter.W003", "lamplighter.W004"]
    assert {one["event"] for one in logs} == {"danger_model_unusable", "emergency_phrases_unusable"}


def test_the_model_is_small() -> None:
    assert sum(path.stat().st_size for path in model.FOLDER.iterdir()) < 3_000_000


def test_a_text_without_known_words_says_nothing() -> None:
    assert screening.assessed([], "") == screening.Assessment()
    assert screening.assessed([], "?!") == screening.Assessment()
    trained = model.shipped_model()
    assert trained is not None
    assert np.isfinite(trained.scored_parts("zzzqqq")[0].danger)
