"""Where the work is: the city's areas shaded by how many requests are late, or open, drawn by the server."""

from dataclasses import dataclass

from requests_app.places.area_outlines import outlines_of, step_of
from requests_app.rules.shared import directory as directories
from staff_app.overview import figures
from staff_app.overview.figures import AreaCount, Scope

SHADED_BY = ("late", "open")


@dataclass(frozen=True)
class ShadedArea:
    """step: 0 for none, up to STEPS. url: its rows."""

    name: str
    path: str
    x: float
    y: float
    number: int
    step: int
    url: str


@dataclass(frozen=True)
class Line:
    """Of the table next to the map."""

    name: str
    open: int
    late: int
    open_url: str
    late_url: str


@dataclass(frozen=True)
class HeatMap:
    by: str
    width: int
    height: int
    areas: list[ShadedArea]
    lines: list[Line]


def heat_map(scope: Scope, by: str) -> HeatMap | None:
    """by: one of SHADED_BY. None: the database took too long. Without areas where the city has no layer of them."""
    counted = figures.by_area_open_and_late(scope)
    if counted is None:
        return None
    by = by if by in SHADED_BY else SHADED_BY[0]
    outlines = outlines_of(figures.ward_layer(scope.city))
    most = max((_number(one, by) for one in counted.values()), default=0)
    areas = directories.of(scope.city).areas
    shaded = []
    for pk, outline in outlines.areas.items():
        number = _number(counted.get(pk, AreaCount()), by)
        shaded.append(
            ShadedArea(
                name=areas[pk].label if pk in areas else "",
                path=outline.path,
                x=outline.x,
                y=outline.y,
                number=number,
                step=step_of(number, most),
                url=_url(scope, pk, by),
            )
        )
    order = sorted(
        ((pk, one) for pk, one in counted.items() if pk in areas),
        key=lambda found: (-_number(found[1], by), -found[1].open, areas[found[0]].label),
    )
    lines = [
        Line(areas[pk].label, one.open, one.late, _url(scope, pk, "open"), _url(scope, pk, "late")) for pk, one in order
    ]
    return HeatMap(by, outlines.width, outlines.height, shaded, lines)


def _number(count: AreaCount, by: str) -> int:
    return count.late if by == "late" else count.open


def _url(scope: Scope, area: int, by: str) -> str:
    pairs = [("area", str(area))]
    return scope.url(*pairs, ("late", "1")) if by == "late" else scope.url(*pairs)
