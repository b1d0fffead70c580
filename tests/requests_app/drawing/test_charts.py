"""The chart component: its scales hold for all numbers, and its drawing is XML that says what it shows."""

import math
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from requests_app.drawing import charts
from requests_app.drawing.charts import Scale, Series

pytestmark = pytest.mark.shows("14.8")
numbers = st.floats(-1e15, 1e15, allow_nan=False) | st.integers(-(10**15), 10**15)
# Subnormal differences have no decimal step.
sensible = numbers.filter(lambda value: value == 0 or abs(value) > 1e-6)


@given(st.lists(st.none() | sensible, max_size=30))
def test_a_scale_holds_zero_and_every_value_between_round_ticks(values: list[float | None]) -> None:
    scale = Scale.of(values)
    assert scale.low <= 0 <= scale.high
    assert scale.low < scale.high
    known = sorted(value for value in values if value is not None)
    for value in known:
        assert scale.low - scale.step * 1e-6 <= value <= scale.high + scale.step * 1e-6
    shares = [scale.share(value) for value in known]
    assert shares == sorted(shares)
    assert 2 <= len(scale.ticks) <= 8
    assert round(scale.step / 10 ** math.floor(math.log10(scale.step) + 1e-9)) in (1, 2, 5)


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), max_size=15))
def test_columns_stack_to_their_total_and_never_leave_the_plot(pairs: list[tuple[int, int]]) -> None:
    labels = [str(at) for at in range(len(pairs))]
    series = [Series("a", [one for one, _ in pairs]), Series("b", [two for _, two in pairs])]
    chart = charts.stacked("c", "Columns", labels, series, first_column="Week")
    for box in chart.boxes:
        top, height = float(box.y[:-1]), float(box.height[:-1])
        assert -0.01 <= top <= top + height <= 100.01
    scale = Scale.of([one + two for one, two in pairs])
    columns: dict[str, float] = {}
    for box in chart.boxes:
        columns[box.x] = columns.get(box.x, 0) + float(box.height[:-1])
    expected = [100 * scale.share(sum(pair)) for pair in pairs if sum(pair)]
    assert list(columns.values()) == pytest.approx(expected, abs=0.01)


def test_a_part_of_a_column_is_never_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        charts.stacked("c", "Columns", ["a"], [Series("a", [-1])], first_column="Week")


@pytest.mark.parametrize("values", [[], [0], [7], [-3, 5], [None, 2, None, 4], [10**14, 1]])
@pytest.mark.parametrize("kind", ["bars", "lines"])
def test_a_drawing_is_xml_with_a_title_and_a_table_of_the_same_numbers(kind: str, values: list[int | None]) -> None:
    labels = [f"<{at}>" for at in range(len(values))]
    chart = getattr(charts, kind)("c", "Open & late", labels, [Series("Open", values)], first_column="Day")
    html = render_to_string("requests_app/_chart.html", {"chart": chart})
    assert "style=" not in html
    assert "<script" not in html
    tree = ElementTree.fromstring(html)  # noqa: S314  (our own)
    if not any(value is not None for value in values):
        assert tree.find(".//svg") is None
        return
    drawing = tree.find("svg")
    assert drawing is not None
    assert (drawing.get("role"), drawing.findtext("title")) == ("img", "Open & late")
    assert drawing.findtext("desc")
    shown = [cell.text for cell in tree.iterfind(".//td")]
    assert shown == [charts.formatted(value) for value in values]


def test_series_differ_by_more_than_their_color() -> None:
    series = [Series("In", [1, 2]), Series("Out", [2, 1])]
    html = render_to_string(
        "requests_app/_chart.html", {"chart": charts.lines("c", "Flow", ["a", "b"], series, first_column="Day")}
    )
    assert "chart__line--0" in html
    assert "chart__line--1" in html
    assert '<rect class="chart__mark chart__mark--1"' in " ".join(html.split())
    html = render_to_string(
        "requests_app/_chart.html", {"chart": charts.stacked("c", "Age", ["a", "b"], series, first_column="Day")}
    )
    assert 'fill="url(#c-1)"' in html


def test_a_line_has_a_gap_where_a_number_is_not_known() -> None:
    chart = charts.lines("c", "Flow", list("abcd"), [Series("In", [1, None, 3, 4])], first_column="Day")
    assert [len(line.points.split()) for line in chart.lines] == [1, 2]
