"""Charts as SVG drawn by the server: bars, stacked columns, lines and sparklines, without scripts and inline styles.

Places are percents of the plot and text keeps its size, so that one drawing is readable on a phone and on a desk. Series differ by
pattern, dash and marker as well as by color. The template (requests_app/_chart.html) sets a table of the same numbers next to it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Number = int | float
Text = str | Promise
# Patterns, dashes and markers of static/css/charts.css; further series repeat them.
STYLES = 4
TICKS = 4
# Labels of columns that fit on a phone.
LABELS_MAX = 5
ROW_PX, BAR_PX = 38, 12
PLOT_PX = 200


@dataclass(frozen=True)
class Series:
    """values: one for each label of the chart; None: not known. low, high: the band around them, in lines only."""

    name: Text
    values: Sequence[Number | None]
    low: Sequence[Number | None] = ()
    high: Sequence[Number | None] = ()


@dataclass(frozen=True)
class Tick:
    at: str
    text: str


@dataclass(frozen=True)
class Label:
    at: str
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Box:
    """A rectangle, in percents of the plot ("12.5%") or in pixels ("12")."""

    style: int
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Mark:
    style: int
    x: str
    y: str


@dataclass(frozen=True)
class Line:
    """Points as SVG writes them, in a plot of 100 × 100."""

    style: int
    points: str
    band: str = ""


@dataclass(frozen=True)
class Row:
    """A line of the table. url: the rows that its numbers count."""

    label: str
    numbers: list[str]
    url: str = ""


@dataclass(frozen=True)
class Chart:
    """code: unique on its page. title: what it shows; sentence: what it says, for those who can't see it."""

    code: str
    title: Text
    sentence: str
    kind: str
    first_column: Text
    series: Sequence[Series]
    height: int
    ticks: list[Tick] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    zero: str = ""
    rows: list[Row] = field(default_factory=list)

    @property
    def legend(self) -> list[tuple[int, Text]]:
        return [(number % STYLES, one.name) for number, one in enumerate(self.series)]

    @property
    def is_empty(self) -> bool:
        return not any(value is not None for one in self.series for value in one.values)


# --- Scales ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """From `low` to `high`, both at a tick; 0 is always in it."""

    low: float
    high: float
    step: float

    @classmethod
    def of(cls, values: Sequence[Number | None]) -> "Scale":
        known = [float(value) for value in values if value is not None and math.isfinite(value)]
        low, high = min([0.0, *known]), max([0.0, *known])
        if low == high:
            high = 1.0
        step = _round_step((high - low) / TICKS)
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step, step)

    def share(self, value: Number) -> float:
        """Where a value is, from 0 at `low` to 1 at `high`; what lies outside is drawn at the edge."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    @property
    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + number * self.step for number in range(count + 1)]


def _round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is at least this."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))


# --- Charts ---------------------------------------------------------------------------------------------------------------


def bars(
    code: str,
    title: Text,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    first_column: Text,
    sentence: str = "",
    urls: Sequence[str] = (),
    totals_written: Sequence[str] = (),
) -> Chart:
    """Horizontal bars with their label above each; of several series, the parts follow each other.

    totals_written: instead of the sums of the parts, such as "12+".
    """
    totals = [sum(value or 0 for value in values) for values in zip(*(one.values for one in series), strict=True)]
    scale = Scale.of([*totals, *(value for one in series for value in one.values)])
    boxes, texts = [], []
    for row, label in enumerate(labels):
        ends = {True: 0.0, False: 0.0}
        for number, one in enumerate(series):
            value = one.values[row] or 0
            begins = ends[value >= 0]
            ends[value >= 0] = begins + value
            left, right = sorted((scale.share(begins), scale.share(begins + value)))
            boxes.append(
                Box(number % STYLES, _percent(left), str(row * ROW_PX + 22), _percent(right - left), str(BAR_PX))
            )
        total = totals_written[row] if totals_written else formatted(totals[row])
        texts.append(Label(str(row * ROW_PX + 16), f"{label} · {total}"))
    chart = _chart(code, title, labels, series, "bars", first_column, sentence, urls)
    zero = _percent(scale.share(0)) if scale.low < 0 else ""
    return replace(chart, height=max(1, len(labels)) * ROW_PX, boxes=boxes, labels=texts, zero=zero)


def stacked(
    code: str,
    title: Text,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    first_column: Text,
    sentence: str = "",
    urls: Sequence[str] = (),
) -> Chart:
    """Columns of parts, the first series at the bottom. Parts can't be negative: raises ValueError."""
    if any(value is not None and value < 0 for one in series for value in one.values):
        raise ValueError("A part of a column can't be negative.")
    totals = [sum(value or 0 for value in values) for values in zip(*(one.values for one in series), strict=True)]
    scale = Scale.of(totals)
    boxes = []
    width = 100 / max(1, len(labels))
    for column in range(len(labels)):
        reached = 0.0
        for number, one in enumerate(series):
            value = one.values[column] or 0
            height = scale.share(reached + value) - scale.share(reached)
            reached += value
            if value:
                top = 1 - scale.share(reached)
                left = (column + 0.15) * width
                box = Box(number % STYLES, f"{left:.3f}%", _percent(top), f"{width * 0.7:.3f}%", _percent(height))
                boxes.append(box)
    chart = _chart(code, title, labels, series, "stacked", first_column, sentence, urls)
    return replace(chart, boxes=boxes, labels=_below(labels, width, width / 2), ticks=_ticks(scale))


def lines(
    code: str,
    title: Text,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    first_column: Text,
    sentence: str = "",
    urls: Sequence[str] = (),
    kind: str = "lines",
) -> Chart:
    """Lines over the same labels, with gaps where a value isn't known."""
    scale = Scale.of([value for one in series for value in (*one.values, *one.low, *one.high)])
    width = 100 / max(1, len(labels) - 1)
    drawn, marks = [], []
    for number, one in enumerate(series):
        places = [None if value is None else (at * width, _down(scale, value)) for at, value in enumerate(one.values)]
        drawn += [Line(number % STYLES, _points(part), band) for part, band in _parts(places, one, scale, width)]
        # A mark at the last known value tells lines apart where they end, and shows a single one at all.
        last = next((place for place in reversed(places) if place is not None), None)
        if last is not None:
            marks.append(Mark(number % STYLES, f"{last[0]:.3f}%", f"{last[1]:.3f}%"))
    chart = _chart(code, title, labels, series, kind, first_column, sentence, urls)
    if kind == "sparkline":
        return replace(chart, lines=drawn, marks=marks, height=32)
    below = _below(labels, width, 0)
    return replace(chart, lines=drawn, marks=marks, labels=below, ticks=_ticks(scale), zero=_zero_line(scale))


def sparkline(code: str, title: Text, labels: Sequence[str], values: Sequence[Number | None], sentence: str) -> Chart:
    """A sparkline. The sentence next to it gives the numbers that matter."""
    return lines(code, title, labels, [Series(title, values)], first_column="", sentence=sentence, kind="sparkline")


def formatted(number: Number | None) -> str:
    """With the language's separators; a whole number without decimals."""
    if number is None:
        return "–"
    rounded = round(number, 1)
    places = 0 if rounded == int(rounded) else 1
    return str(number_format(int(rounded) if not places else rounded, places, use_l10n=True, force_grouping=True))


def _chart(
    code: str,
    title: Text,
    labels: Sequence[str],
    series: Sequence[Series],
    kind: str,
    first_column: Text,
    sentence: str,
    urls: Sequence[str],
) -> Chart:
    rows = [
        Row(label, [formatted(one.values[at]) for one in series], urls[at] if at < len(urls) else "")
        for at, label in enumerate(labels)
    ]
    return Chart(
        code, title, sentence or _("The numbers are in the table."), kind, first_column, series, PLOT_PX, rows=rows
    )


def _ticks(scale: Scale) -> list[Tick]:
    return [Tick(f"{_down(scale, tick):.3f}%", formatted(tick)) for tick in scale.ticks]


def _zero_line(scale: Scale) -> str:
    return f"{_down(scale, 0):.3f}%"


def _below(labels: Sequence[str], width: float, begins: float) -> list[Label]:
    """As many labels as fit, evenly; the last one stays inside."""
    every = max(1, math.ceil(len(labels) / LABELS_MAX))
    shown = []
    for at in range(0, len(labels), every):
        place = begins + at * width
        shown.append(Label(f"{place:.3f}%", labels[at], "end" if place > 92 else "middle"))
    return shown


Place = tuple[float, float]


def _parts(places: Sequence[Place | None], series: Series, scale: Scale, width: float) -> list[tuple[list[Place], str]]:
    """The stretches without gaps; the band belongs to the first."""
    parts: list[list[Place]] = [[]]
    for place in places:
        if place is None:
            parts.append([])
        else:
            parts[-1].append(place)
    band = [
        (at * width, low, high)
        for at, (low, high) in enumerate(zip(series.low, series.high, strict=True))
        if low is not None and high is not None
    ]
    around = [(x, _down(scale, high)) for x, _low, high in band]
    around += [(x, _down(scale, low)) for x, low, _high in reversed(band)]
    found = [part for part in parts if part]
    return [(part, _points(around) if number == 0 else "") for number, part in enumerate(found)]


def _points(places: Sequence[Place]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in places)


def _down(scale: Scale, value: Number) -> float:
    return 100 * (1 - scale.share(value))


def _percent(share: float) -> str:
    return f"{100 * share:.3f}%"
