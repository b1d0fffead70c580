"""Layers of a city's map, and the zoom from which each shape is drawn."""

from typing import Any

# Minimum zoom of a layer, or of each class of a layer, with "" for all others.
# Below these zooms a shape would be a smear, so it isn't even put into the tile.
LAYERS: dict[str, int | dict[str, int]] = {
    "land": 8,
    "outside": 8,
    "water": 8,
    "parks": 10,
    "streets": {"motorway": 8, "tunnel": 8, "primary": 10, "secondary": 11, "street": 12, "": 13},
    "context_streets": {"motorway": 8, "secondary": 11, "": 13},
    "rail": 9,
    "city_outline": 8,
    "neighborhoods": 8,
    "neighborhood_labels": 8,
    "park_labels": 12,
    "town_labels": 8,
    "water_labels": 8,
    "places": 8,
    "house_numbers": 15,
}
# Layers of lines with labels: lines of the same name that meet are merged.
LINES = {"streets", "context_streets", "rail"}
LEAST_ZOOM, MOST_ZOOM = 8, 15


# Minimum size in square meters of a park whose name is shown, by zoom.
PARK_NAMES = [(500_000, 12), (120_000, 13), (30_000, 14), (0, 15)]


def min_zoom(layer: str, properties: dict[str, Any]) -> int:
    """Minimum zoom of a shape: min_zoom in its file, otherwise by its layer, class or area."""
    zooms = LAYERS[layer]
    least = zooms if isinstance(zooms, int) else zooms.get(str(properties.get("class")), zooms[""])
    min_zoom, area = properties.get("min_zoom"), properties.get("area")
    if isinstance(min_zoom, int | float):
        return min(max(least, int(min_zoom)), MOST_ZOOM)
    if layer == "park_labels" and isinstance(area, int | float):
        return next((zoom for most, zoom in PARK_NAMES if area >= most), MOST_ZOOM)
    return least
