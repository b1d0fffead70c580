"""Things in a scene, such as bags, cars and cones. Upright things are drawn in meters from their foot, y upwards."""

import itertools
import random
from math import cos, pi, sin

from requests_app.demo.drawings.picture import (
    Picture,
    blob,
    circle,
    darker,
    ellipse,
    lighter,
    line,
    mixed,
    outline,
    rectangle,
)

LITTER = ["#e8e4da", "#c33d2e", "#3d6fa8", "#d8b13a", "#f4f4f0", "#6b4a2b", "#3f7f5a"]


def bag(color: str = "#23262a", size: float = 0.7) -> str:
    """A full trash bag, tied on top."""
    s = size
    return (
        outline(
            f"M{-s * 0.5:.3f} 0C{-s * 0.68:.3f} {s * 0.4:.3f} {-s * 0.4:.3f} {s * 0.75:.3f} {-s * 0.1:.3f} {s * 0.8:.3f}"
            f"L{-s * 0.2:.3f} {s * 1.02:.3f}L{s * 0.02:.3f} {s * 0.92:.3f}L{s * 0.2:.3f} {s:.3f}L{s * 0.1:.3f} {s * 0.8:.3f}"
            f"C{s * 0.42:.3f} {s * 0.72:.3f} {s * 0.66:.3f} {s * 0.4:.3f} {s * 0.5:.3f} 0Z",
            color,
        )
        + line([(-s * 0.25, s * 0.62), (-s * 0.34, s * 0.3)], lighter(color, 0.4), s * 0.045, opacity=0.8)
        + line([(s * 0.05, s * 0.7), (s * 0.12, s * 0.4), (s * 0.05, s * 0.2)], lighter(color, 0.25), s * 0.035)
        + line([(s * 0.3, s * 0.5), (s * 0.34, s * 0.25)], darker(color, 0.5), s * 0.05)
    )


def wheel(x: float, y: float, radius: float, flat: bool = False) -> str:
    tire = ellipse(
        x, y - (0.04 if flat else 0), radius * (1.12 if flat else 1), radius * (0.86 if flat else 1), "#17181a"
    )
    return (
        tire
        + circle(x, y, radius * 0.6, "#8f949a")
        + circle(x, y, radius * 0.45, "#5b6066")
        + circle(x, y, 0.06, "#ccc")
    )


def car(color: str, *, wreck: bool = False, plate: bool = True) -> str:
    """From its side, 4.4 m long, its front to the right."""
    glass = "#46586a"
    svg = [
        ellipse(0, 0.04, 2.25, 0.13, "#000", opacity=0.35),
        outline(
            "M-2.2 .42L-2.18 .82C-2.1 .95 -1.9 .98 -1.6 1C-1.3 1.35 -1 1.47 -.4 1.48L.1 1.47C.6 1.44 .9 1.2 1.2 1.0"
            "C1.6 .97 2 .92 2.15 .75L2.22 .42L2.1 .3L-2.1 .3Z",
            color,
            stroke=darker(color, 0.45),
            stroke_width=0.03,
        ),
        outline("M-1.38 1C-1.15 1.27 -.95 1.37 -.48 1.38L-.45 1Z", glass),
        outline("M-.36 1L-.38 1.38L.08 1.37C.45 1.33 .72 1.15 .92 1Z", glass),
        outline("M-2.18 .62L2.2 .62L2.22 .42L2.1 .3L-2.1 .3L-2.2 .42Z", darker(color, 0.22)),
        line([(-0.42, 0.4), (-0.42, 1.0), (0.95, 0.96), (1.0, 0.5), (0.8, 0.36)], darker(color, 0.4), 0.02),
        rectangle(-0.3, 0.84, 0.2, 0.04, darker(color, 0.5)),
        outline("M2.02 .8L2.17 .7L2.18 .62L1.95 .66Z", "#f4efc8"),
        rectangle(-2.2, 0.66, 0.16, 0.14, "#b3261e"),
        outline("M-1.3 1.05L-1.0 1.3L-.9 1.3L-1.15 1.05ZM-.2 1.05L.05 1.3L.15 1.3L-.08 1.05Z", "#fff", opacity=0.2),
        circle(-1.35, 0.34, 0.42, darker(color, 0.6)),
        circle(1.32, 0.34, 0.42, darker(color, 0.6)),
        wheel(-1.35, 0.32, 0.34, wreck),
        wheel(1.32, 0.32, 0.34, wreck),
    ]
    if wreck:
        svg += [
            # A smashed window behind tape, rust, leaves on the hood, a notice on the glass.
            outline("M-.36 1L-.38 1.38L.08 1.37C.45 1.33 .72 1.15 .92 1Z", "#15181b"),
            outline("M-.3 1.02L-.1 1.3L0 1.1L.2 1.32L.3 1.05L.6 1.15L.7 1.02Z", "#9fb4c0", opacity=0.8),
            rectangle(-1.05, 1.05, 0.3, 0.22, "#ff8a1f"),
            rectangle(-1.0, 1.14, 0.2, 0.03, "#222"),
            ellipse(-1.9, 0.5, 0.22, 0.14, "#7a431f"),
            ellipse(0.6, 0.45, 0.34, 0.11, "#7a431f", opacity=0.9),
            ellipse(1.75, 0.78, 0.26, 0.09, "#7a431f", opacity=0.9),
            outline("M1.9 .75L2.3 .55L2.25 .25L1.95 .32Z", "#222"),
            *(ellipse(-0.6 + n * 0.27, 1.49 - abs(n - 3) * 0.02, 0.06, 0.03, "#a5702a") for n in range(5)),
        ]
    elif plate:
        svg.append(rectangle(-2.22, 0.45, 0.06, 0.12, "#eee"))
    return "".join(svg)


def hydrant(color: str = "#c4281d") -> str:
    dark = darker(color, 0.35)
    return (
        ellipse(0, 0.02, 0.26, 0.06, "#000", opacity=0.4)
        + rectangle(-0.2, 0, 0.4, 0.1, dark)
        + rectangle(-0.14, 0.1, 0.28, 0.5, color)
        + rectangle(-0.27, 0.42, 0.14, 0.15, dark)
        + rectangle(0.13, 0.42, 0.14, 0.15, dark)
        + circle(0, 0.43, 0.095, lighter(color, 0.12), stroke=dark, stroke_width=0.03)
        + circle(0, 0.43, 0.035, dark)
        + rectangle(-0.18, 0.59, 0.36, 0.06, dark)
        + outline("M-.15 .65C-.15 .8 -.08 .84 0 .84C.08 .84 .15 .8 .15 .65Z", color)
        + rectangle(-0.04, 0.83, 0.08, 0.08, dark)
        + rectangle(-0.14, 0.1, 0.28, 0.7, "url(#round)")
    )


def cart(color: str, *, open_lid: bool = False, broken: bool = False) -> str:
    """A wheeled trash cart."""
    dark = darker(color, 0.4)
    lid = (
        outline("M-.36 1.02L-.5 1.5L-.42 1.54L-.24 1.06Z", dark)
        if open_lid
        else outline("M-.38 1L-.36 1.1L.34 1.14L.38 1Z", lighter(color, 0.12), stroke=dark, stroke_width=0.02)
    )
    hole = outline("M-.05 .95L.1 .7L0 .55L.18 .35L.06 .3L-.12 .52L0 .68L-.16 .9Z", "#111") if broken else ""
    return (
        ellipse(0, 0.02, 0.42, 0.07, "#000", opacity=0.4)
        + outline("M-.27 .05L-.34 1L.34 1L.27 .05Z", color)
        + outline("M-.27 .05L-.34 1L.34 1L.27 .05Z", "url(#round)")
        + rectangle(-0.16, 0.62, 0.32, 0.2, lighter(color, 0.22))
        + hole
        + ("" if broken else circle(-0.24, 0.1, 0.1, "#15171a"))
        + circle(0.24, 0.1, 0.1, "#15171a")
        + lid
    )


def litter_bin(color: str = "#2f4a3c") -> str:
    bars = "".join(rectangle(-0.29 + n * 0.095, 0.12, 0.05, 0.78, darker(color, 0.35)) for n in range(7))
    return (
        ellipse(0, 0.02, 0.4, 0.07, "#000", opacity=0.4)
        + outline("M-.3 .05L-.34 .95L.34 .95L.3 .05Z", color)
        + bars
        + rectangle(-0.37, 0.9, 0.74, 0.09, lighter(color, 0.1))
        + rectangle(-0.33, 0.05, 0.66, 0.08, darker(color, 0.2))
    )


def tire_pile(rng: random.Random, count: int = 5) -> str:
    svg = []
    for number in range(count):
        x, y = (number % 3) * 0.62 - 0.6 + rng.uniform(-0.1, 0.1), 0.16 + (number // 3) * 0.3
        svg.append(
            ellipse(x, y, 0.38, 0.17, "#1c1d20", stroke="#3b3d42", stroke_width=0.02)
            + ellipse(x, y + 0.03, 0.2, 0.075, "#4a4c50")
            + ellipse(x, y + 0.02, 0.17, 0.06, "#0e0f10")
        )
    return "".join(svg)


def standing_tire() -> str:
    return circle(0, 0.34, 0.34, "#1b1c1e") + circle(0, 0.34, 0.21, "#595d63") + circle(0, 0.34, 0.18, "#101113")


def sofa(color: str) -> str:
    dark = darker(color, 0.3)
    return (
        ellipse(0, 0.02, 1.15, 0.1, "#000", opacity=0.4)
        + rectangle(-1.05, 0.35, 2.1, 0.6, dark, rx=0.12)
        + rectangle(-0.9, 0.28, 0.88, 0.28, color, rx=0.08)
        + rectangle(0.02, 0.28, 0.88, 0.28, color, rx=0.08)
        + rectangle(-0.88, 0.55, 0.86, 0.36, lighter(color, 0.08), rx=0.1)
        + rectangle(0.02, 0.55, 0.86, 0.36, lighter(color, 0.08), rx=0.1)
        + rectangle(-1.12, 0.1, 0.24, 0.58, color, rx=0.1)
        + rectangle(0.88, 0.1, 0.24, 0.58, color, rx=0.1)
        + rectangle(-0.9, 0.1, 1.8, 0.2, dark)
        + outline("M.25 .42L.4 .52L.5 .4L.62 .47L.55 .34L.35 .33Z", "#e9dfc4")
    )


def mattress(color: str = "#d9d3c4") -> str:
    """Leaning, seen from its broad side."""
    seams = "".join(
        line([(-0.85 + n * 0.34, 0.1), (-0.8 + n * 0.34, 1.25)], darker(color, 0.12), 0.012) for n in range(6)
    )
    return (
        ellipse(0, 0.02, 1.1, 0.08, "#000", opacity=0.4)
        + rectangle(-1, 0, 2, 1.35, darker(color, 0.2), rx=0.1)
        + rectangle(-0.94, 0.05, 1.88, 1.25, color, rx=0.09)
        + seams
        + "".join(circle(-0.7 + n % 5 * 0.35, 0.3 + n // 5 * 0.4, 0.025, darker(color, 0.35)) for n in range(15))
        + ellipse(0.3, 0.5, 0.3, 0.18, "#a98d5c", opacity=0.5)
    )


def fridge() -> str:
    return (
        ellipse(0, 0.02, 0.48, 0.07, "#000", opacity=0.4)
        + rectangle(-0.4, 0, 0.8, 1.75, "#e4e6e6", rx=0.04)
        + rectangle(-0.4, 0, 0.8, 1.75, "url(#round)", rx=0.04)
        + rectangle(-0.4, 1.15, 0.8, 0.02, "#777")
        + rectangle(0.25, 0.75, 0.05, 0.35, "#6b6f73")
        + rectangle(0.25, 1.22, 0.05, 0.25, "#6b6f73")
        + line([(-0.4, 0.9), (0.4, 0.9)], "#d8b13a", 0.06)
    )


def washer() -> str:
    return (
        ellipse(0, 0.02, 0.42, 0.07, "#000", opacity=0.4)
        + rectangle(-0.34, 0, 0.68, 0.9, "#eceeee", rx=0.03)
        + rectangle(-0.34, 0, 0.68, 0.9, "url(#round)", rx=0.03)
        + rectangle(-0.34, 0.75, 0.68, 0.13, "#c3c8cb")
        + circle(0.2, 0.815, 0.04, "#44494e")
        + circle(0, 0.38, 0.24, "#b4bbc0")
        + circle(0, 0.38, 0.18, "#2b333a")
        + ellipse(-0.05, 0.44, 0.06, 0.04, "#7f93a3")
    )


def box(color: str = "#b58a55", w: float = 0.6, h: float = 0.45) -> str:
    return (
        rectangle(-w / 2, 0, w, h, color)
        + rectangle(-w / 2, 0, w, h, "url(#round)")
        + rectangle(-0.05, 0, 0.1, h, lighter(color, 0.3))
        + outline(f"M{-w / 2} {h}L{-w / 2 - 0.12} {h + 0.14}L{-0.05} {h + 0.02}Z", darker(color, 0.15))
        + outline(f"M{w / 2} {h}L{w / 2 + 0.14} {h + 0.1}L{0.05} {h + 0.02}Z", darker(color, 0.25))
    )


def cone(color: str = "#f26a1b") -> str:
    return (
        rectangle(-0.2, 0, 0.4, 0.05, "#2a2a2a")
        + outline("M-.14 .05L-.03 .72L.03 .72L.14 .05Z", color)
        + outline("M-.105 .25L-.08 .4L.08 .4L.105 .25Z", "#f3f3f3")
        + outline("M-.065 .5L-.045 .62L.045 .62L.065 .5Z", "#f3f3f3")
    )


def barricade() -> str:
    stripes = "".join(
        outline(
            f"M{-0.8 + n * 0.4:.2f} .7L{-0.6 + n * 0.4:.2f} .7L{-0.5 + n * 0.4:.2f} .95L{-0.7 + n * 0.4:.2f} .95Z",
            "#f26a1b",
        )
        for n in range(4)
    )
    return (
        line([(-0.7, 0), (-0.6, 1.05)], "#6a6d70", 0.05)
        + line([(0.7, 0), (0.6, 1.05)], "#6a6d70", 0.05)
        + rectangle(-0.85, 0.7, 1.7, 0.25, "#f5f5f2")
        + stripes
        + circle(-0.6, 1.12, 0.08, "#ffb020")
        + circle(0.6, 1.12, 0.08, "#ffb020")
    )


def octagon(radius: float) -> str:
    corners = [(radius * cos(pi / 8 + n * pi / 4), radius * sin(pi / 8 + n * pi / 4)) for n in range(8)]
    return "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in corners) + "Z"


def bench(*, broken: bool = False) -> str:
    wood, iron = "#8a5f38", "#2b2e31"
    svg = [ellipse(0, 0.02, 1.0, 0.1, "#000", opacity=0.35)]
    for x in (-0.75, 0.75):
        svg.append(line([(x, 0), (x, 0.45), (x * 1.05, 0.95)], iron, 0.07))
        svg.append(line([(x, 0.62), (x * 1.2, 0.6), (x * 1.2, 0)], iron, 0.06))
    for number, y in enumerate((0.42, 0.5, 0.66, 0.78, 0.9)):
        color = lighter(wood, 0.05 * number)
        if broken and number in (1, 3):
            svg.append(outline(f"M-.9 {y}L-.25 {y - 0.02}L-.32 {y + 0.05}L-.2 {y + 0.08}L-.9 {y + 0.09}Z", color))
            svg.append(outline(f"M.15 {y - 0.3}L.92 {y}L.92 {y + 0.09}L.2 {y - 0.2}Z", darker(color, 0.1)))
        elif broken and number == 4:
            continue
        else:
            svg.append(rectangle(-0.92, y, 1.84, 0.09, color))
    if broken:
        svg.append(outline("M-.5 .02L.5 .12L.52 .2L-.5 .1Z", wood))
    return "".join(svg)


def dog(color: str) -> str:
    """A sitting dog with floppy ears, facing the camera a little."""
    dark = darker(color, 0.35)
    return (
        ellipse(0, 0.02, 0.34, 0.06, "#000", opacity=0.4)
        + outline("M.18 .1C.5 .1 .6 .35 .5 .48C.45 .38 .38 .25 .2 .25Z", color)
        + outline("M-.22 0C-.34 .3 -.2 .55 -.16 .68L.14 .68C.24 .5 .34 .3 .28 0Z", color)
        + ellipse(0.16, 0.14, 0.18, 0.16, darker(color, 0.12))
        + outline("M-.16 .62L.08 .62L.05 .1C0 .05 -.1 .05 -.13 .1Z", lighter(color, 0.35))
        + rectangle(-0.18, 0, 0.11, 0.42, color, rx=0.05)
        + rectangle(-0.01, 0, 0.11, 0.42, color, rx=0.05)
        + ellipse(-0.14, 0.03, 0.09, 0.045, lighter(color, 0.35))
        + ellipse(0.05, 0.03, 0.09, 0.045, lighter(color, 0.35))
        + ellipse(-0.02, 0.8, 0.19, 0.18, color)
        + ellipse(-0.05, 0.73, 0.11, 0.09, lighter(color, 0.35))
        + outline("M-.18 .9C-.34 .9 -.32 .68 -.26 .62C-.2 .68 -.16 .78 -.15 .9Z", dark)
        + outline("M.14 .9C.3 .9 .3 .68 .23 .62C.17 .68 .13 .78 .12 .9Z", dark)
        + ellipse(-0.06, 0.78, 0.045, 0.034, "#151515")
        + circle(-0.11, 0.85, 0.024, "#151515")
        + circle(0.03, 0.85, 0.024, "#151515")
        + line([(-0.06, 0.74), (-0.06, 0.69)], "#151515", 0.015)
        + ellipse(-0.05, 0.67, 0.03, 0.04, "#d0616b")
    )


def rat(color: str = "#5c534c") -> str:
    return (
        ellipse(0, 0.01, 0.22, 0.02, "#000", opacity=0.45)
        + line([(-0.16, 0.05), (-0.3, 0.02), (-0.42, 0.06), (-0.5, 0.03)], "#b98f88", 0.018)
        + outline("M-.18 .01C-.24 .14 -.08 .2 .04 .16C.12 .17 .22 .1 .27 .06L.24 .02Z", color)
        + circle(0.09, 0.16, 0.035, "#b98f88", stroke=color, stroke_width=0.012)
        + circle(0.17, 0.1, 0.012, "#0b0b0b")
        + circle(0.27, 0.06, 0.012, "#b98f88")
        + line([(0.24, 0.055), (0.3, 0.085)], "#ddd", 0.004)
        + line([(0.24, 0.05), (0.31, 0.05)], "#ddd", 0.004)
        + ellipse(-0.1, 0.02, 0.05, 0.018, "#b98f88")
        + ellipse(0.12, 0.02, 0.04, 0.016, "#b98f88")
    )


def swing_frame(*, broken: bool) -> str:
    post, chain = "#c0392b", "#8d9499"
    svg = [
        line([(-1.9, 0), (-1.5, 2.4)], post, 0.09),
        line([(-1.2, 0), (-1.5, 2.4)], post, 0.09),
        line([(1.9, 0), (1.5, 2.4)], post, 0.09),
        line([(1.2, 0), (1.5, 2.4)], post, 0.09),
        line([(-1.6, 2.4), (1.6, 2.4)], post, 0.11),
    ]
    for left, right in ((-1.05, -0.5), (0.5, 1.05)):
        whole = not broken or left < 0
        svg.append(line([(left, 2.4), (left, 0.55)], chain, 0.03))
        if whole:
            svg += [
                line([(right, 2.4), (right, 0.55)], chain, 0.03),
                rectangle(left - 0.06, 0.5, 0.67, 0.07, "#22262b"),
            ]
        else:
            svg += [
                line([(right, 2.4), (right, 1.75), (right + 0.06, 1.68)], chain, 0.03),
                line([(left, 0.6), (left + 0.16, 0.03)], "#22262b", 0.08),
                line([(left + 0.16, 0.05), (left + 0.5, 0.02), (left + 0.75, 0.05)], chain, 0.03),
            ]
    return "".join(svg)


def slide(*, broken: bool) -> str:
    hole = outline("M.5 1.05L.75 .98L.7 .82L.9 .72L.72 .6L.55 .75Z", "#1d1f22") if broken else ""
    return (
        line([(-1, 0), (-0.9, 1.7)], "#3d6fa8", 0.09)
        + line([(-0.5, 0), (-0.5, 1.7)], "#3d6fa8", 0.09)
        + "".join(line([(-0.97, y), (-0.5, y)], "#3d6fa8", 0.06) for y in (0.4, 0.8, 1.2))
        + rectangle(-1, 1.6, 0.7, 0.1, "#d8b13a")
        + outline("M-.35 1.75C.2 1.6 .6 .6 1.5 .4L1.5 .15C.5 .3 .2 1.2 -.35 1.45Z", "#e0a72e")
        + outline("M-.35 1.85C.25 1.7 .6 .72 1.5 .5L1.5 .4C.6 .6 .2 1.6 -.35 1.75Z", "#c98d1d")
        + hole
    )


def person_symbol() -> str:
    """The wheelchair symbol, 1 m high."""
    return (
        circle(-0.05, 0.9, 0.09, "#fff")
        + line([(-0.05, 0.76), (-0.02, 0.42), (0.22, 0.42), (0.32, 0.08), (0.42, 0.12)], "#fff", 0.09)
        + line([(-0.04, 0.62), (0.2, 0.62)], "#fff", 0.07)
        + outline("M-.16 .52A.28 .28 0 1 0 .26 .22L.2 .28A.2 .2 0 1 1 -.14 .44Z", "#fff")
    )


# --- On the ground ----------------------------------------------------------------------------------------------------
def puddle(p: Picture, x: float, z: float, rx: float, rz: float, y: float = 0.0) -> None:
    edge = blob(x, z, rx, rz, p.problem_rng, 0.14)
    p.flat(edge, "#47535c", y, opacity=0.9)
    p.flat(blob(x, z, rx * 0.93, rz * 0.92, p.problem_rng, 0.1), "#8fa9bb", y, opacity=0.85)
    p.flat(blob(x - rx * 0.2, z + rz * 0.2, rx * 0.5, rz * 0.35, p.problem_rng, 0.2), "#dbe7ef", y, opacity=0.6)


def scattered(
    p: Picture, x: float, z: float, rx: float, rz: float, count: int, size: float, colors: list[str], y: float = 0.0
) -> None:
    """Small angular pieces on the ground: gravel, leaves, litter. The far ones are drawn first."""
    rng = p.problem_rng
    spots = sorted(((rng.gauss(0, 0.5) * rz + z, rng.gauss(0, 0.5) * rx + x) for _ in range(count)), reverse=True)
    for at_z, at_x in spots:
        if at_z < 0.8:
            continue
        turn, half = rng.uniform(0, pi), size * rng.uniform(0.5, 1.2)
        corners = [(at_x + half * cos(turn + a), at_z + half * 1.3 * sin(turn + a)) for a in (0, 1.3, 2.9, 4.4)]
        p.flat([(cx, cz - half * 0.4) for cx, cz in corners], "#000", y, opacity=0.25)
        p.flat(corners, rng.choice(colors), y)


def crack(
    p: Picture, points: list[tuple[float, float]], width: float = 0.03, y: float = 0.0, color: str = "#26221f"
) -> None:
    rng = p.problem_rng
    jagged: list[tuple[float, float, float]] = []
    for (x0, z0), (x1, z1) in itertools.pairwise(points):
        for step in range(6):
            share = step / 6
            jagged.append(
                (
                    x0 + (x1 - x0) * share + rng.uniform(-0.04, 0.04),
                    y,
                    z0 + (z1 - z0) * share + rng.uniform(-0.05, 0.05),
                )
            )
    jagged.append((points[-1][0], y, points[-1][1]))
    p.track(jagged, color, width)
    p.track([(x + 0.01, py, z - width * 0.8) for x, py, z in jagged], "#d5d0c6", width * 0.5, opacity=0.5)


def hole(
    p: Picture, x: float, z: float, rx: float, rz: float, depth: float, *, wet: bool = False, floor: str = "#6d6256"
) -> None:
    """A hole in the road, seen from the camera: its far wall and, below it, the floor."""
    rng = p.problem_rng
    state = rng.getstate()
    rim = blob(x, z, rx, rz, rng, 0.16)
    rng.setstate(state)
    wide = blob(x, z, rx * 1.16, rz * 1.18, rng, 0.16)
    p.flat(wide, "#4c4b4a", opacity=0.85)
    rng.setstate(state)
    p.flat(blob(x, z, rx * 1.05, rz * 1.06, rng, 0.16), "#97928a")
    start = len(p.parts)
    p.flat(rim, "#211c19")
    for layer, color in ((0.25, "#3a312b"), (0.6, "#4d433a")):
        p.flat(rim, color, -depth * layer)
    p.flat(rim, "#57706f" if wet else floor, -depth)
    if wet:
        p.flat(blob(x - rx * 0.15, z + rz * 0.2, rx * 0.6, rz * 0.5, rng, 0.1), "#a9c0cc", -depth, opacity=0.75)
    else:
        scattered(p, x, z, rx * 0.8, rz * 0.7, 45, 0.045, ["#8d8378", "#5a5148", "#a39a8d"], -depth)
    p.clipped([(rx_, 0.0, rz_) for rx_, rz_ in rim], start)
    for _ in range(7):
        angle = rng.uniform(0, 2 * pi)
        reach = rng.uniform(1.25, 1.75)
        crack(
            p,
            [
                (x + rx * cos(angle), z + rz * sin(angle)),
                (x + rx * reach * cos(angle + 0.2), z + rz * reach * sin(angle + 0.2)),
            ],
            0.025,
        )
    scattered(p, x, z - rz * 0.2, rx * 1.9, rz * 1.7, 40, 0.035, ["#3c3b3a", "#57544f", "#8a857c", "#2b2a29"])


def patch(p: Picture, x: float, z: float, rx: float, rz: float, *, y: float = 0.0, color: str = "#2a2b2d") -> None:
    """Fresh asphalt: a dark rectangle with a sealed edge."""
    rng = p.problem_rng
    w, d = rx * 1.3, rz * 1.3
    turn = rng.uniform(-0.08, 0.08)
    corners = [(x - w, z - d - turn), (x + w, z - d + turn), (x + w, z + d + turn), (x - w, z + d - turn)]
    wide = [(x + (cx - x) * 1.07, z + (cz - z) * 1.07) for cx, cz in corners]
    p.flat(wide, "#141516", y, opacity=0.75)
    p.flat(corners, color, y, surface="asphalt")
    p.flat([corners[0], corners[1], (x + w, z - d * 0.7), (x - w, z - d * 0.8)], "#fff", y, opacity=0.06)


def pile(
    p: Picture, x: float, z: float, width: float, count: int, color: str, size: float = 0.12, y: float = 0.13
) -> None:
    """A heap of loose material: gravel, snow, leaves."""
    rng = p.problem_rng
    p.shadow(x, z, width * 0.6, 0.4)
    for layer in range(count):
        share = layer / count
        reach = width * 0.5 * (1 - share * 0.85)
        for _ in range(7):
            at = x + rng.uniform(-reach, reach)
            tone = mixed(color, "#ffffff" if rng.random() < 0.5 else "#000000", rng.uniform(0, 0.22))
            p.stand(
                at,
                z,
                ellipse(0, share * width * 0.42, size * rng.uniform(0.8, 1.8), size * rng.uniform(0.6, 1.1), tone),
                y,
            )
