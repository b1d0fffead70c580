"""Problems of the street, and of lamps, signs, hydrants and cars. Each function draws a scene with its problem or without it."""

from requests_app.demo.drawings import things
from requests_app.demo.drawings.picture import (
    Picture,
    blob,
    circle,
    ellipse,
    lighter,
    line,
    outline,
    rectangle,
)
from requests_app.demo.drawings.scenery import (
    CARS,
    CURB,
    GRASS,
    PAVING,
    across,
    bush,
    house_front,
    lamp_post,
    paving,
    street,
    tree,
    wall,
)

LEAF = ["#b9722e", "#c99a3a", "#8c5a2b", "#a5542a", "#7d6a2c"]


def pothole(number: int, after: bool) -> Picture:
    night = number % 5 == 4
    p = Picture(f"pothole {number}", horizon=[95, 140, 60, 120, 110][number % 5])
    street(p, season=["summer", "autumn", "summer"][number % 3], lit=0.5 if night else 0)
    x, z = p.rng.uniform(-0.5, 0.5), p.rng.uniform(2.75, 3.2)
    rx, rz = p.rng.uniform(0.5, 0.85), p.rng.uniform(0.34, 0.5)
    if after:
        things.patch(p, x, z, rx, rz)
    else:
        things.hole(p, x, z, rx, rz, 0.13, wet=number % 3 == 1)
        if number % 4 == 2:
            things.hole(p, x + 1.25, z + 1.3, 0.3, 0.22, 0.08)
    if night:
        p.darkness(0.74, (x, 0, z), 360)
    return p


def cavein(number: int, after: bool) -> Picture:
    p = Picture(f"cavein {number}", horizon=130)
    street(p, season="summer")
    x, z = p.rng.uniform(-0.3, 0.3), 4.1
    if after:
        things.patch(p, x, z, 1.5, 0.9)
        return p
    p.stand(x - 1.0, z + 1.9, things.barricade())
    p.stand(x + 1.0, z + 2.0, things.barricade())
    things.hole(p, x, z, 1.6, 0.95, 1.1, floor="#1a1614")
    p.stand(x - 2.1, z + 0.2, things.cone())
    p.stand(x + 1.95, z - 0.4, things.cone())
    return p


def sidewalk(number: int, after: bool) -> Picture:
    p = Picture(f"sidewalk {number}", horizon=[105, 80, 130, 95][number % 4], center=190)
    street(p, right=-0.4, left=-7.5, cars=False, line_at=-4, season=["summer", "autumn"][number % 2])
    x0, x1 = -0.25, 1.8
    trunk = number % 2 == 0
    if trunk:
        p.stand(x1 + 0.75, 4.9, tree(p.rng, 7.5, ["summer", "autumn"][number % 2]))
    z = 3.0
    if after:
        for n in range(3):
            p.strip(x0 + 0.03, x1 - 0.03, z - 0.75 + n * 1.5, z + 0.72 + n * 1.5, "#d2cfc7", 0.135, surface="stone")
        return p
    if trunk:
        # A root has lifted one slab, whose broken edge faces the camera.
        for n in range(3):
            p.track(
                [(x1 + 0.9, 0.1, 4.9), (x1 + 0.2, 0.2, 4.0 - n * 0.5), (x1 - 0.5 - n * 0.3, 0.16, 3.3 - n * 0.35)],
                ["#5b4636", "#6b523e", "#4d3b2d"][n],
                0.12 - n * 0.02,
            )
        p.shape([(x0, 0.13, z), (x1, 0.13, z), (x1, 0.5, z), (x0, 0.3, z)], "#3b352f")
        p.shape([(x0, 0.25, z), (x1, 0.44, z), (x1, 0.52, z), (x0, 0.33, z)], "#86827a")
        p.shape(
            [(x0, 0.33, z), (x1, 0.52, z), (x1, 0.16, z + 1.7), (x0, 0.13, z + 1.7)],
            lighter(PAVING, 0.22),
            surface="stone",
        )
        p.track([(x0, 0.2, z + 0.9), (0.7, 0.32, z + 0.7), (x1, 0.3, z + 1.0)], "#2b2724", 0.045)
        p.track([(x1 + 0.5, 0.12, 3.6), (x1 - 0.2, 0.2, 2.95), (x1 - 1.1, 0.16, 2.85)], "#6b523e", 0.12)
    for points in (
        [(x0, 2.4), (0.5, 2.6), (1.0, 2.3), (x1, 2.7)],
        [(0.5, 2.6), (0.6, 3.2), (0.4, 4.0)],
        [(1.0, 2.3), (1.2, 1.8)],
    ):
        things.crack(p, points, 0.05, 0.13)
    if not trunk:
        things.hole(p, 0.75, 3.2, 0.62, 0.4, 0.05, floor="#5d5348")
        for dx, dz in ((-0.4, 0.25), (0.15, 0.1), (0.45, -0.2), (-0.1, -0.25)):
            p.flat(blob(0.75 + dx, 3.2 + dz, 0.2, 0.15, p.problem_rng, 0.3, 7), lighter(PAVING, 0.18), 0.17)
    things.scattered(p, 0.8, 2.8, 1.0, 0.8, 40, 0.03, ["#8b877f", "#5f5b55", "#c3bfb5"], 0.13)
    return p


def debris(number: int, after: bool) -> Picture:
    p = Picture(f"debris {number}", horizon=150)
    street(p, season="summer")
    if after:
        return p
    what = number % 4
    if what == 0:
        p.shadow(0, 4.2, 0.6, 0.4)
        p.stand(-0.2, 4.4, things.standing_tire())
        things.scattered(p, 0.4, 3.8, 1.2, 0.8, 26, 0.08, ["#1c1d20", "#303236", "#45484c"])
    elif what == 1:
        # A ladder across the lane.
        for dx in (0.0, 0.42):
            p.track([(-1.5 + dx, 0.05, 3.4), (0.2 + dx, 0.05, 4.2), (1.6 + dx, 0.05, 4.9)], "#c9ced2", 0.08)
        for n in range(9):
            x, z = -1.4 + n * 0.37, 3.45 + n * 0.175
            p.track([(x, 0.06, z), (x + 0.2, 0.06, z), (x + 0.42, 0.06, z)], "#b5bbc0", 0.06)
    elif what == 2:
        things.pile(p, 0.1, 4.4, 2.2, 6, "#8d7a5f", 0.16, 0)
        things.scattered(p, 0.1, 3.7, 2.4, 1.0, 90, 0.06, ["#8d7a5f", "#a8967c", "#6f604b"])
    else:
        for dx, dz, color in ((-0.7, 4.9, "#b58a55"), (0.6, 4.6, "#a87b48"), (0.0, 3.9, "#c39a66")):
            p.shadow(dx, dz, 0.5, 0.25)
            p.stand(dx, dz, things.box(color, 0.8, 0.55))
        things.scattered(p, 0, 3.6, 1.8, 0.9, 30, 0.11, ["#f1efe8", "#dcd8cc", "#b58a55"])
    return p


def snowice(number: int, after: bool) -> Picture:
    night = number % 4 == 3
    p = Picture(f"snow {number}", horizon=[120, 150, 100, 130][number % 4], center=230)
    street(
        p, right=-0.6, left=-7.5, season="winter", cars=True, line_at=None, ground="#8a8f96", lit=0.5 if night else 0
    )
    x0, x1 = -0.2, 1.9
    p.strip(-8, -0.6, 0.7, 60, "#d9e2ea", opacity=0.55, surface="stone")
    for x in (-5.2, -3.9, -2.4, -1.3):
        p.track([(x, 0.01, 1.5), (x, 0.01, 6), (x, 0.01, 40)], "#70777e", 0.3, opacity=0.6)
    p.flat([(-1.0, 0.8), (-0.15, 0.8), (-0.15, 40), (-1.0, 40)], "#f8fbfd", 0.3)
    p.side(-1.0, 0, 0.3, 0.8, 40, "#b8c6d4")
    if after:
        paving(p, x0, x1, 0.7, 40, 0.14, "#8f8d88")
        things.scattered(p, 0.9, 3.5, 1.0, 3.0, 70, 0.018, ["#e7e2d6", "#c9b48a"], 0.14)
        for x in (x0 - 0.1, x1 + 0.1):
            p.flat([(x - 0.25, 0.8), (x + 0.25, 0.8), (x + 0.25, 30), (x - 0.25, 30)], "#fbfdff", 0.42)
        p.side(x1 - 0.12, 0.14, 0.42, 0.8, 30, "#c4d1de")
    else:
        p.flat([(x0, 0.7), (x1, 0.7), (x1, 40), (x0, 40)], "#f4f8fb", 0.36, surface="stone")
        for n in range(11):
            z = 1.9 + n * 0.55
            x = 0.75 + (0.17 if n % 2 else -0.17) + p.problem_rng.uniform(-0.05, 0.05)
            p.flat(blob(x, z, 0.1, 0.17, p.problem_rng, 0.1), "#aebfd0", 0.36)
            p.flat(blob(x, z - 0.03, 0.08, 0.12, p.problem_rng, 0.1), "#8ba0b5", 0.355)
        if number % 2:
            p.flat(blob(0.8, 3.1, 0.8, 0.7, p.problem_rng, 0.15), "#b9d3e6", 0.365, opacity=0.9)
            p.flat(blob(0.7, 3.2, 0.5, 0.35, p.problem_rng, 0.15), "#e8f5fd", 0.37, opacity=0.9)
    for z in (5.5, 8.5, 12.0):
        p.stand(x1 + 1.0, z, ellipse(0, 0.1, 0.8, 0.35, "#fbfdff") + ellipse(0.1, 0.05, 0.7, 0.25, "#d5e0ea"), 0.2)
    if night:
        p.darkness(0.5)
    rng = p.rng
    for _ in range(0 if after else 130):
        p.lights.append(
            circle(rng.uniform(0, 800), rng.uniform(0, 600), rng.uniform(1, 3.2), "#fff", opacity=rng.uniform(0.4, 0.9))
        )
    return p


def streetlight(number: int, after: bool) -> Picture:
    """The nearest lamp is dark in a lit street; number % 3 == 2: knocked over by day."""
    down = number % 3 == 2
    p = Picture(f"lamp {number}", horizon=[400, 420, 380][number % 3], focal=520, center=[430, 520, 330][number % 3])
    street(p, lit=0.0 if down else 0.6, cars=True, season=["summer", "autumn"][number % 2])
    x = p.rng.uniform(2.9, 3.2) if p.center > 400 else 2.4
    if down:
        if after:
            p.stand(x - 1.0, 7.5, lamp_post())
            return p
        p.stand(
            x - 1.0,
            7.5,
            rectangle(-0.16, 0, 0.32, 0.45, "#3d4247") + outline("M-.07 .45L-.1 .8L0 .7L.1 .85L.07 .45Z", "#4a4f55"),
        )
        p.shadow(x - 3.4, 6.6, 3.0, 0.35)
        p.stand(
            x - 1.1,
            6.8,
            line([(0, 0.1), (0, 5.2), (-0.35, 5.7), (-1.1, 5.75)], "#aab1b6", 0.16)
            + line([(0.04, 0.1), (0.04, 5.2)], "#6d747a", 0.05)
            + outline("M-.9 5.95L-1.8 5.9L-1.7 5.5L-1 5.55Z", "#dfe6ea", stroke="#3d4247", stroke_width=0.06),
            0.1,
            turn=78,
        )
        things.scattered(p, x - 6.2, 5.9, 1.0, 0.6, 40, 0.07, ["#dfeaf0", "#b9c9d3", "#fff"])
        p.stand(x - 0.3, 6.0, things.cone())
        return p
    near, lamps = 6.4, [(x - 0.4, z) for z in (38.0, 25.0, 16.0, 10.5)]
    for at, z in lamps:
        p.stand(at, z, lamp_post(lit=True))
    p.stand(x - 0.4, near, lamp_post(lit=after, height=5.0))
    p.darkness(0.8)
    for at, z in [*lamps, *([(x - 0.4, near)] if after else [])]:
        high = 5.45 if z == near else 6.95
        p.glow(at - 1.65, high, z, 1.4, opacity=1)
        p.glow(at - 1.65, high, z, 4.0, opacity=0.35)
        px, py = p.pixel(at - 1.65, 0, z)
        p.lights.append(ellipse(px, py, 3.4 * p.scale(z), 0.75 * p.scale(z), "url(#pool)"))
        tx, ty = p.pixel(at - 1.65, high, z)
        p.lights.append(
            outline(
                f"M{tx:.0f} {ty:.0f}L{px - 3 * p.scale(z):.0f} {py:.0f}L{px + 3 * p.scale(z):.0f} {py:.0f}Z",
                "#ffe3a3",
                opacity=0.1,
            )
        )
    if not after:
        # Its dark head and arm against the sky.
        foot, scale = p.pixel(x - 0.4, 0, near), p.scale(near)
        p.lights.append(
            f'<g transform="translate({foot[0]:.1f} {foot[1]:.1f}) scale({scale:.2f} {-scale:.2f})" opacity=".95">'
            + line([(0, 0), (0, 5.0), (-0.5, 5.5), (-1.5, 5.55)], "#05070d", 0.14)
            + outline("M-1.2 5.62L-2.1 5.6L-2 5.4L-1.25 5.4Z", "#39414f", stroke="#78849a", stroke_width=0.05)
            + "</g>"
        )
    return p


def signal(number: int, after: bool) -> Picture:
    """A signal over the street: dark, or all of it flashing red; lit green after."""
    night = number % 3 == 1
    p = Picture(f"signal {number}", horizon=430, focal=600, center=400)
    street(p, lit=0.4 if night else 0, cars=True)
    p.strip(-4.6, 2.7, 9.5, 15, "#77797c", surface="asphalt")
    for n in range(8):
        x = -4.3 + n * 0.9
        p.strip(x, x + 0.45, 7.2, 9.2, "#e9e9e4", opacity=0.85)
    z = 7.0
    lamps = {"green": after, "red": not after and number % 3 == 2}
    dark = {"red": "#2a1210", "yellow": "#2a230e", "green": "#0d1f14"}
    bright = {"red": "#ff3b2b", "yellow": "#ffc21f", "green": "#35e07a"}

    def head(scale: float = 1.0) -> str:
        svg = rectangle(-0.34, -1.15, 0.68, 2.1, "#d8a400", rx=0.06) + rectangle(
            -0.28, -1.08, 0.56, 1.95, "#1b1d1f", rx=0.05
        )
        for place, color in enumerate(("red", "yellow", "green")):
            lit = lamps.get(color, False)
            svg += circle(0, 0.55 - place * 0.64, 0.235, "#050505") + circle(
                0, 0.55 - place * 0.64, 0.215, bright[color] if lit else dark[color]
            )
            svg += outline(
                f"M-.25 {0.62 - place * 0.64:.2f}A.26 .26 0 0 1 .25 {0.62 - place * 0.64:.2f}"
                f"L.25 {0.72 - place * 0.64:.2f}A.28 .28 0 0 0 -.25 {0.72 - place * 0.64:.2f}Z",
                "#000",
            )
            if not lit:
                svg += ellipse(-0.07, 0.62 - place * 0.64, 0.06, 0.04, "#fff", opacity=0.18)
        return f'<g transform="scale({scale})">{svg}</g>'

    p.stand(2.9, z, rectangle(-0.11, 0, 0.22, 5.1, "#565c62") + rectangle(-4.4, 4.7, 4.4, 0.14, "#565c62"))
    heads = [(0.2, 3.95, 1.0), (-1.5, 3.95, 1.0)]
    for x, y, scale in heads:
        p.stand(x, z - 0.1, head(scale), y)
    p.stand(2.9, z - 0.15, head(0.62), 2.5)
    if night:
        p.darkness(0.6)
    for x, y, _scale in heads:
        if lamps["green"]:
            p.glow(x, y - 0.73, z, 0.8, "#35e07a")
        elif lamps["red"]:
            p.glow(x, y + 0.55, z, 1.0, "#ff3b2b")
    return p


def stop_sign(*, faded: bool = False) -> str:
    red = "#d9a29b" if faded else "#c1121f"
    return outline(things.octagon(0.4), "#fff") + outline(things.octagon(0.365), red)


def stopsign(number: int, after: bool) -> Picture:
    p = Picture(f"stop {number}", horizon=260, center=[330, 420, 380][number % 3], focal=640)
    street(p, right=1.2, left=-6.5, line_at=-2.4, season="summer")
    x, z, what = 1.75, 5.2, number % 3
    p.strip(-2.4, 1.2, 6.4, 6.9, "#eceae4", opacity=0.9)

    def standing(turn: float = 0.0) -> None:
        p.stand(
            x,
            z,
            rectangle(-0.04, 0, 0.08, 2.5, "#8c9297") + f'<g transform="translate(0 2.25)">{stop_sign()}</g>',
            0.13,
            turn,
        )
        px, py = p.pixel(x, 0.13, z)
        size = 0.235 * p.scale(z) * 1.35
        p.add(
            f'<g transform="translate({px:.1f} {py:.1f}) rotate({-turn:g})">'
            f'<text y="{-2.25 * p.scale(z) + size * 0.36:.1f}" font-size="{size:.1f}"'
            ' text-anchor="middle" fill="#fff" font-family="sans-serif" font-weight="bold" textLength="'
            f'{0.62 * p.scale(z):.0f}" lengthAdjust="spacingAndGlyphs">STOP</text></g>'
        )

    if after:
        standing()
    elif what == 0:
        # The post is bent to the ground.
        p.shadow(x - 1.2, z - 0.3, 1.6, 0.3)
        p.stand(x, z, outline("M-.05 0L-.05 .35L-.12 .42L0 .5L.06 .38L.05 0Z", "#8c9297"), 0.13)
        standing(72)
    elif what == 1:
        standing(34)
    else:
        standing()
        p.stand(x + 0.75, z - 0.5, bush(p.problem_rng, 1.0, 1.3), 1.35)
        p.stand(x + 0.6, z - 0.4, bush(p.problem_rng, 1.3, 1.4), 0.1)
    return p


def sign(number: int, after: bool) -> Picture:
    """A one-way, speed limit, no parking or street name sign: bent, faded or turned."""
    p = Picture(f"sign {number}", horizon=330, center=[360, 440, 400, 380][number % 4], focal=760)
    street(p, right=1.0, left=-6.5, line_at=-2.5, season=["summer", "autumn"][number % 2])
    x, z, what = 1.1, 5.0, number % 4
    turn = 0.0 if after else [28.0, 0.0, -24.0, 20.0][what]
    p.stand(x, z, rectangle(-0.035, 0, 0.07, 2.75, "#8c9297"), 0.13, turn)
    scale = p.scale(z)
    px, py = p.pixel(x, 0.13, z)

    def text(y: float, size: float, label: str, fill: str, width: float) -> str:
        return (
            f'<text y="{-y * scale + size * scale * 0.5:.1f}" font-size="{size * scale * 1.35:.1f}" text-anchor="middle" '
            f'fill="{fill}" font-family="sans-serif"'
            f' font-weight="bold" textLength="{width * scale:.0f}" lengthAdjust="spacingAndGlyphs">{label}</text>'
        )

    def plate(x0: float, y: float, w: float, h: float, fill: str, edge: str) -> str:
        return rectangle(
            (x0 - w / 2) * scale, -(y + h / 2) * scale, w * scale, h * scale, fill, rx=4, stroke=edge, stroke_width=3
        )

    faded = not after and what == 1
    if what == 0:
        svg = (
            plate(0, 2.45, 1.1, 0.36, "#111", "#fff")
            + outline(
                f"M{-0.5 * scale} {-2.45 * scale}l{0.22 * scale} {-0.13 * scale}v{0.07 * scale}h{0.72 * scale}"
                f"v{0.12 * scale}h{-0.72 * scale}v{0.07 * scale}Z",
                "#fff",
            )
            + text(2.44, 0.1, "ONE WAY", "#111", 0.5)
        )
    elif what == 1:
        ink = "#cfcbc2" if faded else "#111"
        svg = (
            plate(0, 2.25, 0.62, 0.8, "#e9e6dd" if faded else "#fff", ink)
            + text(2.5, 0.11, "SPEED", ink, 0.46)
            + text(2.34, 0.11, "LIMIT", ink, 0.42)
            + text(2.07, 0.26, "25", ink, 0.4)
        )
        if faded:
            svg += "".join(
                outline(f"M{(-0.25 + n * 0.13) * scale} {-2.6 * scale}l12 60l-16 40Z", "#b5a58c", opacity=0.5)
                for n in range(4)
            )
    elif what == 2:
        svg = (
            plate(0, 2.3, 0.5, 0.7, "#fff", "#b8202a")
            + text(2.5, 0.1, "NO", "#b8202a", 0.2)
            + text(2.34, 0.085, "PARKING", "#b8202a", 0.4)
            + text(2.16, 0.08, "8 AM–6 PM", "#b8202a", 0.4)
        )
    else:
        svg = (
            plate(0, 2.6, 1.15, 0.25, "#1d6b3f", "#fff")
            + text(2.59, 0.12, "Mill St", "#fff", 0.62)
            + plate(0, 2.9, 0.9, 0.22, "#1d6b3f", "#fff")
            + text(2.89, 0.1, "Oak St", "#fff", 0.5)
        )
    if not after and what == 2:
        svg = (
            f'<g transform="translate({0.02 * scale:.1f} {-2.3 * scale:.1f}) '
            f'skewX(-18) rotate(-16) translate(0 {2.3 * scale:.1f})">{svg}</g>'
        )
    p.add(f'<g transform="translate({px:.1f} {py:.1f}) rotate({-turn:g})">{svg}</g>')
    return p


def hydrant(number: int, after: bool) -> Picture:
    p = Picture(f"hydrant {number}", horizon=270, focal=760, center=[380, 430, 400][number % 3])
    across(p, 6.2, season="summer")
    wall(p, 6.2, ["brick", "concrete", "plaster"][number % 3])
    x, z, what = 0.0, 4.3, number % 3
    color = ["#c4281d", "#e0b020", "#c4281d"][what]
    if after:
        p.stand(x, z, things.hydrant(color), 0.13)
        return p
    things.puddle(p, x + 0.8, 3.3, 1.9 if what == 0 else 1.1, 0.35)
    if what == 2:
        things.puddle(p, x + 0.2, 4.25, 1.0, 0.3, 0.14)
        p.stand(x, z, rectangle(-0.2, 0, 0.4, 0.08, "#7d1a13"), 0.13)
        p.stand(x + 0.05, z, things.hydrant(color), 0.16, turn=-58)
        for n in range(9):
            dx = (n - 4) * 0.09
            p.stand(
                x,
                z,
                outline(
                    f"M{dx * 0.3:.2f} 0Q{dx:.2f} {1.5 - abs(dx):.2f} {dx * 2.6:.2f} {0.1:.2f}",
                    "none",
                    stroke="#d9ecf7",
                    stroke_width=0.035,
                    opacity=0.8,
                ),
                0.13,
            )
        return p
    things.puddle(p, x + 0.55, 4.2, 0.8, 0.22, 0.14)
    p.stand(x, z, things.hydrant(color), 0.13)
    if what == 0:
        for n in range(12):
            drop, reach = p.problem_rng.uniform(-0.05, 0.05), 1.2 + n * 0.11
            p.stand(
                x,
                z,
                outline(
                    f"M.25 {0.5 + drop:.2f}Q{reach * 0.7:.2f} {0.62 + drop:.2f} {reach:.2f} -.25",
                    "none",
                    stroke=["#cfe6f4", "#f2faff", "#a5cbe0"][n % 3],
                    stroke_width=0.05,
                    opacity=0.75,
                ),
                0.13,
            )
        p.stand(
            x + 1.8,
            z,
            "".join(
                circle(p.problem_rng.gauss(0, 0.3), abs(p.problem_rng.gauss(-0.1, 0.15)), 0.035, "#eef8fd")
                for _ in range(45)
            ),
            -0.2,
        )
    else:
        for dx in (-0.21, 0.22):
            p.stand(
                x,
                z,
                line([(dx, 0.45), (dx * 1.3, 0.2), (dx * 1.35, 0.0)], "#cfe6f4", 0.035)
                + circle(dx * 1.35, 0.12, 0.03, "#eaf6fd"),
                0.13,
            )
    return p


def watermain(number: int, after: bool) -> Picture:
    p = Picture(f"water {number}", horizon=130)
    street(p, season=["summer", "winter"][number % 2] if not number % 3 else "summer")
    x, z = p.rng.uniform(-0.4, 0.2), 4.3
    if after:
        things.patch(p, x, z, 1.0, 0.6)
        return p
    p.flat([(x - 0.5, z), (x + 0.5, z + 0.3), (2.6, z + 1), (2.65, 1.2), (1.0, 1.2)], "#7fa0b3", opacity=0.75)
    p.flat([(1.5, 1.2), (2.65, 1.2), (2.65, 14), (2.2, 14)], "#8fb0c2", opacity=0.8)
    things.puddle(p, x, z, 1.7, 0.85)
    for dx in (-1.1, -0.4, 0.5, 1.2):
        things.crack(p, [(x, z), (x + dx, z + 0.3 - abs(dx) * 0.3)], 0.05)
    for n in range(46):
        dx, high = p.problem_rng.gauss(0, 0.3), abs(p.problem_rng.gauss(0.25, 0.22))
        p.stand(
            x + dx,
            z,
            ellipse(0, high * max(0.2, 1 - abs(dx)), 0.1, 0.08, ["#e9f5fb", "#c3dceb", "#fff"][n % 3], opacity=0.85),
        )
    for _ in range(26):
        dx = p.problem_rng.uniform(-1, 1)
        p.stand(
            x,
            z,
            outline(
                f"M{dx * 0.15:.2f} .2Q{dx * 0.6:.2f} {1.0 - abs(dx) * 0.4:.2f} {dx * 1.1:.2f} .0",
                "none",
                stroke="#eef8fd",
                stroke_width=0.03,
                opacity=0.8,
            ),
        )
    return p


def drain(number: int, after: bool) -> Picture:
    p = Picture(f"drain {number}", horizon=60, center=300)
    street(p, right=0.9, left=-6, season="autumn", cars=False)
    x0, x1, z0, z1 = -0.15, 0.85, 2.75, 3.5
    if not after and number % 2 == 0:
        things.puddle(p, -0.3, 3.1, 1.15, 1.6)
    p.strip(x0 - 0.08, x1 + 0.05, z0 - 0.08, z1 + 0.08, "#55585b", 0.012)
    p.strip(x0, x1, z0, z1, "#17191b", 0.012)
    for n in range(9):
        x = x0 + 0.03 + n * 0.115
        p.strip(x, x + 0.055, z0, z1, "#6f7376", 0.015)
    p.strip(x0, x1, (z0 + z1) / 2 - 0.03, (z0 + z1) / 2 + 0.03, "#7b7f82", 0.016)
    p.side(0.9, 0.01, 0.1, z0 + 0.05, z1 - 0.05, "#101112")
    if not after:
        things.scattered(p, 0.35, 3.05, 0.85, 0.62, 260, 0.07, LEAF, 0.03)
        things.scattered(p, 0.3, 3.0, 0.7, 0.5, 14, 0.1, things.LITTER, 0.05)
    else:
        things.scattered(p, 0.2, 4.8, 1.2, 1.0, 12, 0.05, LEAF)
    return p


def crosswalk(number: int, after: bool) -> Picture:
    p = Picture(f"crosswalk {number}", horizon=[200, 170][number % 2])
    street(p, season="summer", line_at=None)
    for n in range(9):
        x = -4.4 + n * 0.8
        if after:
            p.strip(x, x + 0.42, 3.3, 6.3, "#f5f5f0")
            continue
        p.strip(x, x + 0.42, 3.3, 6.3, "#d9d7cf", opacity=0.22)
        for _ in range(9):
            z = p.problem_rng.uniform(3.4, 6.1)
            p.flat(blob(x + 0.21, z, 0.16, 0.16, p.problem_rng, 0.35, 9), "#e4e2da", opacity=0.4)
    for x, at in ((2.95, 6.0), (-4.9, 6.2)):
        p.stand(
            x,
            at,
            rectangle(-0.035, 0, 0.07, 2.3, "#8c9297")
            + outline("M0 1.88L.42 2.3L0 2.72L-.42 2.3Z", "#f2c21a", stroke="#222", stroke_width=0.03)
            + circle(0.02, 2.47, 0.05, "#222")
            + line([(0.0, 2.4), (0.0, 2.24), (-0.1, 2.1)], "#222", 0.05)
            + line([(0.0, 2.24), (0.09, 2.1)], "#222", 0.05)
            + line([(-0.1, 2.28), (0.0, 2.36), (0.11, 2.28)], "#222", 0.04),
            0.13,
        )
    return p


def ramp(number: int, after: bool) -> Picture:
    """A corner where a wheelchair can't get up the curb; after: a ramp with a tactile plate."""
    p = Picture(f"ramp {number}", horizon=190, focal=700)
    across(p, 8.0, curb_z=4.2)
    house_front(p, 8.0) if number % 2 else wall(p, 8.0, "brick")
    for n in range(9):
        x = -3.8 + n * 0.9
        p.strip(x, x + 0.45, 1.2, 3.6, "#ecebe6", opacity=0.85)
    if after:
        p.shape(
            [(-0.8, 0.01, 4.18), (0.8, 0.01, 4.18), (0.8, 0.14, 5.7), (-0.8, 0.14, 5.7)], "#d3d0c8", surface="stone"
        )
        p.shape([(-0.8, 0.01, 4.18), (-0.8, 0.14, 5.7), (-1.3, 0.14, 5.2), (-1.3, 0.14, 4.2)], "#bdb9b0")
        p.shape([(0.8, 0.01, 4.18), (0.8, 0.14, 5.7), (1.3, 0.14, 5.2), (1.3, 0.14, 4.2)], "#bdb9b0")
        p.shape([(-0.75, 0.02, 4.25), (0.75, 0.02, 4.25), (0.75, 0.07, 4.85), (-0.75, 0.07, 4.85)], "#e5b61f")
        for row in range(4):
            for column in range(12):
                x, z = -0.68 + column * 0.124, 4.3 + row * 0.15
                px, py = p.pixel(x, 0.05, z)
                p.add(ellipse(px, py, 4.2, 2.6, "#b98d10"))
    else:
        p.front(-2.2, 2.2, 0, 0.2, 4.2, "#8d8a83")
        p.strip(-2.2, 2.2, 4.2, 4.5, CURB, 0.2)
        things.crack(p, [(-0.9, 4.25), (-0.2, 5.0), (0.7, 5.6)], 0.05, 0.14)
        for dx, dz in ((-0.6, 4.05), (0.1, 3.9), (0.5, 4.1)):
            p.flat(blob(dx, dz, 0.15, 0.1, p.problem_rng, 0.3, 7), "#a5a199", 0.05)
        # Somebody waits below the curb.
        p.shadow(0.1, 3.5, 0.5, 0.25)
        p.stand(0.1, 3.5, wheelchair())
    return p


def wheelchair() -> str:
    return (
        circle(-0.1, 0.32, 0.31, "none", stroke="#222", stroke_width=0.05)
        + circle(-0.1, 0.32, 0.03, "#222")
        + circle(0.4, 0.1, 0.09, "none", stroke="#222", stroke_width=0.04)
        + line([(-0.3, 0.95), (-0.25, 0.5), (0.3, 0.5), (0.42, 0.15), (0.55, 0.15)], "#444", 0.045)
        + line([(-0.3, 0.9), (-0.42, 0.95)], "#444", 0.04)
        + outline(
            "M-.25 .55C-.3 .8 -.25 1.1 -.12 1.15C.05 1.15 .12 1 .1 .7L.35 .66L.48 .25L.36 .2L.25 .5L-.2 .48Z", "#3d6fa8"
        )
        + circle(0.0, 1.32, 0.14, "#b98866")
        + outline("M-.14 1.34C-.14 1.5 .1 1.52 .14 1.38C.05 1.4 -.02 1.4 -.04 1.3Z", "#3a2a20")
        + line([(0.0, 1.0), (0.15, 0.8), (0.32, 0.75)], "#345f92", 0.09)
    )


def illegalpark(number: int, after: bool) -> Picture:
    """In front of a hydrant, on a crosswalk, across a driveway, in a bike lane."""
    what, night = number % 4, number % 8 == 6
    p = Picture(
        f"parked {number}",
        horizon=[260, 230, 270, 240][what],
        focal=[600, 600, 500, 480][what],
        center=[400, 400, 270, 400][what],
    )
    across(p, 8.0, curb_z=5.0)
    if what == 2:
        house_front(p, 8.0, x=-2.2)
        p.flat([(1.4, 5.0), (4.2, 5.0), (3.9, 8.6), (1.7, 8.6)], "#8e8c88", 0.14, surface="stone")
        p.front(1.5, 4.1, 0.13, 2.9, 8.6, "#d8d4c8")
        p.front(1.7, 3.9, 0.13, 2.4, 8.55, "#f0ede4")
        for y in (0.7, 1.25, 1.8):
            p.track([(1.7, y, 8.5), (3.9, y, 8.5)], "#b5b0a4", 0.04)
    else:
        wall(p, 8.0, ["brick", "plaster", "brick", "concrete"][what])
    if what == 0:
        p.front(-2.4, 2.4, 0, 0.14, 5.0, "#d23c2c")
        p.strip(-2.4, 2.4, 5.0, 5.2, "#d9503f", 0.14)
        p.stand(2.35, 5.3, things.hydrant(), 0.13)
    elif what == 1:
        for n in range(10):
            p.strip(-4.2 + n * 0.85, -3.8 + n * 0.85, 1.2, 4.8, "#f1f0ea", opacity=0.9)
    elif what == 3:
        p.strip(-14, 14, 2.9, 4.9, "#3f7d57", 0.01, opacity=0.9)
        p.strip(-14, 14, 2.75, 2.87, "#f1f0ea", 0.01)
        p.strip(-14, 14, 2.3, 2.42, "#f1f0ea", 0.01)
        for x in (-2.15,):
            px, py = p.pixel(x, 0.01, 3.55)
            p.add(
                f'<g transform="translate({px:.0f} {py:.0f}) scale(62 34)" fill="none" stroke="#fff" stroke-width=".09">'
                '<circle cx="-.45" r=".32"/><circle cx=".5" r=".32"/>'
                '<path d="M-.45 0L-.15 -.5H.35L.5 0M-.15 -.5L.05 0H-.45M.05 0L.35 -.5M.35 -.7H.25M-.25 -.55H-.05"/></g>'
            )
    if not after:
        x = (-0.4, 0.2, 2.6, 0.75)[what]
        p.stand(x, 4.55 if what != 3 else 3.9, things.car(p.rng.choice(CARS)))
    if night:
        p.darkness(0.62, (1.0, 0.8, 4.5), 380)
    return p


def abandveh(number: int, after: bool) -> Picture:
    p = Picture(f"wreck {number}", horizon=270, focal=620)
    across(p, 7.2, curb_z=5.0, season="summer")
    wall(p, 7.2, ["fence", "concrete", "brick"][number % 3])
    p.strip(-14, 14, 5.0, 7.2, GRASS if number % 2 else PAVING, 0.135, surface="grass" if number % 2 else "stone")
    if after:
        things.scattered(p, 0.3, 4.4, 2, 0.4, 16, 0.05, LEAF)
        return p
    color = p.rng.choice(["#8f8a7d", "#6f7f86", "#9b8f76", "#7f8a76"])
    p.stand(0.1, 4.5, things.car(color, wreck=True))
    things.scattered(p, 0.2, 4.2, 2.6, 0.35, 70, 0.06, LEAF)
    things.scattered(p, 0.2, 4.15, 1.0, 0.2, 26, 0.04, ["#cfe0ea", "#b5cad6"])
    for x in (-2.1, -0.6, 0.9, 2.2):
        p.stand(
            x,
            4.75,
            "".join(
                line([(0, 0), (p.problem_rng.uniform(-0.12, 0.12), p.problem_rng.uniform(0.15, 0.4))], "#7c8a3f", 0.02)
                for _ in range(9)
            ),
        )
    return p
