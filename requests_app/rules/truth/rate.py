"""The truth rate: of the endings that were drawn, how many did someone on another team find to be true.

What was drawn and not looked at stays in the denominator, and so does "can't tell": not looking never improves the rate. An ending
that was reopened within 30 days isn't true, whatever was seen.
"""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass

from requests_app.models import EndingCheck

Seen = EndingCheck.Seen
# So long is there to go and look; afterward it counts as not looked at.
LOOK_WITHIN = dt.timedelta(days=14)
# The normal distribution's 97.5th percentile, for an interval of 95 percent.
Z = 1.959963984540054


@dataclass(frozen=True)
class Looked:
    """One drawn ending. is_reopened: within 30 days. is_due: the time to look is over."""

    seen: str
    is_reopened: bool = False
    is_due: bool = True


@dataclass(frozen=True)
class TruthRate:
    """true + not_true + cant_tell + not_looked = drawn. to_come: drawn too, but there is still time to look."""

    true: int = 0
    not_true: int = 0
    cant_tell: int = 0
    not_looked: int = 0
    reopened: int = 0
    to_come: int = 0

    @property
    def drawn(self) -> int:
        return self.true + self.not_true + self.cant_tell + self.not_looked

    @property
    def rate(self) -> float | None:
        return self.true / self.drawn if self.drawn else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.true, self.drawn) if self.drawn else None

    @property
    def percent(self) -> int | None:
        return None if self.rate is None else round(self.rate * 100)

    @property
    def low(self) -> int | None:
        """The interval's lower end in whole percent, rounded down."""
        return math.floor(self.interval[0] * 100 + 1e-9) if self.interval else None

    @property
    def high(self) -> int | None:
        """The upper end, rounded up."""
        return math.ceil(self.interval[1] * 100 - 1e-9) if self.interval else None


def count(looked: Iterable[Looked]) -> TruthRate:
    numbers = dict.fromkeys(("true", "not_true", "cant_tell", "not_looked", "reopened", "to_come"), 0)
    for row in looked:
        if row.is_reopened:
            numbers["not_true"] += 1
            numbers["reopened"] += 1
        elif row.seen in (Seen.FIXED, Seen.ACTED):
            numbers["true"] += 1
        elif row.seen == Seen.NOT_FIXED:
            numbers["not_true"] += 1
        elif row.seen == Seen.CANT_TELL:
            numbers["cant_tell"] += 1
        else:
            numbers["not_looked" if row.is_due else "to_come"] += 1
    return TruthRate(**numbers)


def wilson(successes: int, trials: int, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval of a share (E. B. Wilson, 1927), between 0 and 1. trials: at least 1."""
    share = successes / trials
    middle = share + z * z / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    width = 1 + z * z / trials
    return max(0.0, (middle - half) / width), min(1.0, (middle + half) / width)
