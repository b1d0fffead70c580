"""Is somebody in danger? Red-flag phrases, a service's own screen, and answers that stop the form. The server decides."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from requests_app.models.catalogue import EmergencyPhrase, QuestionVersion, ServiceVersion
from requests_app.models.jurisdiction import Jurisdiction

# "can't", "can’t" and "cant" are the same word.
APOSTROPHES = "'’‘ʼ`´"
# Letters that people use for one another and that Unicode keeps apart (Vietnamese, Arabic, Persian); the line that only stretches.
_SAME = str.maketrans(
    {"đ": "d", "Đ": "d", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": "", **dict.fromkeys(APOSTROPHES, "")}
)
# Scripts that are written without spaces: each of their letters counts as a word, so that a phrase is found anywhere.
_UNSPACED = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Burmese
    ("\u1780", "\u17ff"),  # Khmer
    ("\u3040", "\u30ff"),  # Japanese kana
    ("\u3400", "\u9fff"),  # Chinese characters
    ("\U00020000", "\U0003ffff"),
)


def plain(text: str) -> str:
    """Lower case, no accents, words separated by single spaces: "¡Hay FUEGO!" is " hay fuego ". Of any script."""
    letters = unicodedata.normalize("NFKD", text.translate(_SAME).casefold())
    return " " + " ".join("".join(_kept(letter) for letter in letters).split()) + " "


def _kept(letter: str) -> str:
    """The letter, if words are made of it; nothing for accents and invisible marks; a space for all else."""
    kind = unicodedata.category(letter)
    if unicodedata.combining(letter) or kind == "Cf":
        return ""
    # Vowel signs (M), as in Hindi, belong to their word.
    if kind[0] not in "LNM":
        return " "
    return f" {letter} " if any(first <= letter <= last for first, last in _UNSPACED) else letter


@dataclass(frozen=True)
class Heard:
    """A phrase that a text holds. excused_by: it stands only within this longer one of its `unless`; empty: it counts."""

    phrase: EmergencyPhrase
    excused_by: str = ""


@dataclass(frozen=True)
class Screening:
    """asked: the question page must be shown; reason: why (phrase, service, always); self_harm: 988 stands beside 911."""

    asked: bool
    reason: str = ""
    self_harm: bool = False
    flags: tuple[EmergencyPhrase, ...] = ()


def heard(phrases: Iterable[EmergencyPhrase], text: str) -> Iterator[Heard]:
    """Which of the phrases the text holds as whole words in a row, and which of those mean something else there."""
    words = plain(text)
    for phrase in phrases:
        places = list(_places(phrase.phrase, words))
        if not places:
            continue
        excuses = {longer: list(_places(longer, words)) for longer in phrase.unless}
        excusing = ""
        for start, end in places:
            excusing = next(
                (one for one, spans in excuses.items() if any(a <= start and end <= b for a, b in spans)), ""
            )
            if not excusing:
                break
        yield Heard(phrase, excusing)


def red_flags(jurisdiction: Jurisdiction, text: str) -> list[EmergencyPhrase]:
    """The phrases, of every language, that count in the text."""
    phrases = EmergencyPhrase.objects.filter(jurisdiction=jurisdiction)
    return [one.phrase for one in heard(phrases, text) if not one.excused_by]


def phrases_in(phrases: Iterable[str], text: str) -> list[str]:
    """Which of the phrases the text holds as whole words in a row."""
    words = plain(text)
    return [one for one in phrases if any(_places(one, words))]


def has_words(phrase: str) -> bool:
    """Whether there is anything in it that can be heard: not only punctuation."""
    return _plain_phrase(phrase) != "  "


def holds(longer: str, phrase: str) -> bool:
    """Whether a longer phrase can excuse the phrase: it holds it, and something more."""
    return _plain_phrase(phrase) in _plain_phrase(longer) and _plain_phrase(phrase) != _plain_phrase(longer)


def is_same(one: str, other: str) -> bool:
    """Whether two phrases are heard alike: "Can't breathe" and "cant breathe"."""
    return _plain_phrase(one) == _plain_phrase(other)


@lru_cache(maxsize=10_000)
def _plain_phrase(phrase: str) -> str:
    # Only what a city lists is kept in memory, never what residents write.
    return plain(phrase)


def _places(phrase: str, words: str) -> Iterator[tuple[int, int]]:
    """Where the phrase stands in plain words."""
    wanted = _plain_phrase(phrase)
    start = words.find(wanted) if has_words(phrase) else -1
    while start >= 0:
        yield start, start + len(wanted)
        start = words.find(wanted, start + 1)


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
    """The chosen option that stops the form with the emergency page, if there is one."""
    chosen = value if isinstance(value, list) else [value]
    for option in question.options:
        if option.get("value") in chosen and option.get("effects", {}).get("stop"):
            found: dict[str, object] = option
            return found
    return None
