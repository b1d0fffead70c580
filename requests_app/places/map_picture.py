"""Map pictures: the city's own layers as an SVG, or a PNG for emails and cards, in the style of the map that moves.

For readers without JavaScript, emails, social cards and print. The renderer knows shapes and marks, and nothing about requests:
web/explore/map_pictures.py decides what may be shown.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import resvg_py
from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import connection

from requests_app.models import Jurisdiction
from requests_app.places import style
from requests_app.places.map_labels import Board, Label, wrapped
from requests_app.places.public_place import EXACT
from requests_app.places.statement_timeout import at_most
from requests_app.places.style_values import value
from requests_app.places.tiles import EQUATOR_M, TILE_MS

# The world is a square of so many pixels at zoom 0, as MapLibre counts.
WORLD_PX = 512
# A block's width, or so; and the closest a picture of a box comes.
ZOOM, CLOSEST = 16.0, 17.0
# Main streets only.
PLAIN_ZOOM = 11
# From here on out, many marks lie close together.
SMALL_MARKS = 14
# Pixels of a PNG for each of a picture from this width on, a balance of sharpness, weight and time. The widest is for cards,
# which have 1200 pixels and no more.
DENSITIES = ((1000, 1.0), (500, 1.25), (0, 1.5))
# Half a pixel: what no eye can tell apart. Lines thinner than this many pixels hardly show, and take as long as others.
TOLERANCE, THINNEST = 0.5, 0.8
FONT = "Public Sans, Helvetica, Arial, sans-serif"
FONT_FILE, BOLD_FILE = (
    str(settings.BASE_DIR / f"static/vendor/uswds/fonts/PublicSans-{weight}.ttf") for weight in ("SemiBold", "Bold")
)
BOLD = 'font-weight="700"'
MOVE = re.compile(r"M ([^M]+)")
# Marks, by day and at night.
PIN, PIN_AT_NIGHT, EDGE = "#b50909", "#ff8d7b", "#ffffff"
OPEN, OPEN_AT_NIGHT, ENDED, ENDED_AT_NIGHT = "#b25a00", "#ffb25e", "#2e6b34", "#7fd08a"
AREA, AREA_AT_NIGHT = "#1a4480", "#9bc0ff"
BELOW = {"area", "around"}


@dataclass(frozen=True)
class View:
    """What a picture shows. x, y: its center in Web Mercator meters. width, height: in pixels."""

    x: float
    y: float
    zoom: float
    width: int
    height: int

    @classmethod
    def around(cls, point: Point, width: int, height: int, zoom: float = ZOOM) -> "View":
        return cls(*mercator(point.x, point.y), zoom, width, height)

    @classmethod
    def of_box(cls, box: tuple[float, float, float, float], width: int, height: int) -> "View":
        """The whole box (west, south, east, north), with some space around it."""
        left, bottom = mercator(box[0], box[1])
        right, top = mercator(box[2], box[3])
        meters = max((right - left) / width, (top - bottom) / height, 0.01) * 1.08
        zoom = min(CLOSEST, math.log2(EQUATOR_M / WORLD_PX / meters))
        return cls((left + right) / 2, (bottom + top) / 2, zoom, width, height)

    @property
    def scale(self) -> float:
        """Pixels for each meter of Web Mercator."""
        return float(WORLD_PX * 2**self.zoom / EQUATOR_M)

    @property
    def corner(self) -> tuple[float, float]:
        """West and north, in Web Mercator."""
        return self.x - self.width / 2 / self.scale, self.y + self.height / 2 / self.scale

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north in degrees."""
        west, north = self.corner
        return (
            *degrees(west, north - self.height / self.scale),
            *degrees(west + self.width / self.scale, north),
        )

    def pixel(self, longitude: float, latitude: float) -> tuple[float, float]:
        x, y = mercator(longitude, latitude)
        west, north = self.corner
        return round((x - west) * self.scale, 1), round((north - y) * self.scale, 1)


@dataclass(frozen=True)
class Mark:
    """Something on the map. kind: pin, around (a block, whose exact place is private), open, ended or area (a GeoJSON shape)."""

    kind: str
    longitude: float = 0
    latitude: float = 0
    shape: dict[str, Any] | None = None


def mark_of(point: Point, visibility: str) -> Mark:
    """The pin of a public place. Where the place is a block, all of the block is marked. visibility: of the service's version."""
    return Mark("pin" if visibility in EXACT else "around", point.x, point.y)


def mercator(longitude: float, latitude: float) -> tuple[float, float]:
    latitude = max(-85.0, min(85.0, latitude))
    y = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) / (2 * math.pi) * EQUATOR_M
    return longitude / 360 * EQUATOR_M, y


def degrees(x: float, y: float) -> tuple[float, float]:
    return x / EQUATOR_M * 360, math.degrees(math.atan(math.sinh(2 * math.pi * y / EQUATOR_M)))


def svg(
    jurisdiction: Jurisdiction,
    view: View,
    marks: Sequence[Mark],
    *,
    title: str,
    attribution: str = "",
    dark: bool = False,
    is_plain: bool = False,
) -> str:
    """The picture. title: for those who open it alone. is_plain: without names and small streets. Raises TimeUpError."""
    shapes = _shapes(jurisdiction, view, PLAIN_ZOOM if is_plain else math.floor(view.zoom + 0.5))
    board = Board(view.width, view.height)
    for mark in marks:
        if mark.kind not in BELOW:
            x, y = view.pixel(mark.longitude, mark.latitude)
            board.keep_free(x, y - (14 if mark.kind == "pin" else 0), 20 if mark.kind == "pin" else 8)
    if attribution:
        for at in range(8, len(attribution) * 5 + 8, 10):
            board.keep_free(view.width - at, view.height - 8, 8)
    layers = [layer for layer in style.layers(dark=dark) if not (is_plain and layer["type"] == "symbol")]
    parts = [part for layer in layers if (part := _drawn(layer, shapes, view)) is not None]
    names = [part for layer in reversed(layers) if (part := _labeled(layer, shapes, view, board)) is not None]
    # What covers ground lies below the names, points lie above them.
    below = [_mark(mark, view, dark=dark) for mark in marks if mark.kind in BELOW]
    above = [_mark(mark, view, dark=dark) for mark in marks if mark.kind not in BELOW]
    ink, halo = ("#c3c6ca", "#14171a") if dark else ("#4d5056", "#ffffff")
    if attribution:
        above.append(
            f'<text x="{view.width - 6}" y="{view.height - 5}" text-anchor="end" font-size="9" fill="{ink}" stroke="{halo}" '
            f'stroke-width="2" paint-order="stroke">{escape(attribution)}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{view.width}" height="{view.height}" '
        f'viewBox="0 0 {view.width} {view.height}" font-family="{FONT}" font-weight="600" role="img">'
        f"<title>{escape(title)}</title>" + "".join([*parts, *below, *names, *above]) + "</svg>"
    )


def density_of(width: int) -> float:
    """Pixels of a PNG for each of a picture so wide."""
    return next(density for least, density in DENSITIES if width >= least)


def png(drawing: str, *, density: float) -> bytes:
    """The SVG as a PNG with `density` pixels for each of its own."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=drawing,
            zoom=density,
            skip_system_fonts=True,
            # Each file is read again for each picture.
            font_files=[FONT_FILE, BOLD_FILE] if BOLD in drawing else [FONT_FILE],
            sans_serif_family="Public Sans",
        )
    )


# --- Shapes ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """path: as SVG writes it, in pixels of the picture; of a point, its place. properties: for the style."""

    properties: dict[str, Any]
    path: str
    point: tuple[float, float] | None


def _shapes(jurisdiction: Jurisdiction, view: View, zoom: int) -> dict[str, list[Shape]]:
    """The basemap's shapes in this view that are drawn from this zoom on, by layer.

    As a rule half a zoom closer than in a tile: a picture can't be zoomed.
    """
    west, north = view.corner
    east, south = west + view.width / view.scale, north - view.height / view.scale
    # So that no edge of an outline shows.
    margin = 20 / view.scale
    with at_most(TILE_MS), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT layer, properties, ST_AsSVG(placed, 0, 1), ST_Dimension(placed), ST_X(spot), -ST_Y(spot)
            FROM (
                SELECT id, layer, properties, ST_Simplify(ST_Affine(
                    ST_ClipByBox2D(shape, frame), %(scale)s, 0, 0, %(scale)s, %(left)s, %(top)s), %(tolerance)s) AS placed
                FROM requests_app_basemapfeature,
                     ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 3857) AS frame
                WHERE jurisdiction_id = %(jurisdiction)s AND min_zoom <= %(zoom)s AND shape && frame
            ) clipped
            CROSS JOIN LATERAL (SELECT CASE WHEN ST_Dimension(placed) = 0 THEN ST_Centroid(placed) END AS spot) spots
            WHERE NOT ST_IsEmpty(placed) ORDER BY id""",
            {
                "jurisdiction": jurisdiction.pk,
                "zoom": zoom,
                "scale": view.scale,
                "left": -west * view.scale,
                "top": -north * view.scale,
                "tolerance": TOLERANCE,
                "west": west - margin,
                "south": south - margin,
                "east": east + margin,
                "north": north + margin,
            },
        )
        found: dict[str, list[Shape]] = {}
        for layer, properties, path, dimension, x, y in cursor.fetchall():
            point = (x, y) if dimension == 0 else None
            found.setdefault(layer, []).append(Shape(json.loads(properties), path or "", point))
    return found


def _of(layer: style.Layer, shapes: dict[str, list[Shape]], zoom: float) -> list[Shape]:
    """The shapes that this layer of the style draws."""
    if not layer.get("minzoom", 0) <= zoom < layer.get("maxzoom", 99):
        return []
    chosen = layer.get("filter")
    found = shapes.get(layer.get("source-layer", ""), [])
    return [shape for shape in found if chosen is None or value(chosen, zoom, shape.properties)]


def _drawn(layer: style.Layer, shapes: dict[str, list[Shape]], view: View) -> str | None:
    """A layer of the ground or of roads; None: it draws nothing here."""
    paint = layer["paint"]
    if layer["type"] == "background":
        return f'<rect width="{view.width}" height="{view.height}" fill="{paint["background-color"]}"/>'
    matching = _of(layer, shapes, view.zoom) if layer["type"] in ("fill", "line") else []
    if not matching:
        return None
    if layer["type"] == "fill":
        by_color: dict[str, list[str]] = {}
        for shape in matching:
            by_color.setdefault(value(paint["fill-color"], view.zoom, shape.properties), []).append(shape.path)
        opacity = value(paint.get("fill-opacity", 1), view.zoom, {})
        edge = f' stroke="{paint["fill-outline-color"]}"' if "fill-outline-color" in paint else ""
        if not paint["fill-antialias"]:
            edge = ' shape-rendering="crispEdges"'
        return "".join(
            f'<path d="{"".join(paths)}" fill="{color}" fill-rule="evenodd"{edge}{_unless_one("fill-opacity", opacity)}/>'
            for color, paths in by_color.items()
        )
    width = value(paint["line-width"], view.zoom, {})
    if width < THINNEST and "line-dasharray" not in paint:
        return None
    dashes = " ".join(f"{part * width:.1f}" for part in paint.get("line-dasharray", ()))
    return (
        f'<path d="{"".join(shape.path for shape in matching)}" fill="none" stroke="{paint["line-color"]}" '
        f'stroke-width="{width:.1f}" stroke-linejoin="round" stroke-linecap="{layer["layout"]["line-cap"]}"'
        + (f' stroke-dasharray="{dashes}"' if dashes else "")
        + _unless_one("stroke-opacity", value(paint.get("line-opacity", 1), view.zoom, {}))
        + "/>"
    )


def _unless_one(name: str, opacity: float) -> str:
    return "" if opacity == 1 else f' {name}="{opacity:.2f}"'


# --- Labels ---------------------------------------------------------------------------------------------------------------


def _labeled(layer: style.Layer, shapes: dict[str, list[Shape]], view: View, board: Board) -> str | None:
    """A layer of names; None: it has none here."""
    if layer["type"] != "symbol":
        return None
    layout, paint = layer["layout"], layer["paint"]
    found = _of(layer, shapes, view.zoom)
    order = layout.get("symbol-sort-key", 0)
    before = len(board.placed)
    named: dict[str, list[Shape]] = {}
    for shape in sorted(found, key=lambda shape: value(order, view.zoom, shape.properties)):
        text = value(layout["text-field"], view.zoom, shape.properties)
        named.setdefault(str(text or ""), []).append(shape)
    named.pop("", None)
    for text, of_this_name in named.items():
        size = value(layout["text-size"], view.zoom, of_this_name[0].properties)
        if layout.get("symbol-placement") == "line":
            lines = [line for shape in of_this_name for line in _lines(shape.path)]
            if layout.get("text-rotation-alignment") == "viewport":
                _ = any(board.add(Label((text,), *line[len(line) // 2], size)) for line in lines)
            else:
                board.add_along(text, lines, size)
        else:
            letters = int(layout.get("text-max-width", 10) * 1.8)
            for shape in of_this_name:
                if shape.point is not None:
                    board.add(Label(wrapped(text, letters), *shape.point, size))
    new = board.placed[before:]
    if not new:
        return None
    opacity = value(paint.get("text-opacity", 1), view.zoom, {})
    return (
        f'<g fill="{paint["text-color"]}" stroke="{paint["text-halo-color"]}" stroke-width="{2 * paint["text-halo-width"]}" '
        f'stroke-linejoin="round" paint-order="stroke" text-anchor="middle"{_unless_one("opacity", opacity)}>'
        + "".join(map(_label_svg, new))
        + "</g>"
    )


def _label_svg(label: Label) -> str:
    turned = f' transform="rotate({label.angle:.1f} {label.x:.1f} {label.y:.1f})"' if label.angle else ""
    first = label.y + label.size * (0.35 - (len(label.lines) - 1) * 0.55)
    rows = [
        f'<text x="{label.x:.1f}" y="{first + at * label.size * 1.1:.1f}" font-size="{label.size:.1f}"{turned}>'
        f"{escape(line)}</text>"
        for at, line in enumerate(label.lines)
    ]
    return "".join(rows)


def _lines(path: str) -> list[list[tuple[float, float]]]:
    """The points of each line of an SVG path such as "M 1 2 L 3 4 5 6"."""
    lines = []
    for part in MOVE.findall(path):
        numbers = [float(number) for number in part.replace("L", " ").split()]
        lines.append(list(zip(numbers[::2], numbers[1::2], strict=True)))
    return lines


# --- Marks ----------------------------------------------------------------------------------------------------------------


def _mark(mark: Mark, view: View, *, dark: bool) -> str:
    if mark.kind == "area":
        color = AREA_AT_NIGHT if dark else AREA
        return (
            f'<path d="{_path_of(mark.shape or {}, view)}" fill="{color}" fill-opacity="0.12" fill-rule="evenodd" '
            f'stroke="{color}" stroke-width="2.5" stroke-linejoin="round"/>'
        )
    x, y = view.pixel(mark.longitude, mark.latitude)
    red = PIN_AT_NIGHT if dark else PIN
    if mark.kind == "pin":
        # A drop whose tip is the place.
        return (
            f'<path d="M{x} {y}c-3.5-7-11-12-11-20.5a11 11 0 0 1 22 0c0 8.5-7.5 13.5-11 20.500z" fill="{red}" '
            f'stroke="{EDGE}" stroke-width="2"/><circle cx="{x}" cy="{y - 20.5}" r="4" fill="{EDGE}"/>'
        )
    if mark.kind == "around":
        radius = round(60 * view.scale / math.cos(math.radians(mark.latitude)), 1)
        return (
            f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{red}" fill-opacity="0.2" stroke="{red}" stroke-width="2" '
            'stroke-dasharray="6 4"/>'
        )
    if mark.kind == "open":
        size = 6 if view.zoom > SMALL_MARKS else 4
        color = OPEN_AT_NIGHT if dark else OPEN
        return f'<circle cx="{x}" cy="{y}" r="{size}" fill="{EDGE}" stroke="{color}" stroke-width="{size - 2}"/>'
    return (
        f'<circle cx="{x}" cy="{y}" r="7" fill="{ENDED_AT_NIGHT if dark else ENDED}" stroke="{EDGE}" stroke-width="2"/>'
    )


def _path_of(shape: dict[str, Any], view: View) -> str:
    """A GeoJSON polygon, multipolygon or line as an SVG path."""
    kind, coordinates = shape.get("type"), shape.get("coordinates", [])
    rings = {
        "Polygon": lambda: coordinates,
        "MultiPolygon": lambda: [ring for polygon in coordinates for ring in polygon],
        "LineString": lambda: [coordinates],
        "MultiLineString": lambda: coordinates,
    }.get(str(kind), list)()
    end = "z" if "Polygon" in str(kind) else ""
    return "".join(
        "M" + "L".join("{} {}".format(*view.pixel(*place[:2])) for place in ring) + end for ring in rings if ring
    )
