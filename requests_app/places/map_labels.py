"""Where a map picture's labels go: the most important first, none over another, none cut off at the edge."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]
# Width of a letter and height of a line, in font sizes.
LETTER, LINE = 0.56, 1.15
# Free space around a label, and how far a line may bend under one, in pixels.
SPACE, BEND = 4, 5
# A label and the next one of the same name are at least so far apart.
SAME_NAME = 260


@dataclass(frozen=True)
class Label:
    """Lines of text around a middle. angle: degrees, clockwise."""

    lines: tuple[str, ...]
    x: float
    y: float
    size: float
    angle: float = 0

    @property
    def width(self) -> float:
        return max(len(line) for line in self.lines) * self.size * LETTER

    @property
    def circles(self) -> list[tuple[float, float, float]]:
        """Circles that cover it: whether two labels touch is a matter of distances, however they are turned."""
        radius = len(self.lines) * self.size * LINE / 2
        count = max(1, math.ceil(self.width / radius / 2))
        turned = math.radians(self.angle)
        steps = [(at + 0.5) / count * self.width - self.width / 2 for at in range(count)]
        return [(self.x + step * math.cos(turned), self.y + step * math.sin(turned), radius) for step in steps]


@dataclass
class Board:
    """A picture being labeled."""

    width: float
    height: float
    placed: list[Label] = field(default_factory=list)
    taken: list[tuple[float, float, float]] = field(default_factory=list)

    def keep_free(self, x: float, y: float, radius: float) -> None:
        self.taken.append((x, y, radius))

    def add(self, label: Label) -> bool:
        """Whether there was room for it."""
        circles = label.circles
        for x, y, radius in circles:
            if not (radius <= x <= self.width - radius and radius <= y <= self.height - radius):
                return False
            if any(
                math.hypot(x - other_x, y - other_y) < radius + other + SPACE for other_x, other_y, other in self.taken
            ):
                return False
        if any(
            one.lines == label.lines and math.hypot(one.x - label.x, one.y - label.y) < SAME_NAME for one in self.placed
        ):
            return False
        self.placed.append(label)
        self.taken += circles
        return True

    def add_along(self, text: str, lines: Sequence[Sequence[Point]], size: float) -> bool:
        """Writes it along the straightest part of one of the lines, the longest line first."""
        width = len(text) * size * LETTER
        for line in sorted(lines, key=length, reverse=True):
            for spot in straight_spots(line, width + 2 * SPACE):
                x, y, angle = spot
                if self.add(Label((text,), x, y, size, angle)):
                    return True
        return False


def length(line: Sequence[Point]) -> float:
    return sum(math.dist(one, other) for one, other in itertools.pairwise(line))


def straight_spots(line: Sequence[Point], width: float) -> list[tuple[float, float, float]]:
    """Middles (x, y, angle) of stretches of this width that are straight enough; those near the line's middle first."""
    whole = length(line)
    if whole < width:
        return []
    tries = max(1, min(7, int((whole - width) / 40) + 1))
    starts = [(whole - width) * (at + 0.5) / tries for at in range(tries)]
    starts.sort(key=lambda start: abs(start + width / 2 - whole / 2))
    spots = []
    for start in starts:
        begin, middle, end = (_at(line, start + share * width) for share in (0, 0.5, 1))
        if end[0] < begin[0]:
            begin, end = end, begin
        chord = math.dist(begin, end)
        # As far as its ends, and with its middle on the chord between them.
        off = math.dist(middle, ((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2))
        if chord < 0.97 * width or off > BEND:
            continue
        angle = math.degrees(math.atan2(end[1] - begin[1], end[0] - begin[0]))
        spots.append((middle[0], middle[1], angle))
    return spots


def _at(line: Sequence[Point], distance: float) -> Point:
    """The point of the line so far from its beginning."""
    for one, other in itertools.pairwise(line):
        step = math.dist(one, other)
        if distance <= step and step > 0:
            share = distance / step
            return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])
        distance -= step
    return line[-1]


def wrapped(text: str, most: int) -> tuple[str, ...]:
    """In lines of at most so many letters, where words allow."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)
