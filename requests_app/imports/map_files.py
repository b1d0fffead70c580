"""Read map files as WGS 84: GeoJSON (also gzipped), Shapefiles (also zipped) and other formats GDAL opens."""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from ctypes import c_char_p
from pathlib import Path
from typing import Any

from django.contrib.gis.gdal import CoordTransform, DataSource, Driver, GDALException, OGRGeometry, SpatialReference
from django.contrib.gis.gdal.prototypes import ds as gdal

# A feature's number in its file (from 1), its properties and its shape in degrees: None if missing, an exception if invalid.
Feature = tuple[int, dict[str, Any], OGRGeometry | GDALException | None]


class ImportProblemError(Exception):
    """A file cannot be imported; nothing was changed. The message is for the person who started the import."""


def features(
    path: Path, *, srid: int | None = None, encoding: str = "utf-8", drivers: Sequence[str] = ()
) -> Iterator[Feature]:
    """Iterates over the file's features. Raises ImportProblemError.

    srid: its coordinate system, if the file does not name one. drivers: the only ones that GDAL may try; none: all of them, for
    files that are trusted: some formats name other files and addresses, which GDAL would read.
    """
    if re.search(r"\.(geo)?json(\.gz)?$", path.name, re.IGNORECASE):
        return _geojson(path, srid)
    return _by_gdal(path, srid, encoding, drivers)


def open_source(source: str, *, encoding: str, drivers: Sequence[str]) -> DataSource:
    """Opens a file with one of these drivers only, whatever it pretends to be."""
    if not drivers:
        return DataSource(source, encoding=encoding)
    Driver.ensure_registered()
    allowed = (c_char_p * (len(drivers) + 1))(*(name.encode() for name in drivers), None)
    flags = gdal.GDAL_OF_READONLY | gdal.GDAL_OF_VECTOR
    opened = gdal.open_ds(source.encode(), flags, allowed, None, None)
    return DataSource(opened, Driver(drivers[0]).ptr, encoding=encoding)


def _geojson(path: Path, srid: int | None) -> Iterator[Feature]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            collection = json.loads(file.read())
    except (OSError, EOFError, ValueError, RecursionError) as error:
        raise ImportProblemError(f"{path.name} is not GeoJSON: {first_line(error)}") from error
    listed = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(listed, list):
        raise ImportProblemError(f"{path.name} is not GeoJSON: it has no list of features.")
    transform = _to_degrees(path, srid, _named_srs(collection))
    for number, feature in enumerate(listed, start=1):
        if not isinstance(feature, dict):
            yield number, {}, GDALException("it is not a feature")
            continue
        properties = feature.get("properties")
        if not isinstance(properties, dict):
            properties = {}
        # tippecanoe writes the minimum zoom next to the properties.
        zooms = feature.get("tippecanoe")
        if isinstance(zooms, dict) and "minzoom" in zooms:
            properties = {"min_zoom": zooms["minzoom"], **properties}
        shape: OGRGeometry | GDALException | None = None
        if feature.get("geometry") is not None:
            try:
                shape = OGRGeometry.from_json(json.dumps(feature["geometry"]))
                if transform:
                    shape.transform(transform)
            except (GDALException, TypeError, ValueError) as error:
                shape = GDALException(first_line(error))
        yield number, properties, shape


def _by_gdal(path: Path, srid: int | None, encoding: str, drivers: Sequence[str]) -> Iterator[Feature]:
    """Shapefiles (also zipped) and other formats GDAL opens; only the file's first layer."""
    source = f"/vsizip/{path}" if path.suffix.lower() == ".zip" else str(path)
    try:
        layer = open_source(source, encoding=encoding, drivers=drivers)[0]
        transform = _to_degrees(path, srid, layer.srs)
    except (GDALException, IndexError) as error:
        raise ImportProblemError(f"{path.name} cannot be read as map data: {first_line(error)}") from error
    number = 0
    try:
        for number, feature in enumerate(layer, start=1):
            properties: dict[str, Any] = {}
            shape: OGRGeometry | GDALException | None = None
            try:
                properties = {name: feature.get(name) for name in layer.fields}
                shape = feature.geom
                if transform:
                    shape.transform(transform)
            except (GDALException, UnicodeDecodeError, ValueError) as error:
                shape = GDALException(first_line(error))
            yield number, properties, shape
    except GDALException as error:
        # The file is truncated or damaged.
        yield number + 1, {}, GDALException(f"the rest of the file cannot be read: {first_line(error)}")


def _named_srs(collection: dict[str, Any]) -> SpatialReference | None:
    """The coordinate system named in the file, as before RFC 7946, which allows only WGS 84."""
    crs = collection.get("crs")
    name = str((crs.get("properties") or {}).get("name", "")) if isinstance(crs, dict) else ""
    code = re.search(r"EPSG:+(\d+)$", name)
    return SpatialReference(int(code[1])) if code and code[1] != "4326" else None


def _to_degrees(path: Path, srid: int | None, srs: SpatialReference | None) -> CoordTransform | None:
    try:
        srs = SpatialReference(srid) if srid else srs
        return CoordTransform(srs, SpatialReference(4326)) if srs else None
    except GDALException as error:
        raise ImportProblemError(f"{path.name}: its coordinate system is unknown. Set it with `srid:`.") from error


def first_line(error: Exception) -> str:
    """The error message's first line, at most 200 characters."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
