"""What a city's pages show of the city, as city.yaml says it: its seal, its colors, and the card of an address."""

import base64
import re
from pathlib import Path
from typing import Any

from requests_app.colors import WHITE, contrast, parse
from requests_app.imports.map_files import ImportProblemError
from requests_app.places.address_card import KINDS

SEAL_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
SEAL_MAX_BYTES = 100_000
# What carries letters, and how. The accent is only ever a line.
COLORS = {
    "primary": "white letters on the buttons, and links on a white page",
    "header": "white letters on the bar at the top",
    "accent": "",
}
# WCAG 2.2, 1.4.3, level AA.
READABLE = 4.5
CARD_KEYS = {"layer", "name", "fields"}
FIELD_KEYS = {"key", "label", "kind", "calendar"}


def seal(path: Path) -> str:
    """The picture as a data URI: it becomes part of the row, and a page then needs no file of the city's folder."""
    if path.suffix not in SEAL_TYPES or path.stat().st_size > SEAL_MAX_BYTES:
        raise ImportProblemError(f"{path.name}: the seal must be one of {', '.join(SEAL_TYPES)}, under 100 kB.")
    return f"data:{SEAL_TYPES[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"


def check_colors(file: str, said: Any) -> None:
    """Refuses colors on which letters cannot be read. By night, pages lighten the city's color until they can."""
    if not isinstance(said, dict) or (unknown := set(said) - set(COLORS)):
        wrong = f"unknown `{min(unknown)}`" if isinstance(said, dict) else "not a list of `name: value` lines"
        raise ImportProblemError(f"{file}: colors: {wrong}. Known: {', '.join(COLORS)}.")
    for name, color in said.items():
        if not re.fullmatch(r"#(?:[0-9a-fA-F]{3}){1,2}", str(color)):
            raise ImportProblemError(f'{file}: colors: {name} must be written as "#14476b", and is {color!r}.')
        ratio = contrast(parse(color, "#000000"), WHITE)
        if COLORS[name] and ratio < READABLE:
            raise ImportProblemError(
                f"{file}: colors: {name} {color} against white #ffffff has a contrast of {ratio:.2f} to 1 and needs"
                f" {READABLE} to 1 ({COLORS[name]}). Choose a darker one."
            )


def check_card(file: str, said: list[Any]) -> list[Any]:
    """What `address_card` says, if it is written as docs/cities.md tells."""
    for part in said:
        if not isinstance(part, dict) or set(part) - CARD_KEYS or not {"layer", "name"} <= set(part):
            raise ImportProblemError(f"{file}: address_card: each part has layer, name and fields: {part!r}")
        for field in part.get("fields", []):
            if not isinstance(field, dict) or set(field) - FIELD_KEYS or not {"key", "label"} <= set(field):
                raise ImportProblemError(
                    f"{file}: address_card: {part['layer']}: each field has key and label, and may have kind and"
                    f" calendar: {field!r}"
                )
            if field.get("kind", "text") not in KINDS:
                raise ImportProblemError(
                    f"{file}: address_card: {field['key']}: kind `{field['kind']}` is not one of {', '.join(KINDS)}."
                )
    return said
