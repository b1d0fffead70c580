"""Problems of walls, lots, trees, parks and trash. Each function draws scene `number` with its problem, or without it."""

import random

from requests_app.demo.drawings import things
from requests_app.demo.drawings.picture import (
    Picture,
    circle,
    darker,
    ellipse,
    lighter,
    line,
    outline,
    rectangle,
)
from requests_app.demo.drawings.roadway import LEAF
from requests_app.demo.drawings.scenery import (
    GRASS,
    LEAVES,
    across,
    bush,
    house_front,
    park,
    street,
    tree,
    wall,
)

PAINTS = [
    ("#3f8fd0", "#0d2136"),
    ("#c8ccd2", "#16181b"),
    ("#d8366a", "#2a0714"),
    ("#f0c419", "#3a2500"),
    ("#4fae5b", "#0c2a12"),
    ("#111214", "#e8e8e8"),
]
# Strokes of letters in a square of 1, thick enough to look sprayed.
LETTERS = [
    "M.85 .85C.5 1.1 .05 .95 .15 .68C.25 .45 .9 .55 .82 .25C.75 -.05 .2 -.02 .1 .2",
    "M.15 0C.2 .4 .15 .7 .2 1M.85 1C.6 .7 .4 .6 .2 .5C.5 .45 .7 .2 .95 0",
    "M.05 0C.2 .5 .35 .8 .5 1C.65 .8 .75 .4 .95 0M.25 .35C.5 .45 .6 .4 .78 .35",
    "M.15 0C.1 .4 .2 .7 .15 1C.6 1.05 .95 .85 .8 .6C.7 .45 .4 .5 .2 .5C.5 .4 .75 .15 .95 -.05",
    "M.85 .95C.6 1 .3 1 .12 .95C.2 .6 .12 .3 .15 .02C.4 0 .7 0 .9 .08M.15 .5C.4 .53 .6 .5 .7 .52",
    "M.5 1C.1 1 .05 .5 .15 .2C.3 -.1 .75 -.05 .88 .3C1 .7 .8 1 .5 1",
    "M.1 .95C.4 1 .7 .95 .9 1C.6 .65 .35 .35 .1 .02C.4 .05 .7 .0 .95 .05",
    "M.1 0C.15 .4 .1 .7 .15 1C.4 .7 .6 .35 .85 0C.9 .4 .85 .7 .9 1",
]


def tag(rng: random.Random, paint: tuple[str, str], letters: int = 5) -> str:
    """Sprayed letters, each about 1 m high, with an outline, a shine and drips."""
    fill, edge = paint
    chosen = [
        (rng.choice(LETTERS), n * 0.78 + rng.uniform(-0.05, 0.05), rng.uniform(-0.12, 0.12), rng.uniform(-12, 12))
        for n in range(letters)
    ]
    svg = []
    for color, width, opacity in ((edge, 0.4, 1), (fill, 0.27, 1), (lighter(fill, 0.55), 0.05, 0.8)):
        shift = 0.05 if width < 0.1 else 0
        for path, x, y, turn in chosen:
            svg.append(
                f'<g transform="translate({x - shift:.2f} {y + shift:.2f}) rotate({turn:.0f} .5 .5)">'
                f'<path d="{path}" fill="none" stroke="{color}"'
                f' stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round" opacity="{opacity}"/></g>'
            )
    for _ in range(6):
        x, length = rng.uniform(0, letters * 0.75), rng.uniform(0.2, 0.6)
        svg.append(line([(x, -0.1), (x, -0.1 - length)], edge, 0.035) + circle(x, -0.1 - length, 0.025, edge))
    return "".join(svg)


def scribble(rng: random.Random, color: str) -> str:
    """A quick signature, in one line."""
    x, path = 0.0, "M0 .3"
    for _ in range(rng.randrange(5, 8)):
        path += (
            f"C{x + 0.1:.2f} {rng.uniform(0.6, 1):.2f} {x + 0.25:.2f} {rng.uniform(-0.4, 0):.2f} "
            f"{x + 0.32:.2f} {rng.uniform(0.2, 0.6):.2f}"
        )
        x += 0.32
    path += f"M-.1 -.15L{x + 0.2:.2f} -.05L{x + 0.1:.2f} -.2"
    return f'<path d="{path}" fill="none" stroke="{color}" stroke-width=".06" stroke-linecap="round"/>'


def graffiti(number: int, after: bool) -> Picture:
    night = number % 6 == 5
    kind = ["brick", "concrete", "shutter", "plaster", "fence", "brick"][number % 6]
    p = Picture(f"graffiti {number}", horizon=[300, 330, 290][number % 3], focal=[560, 640, 600][number % 3])
    across(p, 6.0, season="summer")
    wall(p, 6.0, kind)
    if number % 3 == 1:
        p.stand(3.4, 5.4, things.litter_bin(), 0.13)
    rng = p.problem_rng
    if after:
        if kind in ("plaster", "concrete", "fence", "shutter") and number % 2:
            p.front(
                -2.4,
                2.3,
                0.7,
                2.2,
                6.0,
                {"plaster": "#d2c39a", "concrete": "#b4b3ae", "fence": "#917051", "shutter": "#989fa6"}[kind],
                opacity=0.55,
            )
    else:
        paint = PAINTS[number % len(PAINTS)]
        p.stand(
            -2.1 + rng.uniform(-0.3, 0.3),
            6.0,
            f'<g transform="scale({rng.uniform(1.0, 1.2):.2f})">{tag(rng, paint)}</g>',
            0.95,
        )
        for _ in range(3):
            p.stand(
                rng.uniform(-3.6, 2.4),
                6.0,
                scribble(rng, rng.choice(["#111", "#7a1fa2", "#c62828", "#1565c0"])),
                rng.uniform(0.5, 2.5),
            )
    if night:
        p.darkness(0.7, (0, 1.4, 6), 420)
    return p


def dumping(number: int, after: bool) -> Picture:
    night = number % 5 == 3
    p = Picture(f"dumping {number}", horizon=270, focal=600)
    across(p, 6.4, curb_z=3.3)
    wall(p, 6.4, ["fence", "brick", "concrete", "fence", "plaster"][number % 5])
    if after:
        if night:
            p.darkness(0.55, (0, 0.8, 5), 420)
        return p
    rng, what = p.problem_rng, number % 3
    if what == 0:
        p.stand(-1.3, 5.7, things.mattress(), 0.13, turn=4)
        p.stand(1.1, 5.5, things.sofa(rng.choice(["#7d5a46", "#5a6b7d", "#8a7a4a"])), 0.13)
    elif what == 1:
        p.stand(-1.6, 5.7, things.fridge(), 0.13, turn=-6)
        p.stand(1.2, 5.4, things.tire_pile(rng, 6), 0.13)
        p.stand(0.2, 5.9, things.mattress("#cfc3ae"), 0.13, turn=-3)
    else:
        things.pile(p, -0.4, 5.6, 3.2, 6, "#a39a8c", 0.2)
        for n in range(7):
            x = -1.6 + n * 0.42
            p.stand(
                x,
                5.3,
                line(
                    [(0, 0.1), (rng.uniform(-0.8, 0.8), rng.uniform(0.5, 1.2))],
                    rng.choice(["#9b7a4f", "#c7ab7c", "#7a6a58"]),
                    0.09,
                ),
                0.13,
            )
        p.stand(1.6, 5.3, things.washer(), 0.13, turn=9)
    for _ in range(9):
        p.stand(
            rng.uniform(-2.4, 2.2),
            rng.uniform(4.6, 5.1),
            things.bag(rng.choice(["#1d2023", "#24282c", "#e6e6e0", "#2c3c33"]), rng.uniform(0.45, 0.75)),
            0.13,
        )
    p.stand(0.6, 4.5, things.box(), 0.13, turn=8)
    things.scattered(p, 0, 4.2, 3.4, 0.7, 45, 0.07, things.LITTER, 0.14)
    if night:
        p.darkness(0.62, (0, 0.8, 5), 430)
    return p


def litter(number: int, after: bool) -> Picture:
    """An overflowing bin; number % 3 == 2: a littered curb with leaves."""
    p = Picture(f"litter {number}", horizon=[260, 260, 120][number % 3], focal=760, center=400)
    across(p, 6.2, curb_z=3.5)
    wall(p, 6.2, ["brick", "plaster", "concrete"][number % 3])
    rng = p.problem_rng
    if number % 3 == 2:
        p.stand(2.2, 5.2, things.litter_bin("#3a4550"), 0.13)
        if not after:
            things.scattered(p, 0, 3.2, 3.6, 0.5, 230, 0.075, LEAF)
            things.scattered(p, 0, 3.5, 3.4, 1.2, 70, 0.085, things.LITTER, 0.03)
            for x in (-1.6, 0.4, 1.5):
                p.stand(
                    x,
                    3.3,
                    rectangle(-0.06, 0, 0.12, 0.2, "#f4f4f0") + rectangle(-0.06, 0.07, 0.12, 0.07, "#c33d2e"),
                    turn=rng.uniform(50, 110),
                )
        return p
    if not after:
        for _ in range(7):
            p.stand(
                rng.uniform(-0.9, 0.9),
                5.0,
                things.bag(rng.choice(["#1d2023", "#e6e6e0", "#24282c"]), rng.uniform(0.35, 0.55)),
                0.13,
            )
    p.stand(0, 4.7, things.litter_bin(["#2f4a3c", "#3a4550"][number % 2]), 0.13)
    if after:
        return p
    for n in range(34):
        x = rng.uniform(-0.34, 0.34)
        y = 0.95 + rng.uniform(0, 0.42) * (1 - abs(x))
        color = rng.choice(things.LITTER)
        if n % 3 == 0:
            shape = rectangle(-0.06, 0, 0.12, 0.2, color, rx=0.02) + rectangle(-0.065, 0.18, 0.13, 0.03, "#fff")
        elif n % 3 == 1:
            shape = outline("M-.14 0L-.1 .14L.06 .18L.15 .03L.05 -.05Z", color) + line(
                [(-0.08, 0.1), (0.06, 0.04)], darker(color, 0.3), 0.012
            )
        else:
            shape = rectangle(-0.12, 0, 0.24, 0.12, color) + rectangle(-0.12, 0, 0.24, 0.04, darker(color, 0.25))
        p.stand(x, 4.65, shape, 0.13 + y - 0.05, turn=rng.uniform(-70, 70))
    p.stand(0.2, 4.6, things.bag("#e6e6e0", 0.35), 1.25, turn=12)
    things.scattered(p, 0, 4.3, 1.7, 0.7, 75, 0.08, things.LITTER, 0.14)
    for x in (-0.8, 0.7, 1.2):
        p.stand(
            x,
            4.2,
            rectangle(-0.06, 0, 0.12, 0.2, "#f4f4f0") + rectangle(-0.06, 0.07, 0.12, 0.07, "#3d6fa8"),
            0.14,
            turn=80,
        )
    return p


def at_the_curb(p: Picture, season: str = "summer") -> None:
    """A house behind its lawn, the sidewalk, and the curb where things are put out."""
    across(p, 9.5, curb_z=4.0, season=season, verge=3.4)
    p.strip(-14, 14, 4.15, 4.9, GRASS, 0.135, surface="grass")
    house_front(p, 9.5, season=season)
    p.strip(-14, 14, 6.1, 9.4, GRASS, 0.135, surface="grass")
    p.strip(-0.7, 0.9, 6.1, 9.1, "#b5b1a8", 0.14)


def missedtrash(number: int, after: bool) -> Picture:
    p = Picture(f"trash {number}", horizon=250, focal=640)
    at_the_curb(p, ["summer", "autumn"][number % 2])
    rng = p.problem_rng
    colors = [("#2f5d3a", "#2c4f86"), ("#3a3d42", "#2c4f86")][number % 2]
    for n, color in enumerate(colors):
        x = -0.55 + n * 1.1
        if not after:
            p.stand(x - 0.12, 4.62, things.bag("#1d2023", 0.5), 1.05)
            p.stand(x + 0.15, 4.6, things.bag("#e6e6e0", 0.45), 1.08)
        p.stand(x, 4.5, things.cart(color, open_lid=not after), 0.13)
    if not after:
        for x in (-1.9, -1.35, 1.3, 1.9, -1.6):
            p.stand(x, 4.4, things.bag(rng.choice(["#1d2023", "#24282c"]), rng.uniform(0.55, 0.75)), 0.13)
        p.stand(2.4, 4.4, things.box(w=0.7), 0.13)
        things.scattered(p, 0.3, 3.8, 2.2, 0.3, 16, 0.06, things.LITTER)
    return p


def cart(number: int, after: bool) -> Picture:
    p = Picture(f"cart {number}", horizon=250, focal=820)
    at_the_curb(p)
    color = ["#2f5d3a", "#2c4f86", "#3a3d42"][number % 3]
    if after:
        p.stand(0, 4.5, things.cart(color), 0.13)
    else:
        p.shadow(0.1, 4.45, 0.6, 0.2)
        p.stand(0, 4.5, things.cart(color, open_lid=True, broken=True), 0.13, turn=-13)
        p.stand(-0.95, 4.35, things.circle(0, 0.1, 0.1, "#15171a") + circle(0, 0.1, 0.04, "#777"), 0.13)
        things.scattered(p, 0.3, 4.2, 0.8, 0.2, 10, 0.05, [darker(color, 0.2), color], 0.14)
    return p


def bulky(number: int, after: bool) -> Picture:
    p = Picture(f"bulky {number}", horizon=250, focal=640)
    at_the_curb(p, ["summer", "autumn"][number % 2])
    if after:
        return p
    what = number % 5
    if what in (0, 4):
        p.stand(0.1, 4.5, things.sofa(["#7d5a46", "#5a6b7d", "#8a7a4a"][number % 3]), 0.13)
        if what == 4:
            p.stand(
                2.0,
                4.5,
                line([(-0.3, 0), (-0.3, 0.9)], "#8a5f38", 0.06)
                + line([(0.25, 0), (0.25, 0.45)], "#8a5f38", 0.06)
                + rectangle(-0.34, 0.43, 0.64, 0.07, "#8a5f38")
                + rectangle(-0.34, 0.6, 0.08, 0.4, "#8a5f38"),
                0.13,
            )
    elif what == 1:
        p.stand(-0.2, 4.6, things.mattress(), 0.13, turn=3)
        p.stand(0.5, 4.45, things.mattress("#bfc7cf"), 0.13, turn=-2)
    elif what == 2:
        p.stand(-0.6, 4.5, things.fridge(), 0.13)
        p.stand(0.7, 4.45, things.washer(), 0.13)
    else:
        p.stand(0.0, 4.5, things.washer(), 0.13)
        p.stand(
            1.0, 4.5, rectangle(-0.4, 0, 0.8, 0.55, "#2a2d31") + rectangle(-0.34, 0.07, 0.68, 0.42, "#46525c"), 0.13
        )
    return p


def treehazard(number: int, after: bool) -> Picture:
    """A tree across the street, a broken limb on the sidewalk, a trunk against the wires."""
    what = number % 3
    season = ["summer", "autumn"][number % 2]
    p = Picture(f"fallen {number}", horizon=[250, 280, 300][what], focal=600)
    street(p, season=season)
    rng = p.problem_rng
    colors = LEAVES[season]
    if what == 2:
        for x in (4.6,):
            for z in (34.0, 20.0, 9.0):
                p.stand(x, z, rectangle(-0.12, 0, 0.24, 8, "#5f4c3a") + rectangle(-1, 7.2, 2, 0.12, "#5f4c3a"))
        for dx in (-0.9, 0, 0.9):
            p.track(
                [
                    (4.6 + dx, 7.2, 1.2),
                    (4.6 + dx, 6.9, 5),
                    (4.6 + dx, 7.2, 9),
                    (4.6 + dx, 6.8, 14),
                    (4.6 + dx, 7.2, 20),
                ],
                "#1b1d1f",
                0.05,
            )
    if after:
        # A stump and sawdust.
        x, z = (3.4, 7.0) if what != 1 else (3.6, 5.6)
        p.stand(
            x,
            z,
            rectangle(-0.3, 0, 0.6, 0.35, "#5b4636")
            + ellipse(0, 0.36, 0.3, 0.1, "#cfae7d")
            + ellipse(0, 0.36, 0.17, 0.055, "#b8935f")
            if what != 1
            else tree(p.rng, 7, season),
            0.13,
        )
        things.scattered(p, x - 0.6, z - 0.6, 1.5, 0.6, 40, 0.03, ["#dcc391", "#c9aa70"], 0.1)
        return p
    if what == 1:
        p.stand(3.6, 5.6, tree(p.rng, 7, season), 0.13)
        p.stand(3.5, 5.5, outline("M-.12 2.9L.3 3.3L.1 2.6Z", "#e0c493"), 0.13)
    base, z = (3.6, 5.9) if what == 0 else (3.5, 5.2)
    if what == 2:
        p.stand(2.3, 8.2, f'<g transform="rotate(-24)">{tree(rng, 7.5, season)}</g>', 0.1)
        p.stand(2.3, 8.1, outline("M-.9 0L-.7 .35L-.3 .5L.3 .45L.9 .1L.7 0Z", "#4a3628"), 0.05)
        return p
    # The trunk lies from right to left, thinner at its end.
    p.shadow(0.2, z - 0.3, 3.8, 0.5)
    length, thick = (6.4, 0.36) if what == 0 else (3.8, 0.16)
    if what == 0:
        p.stand(
            base + 0.2,
            z,
            "".join(
                line([(0, 0.3), (rng.uniform(0.2, 1.0), rng.uniform(-0.2, 1.2))], "#4a3628", 0.09) for _ in range(12)
            )
            + circle(0.1, 0.35, 0.45, "#4a3628"),
        )
    trunk = outline(f"M0 {thick * 1.7:.2f}L{-length} {thick * 0.9:.2f}L{-length} {thick * 0.55:.2f}L0 0Z", "#5b4636")
    bark = "".join(
        line(
            [(-x * 0.6 - 0.2, rng.uniform(0.05, thick * 1.3)), (-x * 0.6 - 0.7, rng.uniform(0.05, thick * 1.3))],
            "#3e2e22",
            0.02,
        )
        for x in range(int(length))
    )
    p.stand(base, z, trunk + bark)
    for n in range(9):
        x = -length * (0.35 + 0.07 * n)
        p.stand(base, z, line([(x, thick * 0.8), (x - rng.uniform(0.3, 0.9), rng.uniform(0.5, 1.7))], "#5b4636", 0.08))
    crown = []
    for _ in range(150 if what == 0 else 80):
        x, y = -length * rng.uniform(0.45, 1.1), abs(rng.gauss(0.5, 0.5)) * (1.2 if what == 0 else 0.6)
        color = rng.choice(colors)
        crown.append(
            circle(
                x,
                y,
                rng.uniform(0.1, 0.3),
                darker(color, rng.uniform(0, 0.35)) if rng.random() < 0.6 else lighter(color, rng.uniform(0, 0.25)),
            )
        )
    p.stand(base, z - 0.2, "".join(crown))
    things.scattered(p, 0, z - 1.0, 4.5, 0.9, 90, 0.06, colors)
    return p


def treeprune(number: int, after: bool) -> Picture:
    """Branches hang low over the sidewalk; number % 2: a stump that is to be removed."""
    p = Picture(f"prune {number}", horizon=[300, 230][number % 2], focal=600, center=230)
    street(p, right=-0.6, left=-7.5, line_at=-4, season="summer", cars=False)
    rng = p.problem_rng
    if number % 2:
        if after:
            p.flat([(1.9, 3.6), (3.2, 3.6), (3.2, 5.0), (1.9, 5.0)], "#5b4a38", 0.13, surface="grass")
            p.stand(
                2.5,
                4.2,
                rectangle(-0.02, 0, 0.04, 1.3, "#5b4636")
                + bush(rng, 0.7, 0.7).replace("<circle", '<circle transform="translate(0 1)"'),
                0.13,
            )
            p.stand(2.75, 4.2, rectangle(-0.03, 0, 0.06, 1.0, "#b08d57"), 0.13)
            return p
        p.shadow(2.4, 4.3, 0.9, 0.4)
        p.stand(
            2.4,
            4.3,
            outline("M-.85 0C-.6 .15 -.5 .3 -.48 .55L.48 .6C.5 .3 .65 .12 .95 0Z", "#5b4636")
            + ellipse(0, 0.57, 0.48, 0.14, "#cfae7d")
            + ellipse(0.02, 0.57, 0.34, 0.1, "#b8935f")
            + ellipse(0.03, 0.57, 0.2, 0.06, "#cfae7d")
            + ellipse(0.03, 0.57, 0.08, 0.025, "#a57f4c")
            + line([(0, 0.57), (0.4, 0.63)], "#6b4a2b", 0.02)
            + "".join(line([(x, 0.02), (x * 0.7, 0.45)], "#463426", 0.03) for x in (-0.6, -0.3, 0, 0.35, 0.65)),
            0.13,
        )
        return p
    p.stand(2.7, 6.0, tree(p.rng, 7.5, "summer"), 0.13)
    if after:
        return p
    for _ in range(10):
        x = rng.uniform(-0.2, 2.2)
        p.stand(x, 4.4, line([(1.2, 3.6), (0.4, 2.6), (0, rng.uniform(0.8, 1.6))], "#5b4636", 0.035), 0.13)
    leaves = []
    for _ in range(260):
        x, y = rng.uniform(-1.6, 2.2), rng.uniform(0.75, 3.6)
        color = rng.choice(LEAVES["summer"])
        leaves.append(
            ellipse(
                x,
                y,
                rng.uniform(0.06, 0.17),
                rng.uniform(0.05, 0.12),
                darker(color, rng.uniform(0, 0.4)) if rng.random() < 0.6 else lighter(color, rng.uniform(0, 0.3)),
            )
        )
    p.stand(0.8, 4.2, "".join(leaves), 0.2)
    return p


def parkmaint(number: int, after: bool) -> Picture:
    """A swing, a bench, a slide, a bin or a fence."""
    p = Picture(f"park {number}", horizon=240, focal=640)
    park(p, season=["summer", "autumn"][number % 2])
    what = number % 4
    if what in (0, 2):
        p.flat([(-4, 3.2), (4, 3.2), (4.6, 8), (-4.6, 8)], "#b98f5c", surface="stone")
    p.shadow(0, 5.2, 1.6, 0.3)
    if what == 0:
        p.stand(0, 5.2, things.swing_frame(broken=not after))
    elif what == 1:
        p.stand(-0.2, 3.6, things.bench(broken=not after))
    elif what == 2:
        p.stand(-0.2, 4.6, things.slide(broken=not after))
        if not after:
            p.stand(
                -0.2,
                4.5,
                line([(0.3, 0.3), (0.9, 1.25)], "#f2c21a", 0.07) + line([(0.3, 1.25), (0.95, 0.4)], "#f2c21a", 0.07),
            )
    else:
        # A chain-link fence, cut and bent.
        for x in (-3.4, -1.7, 0.0, 1.7, 3.4):
            p.stand(x, 5.0, rectangle(-0.04, 0, 0.08, 2.0, "#8d9499"))
        p.stand(0, 5.0, line([(-3.4, 2), (3.4, 2)], "#8d9499", 0.05))
        mesh = []
        for n in range(46):
            x = -3.5 + n * 0.16
            for slant in (0.9, -0.9):
                top, bottom = (x, 1.95), (x + slant, 0.05)
                if not after and -1.0 < (top[0] + bottom[0]) / 2 < 1.0:
                    continue
                mesh.append(line([top, bottom], "#c3c9cd", 0.012))
        if not after:
            mesh.append(
                "".join(
                    line([(0.9 + n * 0.06, 1.7 - n * 0.05), (1.9 - n * 0.02, 0.3)], "#c3c9cd", 0.012) for n in range(9)
                )
            )
            mesh.append(
                line([(-1.0, 1.95), (-0.6, 1.1), (-0.95, 0.1)], "#aab1b6", 0.03)
                + line([(1.0, 1.95), (0.5, 1.2), (1.1, 0.1)], "#aab1b6", 0.03)
            )
        p.stand(0, 4.98, "".join(mesh))
    return p


def overgrown(number: int, after: bool) -> Picture:
    p = Picture(f"overgrown {number}", horizon=270, focal=600)
    across(p, 9.0, curb_z=3.6, verge=3.6)
    house_front(p, 9.0, blighted=number % 2 == 1)
    p.strip(-14, 14, 5.4, 8.9, GRASS, 0.135, surface="grass")
    if after:
        return p
    rng = p.problem_rng
    for z in (8.4, 7.6, 6.8, 6.1, 5.5):
        for _ in range(70):
            x, high = rng.uniform(-5.5, 5.5), rng.uniform(0.5, 1.35)
            color = rng.choice(["#6f8a3a", "#8a9a45", "#55742f", "#a39a4f", "#476628"])
            lean = rng.uniform(-0.25, 0.25)
            p.stand(
                x,
                z,
                outline(
                    f"M-.05 0Q{lean * 0.3:.2f} {high * 0.6:.2f} {lean:.2f} {high:.2f}"
                    f"Q{lean * 0.5 + 0.05:.2f} {high * 0.5:.2f} .05 0Z",
                    color,
                ),
                0.1,
            )
        for _ in range(5):
            p.stand(
                rng.uniform(-5, 5),
                z,
                line([(0, 0), (0.05, 1.2)], "#6b6a35", 0.03)
                + circle(0.05, 1.25, 0.09, rng.choice(["#d8c25a", "#c9c4b0", "#8e5f9e"])),
                0.1,
            )
    return p


def blight(number: int, after: bool) -> Picture:
    p = Picture(f"blight {number}", horizon=290, focal=560)
    across(p, 8.4, curb_z=3.6, verge=2.6)
    house_front(p, 8.4, blighted=True)
    p.strip(-14, 14, 5.8, 8.3, "#8f8a55", 0.135, surface="grass")
    rng = p.problem_rng
    p.shape([(-1.9, 5.9, 8.4), (-0.6, 6.2, 8.4), (-0.2, 7.2, 8.4), (-1.5, 7.1, 8.4), (-2.3, 6.6, 8.4)], "#171412")
    for x in (-1.8, -1.1, -0.5):
        p.track([(x, 5.9, 8.4), (x + 0.2, 7.1, 8.4)], "#7a6247", 0.08)
    for _ in range(18):
        x, y = rng.uniform(-3.9, 2.9), rng.uniform(0.7, 5.0)
        p.front(x, x + rng.uniform(0.2, 0.6), y, y + 0.18, 8.39, rng.choice(["#7d7260", "#5f574a", "#9a9080"]))
    p.track([(2.9, 5.4, 8.3), (3.2, 4.2, 8.2), (3.0, 3.0, 8.1)], "#8d9499", 0.08)
    if after:
        for x in range(-6, 7, 2):
            p.stand(x, 6.2, rectangle(-0.04, 0, 0.08, 2.0, "#8d9499"), 0.13)
        p.front(-6, 6, 0.3, 2.1, 6.2, "#3f7d57", opacity=0.88)
        p.front(-0.6, 0.6, 1.0, 1.7, 6.15, "#fff")
        p.label(0, 1.35, 6.15, 0.16, "KEEP OUT", "#b8202a")
        return p
    for x in (-3.6, 2.4, 3.2, -4.4, 4.2):
        p.stand(x, 7.0, bush(rng, 1.3, 1.1, ["#7c8a3f", "#5f7031", "#8f8a55"]), 0.1)
    things.scattered(p, 0, 6.4, 4, 0.8, 30, 0.1, ["#7d7260", "#b08d57", "#5f574a"], 0.14)
    return p


def rodent(number: int, after: bool) -> Picture:
    night = number % 2 == 1
    p = Picture(f"rats {number}", horizon=150, focal=900)
    across(p, 4.6, curb_z=2.2)
    wall(p, 4.6, ["brick", "concrete"][number % 2])
    if after:
        p.stand(
            0.5,
            4.4,
            rectangle(-0.3, 0, 0.6, 0.3, "#1d1f22", rx=0.03)
            + circle(-0.12, 0.1, 0.06, "#000")
            + rectangle(-0.05, 0.17, 0.28, 0.1, "#f2c21a"),
            0.13,
        )
        p.label(0.59, 0.35, 4.35, 0.05, "BAIT", "#111")
    else:
        p.stand(1.1, 4.4, things.bag("#1d2023", 0.7), 0.13)
        p.stand(1.6, 4.3, things.bag("#24282c", 0.6), 0.13)
        p.stand(-1.4, 4.58, ellipse(0, 0.02, 0.2, 0.17, "#0b0908") + ellipse(0, -0.05, 0.3, 0.07, "#5d4f41"), 0.13)
        things.scattered(p, 0.8, 3.6, 0.7, 0.3, 26, 0.04, things.LITTER, 0.14)
        p.stand(-0.4, 3.3, f'<g transform="scale(1.8)">{things.rat()}</g>', 0.13)
        p.stand(0.55, 3.6, '<g transform="scale(1.5)">' + things.rat("#6b625a") + "</g>", 0.13, mirrored=True)
        p.stand(-1.2, 3.95, f'<g transform="scale(1.2)">{things.rat("#4d4640")}</g>', 0.13)
    if night:
        p.darkness(0.6, (0, 0.2, 3.6), 420)
    return p


def stray(number: int, after: bool) -> Picture:
    p = Picture(f"dog {number}", horizon=220, focal=900)
    at_the_curb(p) if number % 2 else street(p, season="autumn")
    color = ["#b98a52", "#4a3a30", "#cdbfa8", "#2b2b2e"][number % 4]
    if not after:
        y = 0.13 if number % 2 else 0
        p.stand(0.1, 4.4, f'<g transform="scale(1.15)">{things.dog(color)}</g>', y, mirrored=number % 3 == 1)
    return p


def sharps(number: int, after: bool) -> Picture:
    p = Picture(f"needle {number}", horizon=-420, eye=1.3, focal=900)
    p.add(rectangle(0, 0, 800, 600, ["#a9a59d", "#6f8f4a"][number % 2], surface=["stone", "grass"][number % 2]))
    if number % 2 == 0:
        p.strip(-3, 3, 1.1, 1.115, "#6f6b64")
        p.strip(0.2, 0.215, 0.6, 3, "#6f6b64")
    things.scattered(p, 0, 1.2, 0.9, 0.5, 40, 0.02, LEAF)
    if after:
        return p

    def needle(x: float, y: float, turn: float, scale: float) -> str:
        ticks = "".join(rectangle(-60 + n * 14, -16, 2, 9, "#222") for n in range(9))
        return (
            f'<g transform="translate({x} {y}) rotate({turn}) scale({scale})">'
            + rectangle(-122, 4, 330, 16, "#000", opacity=0.2)
            + rectangle(-80, -17, 160, 34, "#eef4f7", stroke="#7e8b93", stroke_width=3, rx=4, opacity=0.95)
            + rectangle(-78, -14, 70, 28, "#c9443a", opacity=0.35)
            + ticks
            + rectangle(-120, -5, 70, 10, "#dfe6ea", stroke="#7e8b93", stroke_width=2)
            + rectangle(-130, -22, 10, 44, "#f2a13a")
            + rectangle(-54, -13, 10, 26, "#33383c")
            + rectangle(80, -28, 8, 56, "#f2a13a")
            + rectangle(88, -8, 26, 16, "#f2a13a")
            + rectangle(114, -2, 96, 4, "#9aa4ab")
            + "</g>"
        )

    p.add(needle(380, 300, -18 + number * 9, 1.35))
    p.add(needle(560, 460, 40 - number * 7, 1.0))
    p.add(
        f'<g transform="translate(200 430) rotate(20)">{rectangle(-45, -14, 90, 28, "#f2a13a", rx=12)}'
        f"{rectangle(10, -14, 35, 28, '#d4862a', rx=12)}</g>"
    )
    return p


def pollution(number: int, after: bool) -> Picture:
    """A pipe that lets foam and brown water into the river; number % 2: black smoke from a chimney."""
    p = Picture(f"pollution {number}", horizon=250, focal=600)
    park(p, path=False)
    p.flat([(-14, 2.0), (14, 1.2), (14, 9), (-14, 12)], "#5f8aa0", surface="stone")
    for n in range(14):
        z = 2 + n * 0.55
        x = p.rng.uniform(-4, 4)
        p.track([(x, 0.01, z), (x + 0.7, 0.01, z)], "#a9c8d6", 0.03, opacity=0.7)
    if number % 2:
        p.front(-3, 4, 0, 4, 22, "#8d8178")
        p.stand(2, 21, rectangle(-0.8, 0, 1.6, 9, "#8a5a49") + rectangle(-0.9, 8.4, 1.8, 0.6, "#6b4336"))
        if not after:
            rng = p.problem_rng
            for n in range(90):
                share = n / 90
                p.stand(
                    2 - share * 9 + rng.gauss(0, 0.7),
                    21,
                    circle(0, 9 + share * 3.2 + rng.gauss(0, 0.5), 0.6 + share * 1.5, "#2b2b2d", opacity=0.35),
                )
        return p
    p.stand(
        1.6,
        4.2,
        rectangle(-0.2, -0.2, 3.5, 1.4, "#8f8b83")
        + circle(0.3, 0.5, 0.5, "#5d5a55")
        + circle(0.3, 0.5, 0.4, "#15130f"),
    )
    if not after:
        p.stand(1.9, 4.1, outline("M-.36 .35C-.5 .1 -.6 -.3 -.65 -.6L.4 -.6C.4 -.2 .35 .1 .34 .35Z", "#6b4e24"))
        p.flat([(0.4, 3.9), (3.0, 3.9), (1.5, 1.6), (-3.6, 1.8)], "#7a5c2c", opacity=0.85)
        for _ in range(120):
            x, z = p.problem_rng.gauss(0.3, 1.1), p.problem_rng.uniform(2.2, 3.9)
            px, py = p.pixel(x, 0.02, z)
            p.add(circle(px, py, p.problem_rng.uniform(3, 11), "#f3efe2", opacity=0.85))
    return p
