"""What the danger model sees of a text: words, pairs of words, letter n-grams, and word classes such as WIRE and DOWN."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from requests_app.danger.phrases import shipped_phrases

CLASSES = Path(__file__).parent / "word_classes.txt"
APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼ`´", ""))
LONGEST_WORD = 24
# Classes this many words apart still belong together.
REACH = 8
# Words with a typo count for a class, if they have at least this many letters and begin alike.
TYPO_LETTERS = 6
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_SENTENCE_END = re.compile(r"(?<=[.!?\n|])\s+|\n+|\s\|\s")
QUESTION_MARK = "?"
NUMBERS_KEPT = frozenset({"911", "988", "47", "15"})


def fold(text: str) -> str:
    """Lowercase, without accents and apostrophes, with "fireeee" as "fire"."""
    letters = unicodedata.normalize("NFKD", text.translate(APOSTROPHES).casefold())
    return _STRETCHED.sub(r"\1", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def tokens_of(text: str) -> list[str]:
    """Words, numbers (as "0", except emergency numbers), and the signs that are in a word class."""
    table = _classes().whole
    tokens = []
    for token in _TOKEN.findall(fold(text)):
        if token[0].isdigit():
            tokens.append(token if token in NUMBERS_KEPT else "0")
        elif token[0].isalpha():
            tokens.append(token[:LONGEST_WORD])
        elif token in table or token in QUESTION_MARK:
            tokens.append(token)
    return tokens


class _WordClasses:
    def __init__(self, lines: list[str]) -> None:
        self.whole: dict[str, tuple[str, ...]] = {}
        # Stems by their first three letters.
        self.stems: dict[str, list[tuple[str, str]]] = {}
        for line in lines:
            if not line.strip() or line.startswith("#"):
                continue
            name, _colon, words = line.partition(":")
            for word in map(fold, words.split()):
                if word.endswith("*"):
                    self.stems.setdefault(word[:3], []).append((word[:-1], name))
                elif name not in self.whole.get(word, ()):
                    self.whole[word] = (*self.whole.get(word, ()), name)
        self.typos: dict[str, str] = {}
        for word in self.whole:
            if len(word) >= TYPO_LETTERS:
                for shorter in _one_letter_less(word):
                    self.typos.setdefault(shorter, word)

    def of(self, word: str) -> tuple[str, ...]:
        found = self.whole.get(word, ())
        found += tuple(name for stem, name in self.stems.get(word[:3], ()) if word.startswith(stem))
        if found or len(word) < TYPO_LETTERS:
            return found
        for shorter in (word, *_one_letter_less(word)):
            meant = self.typos.get(shorter) or (
                shorter if shorter in self.whole and len(shorter) >= TYPO_LETTERS else ""
            )
            if meant and meant[0] == word[0]:
                return self.whole[meant]
        return ()


def _one_letter_less(word: str) -> Iterator[str]:
    # The first letter stays.
    return (word[:index] + word[index + 1 :] for index in range(1, len(word)))


@cache
def _classes() -> _WordClasses:
    return _WordClasses(CLASSES.read_text(encoding="utf-8").splitlines())


def classes_of(word: str) -> tuple[str, ...]:
    """The classes of a word as tokens_of() gives it."""
    return _classes().of(word)


def word_features(tokens: list[str]) -> set[str]:
    """Words, pairs of neighbors, and pairs with one or two words between them."""
    found = {f"w {token}" for token in tokens}
    for gap in (1, 2, 3):
        found |= {f"w{min(gap, 2)} {one} {other}" for one, other in zip(tokens, tokens[gap:], strict=False)}
    found |= {f"w3 {a} {b} {c}" for a, b, c in zip(tokens, tokens[1:], tokens[2:], strict=False)}
    found.add(f"w^ {tokens[0]}")
    found.add(f"w^ {' '.join(tokens[:2])}")
    return found


def letter_features(tokens: list[str]) -> set[str]:
    """Runs of 3 to 5 letters, also across the space between two words, with which a word with a typo still counts."""
    line = f" {' '.join(tokens)} "
    return {line[start : start + length] for length in (3, 4, 5) for start in range(len(line) - length + 1)}


def class_features(tokens: list[str]) -> set[str]:
    """Word classes, which of them are near each other and in which order, and the words next to them."""
    features: set[str] = set()
    skeleton: list[tuple[int, tuple[str, ...]]] = []
    for place, token in enumerate(tokens):
        if names := classes_of(token):
            skeleton.append((place, names))
            before = tokens[place - 1] if place else "^"
            after = tokens[place + 1] if place + 1 < len(tokens) else "$"
            for name in names:
                features |= {f"k {name}", f"k- {before} {name}", f"k+ {name} {after}"}
    for index, (place, names) in enumerate(skeleton):
        for next_index in range(index + 1, len(skeleton)):
            other_place, other_names = skeleton[next_index]
            if other_place - place > REACH:
                break
            is_next = next_index == index + 1
            for one in names:
                for other in other_names:
                    features.add(f"k2 {one} {other}")
                    if one != other:
                        features.add(f"k& {min(one, other)} {max(one, other)}")
                    if is_next and next_index + 1 < len(skeleton):
                        features |= {f"k3 {one} {other} {third}" for third in skeleton[next_index + 1][1]}
    line = f" {' '.join(tokens)} "
    features |= {f"k! {kind}" for phrase, kind in _phrases() if phrase in line}
    # Whether it is said as a question, and at what length.
    features.add(f"k# {min(len(tokens) // 4, 10)}")
    features.add(f"k^ {'+'.join(skeleton[0][1]) if skeleton else ''}")
    if "?" in tokens:
        features.add("k?")
    return features


@cache
def _phrases() -> tuple[tuple[str, str], ...]:
    """The phrases that ship, with a space on each side so that only whole words match, and their kinds."""
    return tuple((f" {' '.join(tokens_of(one.phrase))} ", one.kind) for one in shipped_phrases())


BLOCKS = (word_features, letter_features, class_features)


def sentences_of(text: str) -> list[str]:
    return [part for part in _SENTENCE_END.split(text) if part and part.strip()]
