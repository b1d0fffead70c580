"""The layers of a city's map as the style names them, and from which zoom on each shape is drawn."""

from typing import Any

# The least zoom of a layer; where its classes differ, of each class, with "" for any other.
# Below these zooms the shape would be a smear or a speck: it is left out of the tile, not only of the drawing.
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
# Layers of lines with names along them: what meets under one name is joined.
LINES = {"streets", "context_streets", "rail"}
LEAST_ZOOM, MOST_ZOOM = 8, 15


# A park's name from afar only if the park is large: from so many square meters on, at this zoom.
PARK_NAMES = [(500_000, 12), (120_000, 13), (30_000, 14), (0, 15)]


def min_zoom(layer: str, properties: dict[str, Any]) -> int:
    """The least zoom at which a shape is drawn: as its file says (min_zoom), else by its layer, class or area."""
    zooms = LAYERS[layer]
    least = zooms if isinstance(zooms, int) else zooms.get(str(properties.get("class")), zooms[""])
    said, area = properties.get("min_zoom"), properties.get("area")
    if isinstance(said, int | float):
        return min(max(least, int(said)), MOST_ZOOM)
    if layer == "park_labels" and isinstance(area, int | float):
        return next((zoom for most, zoom in PARK_NAMES if area >= most), MOST_ZOOM)
    return least
