"""Emergency screening: phrases, the trained danger score, a service's own emergency question, and answers that stop the form."""

import hashlib
import math
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from requests_app.core import once
from requests_app.danger import model
from requests_app.danger.phrases import shipped_phrases
from requests_app.models.catalog import EmergencyPhrase, QuestionVersion, ServiceVersion
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.rules.shared import question_kinds

# "can't", "can’t" and "cant" are the same word.
APOSTROPHES = "'’‘ʼ`´"
# Letters that people interchange but Unicode does not fold (Vietnamese, Arabic, Persian), and the Arabic tatweel.
_SAME = {"đ": "d", "Đ": "d", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": "", **dict.fromkeys(APOSTROPHES, "")}
LETTERS_KEPT = 10_000
# Scripts written without spaces: each letter counts as a word, so that a phrase matches anywhere.
_UNSPACED = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Burmese
    ("\u1780", "\u17ff"),  # Khmer
    ("\u3040", "\u30ff"),  # Japanese kana
    ("\u3400", "\u9fff"),  # Chinese characters
    ("\U00020000", "\U0003ffff"),
)


def plain(text: str) -> str:
    """Folds text in any script to lowercase words without accents, with single spaces around them: " hay fuego "."""
    return " " + " ".join(_folded(text).split()) + " "


def plain_words(texts: Iterable[str]) -> list[list[str]]:
    """The words of each text, as plain() writes them. Many short texts are folded at once, which is much faster."""
    return [line.split() for line in _folded("\n".join(text.replace("\n", " ") for text in texts)).split("\n")]


def _folded(text: str) -> str:
    for letter, same in _SAME.items():
        text = text.replace(letter, same)
    return unicodedata.normalize("NFKD", text.casefold()).translate(_KEPT)


class _Kept(dict[int, str]):
    """What becomes of each letter, by its code; filled as letters occur."""

    def __missing__(self, code: int) -> str:
        kept = _kept(chr(code))
        # All of Unicode would take 100 MB.
        if len(self) < LETTERS_KEPT:
            self[code] = kept
        return kept


def _kept(letter: str) -> str:
    """The letter if it is part of a word or ends a line, an empty string for accents and invisible marks, otherwise a space."""
    kind = unicodedata.category(letter)
    if unicodedata.combining(letter) or kind == "Cf":
        return ""
    # Vowel signs (M), as in Hindi, are part of their word.
    if kind[0] not in "LNM":
        return "\n" if letter == "\n" else " "
    return f" {letter} " if any(first <= letter <= last for first, last in _UNSPACED) else letter


_KEPT = _Kept()


@dataclass(frozen=True)
class Heard:
    """A phrase found in a text. excused_by: the longer phrase of its `unless` that contains it; empty if the phrase counts."""

    phrase: EmergencyPhrase
    excused_by: str = ""


@dataclass(frozen=True)
class Screening:
    """must_ask: show the question page; reasons: why. kind: who can help (EmergencyPhrase.Kind), if the words tell of danger.

    hints: the reasons for the block on top of the next page, which stops nobody. distress: as in Assessment.
    """

    must_ask: bool
    reasons: tuple[str, ...] = ()
    kind: str = ""
    hints: tuple[str, ...] = ()
    # The phrases behind it.
    flags: tuple[EmergencyPhrase, ...] = ()
    distress: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether the words themselves tell of danger."""
        return is_about_words(self.reasons)

    @property
    def helps_first(self) -> bool:
        """Whether the page names who can help where it would offer services: the words may tell of danger, or of distress."""
        return bool(self.hints or self.distress)


def heard(phrases: Iterable[EmergencyPhrase], text: str) -> Iterator[Heard]:
    """Finds the phrases that occur in the text as whole words, and says which of them mean something else there."""
    words = plain(text)
    for phrase in phrases:
        if _plain_phrase(phrase.phrase) not in words:
            # Nearly all of a thousand.
            continue
        places = list(_places(phrase.phrase, words))
        if not places:
            continue
        excuses = {longer: list(_places(longer, words)) for longer in phrase.unless}
        excusing = ""
        for start, end in places:
            excusing = next(
                (longer for longer, spans in excuses.items() if any(a <= start and end <= b for a, b in spans)), ""
            )
            if not excusing:
                break
        yield Heard(phrase, excusing)


def phrases_of(jurisdiction: Jurisdiction) -> list[EmergencyPhrase]:
    """The phrases that ship with the product and the city's own, which take the place of those with the same words.

    Those that ship are not saved and have no id.
    """
    return once.read(("emergency phrases", jurisdiction.pk), lambda: _phrases_of(jurisdiction))


def _phrases_of(jurisdiction: Jurisdiction) -> list[EmergencyPhrase]:
    own = EmergencyPhrase.objects.filter(jurisdiction=jurisdiction).order_by("id")
    replaced = {(phrase.language, _plain_phrase(phrase.phrase)) for phrase in own}
    shipped = [phrase for words, phrase in _shipped() if words not in replaced]
    return [*shipped, *(phrase for phrase in own if phrase.active)]


def is_shipped(phrase: EmergencyPhrase) -> bool:
    """Whether the phrase ships with the product, rather than being the city's own."""
    return not phrase.pk


@lru_cache(maxsize=1)
def _shipped() -> tuple[tuple[tuple[str, str], EmergencyPhrase], ...]:
    """Each with its language and folded words."""
    return tuple(
        (
            (one.language, _plain_phrase(one.phrase)),
            EmergencyPhrase(language=one.language, kind=one.kind, phrase=one.phrase, unless=list(one.unless)),
        )
        for one in shipped_phrases()
    )


def red_flags(jurisdiction: Jurisdiction, text: str) -> list[EmergencyPhrase]:
    """The phrases, in every language, that count in the text."""
    return [match.phrase for match in heard(phrases_of(jurisdiction), text) if not match.excused_by]


class Level(StrEnum):
    SURE = "sure"
    PERHAPS = "perhaps"


@dataclass(frozen=True)
class Danger:
    """What a text tells of danger. level: how sure; kind: who can help (EmergencyPhrase.Kind)."""

    level: Level
    kind: str


@dataclass(frozen=True)
class Assessment:
    """The danger in a text, if any, and why: a reason for each phrase and each dangerous sentence.

    distress: the kind (one of DISTRESS) of which the text perhaps tells, so that it can't be public; empty if none. It takes
    less to be kept private than to be asked.
    """

    danger: Danger | None = None
    reasons: tuple[str, ...] = ()
    flags: tuple[EmergencyPhrase, ...] = ()
    distress: str = ""


Kind = EmergencyPhrase.Kind
# If phrases of several kinds count, the first of these decides whom to call. The others are shown by the text.
FIRST = (
    Kind.SELF_HARM,
    Kind.CHILD_ABUSE,
    Kind.SEXUAL_VIOLENCE,
    Kind.TRAFFICKING,
    Kind.ELDER_ABUSE,
    Kind.DOMESTIC_VIOLENCE,
    Kind.OVERDOSE,
    Kind.POISON,
    Kind.RED_FLAG,
    Kind.THREAT,
    Kind.UTILITY,
    Kind.HAZARD,
)
# What these texts tell is never public: about a person who is hurt by others or by themselves, not about a place.
DISTRESS = frozenset(Kind(kind) for kind in model.DISTRESS)


def assess(jurisdiction: Jurisdiction, text: str) -> Danger | None:
    """Whether the text tells of danger to somebody. None if not."""
    return find_danger(jurisdiction, text).danger


def distress_in(jurisdiction: Jurisdiction, texts: Iterable[str]) -> str:
    """The kind of distress (one of DISTRESS) that any of these texts perhaps tells of; empty if none does."""
    return find_danger(jurisdiction, "\n".join(text for text in texts if text)).distress


def find_danger(jurisdiction: Jurisdiction, text: str) -> Assessment:
    """The danger in a text, by the phrases and the trained score.

    A phrase of the city always counts. One that ships with the product counts only as perhaps where the score is low, as in
    "the sign says danger, gas line". The score knows only the languages that it was trained in.
    """
    return assessed(red_flags(jurisdiction, text), text)


def assessed(phrases: list[EmergencyPhrase], text: str) -> Assessment:
    """As find_danger(), with the phrases that count in the text."""
    trained = model.shipped_model()
    parts = trained.scored_parts(text) if trained else []
    worst = max((part.danger for part in parts), default=-math.inf)
    is_doubted = trained is not None and worst < trained.doubted
    flags = [
        phrase
        for phrase in phrases
        if not is_shipped(phrase) or not is_doubted or phrase.language not in model.LANGUAGES
    ]
    sure = [part for part in parts if trained and part.danger >= trained.sure]
    perhaps = [part for part in parts if trained and part.danger >= trained.perhaps]
    distress = _distress(phrases, parts, trained)
    if flags or sure:
        return replace(_assessment(Level.SURE, flags, sure), distress=distress)
    if phrases or perhaps:
        return replace(_assessment(Level.PERHAPS, phrases, perhaps), distress=distress)
    return Assessment(distress=distress)


def _distress(phrases: list[EmergencyPhrase], parts: list[model.Part], trained: model.Model | None) -> str:
    """The kind of distress that the text perhaps tells of, by a phrase that isn't doubted or by a score of its own."""
    most = max((part.distress for part in parts), default=-math.inf)
    is_doubted = trained is not None and most < trained.doubted_private
    kinds = {
        phrase.kind
        for phrase in phrases
        if not is_shipped(phrase) or not is_doubted or phrase.language not in model.LANGUAGES
    }
    by_phrase = _first(kinds, of=DISTRESS)
    if by_phrase or trained is None:
        return by_phrase
    worst = max(parts, key=lambda part: part.distress, default=None)
    return worst.distress_kind if worst is not None and worst.distress >= trained.private else ""


def _assessment(level: Level, phrases: list[EmergencyPhrase], parts: list[model.Part]) -> Assessment:
    kinds = {phrase.kind for phrase in phrases} or {max(parts, key=lambda part: part.danger).kind}
    # A sentence that is dangerous by itself stays the same reason when others are added, and one with a phrase when it changes.
    parts = [part for part in parts if part.is_sentence] or parts
    folded = [_plain_phrase(phrase.phrase) for phrase in phrases]
    parts = [part for part in parts if not any(words in f" {' '.join(part.tokens)} " for words in folded)]
    reasons = [f"phrase:{phrase.phrase}" for phrase in phrases]
    reasons += [f"words:{part.kind}:{_key(part.tokens)}" for part in parts]
    return Assessment(Danger(level, _first(kinds)), tuple(dict.fromkeys(reasons)), tuple(phrases))


def _first(kinds: Collection[str], *, of: Collection[str] = FIRST) -> str:
    """The first of these kinds by whom to call, among those of interest; empty if there is none."""
    return next((kind.value for kind in FIRST if kind in kinds and kind in of), "")


def _key(tokens: list[str]) -> str:
    """Recognizes a sentence again, whatever its punctuation."""
    return hashlib.sha256(" ".join(tokens).encode()).hexdigest()[:12]


def phrases_in(phrases: Iterable[str], text: str) -> list[str]:
    """The phrases that occur in the text as whole words."""
    words = plain(text)
    return [phrase for phrase in phrases if any(_places(phrase, words))]


def without(phrases: Iterable[str], text: str) -> str:
    """The text's words, as plain() writes them, without these phrases."""
    words = plain(text)
    for phrase in phrases:
        words = words.replace(_plain_phrase(phrase), " ")
    return words


def has_words(phrase: str) -> bool:
    """Whether the phrase has anything to match, not only punctuation."""
    return _plain_phrase(phrase) != "  "


def holds(longer: str, phrase: str) -> bool:
    """Whether the longer phrase can excuse the phrase: it contains it and is not the same."""
    return _plain_phrase(phrase) in _plain_phrase(longer) and _plain_phrase(phrase) != _plain_phrase(longer)


def is_same(first: str, other: str) -> bool:
    """Whether two phrases match the same text, like "Can't breathe" and "cant breathe"."""
    return _plain_phrase(first) == _plain_phrase(other)


@lru_cache(maxsize=10_000)
def _plain_phrase(phrase: str) -> str:
    # Cache only the city's own phrases, never what residents write.
    return plain(phrase)


def _places(phrase: str, text: str) -> Iterator[tuple[int, int]]:
    """The spans of the phrase in text folded by plain()."""
    folded = _plain_phrase(phrase)
    start = text.find(folded) if has_words(phrase) else -1
    while start >= 0:
        yield start, start + len(folded)
        start = text.find(folded, start + 1)


def own_words(
    description: str,
    address: str,
    note: str,
    answered: Iterable[tuple[QuestionVersion, object, str]],
    photo_words: Iterable[str] = (),
) -> str:
    """What the reporter wrote themselves: by the form, an API, and for the alarm. answered: of intake.Answers.

    Options aren't among it: their words are the city's, and their effects say which of them are urgent.
    """
    answers = [words for question, _value, words in answered if question.kind in question_kinds.FREE_TEXT]
    return "\n".join(words for words in (description, address, note, *answers, *photo_words) if words)


def screen(jurisdiction: Jurisdiction, version: ServiceVersion | None, text: str) -> Screening:
    """Whether to ask "Is anyone in danger right now?" on a page of its own, in a block, or not at all.

    A service's own emergency question is on its details page; it becomes a page of its own only where the words hint at
    danger. "I don't know" always asks, since nobody knows yet what it is about.
    """
    assessment = find_danger(jurisdiction, text)
    danger = assessment.danger
    if danger is not None and danger.level == Level.SURE:
        return Screening(
            must_ask=True,
            reasons=assessment.reasons,
            kind=danger.kind,
            flags=assessment.flags,
            distress=assessment.distress,
        )
    kind, distress = danger.kind if danger else "", assessment.distress
    is_unknown = version is not None and version.service.service_code == "unknown"
    if is_unknown or (danger and version is not None and version.emergency_screen):
        return Screening(must_ask=True, reasons=("service",), kind=kind, distress=distress)
    if jurisdiction.always_ask_emergency:
        return Screening(must_ask=True, reasons=("always",), kind=kind, distress=distress)
    return Screening(must_ask=False, kind=kind, hints=assessment.reasons, distress=distress)


def is_about_words(reasons: Iterable[str]) -> bool:
    """Whether any of these reasons for the question is in the text, rather than in a service or the city's settings."""
    return any(reason.startswith(("phrase:", "words:")) for reason in reasons)


def stopping_option(question: QuestionVersion, value: object) -> dict[str, object] | None:
    """The chosen option that stops the form and shows the emergency page, if any."""
    chosen = value if isinstance(value, list) else [value]
    for option in question.options:
        if option.get("value") in chosen and option.get("effects", {}).get("stop"):
            stopping: dict[str, object] = option
            return stopping
    return None
