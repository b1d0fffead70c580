"""The backgrounds: a street, a wall, the front of a house, a park. The same seed gives the same place."""

import random

from requests_app.demo.drawings.picture import (
    HEIGHT,
    WIDTH,
    Picture,
    circle,
    darker,
    ellipse,
    lighter,
    line,
    mixed,
    outline,
    rectangle,
)

SKIES = [("#7fb2e5", "#dcebf7"), ("#9dbfdc", "#f1f1ea"), ("#b9c4cd", "#e6e8e8"), ("#6ea3d8", "#f4e6d0")]
HOUSES = ["#a8644c", "#c9b28f", "#8f9aa3", "#b98a6a", "#d8d0c0", "#7d8f86", "#9a5f58", "#c7a25e", "#6f7f95"]
SIDINGS = ["#d9d2c3", "#a9b8bd", "#c8b79a", "#e4e0d8", "#9fae98", "#b7a7a0", "#cfc08e"]
ROAD, CURB, PAVING, GRASS, SNOW = "#6b6d70", "#b9b7b1", "#a9a59d", "#6f8f4a", "#eef3f8"
LEAVES = {"summer": ["#4d7a3a", "#5f8f45", "#3c6632"], "autumn": ["#b9722e", "#c99a3a", "#8c5a2b"], "winter": []}


def sky(p: Picture, low: float | None = None, colors: tuple[str, str] | None = None) -> None:
    top, bottom = colors or p.rng.choice(SKIES)
    p.add(
        f'<linearGradient id="sky" x2="0" y2="1"><stop stop-color="{top}"/><stop offset="1" stop-color="{bottom}"/>'
        f"</linearGradient>{rectangle(0, 0, WIDTH, p.horizon if low is None else low, 'url(#sky)')}"
    )
    for _ in range(p.rng.randrange(2, 6)):
        x, y = p.rng.uniform(0, WIDTH), p.rng.uniform(0, max(p.horizon * 0.7, 30))
        p.add(ellipse(x, y, p.rng.uniform(60, 170), p.rng.uniform(8, 22), "url(#cloud)"))


def tree(rng: random.Random, height: float, season: str = "summer") -> str:
    """Upright, in meters from its foot."""
    trunk = outline(
        f"M-{height * 0.035:.3f} 0L-{height * 0.02:.3f} {height * 0.5:.2f}L{height * 0.02:.3f} {height * 0.5:.2f}"
        f"L{height * 0.04:.3f} 0Z",
        "#5b4636",
    )
    svg = [trunk]
    crown, colors = height * 0.68, LEAVES[season]
    for _ in range(9):
        x, y = rng.uniform(-0.26, 0.26) * height, height * rng.uniform(0.5, 0.98)
        svg.append(line([(0, height * rng.uniform(0.3, 0.5)), (x * 0.5, y * 0.8), (x, y)], "#5b4636", height * 0.014))
    if colors:
        for step, shade in ((0, 0.25), (1, 0.0), (2, -0.15)):
            for _ in range(16):
                x = rng.gauss(-0.02 * step, 0.13) * height
                y = crown + rng.gauss(0.02 * step, 0.1) * height
                color = rng.choice(colors)
                color = darker(color, shade) if shade > 0 else lighter(color, -shade)
                svg.append(circle(x, y, height * rng.uniform(0.05, 0.12), color))
        for _ in range(70):
            x, y = rng.gauss(0, 0.18) * height, crown + rng.gauss(0.02, 0.13) * height
            svg.append(circle(x, y, height * 0.018, lighter(rng.choice(colors), rng.uniform(0, 0.3))))
    return "".join(svg)


def bush(rng: random.Random, width: float, height: float, colors: list[str] | None = None) -> str:
    colors = colors or LEAVES["summer"]
    svg = []
    for shade in (0.3, 0.1, -0.1):
        for _ in range(12):
            color = rng.choice(colors)
            color = darker(color, shade) if shade > 0 else lighter(color, -shade)
            svg.append(
                circle(
                    rng.uniform(-0.5, 0.5) * width,
                    height * rng.uniform(0.15, 0.8),
                    height * rng.uniform(0.15, 0.3),
                    color,
                )
            )
    return "".join(svg)


def lamp_post(*, lit: bool = False, height: float = 6.5) -> str:
    head = "#fff3c4" if lit else "#3b3f44"
    return (
        rectangle(-0.07, 0, 0.14, height, "#4a4f55")
        + rectangle(-0.16, 0, 0.32, 0.5, "#3d4247")
        + line([(0, height), (-0.5, height + 0.5), (-1.5, height + 0.55)], "#4a4f55", 0.1)
        + outline(
            f"M-1.2 {height + 0.62}L-2.1 {height + 0.6}L-2 {height + 0.42}L-1.25 {height + 0.42}Z",
            head,
            stroke="#2c2f33",
            stroke_width=0.04,
        )
    )


def windows(p: Picture, x: float, z0: float, z1: float, floors: int, lit: float) -> None:
    count = max(2, round((z1 - z0) / 2.3))
    step = (z1 - z0) / count
    for floor in range(floors):
        for number in range(count):
            start, low = z0 + step * (number + 0.3), 1.1 + floor * 3
            color = p.rng.choice(["#2f3b47", "#40505f", "#566a7a"])
            p.side(x, low - 0.1, low + 1.6, start - 0.1, start + step * 0.45 + 0.1, "#ece7dc")
            p.side(x, low, low + 1.5, start, start + step * 0.45, color)
            if p.rng.random() < lit:
                center = p.pixel(x, low + 0.7, start + step * 0.2)
                p.lights.append(
                    outline(
                        p.path(
                            (x, y, z)
                            for y, z in (
                                (low, start),
                                (low, start + step * 0.45),
                                (low + 1.5, start + step * 0.45),
                                (low + 1.5, start),
                            )
                        ),
                        "#ffd27a",
                        opacity=0.75,
                    )
                )
                p.lights.append(ellipse(*center, 14, 18, "#ffb84d", opacity=0.12))


def row_of_houses(p: Picture, x: float, *, season: str = "summer", lit: float = 0.0) -> None:
    """Along one side of the street; negative x: the left one. Drawn from the far end."""
    z, houses = 4.0 if abs(x) > 6 else 5.0, []
    while z < 70:
        length = p.rng.uniform(7, 12)
        houses.append((z, z + length, p.rng.choice(HOUSES), p.rng.choice([2, 2, 3])))
        z += length + p.rng.choice([0.0, 0.0, 1.5, 3.0])
    for z0, z1, color, floors in reversed(houses):
        hazy = mixed(color, "#c8d4de", min(z0 / 110, 0.6))
        height = floors * 3 + 0.8
        far = x + (8 if x > 0 else -8)
        p.front(min(x, far), max(x, far), 0, height, z0, darker(hazy, 0.22))
        p.side(x, 0, height, z0, z1, hazy)
        p.side(x, height - 0.35, height, z0, z1, lighter(hazy, 0.35))
        p.side(x, 0, 0.5, z0, z1, darker(hazy, 0.35))
        windows(p, x, z0 + 0.4, z1 - 0.4, floors, lit)
        door = z0 + (z1 - z0) * p.rng.uniform(0.4, 0.55)
        p.side(x, 0, 2.2, door, door + 1, p.rng.choice(["#5a2f27", "#2f4a3d", "#333d52", "#6b4a2b"]))
    if x > 0:
        return
    for z in (48, 36, 26, 18):
        p.stand(x * 0.72 + p.rng.uniform(-0.4, 0.4), z, tree(p.rng, p.rng.uniform(5, 7), season))


def street(
    p: Picture,
    *,
    season: str = "summer",
    right: float = 2.7,
    left: float = -4.6,
    lit: float = 0.0,
    cars: bool = True,
    line_at: float | None = -0.95,
    ground: str = ROAD,
) -> None:
    """Looking along a street from its right lane; the curbs are at x = left and x = right."""
    sky(p)
    p.add(rectangle(0, p.horizon - 18, WIDTH, 22, "#8fa39a", opacity=0.6))
    p.add(rectangle(0, p.horizon, WIDTH, HEIGHT - p.horizon, GRASS if season != "winter" else SNOW))
    row_of_houses(p, left - 4.2, season=season, lit=lit)
    row_of_houses(p, right + 4.0, season=season, lit=lit)
    verge = SNOW if season == "winter" else mixed(GRASS, "#b08a3a", 0.4 if season == "autumn" else 0.0)
    near = 0.7
    for x0, x1 in ((left - 4.2, left), (right, right + 4.0)):
        p.strip(x0, x1, near, 80, verge, surface="grass" if season != "winter" else "stone")
    paving(p, right + 0.15, right + 2.2, near, 60)
    paving(p, left - 2.2, left - 0.15, near, 60)
    road = mixed(ground, "#3f4042", p.rng.uniform(0, 0.35))
    p.strip(left, right, near, 90, road, surface="asphalt")
    for x in (left, right):
        p.side(x, 0, 0.13, near, 80, darker(CURB, 0.3))
        p.strip(min(x, x + (0.16 if x > 0 else -0.16)), max(x, x + (0.16 if x > 0 else -0.16)), near, 80, CURB, 0.13)
    if line_at is not None:
        for start in range(0, 60, 6):
            p.strip(line_at - 0.07, line_at + 0.07, max(start + 1.2, near), start + 3.6, "#e8d27a", opacity=0.8)
    if cars:
        for z in (p.rng.uniform(26, 34), p.rng.uniform(16, 20), p.rng.uniform(10, 12)):
            if p.rng.random() < 0.75:
                parked_car(p, left + 0.25, z, p.rng.choice(CARS))
    for z in (40.0, 24.0):
        p.stand(right + 0.6, z, lamp_post(lit=lit > 0))


CARS = ["#8a2b2b", "#2f4d7a", "#c9ccd0", "#3a3d42", "#5b6f5a", "#e5e3de", "#22262b"]


def parked_car(p: Picture, x: float, z: float, color: str) -> None:
    """From behind, along the curb, its left edge at x."""
    width, length = 1.75, 4.3
    p.shadow(x + width / 2, z + length / 2, width * 0.65, length * 0.55)
    p.box(x, x + width, 0.28, 0.85, z, z + length, color)
    roof = [
        (x + 0.2, 1.42, z + 1.0),
        (x + width - 0.2, 1.42, z + 1.0),
        (x + width - 0.2, 1.42, z + 2.8),
        (x + 0.2, 1.42, z + 2.8),
    ]
    if x < 0:
        p.shape(
            [(x + width, 0.85, z + 0.4), (x + width, 0.85, z + 3.4), roof[2], roof[1]],
            "#27323c",
        )
    else:
        p.shape([(x, 0.85, z + 0.4), (x, 0.85, z + 3.4), roof[3], roof[0]], "#27323c")
    p.shape(roof, lighter(color, 0.2))
    p.shape([(x + 0.06, 0.85, z + 0.3), (x + width - 0.06, 0.85, z + 0.3), roof[1], roof[0]], "#3b4a57")
    p.front(x + 0.05, x + 0.32, 0.58, 0.76, z, "#c22d23")
    p.front(x + width - 0.32, x + width - 0.05, 0.58, 0.76, z, "#c22d23")
    p.front(x + 0.6, x + width - 0.6, 0.5, 0.68, z, "#e9e9e4")
    p.front(x + 0.1, x + 0.35, 0, 0.3, z, "#17181a")
    p.front(x + width - 0.35, x + width - 0.1, 0, 0.3, z, "#17181a")


def paving(p: Picture, x0: float, x1: float, z0: float, z1: float, y: float = 0.13, color: str = PAVING) -> None:
    """A sidewalk of concrete slabs along the street."""
    p.strip(x0, x1, z0, z1, color, y, surface="stone")
    z = float(int(z0)) + 1.0
    while z < min(z1, 34):
        p.track([(x0, y, z), ((x0 + x1) / 2, y, z), (x1, y, z)], darker(color, 0.35), 0.025, opacity=0.7)
        z += 1.5


# --- Facing a wall or a house -----------------------------------------------------------------------------------------
def across(p: Picture, wall_z: float, *, curb_z: float = 3.7, season: str = "summer", verge: float = 0.0) -> None:
    """The ground in front of something that faces the camera: sidewalk, curb and a piece of road."""
    paved_to = wall_z - verge
    p.add(rectangle(0, 0, WIDTH, HEIGHT, "#9a978f"))
    p.strip(-14, 14, paved_to, wall_z + 3, SNOW if season == "winter" else GRASS, 0.13, surface="grass")
    p.strip(-14, 14, curb_z, paved_to, PAVING, 0.13, surface="stone")
    for number in range(-6, 7):
        x = number * 1.5 + 0.4
        p.track([(x, 0.13, curb_z), (x, 0.13, paved_to)], darker(PAVING, 0.35), 0.025, opacity=0.7)
    p.strip(-14, 14, 0.8, curb_z, mixed(ROAD, "#3f4042", p.rng.uniform(0, 0.3)), surface="asphalt")
    p.front(-14, 14, 0, 0.13, curb_z, darker(CURB, 0.25))
    p.strip(-14, 14, curb_z, curb_z + 0.16, CURB, 0.13)


def wall(p: Picture, z: float, kind: str, *, height: float = 5.0) -> None:
    """brick, concrete, plaster, shutter or fence; it fills the picture's width."""
    x0, y0 = p.pixel(-14, height, z)
    x1, y1 = p.pixel(14, 0.13, z)
    scale = p.scale(z)
    color = {"brick": "#9c5540", "concrete": "#a7a6a1", "plaster": "#c9b98f", "shutter": "#8c949b", "fence": "#8a6a48"}[
        kind
    ]
    color = mixed(color, p.rng.choice(HOUSES), 0.25)
    dark, light = darker(color, 0.3), lighter(color, 0.22)
    if kind == "brick":
        w, h = 0.34 * scale, 0.24 * scale
        p.add(
            f'<pattern id="wall" width="{w:.1f}" height="{h:.1f}" patternUnits="userSpaceOnUse" y="{y1:.1f}">'
            + rectangle(0, 0, w, h, light)
            + rectangle(1, 1, w - 2, h / 2 - 2, color)
            + rectangle(-w / 2 + 1, h / 2 + 1, w - 2, h / 2 - 2, darker(color, 0.08))
            + rectangle(w / 2 + 1, h / 2 + 1, w - 2, h / 2 - 2, mixed(color, "#6d3022", 0.25))
            + "</pattern>"
        )
    elif kind == "shutter":
        h = 0.12 * scale
        p.add(
            f'<pattern id="wall" width="40" height="{h:.1f}" patternUnits="userSpaceOnUse">{rectangle(0, 0, 40, h, color)}'
            + rectangle(0, 0, 40, h * 0.25, light)
            + rectangle(0, h * 0.75, 40, h * 0.25, dark)
            + "</pattern>"
        )
    elif kind == "fence":
        w = 0.16 * scale
        p.add(
            f'<pattern id="wall" width="{w * 2:.1f}" height="60" patternUnits="userSpaceOnUse">'
            + rectangle(0, 0, w * 2, 60, color)
            + rectangle(w, 0, w, 60, darker(color, 0.08))
            + rectangle(0, 0, 2, 60, dark)
            + rectangle(w, 0, 2, 60, dark)
            + "</pattern>"
        )
    fill = "url(#wall)" if kind in ("brick", "shutter", "fence") else color
    p.add(rectangle(x0, y0, x1 - x0, y1 - y0, fill))
    p.add(rectangle(x0, y0, x1 - x0, y1 - y0, "none", surface="stone"))
    if kind == "concrete":
        for number in range(-5, 6):
            p.track([(number * 2.4 + 0.7, 0.13, z), (number * 2.4 + 0.7, height, z)], dark, 0.03, opacity=0.6)
        p.track([(-14, 2.6, z), (14, 2.6, z)], dark, 0.03, opacity=0.6)
    if kind in ("brick", "plaster"):
        for number in range(-2, 3):
            x = number * 3.4 + p.rng.uniform(-0.3, 0.3)
            p.front(x - 0.75, x + 0.75, 2.75, 4.3, z, lighter(color, 0.55))
            p.front(x - 0.65, x + 0.65, 2.85, 4.3, z, "#33414e")
            p.front(x - 0.03, x + 0.03, 2.85, 4.3, z, lighter(color, 0.55))
    p.add(rectangle(x0, y1 - 0.5 * scale, x1 - x0, 0.5 * scale, "#000", opacity=0.1))


def house_front(p: Picture, z: float, *, season: str = "summer", blighted: bool = False, x: float = -0.5) -> None:
    """A wooden house that faces the camera, 7 m wide, with its roof, entry, steps and windows."""
    color = p.rng.choice(SIDINGS)
    if blighted:
        color = mixed(color, "#7b7466", 0.45)
    left, right, top = x - 3.6, x + 3.6, 5.4
    sky(p, p.pixel(0, 0, z)[1])
    for tree_x in (-8.0, -5.8, 5.6, 8.2):
        p.stand(tree_x * 0.8, z + 3, bush(p.rng, 5, 1.3))
        p.stand(tree_x, z + 4, tree(p.rng, p.rng.uniform(6, 8), season))
    p.front(left, right, 0, top, z, color)
    y = 0.5
    while y < top:
        p.track([(left, y, z), (right, y, z)], darker(color, 0.16), 0.025)
        y += 0.22
    p.front(left, right, 0, 0.5, z, "#8d8478")
    roof = p.rng.choice(["#4a4744", "#5d4a41", "#3e4650"])
    p.shape(
        [(left - 0.4, top, z), (right + 0.4, top, z), (right - 0.9, top + 2.4, z), (left + 0.9, top + 2.4, z)], roof
    )
    for window_x in (x - 2.3, x + 0.1, x + 2.3):
        for low in (1.2, 3.5):
            if low < 2 and abs(window_x - x - 0.1) < 0.1:
                continue
            p.front(window_x - 0.58, window_x + 0.58, low - 0.1, low + 1.5, z, "#f1ede4")
            if blighted:
                p.front(window_x - 0.48, window_x + 0.48, low, low + 1.4, z, "#b08d57")
                for plank in (0.3, 0.7, 1.1):
                    p.track([(window_x - 0.48, low + plank, z), (window_x + 0.48, low + plank, z)], "#7b5f36", 0.03)
                continue
            p.front(window_x - 0.48, window_x + 0.48, low, low + 1.4, z, "#38485a")
            p.front(window_x - 0.48, window_x + 0.48, low + 0.8, low + 1.4, z, "#5d7389")
            p.front(window_x - 0.03, window_x + 0.03, low, low + 1.4, z, "#f1ede4")
    door = "#b08d57" if blighted else p.rng.choice(["#7a2e26", "#2f4a6b", "#35553f", "#3c3c3c"])
    p.front(x - 0.45, x + 0.65, 0.6, 2.8, z, "#f1ede4")
    p.front(x - 0.35, x + 0.55, 0.6, 2.7, z, door)
    for step in range(3):
        p.box(x - 0.7, x + 0.9, 0, 0.6 - step * 0.2, z - 0.35 * (step + 1), z - 0.35 * step, "#9b968c")


# --- A park -----------------------------------------------------------------------------------------------------------
def park(p: Picture, *, season: str = "summer", path: bool = True) -> None:
    sky(p)
    ground = SNOW if season == "winter" else mixed(GRASS, "#9a9a4a", p.rng.uniform(0, 0.3))
    p.add(rectangle(0, p.horizon - 1, WIDTH, HEIGHT - p.horizon + 1, ground, surface="grass"))
    for wooded in range(-40, 41, 6):
        p.stand(wooded + p.rng.uniform(-2, 2), p.rng.uniform(40, 55), tree(p.rng, p.rng.uniform(9, 14), season))
    for x in (-11.0, 9.0, -16.0, 15.0):
        p.stand(x + p.rng.uniform(-1.5, 1.5), p.rng.uniform(20, 28), tree(p.rng, p.rng.uniform(8, 10), season))
    if path:
        bend = p.rng.uniform(-1.2, 1.2)
        near = [(2.2 + bend * (z / 14) ** 2 - 1.1, z) for z in (1.0, 2, 4, 7, 11, 16, 24)]
        far = [(2.2 + bend * (z / 14) ** 2 + 1.1, z) for z in (24, 16, 11, 7, 4, 2, 1.0)]
        p.flat([*near, *far], "#c4b79b", surface="stone")
