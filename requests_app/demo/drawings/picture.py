"""A picture of the demo as SVG: a camera that turns meters into pixels, and shapes drawn through it."""

import base64
import io
import random
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from math import cos, pi, sin
from typing import Any

from PIL import Image, ImageChops

WIDTH, HEIGHT = 800, 600
# Nearer than this, a point would be next to or behind the camera.
NEAREST = 0.55
Place = tuple[float, float, float]
Pixel = tuple[float, float]

DEFS = """
<radialGradient id="vignette" cx=".5" cy=".5" r=".75"><stop offset=".6" stop-opacity="0"/><stop offset="1" stop-opacity=".32"/>
</radialGradient>
<linearGradient id="round" x2="1"><stop stop-color="#fff" stop-opacity=".25"/><stop offset=".35" stop-color="#fff"
 stop-opacity=".1"/><stop offset="1" stop-color="#000" stop-opacity=".4"/></linearGradient>
<linearGradient id="down" x2="0" y2="1"><stop stop-color="#000" stop-opacity=".35"/><stop offset="1" stop-color="#000"
 stop-opacity="0"/></linearGradient>
<radialGradient id="shade"><stop stop-opacity="1"/>
<stop offset=".55" stop-opacity=".75"/><stop offset="1" stop-opacity="0"/></radialGradient>
<radialGradient id="cloud"><stop stop-color="#fff" stop-opacity=".55"/>
<stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>
<radialGradient id="pool"><stop stop-color="#ffd98a" stop-opacity=".5"/>
<stop offset="1" stop-color="#ffd98a" stop-opacity="0"/></radialGradient>
"""
# Noise over a surface: the tone of its grains, how strong, how strong its stains, and how much grains are stretched.
SURFACES: dict[str, tuple[str, float, float, int]] = {
    "asphalt": ("#000000", 0.26, 0.3, 1),
    "grass": ("#1c3008", 0.5, 0.4, 3),
    "stone": ("#1a1714", 0.08, 0.26, 1),
}


def mixed(color: str, other: str, share: float) -> str:
    """A color between the two: share 0 is the first, 1 the second. Both as #rrggbb."""
    pairs = [(int(color[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def darker(color: str, share: float) -> str:
    return mixed(color, "#000000", share)


def lighter(color: str, share: float) -> str:
    return mixed(color, "#ffffff", share)


def attributes(values: dict[str, Any]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in values.items())


@cache
def surfaces() -> str:
    """The patterns of SURFACES, each as large as the picture, so that none repeats."""
    patterns = []
    for name, (tone, grain, stain, stretch) in SURFACES.items():
        generator = random.Random(name)  # noqa: S311 - drawings, no secret
        tile = Image.new("RGBA", (WIDTH, HEIGHT), tone)
        tile.putalpha(
            ImageChops.add(
                _noise(generator, WIDTH // 2, HEIGHT // 2 // stretch, grain), _noise(generator, 20, 15, stain)
            )
        )
        buffer = io.BytesIO()
        tile.save(buffer, "PNG")
        data = base64.b64encode(buffer.getvalue()).decode()
        patterns.append(
            f'<pattern id="{name}" width="{WIDTH}" height="{HEIGHT}" patternUnits="userSpaceOnUse">'
            f'<image width="{WIDTH}" height="{HEIGHT}" href="data:image/png;base64,{data}"/></pattern>'
        )
    return "".join(patterns)


def _noise(generator: random.Random, width: int, height: int, strength: float) -> Image.Image:
    """Grains of different opacity, half of them transparent."""
    grains = bytes(min(255, max(0, round(generator.gauss(0, 1) * 110 * strength))) for _ in range(width * height))
    return Image.frombytes("L", (width, height), grains).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def rectangle(x: float, y: float, width: float, height: float, fill: str, surface: str = "", **more: Any) -> str:
    """surface: a name in SURFACES, laid over the color; only for shapes in pixels."""
    if surface:
        return rectangle(x, y, width, height, fill, **more) + rectangle(x, y, width, height, f"url(#{surface})")
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"{attributes(more)}/>'


def circle(x: float, y: float, radius: float, fill: str, **more: Any) -> str:
    return f'<circle cx="{x:.3g}" cy="{y:.3g}" r="{radius:.3g}" fill="{fill}"{attributes(more)}/>'


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, **more: Any) -> str:
    return f'<ellipse cx="{x:.4g}" cy="{y:.4g}" rx="{rx:.4g}" ry="{ry:.4g}" fill="{fill}"{attributes(more)}/>'


def outline(path: str, fill: str, surface: str = "", **more: Any) -> str:
    if surface:
        return outline(path, fill, **more) + outline(path, f"url(#{surface})")
    return f'<path d="{path}" fill="{fill}"{attributes(more)}/>'


def line(points: Iterable[Pixel], color: str, width: float, **more: Any) -> str:
    written = " ".join(f"{x:.4g},{y:.4g}" for x, y in points)
    more = {"stroke_linecap": "round", "stroke_linejoin": "round", **more}
    return f'<polyline points="{written}" fill="none" stroke="{color}" stroke-width="{width:g}"{attributes(more)}/>'


class Picture:
    """Right is x, up is y, away is z, all in meters; the camera is at x = z = 0, `eye` meters above the ground.

    horizon: its row of pixels; small for a camera that looks down. It never tilts, so that upright things stay upright.
    """

    def __init__(self, seed: str, *, horizon: float, eye: float = 1.6, focal: float = 600, center: float = 400) -> None:
        self.horizon, self.eye, self.focal, self.center = horizon, eye, focal, center
        # Two of them: the scene must stay the same whatever is drawn on it.
        self.rng = random.Random(seed)  # noqa: S311 - drawings, no secret
        self.problem_rng = random.Random(f"{seed} problem")  # noqa: S311
        self.parts: list[str] = []
        self.lights: list[str] = []
        self.clips = 0

    def pixel(self, x: float, y: float, z: float) -> Pixel:
        scale = self.scale(z)
        return self.center + x * scale, self.horizon + (self.eye - y) * scale

    def scale(self, z: float) -> float:
        """Pixels per meter at this distance."""
        return self.focal / max(z, NEAREST)

    def add(self, svg: str) -> None:
        self.parts.append(svg)

    # --- Shapes in space ----------------------------------------------------------------------------------------------
    def path(self, places: Iterable[Place]) -> str:
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (self.pixel(*place) for place in places)) + "Z"

    def shape(self, places: Iterable[Place], fill: str, **more: Any) -> None:
        self.add(outline(self.path(places), fill, **more))

    def flat(self, points: Iterable[Pixel], fill: str, y: float = 0.0, **more: Any) -> None:
        """A shape that lies on the ground, given as (x, z)."""
        self.shape(((x, y, z) for x, z in points), fill, **more)

    def strip(self, x0: float, x1: float, z0: float, z1: float, fill: str, y: float = 0.0, **more: Any) -> None:
        self.flat([(x0, z0), (x1, z0), (x1, z1), (x0, z1)], fill, y, **more)

    def front(self, x0: float, x1: float, y0: float, y1: float, z: float, fill: str, **more: Any) -> None:
        """A rectangle that faces the camera."""
        self.shape([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], fill, **more)

    def side(self, x: float, y0: float, y1: float, z0: float, z1: float, fill: str, **more: Any) -> None:
        """A rectangle along the street."""
        self.shape([(x, y0, z0), (x, y0, z1), (x, y1, z1), (x, y1, z0)], fill, **more)

    def box(self, x0: float, x1: float, y0: float, y1: float, z0: float, z1: float, color: str) -> None:
        """Its faces that the camera sees: the far ones first."""
        if y1 < self.eye:
            self.strip(x0, x1, z0, z1, lighter(color, 0.18), y1)
        if x0 > 0:
            self.side(x0, y0, y1, z0, z1, darker(color, 0.25))
        if x1 < 0:
            self.side(x1, y0, y1, z0, z1, darker(color, 0.1))
        self.front(x0, x1, y0, y1, z0, color)

    def track(self, places: Iterable[Place], color: str, meters: float, **more: Any) -> None:
        """A line through places, as wide as at its middle."""
        listed = list(places)
        width = meters * self.scale(listed[len(listed) // 2][2])
        self.add(line([self.pixel(*place) for place in listed], color, width, **more))

    def stand(self, x: float, z: float, svg: str, y: float = 0.0, turn: float = 0.0, mirrored: bool = False) -> None:
        """Something upright that faces the camera, drawn in meters with y upwards from its foot. turn: degrees to the left."""
        px, py = self.pixel(x, y, z)
        scale = self.scale(z)
        flip = -scale if mirrored else scale
        self.add(
            f'<g transform="translate({px:.1f} {py:.1f}) rotate({-turn:g}) scale({flip:.2f} {-scale:.2f})">{svg}</g>'
        )

    def shadow(self, x: float, z: float, rx: float, rz: float, opacity: float = 0.4) -> None:
        px, py = self.pixel(x, 0, z)
        depth = (self.pixel(x, 0, z - rz)[1] - self.pixel(x, 0, z + rz)[1]) / 2
        self.add(ellipse(px, py, rx * 1.25 * self.scale(z), depth * 1.25, "url(#shade)", opacity=opacity))

    def label(self, x: float, y: float, z: float, size: float, text: str, fill: str, **more: Any) -> None:
        """Centered on the place; size: the letters' height in meters."""
        px, py = self.pixel(x, y, z)
        pixels = size * self.scale(z) * 1.35
        self.add(
            f'<text x="{px:.1f}" y="{py + pixels * 0.36:.1f}" font-size="{pixels:.1f}" text-anchor="middle" fill="{fill}"'
            f' font-family="sans-serif" font-weight="bold"{attributes(more)}>{escape(text)}</text>'
        )

    def clipped(self, places: Sequence[Place], start: int) -> None:
        """Cuts everything drawn since `start` (len(parts) then) to the outline of these places."""
        self.clips += 1
        inside = "".join(self.parts[start:])
        del self.parts[start:]
        self.add(
            f'<clipPath id="c{self.clips}"><path d="{self.path(places)}"/></clipPath>'
            f'<g clip-path="url(#c{self.clips})">{inside}</g>'
        )

    # --- The whole ----------------------------------------------------------------------------------------------------
    def darkness(self, strength: float = 0.72, spot: Place | None = None, reach: float = 300) -> None:
        """Night over all that was drawn so far; spot: lit by the camera's flash."""
        self.add(rectangle(0, 0, WIDTH, HEIGHT, "#0a1433", opacity=strength))
        if spot:
            px, py = self.pixel(*spot)
            self.parts[-1] = (
                f'<mask id="flash"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
                f'<circle cx="{px:.0f}" cy="{py:.0f}" r="{reach:g}" fill="url(#hole)"/></mask><radialGradient id="hole">'
                '<stop stop-color="#000" stop-opacity=".95"/><stop offset="1" stop-opacity="0"/></radialGradient>'
                f'<g mask="url(#flash)">{self.parts[-1]}</g>'
            )

    def glow(self, x: float, y: float, z: float, meters: float, color: str = "#ffd98a", opacity: float = 0.9) -> None:
        px, py = self.pixel(x, y, z)
        name = f"g{len(self.lights)}"
        self.lights.append(
            f'<radialGradient id="{name}"><stop stop-color="{color}" stop-opacity="{opacity}"/>'
            f'<stop offset=".3" stop-color="{color}"'
            f' stop-opacity="{opacity * 0.4:g}"/><stop offset="1" stop-color="{color}" stop-opacity="0"/></radialGradient>'
            + circle(px, py, meters * self.scale(z), f"url(#{name})")
        )

    def svg(self) -> str:
        mark = (
            rectangle(10, HEIGHT - 34, 92, 24, "#fff", opacity=0.78, rx=12)
            + f'<path d="M22 {HEIGHT - 16}l2-6 9-9 4 4-9 9z" fill="#333"/>'
            + f'<text x="43" y="{HEIGHT - 17}" font-size="13" font-family="sans-serif" fill="#333">Drawing</text>'
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
            f"<defs>{DEFS}{surfaces()}</defs>{''.join(self.parts)}{''.join(self.lights)}"
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="url(#vignette)"/>{mark}</svg>'
        )


def blob(
    x: float, z: float, rx: float, rz: float, rng: random.Random, rough: float = 0.18, points: int = 26
) -> list[Pixel]:
    """An irregular round outline on the ground, as (x, z)."""
    waves = [(rng.uniform(-rough, rough) / (n**0.7), rng.uniform(0, 2 * pi), n) for n in range(2, 8)]
    outline_of = []
    for step in range(points):
        angle = 2 * pi * step / points
        reach = 1 + sum(size * sin(n * angle + shift) for size, shift, n in waves)
        outline_of.append((x + rx * reach * cos(angle), z + rz * reach * sin(angle)))
    return outline_of
