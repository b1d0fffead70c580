"""MapLibre style of the map: muted colors, so that pins and points stand out."""

from collections.abc import Callable
from typing import Any

from requests_app.places.basemap import LEAST_ZOOM, MOST_ZOOM

Layer = dict[str, Any]
Stops = list[Any]

# The pages' own fonts, which a browser that shows the map has already.
REGULAR, BOLD = ["Public Sans Regular"], ["Public Sans Bold"]
# What each file of a font is for, as in frontend/_public_sans.scss; other letters are the device's own.
FONT_FILES = {
    "latin": ["U+20-FF", "U+131", "U+152-153", "U+2010-2265"],
    "wider": ["U+100-24F", "U+300-36F", "U+1E00-1EFF"],
}
SOURCE = "basemap"

# Ground.
OUTSIDE, LAND, WATER, SHORE = "#e6e4de", "#f8f7f3", "#bcd9e8", "#9cc3d8"
PARK, WILD, CEMETERY, PLAZA = "#d2e6c6", "#c9dfbd", "#dbe5cf", "#e6ecd9"
# Roads, each with a darker casing.
MOTORWAY, MOTORWAY_EDGE, PRIMARY, PRIMARY_EDGE = "#f5c795", "#c98f4c", "#fdebb5", "#d8bd74"
SECONDARY, SECONDARY_EDGE, STREET, STREET_EDGE, STREET_FAR = "#fff7dc", "#d9cda6", "#ffffff", "#d3cfc4", "#dedad0"
OTHER, OTHER_EDGE, RAIL = "#fbfaf6", "#dcd8cd", "#a9a69d"
# Labels, with a contrast of at least 4.5:1.
INK, WATER_INK, PARK_INK, NEIGHBORHOOD_INK, BORDER = "#26292f", "#114560", "#1f4f1f", "#4b3f63", "#6d5f92"


def by_zoom(*stops: float | Any, base: float | None = None) -> Stops:
    """A value interpolated by zoom: zoom, value, zoom, value …; exponential with a base above 1."""
    return ["interpolate", ["exponential", base] if base else ["linear"], ["zoom"], *stops]


WIDTHS: dict[str, Stops] = {
    "motorway": by_zoom(8, 0.8, 11, 2, 14, 5, 16, 12, 18, 30, 20, 90, base=1.5),
    "primary": by_zoom(10, 0.7, 12, 1.8, 14, 4.2, 16, 11, 18, 30, 20, 95, base=1.5),
    "secondary": by_zoom(11, 0.6, 12, 1.2, 14, 3.4, 16, 9.5, 18, 26, 20, 85, base=1.5),
    "street": by_zoom(12, 0.4, 13, 1, 14, 2.2, 15, 4, 16, 7.5, 18, 22, 20, 75, base=1.5),
    "other": by_zoom(13, 0.5, 15, 1.8, 16, 3.2, 18, 10, 20, 34, base=1.5),
}


def wider(width: Stops, by: float) -> Stops:
    """Width of a road's casing: slightly more than the road, less when zoomed out."""
    edge = list(width)
    for at in range(4, len(edge), 2):
        share = 0.7 if edge[at - 1] < 12 else 1.2 if edge[at - 1] < 15 else 1.8
        edge[at] = round(edge[at] + by * share, 2)
    return edge


def fill(name: str, layer: str, color: Any, **paint: Any) -> Layer:
    return {
        "id": name,
        "type": "fill",
        "source": SOURCE,
        "source-layer": layer,
        "paint": {"fill-color": color, "fill-antialias": True, **paint},
    }


def line(name: str, layer: str, color: str, width: Any, *, minzoom: float = LEAST_ZOOM, **more: Any) -> Layer:
    """`more`: maxzoom, filter, dash, opacity."""
    paint: dict[str, Any] = {"line-color": color, "line-width": width}
    if "dash" in more:
        paint["line-dasharray"] = more["dash"]
    if "opacity" in more:
        paint["line-opacity"] = more["opacity"]
    return {
        "id": name,
        "type": "line",
        "source": SOURCE,
        "source-layer": layer,
        "minzoom": minzoom,
        **{key: more[key] for key in ("maxzoom", "filter") if key in more},
        "layout": {"line-cap": "butt" if "dash" in more else "round", "line-join": "round"},
        "paint": paint,
    }


def road(name: str, layer: str, classes: list[str], width: Stops, color: str, minzoom: float = LEAST_ZOOM) -> Layer:
    return line(name, layer, color, width, minzoom=minzoom, filter=["in", ["get", "class"], ["literal", classes]])


def text(name: str, layer: str, field: Any, size: Any, color: str, *, font: list[str] = BOLD, **more: Any) -> Layer:
    """`more`: minzoom, maxzoom, filter, halo, halo_width, source, opacity, layout."""
    paint = {
        "text-color": color,
        "text-halo-color": more.get("halo", "#ffffff"),
        "text-halo-width": more.get("halo_width", 1.6),
        "text-halo-blur": 0.3,
    }
    if "opacity" in more:
        paint["text-opacity"] = more["opacity"]
    return {
        "id": name,
        "type": "symbol",
        "source": more.get("source", SOURCE),
        **({"source-layer": layer} if layer else {}),
        **{key: more[key] for key in ("minzoom", "maxzoom", "filter") if key in more},
        "layout": {"text-field": field, "text-font": font, "text-size": size, **more.get("layout", {})},
        "paint": paint,
    }


def along(spacing: Stops) -> dict[str, Any]:
    return {
        "symbol-placement": "line",
        "text-rotation-alignment": "map",
        "text-max-angle": 38,
        "text-letter-spacing": 0.01,
        "text-padding": 3,
        "symbol-spacing": spacing,
    }


def of_class(*classes: str) -> list[Any]:
    return ["all", ["has", "name"], ["in", ["get", "class"], ["literal", list(classes)]]]


NAME = ["get", "name"]

GROUND: list[Layer] = [
    {"id": "background", "type": "background", "paint": {"background-color": OUTSIDE}},
    # Their edges lie below a shore or the city's outline, and needn't be smooth.
    fill("outside", "outside", OUTSIDE, **{"fill-antialias": False}),
    fill("land", "land", LAND, **{"fill-antialias": False}),
    fill("park", "parks", ["match", ["get", "kind"], "cemetery", CEMETERY, "wild", WILD, "plaza", PLAZA, PARK]),
    fill("water", "water", WATER, **{"fill-outline-color": SHORE}),
    line("neighborhood-line", "neighborhoods", "#8f83ad", by_zoom(11, 0.7, 13, 1), minzoom=10.5, maxzoom=13,
         dash=[3, 3], opacity=by_zoom(11, 0.55, 12.2, 0.4, 13, 0)),
]  # fmt: skip

ROADS: list[Layer] = [
    # Outside the city, for orientation.
    road("ctx-street", "context_streets", ["street"], WIDTHS["street"], "#f3f1ec", 13),
    road("ctx-main", "context_streets", ["secondary"], WIDTHS["secondary"], "#f7f4ec", 11),
    road("ctx-motorway-edge", "context_streets", ["motorway"], wider(WIDTHS["motorway"], 1), "#d9c6ad"),
    road("ctx-motorway", "context_streets", ["motorway"], WIDTHS["motorway"], "#f3dfc6"),
    # The city's roads: all casings first, so that none crosses a junction.
    line("tunnel", "streets", "#e6cdb0", by_zoom(11, 1, 15, 3.5, 18, 8), minzoom=11, dash=[2.2, 1.6], opacity=0.8,
         filter=["==", ["get", "class"], "tunnel"]),
    line("rail", "rail", RAIL, by_zoom(11.5, 0.6, 14, 1.4, 17, 3), minzoom=11.5),
    line("rail-ties", "rail", RAIL, by_zoom(13.5, 3, 17, 9), minzoom=13.5, dash=[0.25, 3]),
    road("other-edge", "streets", ["other", "alley"], wider(WIDTHS["other"], 0.8), OTHER_EDGE, 14),
    road("street-edge", "streets", ["street"], wider(WIDTHS["street"], 1), STREET_EDGE, 13),
    road("secondary-edge", "streets", ["secondary"], wider(WIDTHS["secondary"], 1), SECONDARY_EDGE, 12),
    road("primary-edge", "streets", ["primary"], wider(WIDTHS["primary"], 1), PRIMARY_EDGE, 11),
    road("motorway-edge", "streets", ["motorway"], wider(WIDTHS["motorway"], 1), MOTORWAY_EDGE, 9),
    road("other", "streets", ["other", "alley"], WIDTHS["other"], OTHER, 13),
    line("street-far", "streets", STREET_FAR, WIDTHS["street"], minzoom=12, maxzoom=13,
         filter=["in", ["get", "class"], ["literal", ["street"]]]),
    road("street", "streets", ["street"], WIDTHS["street"], STREET, 13),
    road("secondary", "streets", ["secondary"], WIDTHS["secondary"], SECONDARY),
    road("primary", "streets", ["primary"], WIDTHS["primary"], PRIMARY),
    road("motorway", "streets", ["motorway"], WIDTHS["motorway"], MOTORWAY),
    # Fade everything outside the city, including roads.
    fill("outside-veil", "outside", OUTSIDE, **{"fill-antialias": False, "fill-opacity": by_zoom(10, 0.35, 14, 0.3)}),
    line("city-outline", "city_outline", BORDER, by_zoom(8, 0.8, 11, 1.4, 15, 2.2), dash=[4, 2], opacity=0.75),
]  # fmt: skip

# From least to most important: MapLibre places the last ones first.
NAMES: list[Layer] = [
    text("house-number", "house_numbers", ["get", "n"], by_zoom(16.6, 9.5, 18, 11.5, 20, 13), "#4f4a41", minzoom=16.6,
         halo_width=1.1, layout={"text-padding": 2}),
    text("street-name", "streets", NAME, by_zoom(14.4, 10.5, 16, 12.5, 18, 15.5), INK, minzoom=14.4,
         filter=of_class("street", "alley"), layout=along(by_zoom(14, 150, 17, 260))),
    text("ctx-name", "context_streets", NAME, by_zoom(14, 10.5, 17, 13), "#4d5056", font=REGULAR, minzoom=14.5,
         halo="#f1efea", filter=["has", "name"], layout=along(by_zoom(14, 380, 17, 380))),
    text("secondary-name", "streets", NAME, by_zoom(13, 10.5, 16, 12.5, 18, 15.5), INK, minzoom=13.2,
         filter=of_class("secondary"), layout=along(by_zoom(13, 150, 17, 280))),
    text("primary-name", "streets", NAME, by_zoom(12, 10.5, 14, 11.5, 16, 13.5, 18, 16.5), INK,
         minzoom=12, filter=of_class("primary"), layout=along(by_zoom(12, 170, 17, 300))),
    text("motorway-ref", "streets", ["get", "ref"], by_zoom(10, 10, 16, 12.5), "#5a3206", minzoom=10,
         halo="#fff4e6", halo_width=2, filter=["has", "ref"],
         layout={"symbol-placement": "line", "text-rotation-alignment": "viewport", "symbol-spacing": 320,
                 "text-padding": 18}),
    text("water-name", "water_labels", NAME, by_zoom(10, 11, 14, 13.5, 17, 16), WATER_INK, halo="#e4f1f8",
         halo_width=1.2, layout={"text-letter-spacing": 0.06, "text-max-width": 7}),
    text("park-name", "park_labels", NAME, by_zoom(12, 10.5, 16, 12.5, 18, 14), PARK_INK, minzoom=12.5,
         halo="#f1f8ec", halo_width=1.5,
         layout={"text-max-width": 7, "text-padding": 6,
                 "symbol-sort-key": ["-", 0, ["to-number", ["get", "area"], 0]]}),
    text("place", "places", NAME, by_zoom(12, 10.5, 15, 12.5, 17, 14), "#3a3550", minzoom=12.2, maxzoom=17.5,
         halo_width=1.8, layout={"text-max-width": 7, "text-padding": 6}),
    text("town-name", "town_labels", NAME, by_zoom(10, 11.5, 14, 14.5), "#44474d", minzoom=9.5, maxzoom=14.5,
         halo="#f3f1ec", layout={"text-letter-spacing": 0.08, "text-padding": 10}),
    text("neighborhood-name", "neighborhood_labels", NAME,
         by_zoom(10, ["match", ["get", "rank"], 1, 11.5, 2, 10.5, 9.5],
                 14, ["match", ["get", "rank"], 1, 17, 2, 15, 13.5]),
         NEIGHBORHOOD_INK, minzoom=10.4, maxzoom=15.3, halo_width=2, opacity=by_zoom(14.4, 1, 15.3, 0),
         layout={"text-letter-spacing": 0.04, "text-max-width": 8, "text-padding": 6, "text-line-height": 1.1,
                 "symbol-sort-key": ["to-number", ["get", "rank"], 9]}),
    text("city-name", "", NAME, by_zoom(8, 15, 10, 20), NEIGHBORHOOD_INK, minzoom=8, maxzoom=10.4,
         halo_width=2, source="city"),
]  # fmt: skip


# The same map at night: each color and the dark one in its place.
DARK = {
    # Ground.
    OUTSIDE: "#14171a", LAND: "#1e2226", WATER: "#173346", SHORE: "#2b5068",
    PARK: "#21361f", WILD: "#1d301b", CEMETERY: "#2a352a", PLAZA: "#2c3328", "#8f83ad": "#9d92bd",
    # Roads.
    MOTORWAY: "#8a6433", MOTORWAY_EDGE: "#3a2b18", PRIMARY: "#6b6035", PRIMARY_EDGE: "#2f2b1c",
    SECONDARY: "#55523f", SECONDARY_EDGE: "#2a2a22", STREET: "#42474d", STREET_EDGE: "#14171a", STREET_FAR: "#343a40",
    OTHER: "#30353a", OTHER_EDGE: "#1a1d20", RAIL: "#6d6b66", "#e6cdb0": "#5d4a33",
    "#f3f1ec": "#26292d", "#f7f4ec": "#2b2e31", "#d9c6ad": "#2c241a", "#f3dfc6": "#57462f", BORDER: "#a596cf",
    # Labels and the halos around them.
    INK: "#eceef0", WATER_INK: "#b5dcf2", PARK_INK: "#bfe3b4", NEIGHBORHOOD_INK: "#d8cdf0", "#4f4a41": "#c9c5bd",
    "#4d5056": "#c3c6ca", "#5a3206": "#ffe0b8", "#3a3550": "#dad6ec", "#44474d": "#cdd0d4",
    "halo": "#14171a", "#f1efea": "#14171a", "#fff4e6": "#2a1d0c", "#e4f1f8": "#10202b", "#f1f8ec": "#10190e",
}  # fmt: skip


def layers(*, dark: bool = False) -> list[Layer]:
    """All layers of the base map, in the order in which they are drawn."""
    by_day = [*GROUND, *ROADS, *NAMES]
    return [_at_night(layer) for layer in by_day] if dark else by_day


def _at_night(value: Any, *, is_halo: bool = False) -> Any:
    """The value with its colors replaced. A white street becomes gray, and a white halo black."""
    if isinstance(value, dict):
        return {key: _at_night(part, is_halo="halo" in key) for key, part in value.items()}
    if isinstance(value, list):
        return [_at_night(part) for part in value]
    if value == STREET:
        return DARK["halo"] if is_halo else DARK[STREET]
    return DARK.get(value, value) if isinstance(value, str) else value


def city_style(
    *,
    name: str,
    view: dict[str, Any],
    source: dict[str, Any],
    font_address: Callable[[str], str],
    dark: bool = False,
) -> dict[str, Any]:
    """The complete style.

    source: MapLibre source of the base map's tiles, vector or raster. font_address: the address of a file such as "Bold-latin".
    """
    center = view.get("center", [0, 0])
    label = {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": center}}
    if source["type"] == "raster":
        # A raster's colors are its own: at night it's only dimmed.
        dimmed = {"raster-brightness-max": 0.45} if dark else {}
        drawn: list[Layer] = [
            layers(dark=dark)[0],
            {"id": "raster", "type": "raster", "source": SOURCE, "paint": dimmed},
        ]
    else:
        drawn = layers(dark=dark)
    return {
        "version": 8,
        "name": name,
        "center": center,
        "zoom": view.get("zoom", 12),
        "font-faces": {
            font: [
                {"url": font_address(f"{font.rsplit(' ', 1)[1]}-{part}"), "unicode-range": ranges}
                for part, ranges in FONT_FILES.items()
            ]
            for (font,) in (REGULAR, BOLD)
        },
        "sources": {SOURCE: source, "city": {"type": "geojson", "data": label}},
        "layers": drawn,
    }


def vector_source(*, tiles: str, attribution: str) -> dict[str, Any]:
    return {"type": "vector", "tiles": [tiles], "minzoom": LEAST_ZOOM, "maxzoom": MOST_ZOOM, "attribution": attribution}
