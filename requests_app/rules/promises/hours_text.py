"""Working hours as people type them, "8-12, 13:00 to 17:00" or "8 am-5 pm", as calendars keep them, and as pages say them."""

import datetime as dt
import re
from itertools import pairwise

from django.utils import formats
from django.utils.translation import gettext as _

TIME = r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap])?\.?(?:m\b\.?)?"
SPAN = re.compile(rf"\s*{TIME}\s*(?:-|–|—|\bto\b|\ba\b)\s*{TIME}\s*", re.IGNORECASE)
END_OF_DAY = 24 * 60


class BadHours(ValueError):
    """The message says in the active language what to write instead."""


def parse_hours(text: str) -> list[list[str]]:
    """[["08:00", "12:00"], ["13:00", "17:00"]]; empty text is a day off. Raises BadHours."""
    spans = sorted(_span(part) for part in re.split(r"[,;\n]", text) if part.strip())
    for first, second in pairwise(spans):
        if second[0] < first[1]:
            names = {"first": _span_text(first), "second": _span_text(second)}
            raise BadHours(_("These hours overlap: %(first)s and %(second)s.") % names)
    return [[_clock(opens), _clock(closes)] for opens, closes in spans]


def hours_text(spans: list[list[str]]) -> str:
    """For a field in which they are typed."""
    return ", ".join(f"{opens}–{closes}" for opens, closes in spans)


def spans_in_words(spans: list[list[str]]) -> str:
    """ "8 a.m.–noon, 1 p.m.–5 p.m."; in languages that count 24 hours "8:00–12:00, 13:00–17:00"."""
    return ", ".join(
        f"{clock_in_words(_minutes_of(opens))}–{clock_in_words(_minutes_of(closes), is_end=True)}"
        for opens, closes in spans
    )


def clock_in_words(minutes: int, *, is_end: bool = False) -> str:
    """A time of day, in minutes since midnight, as the active language writes it. is_end: midnight is the end of the day."""
    time = dt.time(minutes % END_OF_DAY // 60, minutes % 60)
    if is_end and time == dt.time() and "P" not in formats.get_format("TIME_FORMAT"):
        return "24:00"
    return formats.time_format(time, "TIME_FORMAT")


def _span(part: str) -> tuple[int, int]:
    found = SPAN.fullmatch(part)
    opens = closes = None
    if found is not None:
        opens, closes = _minutes(*found.groups()[:3]), _minutes(*found.groups()[3:])
    if opens is None or closes is None or opens == END_OF_DAY:
        raise BadHours(
            _("“%(words)s” isn’t a span of hours. Write it like 08:00–17:00.") % {"words": part.strip()[:40]}
        )
    if closes == 0:
        closes = END_OF_DAY
    if closes <= opens:
        words = _(
            "“%(words)s” goes past midnight. Write it on both days: %(opens)s–24:00 on the first, and "
            "00:00–%(closes)s on the next."
        )
        raise BadHours(words % {"words": part.strip()[:40], "opens": _clock(opens), "closes": _clock(closes)})
    return opens, closes


def _minutes(hour: str, minute: str | None, half: str | None) -> int | None:
    """Minutes since midnight; None: there is no such time."""
    hours, minutes = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    total = hours * 60 + minutes
    return total if minutes < 60 and total <= END_OF_DAY else None


def _minutes_of(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _span_text(span: tuple[int, int]) -> str:
    return f"{_clock(span[0])}–{_clock(span[1])}"
