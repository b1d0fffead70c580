"""Word-by-word differences between two texts."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# With more pairs of words, comparing may take seconds; then the whole changed part is one difference.
PAIRS_MAX = 400_000


@dataclass(frozen=True)
class Piece:
    """how: same, out or in."""

    how: str
    text: str


def text_diff(before: str, after: str) -> list[Piece]:
    """Pieces that are same or out join to `before`; those that are same or in join to `after`."""
    old, new = _tokens(before), _tokens(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    changed_old, changed_new = old[start : len(old) - end], new[start : len(new) - end]
    pieces = [("same", old[:start])]
    if len(changed_old) * len(changed_new) > PAIRS_MAX:
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


def _tokens(text: str) -> list[str]:
    """Words with the spaces after them, so that joining restores the text."""
    return re.findall(r"\S+\s*|\s+", text)


def _common(first: list[str], second: list[str]) -> int:
    count = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        count += 1
    return count
