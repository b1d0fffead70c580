"""The danger score: what it hears, in whatever way it is said, and how much of what only sounds like it."""

from dataclasses import dataclass

import numpy as np
import pytest
import structlog

from requests_app import checks
from requests_app.danger import model, phrases, sentences
from requests_app.models import EmergencyPhrase
from requests_app.rules.alarms import screening
from requests_app.rules.alarms.screening import Level
from tests import factories
from tests.danger_sentences import SETS, assess, judge, judged, share, share_private

pytestmark = pytest.mark.shows("4.1")
Kind = EmergencyPhrase.Kind


@dataclass(frozen=True)
class Bars:
    """What is reached on a set of sentences (docs/danger.md), so that no change makes it worse."""

    sure: float
    either: float
    lookalike_sure: float
    lookalike_either: float
    private: float
    lookalike_private: float
    ordinary_sure: float
    ordinary_either: float
    ordinary_private: float
    # Of the dangers that tell of a place, or of a person whom nobody hurts.
    other_danger_private: float


BARS = {
    "first": Bars(0.96, 0.983, 0.031, 0.081, 0.985, 0.025, 0.0, 0.006, 0.0, 0.182),
    "second": Bars(0.935, 0.975, 0.035, 0.1, 0.97, 0.04, 0.005, 0.03, 0.01, 0.05),
}
# Of each kind in the second set.
HEARD = dict.fromkeys(Kind, 0.85)
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


COMPLAINTS = [
    "The man across the street never shovels and my mother has to push her walker in the road while trucks go by. Somebody will "
    "get killed one day. I reported it in December and in January, nobody came, and the case was closed. Please send an inspector.",
    "People sleep under the bridge by the ball field and leave needles and bottles on the grass where our kids play. I called the "
    "police twice. I feel sorry for them, but could a crew clean it up before the game on Saturday?",
    "Los carros pasan volando frente a la escuela y un día van a matar a un niño. Ya lo reporté tres veces y cerraron el caso sin "
    "hacer nada. Mi mamá camina despacio y no alcanza a cruzar. Pongan un tope, por favor.",
]


@pytest.mark.parametrize("text", COMPLAINTS)
def test_a_long_complaint_about_people_and_fears_asks_nobody_and_is_public(text: str) -> None:
    found = assess(text)
    assert found.danger is None or found.danger.level != Level.SURE
    assert found.distress == ""


def test_a_phrase_with_an_apostrophe_is_not_heard_in_another_word() -> None:
    assert assess("Cars are parked on the odd side of the street") == screening.Assessment()
    assert judge("he od'd in the bathroom")[1] == Kind.OVERDOSE


DISTRESS = [
    ("My husband beats me every night, please help me. There is a pothole in front", Kind.DOMESTIC_VIOLENCE),
    ("i was just raped", Kind.SEXUAL_VIOLENCE),
    ("me violaron anoche", Kind.SEXUAL_VIOLENCE),
    ("The lady next door beats her little boy, I hear it through the wall", Kind.CHILD_ABUSE),
    ("la cuidadora le pega a mi abuela", Kind.ELDER_ABUSE),
    ("they took my passport and make me sleep with men", Kind.TRAFFICKING),
    ("my ex says he is going to kill me", Kind.THREAT),
    ("mi hermano se metió fentanilo y no responde", Kind.OVERDOSE),
    ("i want to die", Kind.SELF_HARM),
]


@pytest.mark.parametrize(("text", "kind"), DISTRESS)
def test_distress_is_private_alone_inside_a_long_text_and_beside_another_language(text: str, kind: Kind) -> None:
    assert assess(text).distress == kind
    rest = "The bin on our corner is full again and nobody came on Monday. Please send the crew. " * 23
    long_text = f"{rest}\n{text}\n{rest}"
    assert len(long_text) > 3_900
    assert assess(rest).distress == ""
    assert assess(long_text).distress == kind
    assert assess(f"El bote de la esquina está lleno.\n{text}\nThe bin is full.").distress == kind


@pytest.mark.parametrize(
    "text",
    [
        "There is a fire in the hallway and people are trapped",
        "A power line is down across the road",
        "The rape crisis center's sign is broken",
        "Violación al código de estacionamiento, ¿cómo apelo?",
        "Used needles in the park by the slide",
    ],
)
def test_other_danger_and_what_only_sounds_like_distress_stays_public(text: str) -> None:
    assert assess(text).distress == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("My husband hits me and I am scared to go home. The street light is out.", Kind.DOMESTIC_VIOLENCE),
        ("my ex is following me and I'm scared to go home", Kind.DOMESTIC_VIOLENCE),
        ("one student is scared to go home and has bruises", Kind.CHILD_ABUSE),
        ("my stepdad hits me and I'm scared to go home", Kind.CHILD_ABUSE),
        # What a writer threatens.
        ("fix this pothole or I will come and shoot you all", Kind.THREAT),
        ("arreglen el bache o los voy a matar", Kind.THREAT),
        ("I know where you live", Kind.THREAT),
        ("Sé dónde vives", Kind.THREAT),
        ("Someone is going to get shot", Kind.THREAT),
        ("Alguien va a salir baleado", Kind.THREAT),
        ("I know where you live now, thanks for the invite, the block party needs a permit", ""),
        ("I'll shoot you an email with the photos of the pothole", ""),
    ],
)
def test_who_is_scared_to_go_home_or_threatens_is_heard(db: None, text: str, kind: str) -> None:
    assert screening.distress_in(factories.jurisdiction(), [text]) == kind


def test_the_city_s_own_words_of_distress_are_private_whatever_the_score(db: None) -> None:
    city, other = factories.jurisdiction(), factories.jurisdiction("Otherton")
    EmergencyPhrase.objects.create(jurisdiction=city, language="en", kind="child_abuse", phrase="purple pelican")
    EmergencyPhrase.objects.create(jurisdiction=city, language="en", kind="hazard", phrase="green heron")
    assert screening.distress_in(city, ["", "The purple pelican sign is faded"]) == Kind.CHILD_ABUSE
    assert screening.distress_in(city, ["The green heron sign is faded"]) == ""
    assert screening.distress_in(other, ["The purple pelican sign is faded"]) == ""


@pytest.mark.parametrize(("sentences", "bars"), list(BARS.items()))
def test_the_bars_hold_on_sentences_that_the_model_has_never_seen(sentences: str, bars: Bars) -> None:
    found = judged(sentences)
    danger, lookalike, ordinary = (
        [one for one in found if one.sentence.label == label] for label in ("danger", "lookalike", "ordinary")
    )
    assert len(found) >= 780
    assert share(danger, Level.SURE) >= bars.sure
    assert share(danger, Level.SURE, Level.PERHAPS) >= bars.either
    assert share(lookalike, Level.SURE) <= bars.lookalike_sure
    assert share(lookalike, Level.SURE, Level.PERHAPS) <= bars.lookalike_either
    assert share(ordinary, Level.SURE) <= bars.ordinary_sure
    assert share(ordinary, Level.SURE, Level.PERHAPS) <= bars.ordinary_either
    assert share_private([one for one in found if one.is_distress]) >= bars.private
    assert share_private(lookalike) <= bars.lookalike_private
    assert share_private(ordinary) <= bars.ordinary_private
    assert share_private([one for one in danger if not one.is_distress]) <= bars.other_danger_private


def test_every_kind_is_heard() -> None:
    found = judged("second")
    for kind in Kind:
        rows = [one for one in found if one.sentence.label == "danger" and one.sentence.kind == kind]
        assert len(rows) >= 14
        assert share(rows, Level.SURE) >= HEARD[kind], kind


def test_no_test_sentence_is_learned_and_there_are_enough_to_learn_from() -> None:
    learned = sentences.training_sentences()
    texts = {sentence.text.casefold() for sentence in learned}
    for name in SETS:
        assert not texts & {one.sentence.text.casefold() for one in judged(name)}
    for language in model.LANGUAGES:
        own = [one for one in learned if one.language == language and (one.by_hand or one.label != "ordinary")]
        assert len(own) >= 3_000
        assert sum(one.by_hand for one in own) >= 800
        for kind in Kind:
            rows = [one for one in own if one.label == "danger" and one.kind in (kind, "emergency") and one.by_hand]
            assert len(rows) >= 70, kind


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
    assert sum(path.stat().st_size for path in model.FOLDER.iterdir()) < 4_000_000


def test_the_mean_knows_pairs_of_words_and_takes_none_for_another() -> None:
    vectors = np.array([[1, 0], [0, 1], [0, 4]], dtype=np.int8)
    known = model.WordVectors(np.array([b"fell", b"fell on", b"on"]), vectors, np.array([1, 1, 1], dtype=np.float16))
    assert known.mean(["fell"]).tolist() == [1.0, 0.0]
    assert known.mean(["fell", "once", "on"]).tolist() == pytest.approx([1 / 17**0.5, 4 / 17**0.5])
    assert known.mean(["fell", "on"]).tolist() == pytest.approx([1 / 26**0.5, 5 / 26**0.5])
    # "fell only" begins as "fell on" does.
    assert known.mean(["fell", "only"]).tolist() == [1.0, 0.0]
    assert known.mean(["only"]).tolist() == [0.0, 0.0]


def test_a_text_without_known_words_says_nothing() -> None:
    assert screening.assessed([], "") == screening.Assessment()
    assert screening.assessed([], "?!") == screening.Assessment()
    trained = model.shipped_model()
    assert trained is not None
    assert np.isfinite(trained.scored_parts("zzzqqq")[0].danger)
