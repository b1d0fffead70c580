"""Emergency screening: red-flag phrases, a service's own emergency screen, and answers that stop the form."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from requests_app.models.catalog import EmergencyPhrase, QuestionVersion, ServiceVersion
from requests_app.models.jurisdiction import Jurisdiction

# "can't", "can’t" and "cant" are the same word.
APOSTROPHES = "'’‘ʼ`´"
# Letters that people interchange but Unicode does not fold (Vietnamese, Arabic, Persian), and the Arabic tatweel.
_SAME = str.maketrans(
    {"đ": "d", "Đ": "d", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": "", **dict.fromkeys(APOSTROPHES, "")}
)
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
    letters = unicodedata.normalize("NFKD", text.translate(_SAME).casefold())
    return " " + " ".join("".join(_kept(letter) for letter in letters).split()) + " "


def _kept(letter: str) -> str:
    """The letter if it is part of a word, an empty string for accents and invisible marks, and otherwise a space."""
    kind = unicodedata.category(letter)
    if unicodedata.combining(letter) or kind == "Cf":
        return ""
    # Vowel signs (M), as in Hindi, are part of their word.
    if kind[0] not in "LNM":
        return " "
    return f" {letter} " if any(first <= letter <= last for first, last in _UNSPACED) else letter


@dataclass(frozen=True)
class Heard:
    """A phrase found in a text. excused_by: the longer phrase of its `unless` that contains it; empty if the phrase counts."""

    phrase: EmergencyPhrase
    excused_by: str = ""


@dataclass(frozen=True)
class Screening:
    """asked: show the question page; reason: why (phrase, service or always); self_harm: offer 988 as well as 911."""

    asked: bool
    reason: str = ""
    self_harm: bool = False
    flags: tuple[EmergencyPhrase, ...] = ()


def heard(phrases: Iterable[EmergencyPhrase], text: str) -> Iterator[Heard]:
    """Finds the phrases that occur in the text as whole words, and says which of them mean something else there."""
    words = plain(text)
    for phrase in phrases:
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


def red_flags(jurisdiction: Jurisdiction, text: str) -> list[EmergencyPhrase]:
    """The phrases, in every language, that count in the text."""
    phrases = EmergencyPhrase.objects.filter(jurisdiction=jurisdiction)
    return [match.phrase for match in heard(phrases, text) if not match.excused_by]


class Level(StrEnum):
    SURE = "sure"
    PERHAPS = "perhaps"


@dataclass(frozen=True)
class Danger:
    """What a text tells of danger. level: how sure; kind: who can help (EmergencyPhrase.Kind)."""

    level: Level
    kind: str


def assess(jurisdiction: Jurisdiction, text: str) -> Danger | None:
    """Whether the text tells of danger to somebody. None if not."""
    flags = red_flags(jurisdiction, text)
    if not flags:
        return None
    kinds = {flag.kind for flag in flags}
    kind = EmergencyPhrase.Kind.SELF_HARM if EmergencyPhrase.Kind.SELF_HARM in kinds else EmergencyPhrase.Kind.RED_FLAG
    return Danger(Level.SURE, kind)


def phrases_in(phrases: Iterable[str], text: str) -> list[str]:
    """The phrases that occur in the text as whole words."""
    words = plain(text)
    return [phrase for phrase in phrases if any(_places(phrase, words))]


def has_words(phrase: str) -> bool:
    """Whether the phrase has anything to match, not only punctuation."""
    return _plain_phrase(phrase) != "  "


def holds(longer: str, phrase: str) -> bool:
    """Whether the longer phrase can excuse the phrase: it contains it and is not the same."""
    return _plain_phrase(phrase) in _plain_phrase(longer) and _plain_phrase(phrase) != _plain_phrase(longer)


def is_same(one: str, other: str) -> bool:
    """Whether two phrases match the same text, like "Can't breathe" and "cant breathe"."""
    return _plain_phrase(one) == _plain_phrase(other)


@lru_cache(maxsize=10_000)
def _plain_phrase(phrase: str) -> str:
    # Cache only the city's own phrases, never what residents write.
    return plain(phrase)


def _places(phrase: str, words: str) -> Iterator[tuple[int, int]]:
    """The spans of the phrase in text folded by plain()."""
    folded = _plain_phrase(phrase)
    start = words.find(folded) if has_words(phrase) else -1
    while start >= 0:
        yield start, start + len(folded)
        start = words.find(folded, start + 1)


def screen(jurisdiction: Jurisdiction, version: ServiceVersion | None, text: str) -> Screening:
    flags = tuple(red_flags(jurisdiction, text))
    if flags:
        self_harm = any(flag.kind == EmergencyPhrase.Kind.SELF_HARM for flag in flags)
        return Screening(asked=True, reason="phrase", self_harm=self_harm, flags=flags)
    if version is not None and (version.emergency_screen or version.service.service_code == "unknown"):
        return Screening(asked=True, reason="service")
    if jurisdiction.always_ask_emergency:
        return Screening(asked=True, reason="always")
    return Screening(asked=False)


def stopping_option(question: QuestionVersion, value: object) -> dict[str, object] | None:
    """The chosen option that stops the form and shows the emergency page, if any."""
    chosen = value if isinstance(value, list) else [value]
    for option in question.options:
        if option.get("value") in chosen and option.get("effects", {}).get("stop"):
            stopping: dict[str, object] = option
            return stopping
    return None
