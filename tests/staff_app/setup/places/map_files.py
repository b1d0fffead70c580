"""Map files as cities send them, made on the spot: GeoJSON, tables in any encoding, zipped Shapefiles, GeoPackages."""

import io
import json
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import EAST, NORTH, SOUTH, WEST

MIDDLE = (WEST + EAST) / 2


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(ring: list[list[float]], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def halves(divide: float = MIDDLE) -> list[dict[str, Any]]:
    """Two wards, west and east of a line."""
    return [
        polygon(box(WEST, SOUTH, divide, NORTH), WARD="W", LABEL="West"),
        polygon(box(divide, SOUTH, EAST, NORTH), WARD="E", LABEL="East"),
    ]


def geojson(features: list[dict[str, Any]], name: str = "wards.geojson") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, json.dumps({"type": "FeatureCollection", "features": features}).encode())


def table(*lines: str, encoding: str = "utf-8", name: str = "addresses.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join(lines).encode(encoding))


def zipped(files: dict[str, bytes], name: str = "wards.zip") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for inner, content in files.items():
            archive.writestr(inner, content)
    return SimpleUploadedFile(name, buffer.getvalue())


def has_ogr2ogr() -> bool:
    return shutil.which("ogr2ogr") is not None


def converted(features: list[dict[str, Any]], ending: str, *options: str) -> dict[str, bytes]:
    """The features in another format, made by GDAL's own tool: its files by name."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source.geojson")
        source.write_bytes(geojson(features).read())
        subprocess.run(["ogr2ogr", *options, f"{folder}/wards.{ending}", str(source)], check=True)
        source.unlink()
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}
