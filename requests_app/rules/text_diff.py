"""What changed between two texts, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# Beyond so many pairs of words a comparison may take seconds: then the changed part is told as a whole.
MOST_PAIRS = 400_000


@dataclass(frozen=True)
class Piece:
    """how: same, out or in."""

    how: str
    text: str


def text_diff(before: str, after: str) -> list[Piece]:
    """Joined again, what is the same or out is `before`, and what is the same or in is `after`."""
    old, new = _words(before), _words(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    changed_old, changed_new = old[start : len(old) - end], new[start : len(new) - end]
    pieces = [("same", old[:start])]
    if len(changed_old) * len(changed_new) > MOST_PAIRS:
        pieces += [("out", changed_old), ("in", changed_new)]
    else:
        for how, a, b, c, d in SequenceMatcher(None, changed_old, changed_new, autojunk=False).get_opcodes():
            pieces += (
                [("same", changed_old[a:b])]
                if how == "equal"
                else [("out", changed_old[a:b]), ("in", changed_new[c:d])]
            )
    pieces.append(("same", old[len(old) - end :]))
    return [Piece(how, "".join(words)) for how, words in pieces if words]


def _words(text: str) -> list[str]:
    """Words with the space after them, so that nothing is lost between."""
    return re.findall(r"\S+\s*|\s+", text)


def _common(one: list[str], other: list[str]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count
