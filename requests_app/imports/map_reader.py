"""The child process that reads an uploaded map file: python -I map_reader.py peek|read FILE WORK_FOLDER OPTIONS.

peek prints {"format", "columns", "rows", "needs_srid", …} or {"error", "detail"}. read prints one JSON list per row: its number,
its values by our names, its shape in degrees as hex WKB (or null), and the code and detail of a problem; last {"error"} if it had
to stop. Formats are recognized by their content, never by the name of the file. It has no settings, no secrets and no database,
and GDAL gets only the drivers that a format needs, since others would read other files and addresses.
"""

import codecs
import csv
import io
import json
import re
import resource
import shutil
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MEMORY_BYTES = 2 * 1024**3
CPU_S = {"peek": 40, "read": 600}
FILE_BYTES = 512 * 1024**2
# A ZIP: so many files, so many bytes unpacked, and packed so tightly at most. Real map data is packed about 5 to 20 times.
ENTRIES_MAX = 200
UNPACKED_MAX = 400 * 1024**2
RATIO_MAX = 150
ROWS_MAX = 2_000_000
CELL_MAX = 100_000
COLUMNS_MAX = 300
PEEKED = 8
SHOWN_MAX = 120
# A place in a shape's text, with its height if it has one.
SWAPPED = re.compile(r"(-?[\d.]+(?:e[-+]?\d+)?) (-?[\d.]+(?:e[-+]?\d+)?)((?: -?[\d.]+)?)")
SHAPEFILE = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
SINGLE = {".geojson", ".json", ".csv", ".txt", ".gpkg"}


class Unreadable(Exception):
    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(code)


def main(action: str, source: str, folder: str, options: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S[action], CPU_S[action]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    csv.field_size_limit(CELL_MAX)
    chosen = json.loads(options)
    try:
        path, kind = _recognized(Path(source), Path(folder))
        if action == "peek":
            _say(_peek_table(path) if kind == "csv" else _peek_map(path, kind, chosen))
        elif kind == "csv":
            _read_table(path, chosen)
        else:
            _read_map(path, kind, chosen)
    except Unreadable as problem:
        _say({"error": problem.code, "detail": problem.detail})
    except MemoryError:
        _say({"error": "too_big", "detail": ""})


def _say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")


# --- What kind of file it is ------------------------------------------------------------------------------------------


def _recognized(path: Path, folder: Path) -> tuple[Path, str]:
    """The file to read, unpacked under our own name if it is packed, and its kind: shp, gpkg, geojson or csv."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        return _unpacked(path, folder)
    if head.startswith(b"\x1f\x8b"):
        return _recognized(_gunzipped(path, folder), folder)
    if head.startswith(b"SQLite format 3\x00"):
        return _named(path, folder, ".gpkg"), "gpkg"
    if head.startswith(b"\x00\x00\x27\x0a"):
        raise Unreadable("shapefile_alone")
    if head.startswith((b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("unknown_format")
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith((b"{", b"[")):
        return _named(path, folder, ".geojson"), "geojson"
    if text.startswith(b"<"):
        raise Unreadable("unknown_format")
    return path, "csv"


def _named(path: Path, folder: Path, ending: str) -> Path:
    """GDAL looks at endings too."""
    named = folder / f"layer{ending}"
    if path != named:
        named.unlink(missing_ok=True)
        named.symlink_to(path)
    return named


def _gunzipped(path: Path, folder: Path) -> Path:
    inflated, target = 0, folder / "unpacked"
    unpacker = zlib.decompressobj(wbits=31)
    with path.open("rb") as source, target.open("wb") as out:
        try:
            while chunk := source.read(1 << 18):
                data = unpacker.decompress(chunk, UNPACKED_MAX)
                inflated += len(data)
                if inflated > UNPACKED_MAX or unpacker.unconsumed_tail:
                    raise Unreadable("bomb")
                out.write(data)
        except zlib.error:
            raise Unreadable("damaged") from None
    if target.open("rb").read(2) == b"\x1f\x8b":
        raise Unreadable("bomb")
    return target


def _unpacked(path: Path, folder: Path) -> tuple[Path, str]:
    """A ZIP's one layer. Names in a ZIP are only looked at, never used: whatever they say, files are written here."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > ENTRIES_MAX:
                raise Unreadable("bomb")
            by_name: dict[tuple[Path, str], zipfile.ZipInfo] = {}
            for entry in entries:
                name = Path(entry.filename.replace("\\", "/"))
                if "__MACOSX" in name.parts or name.name.startswith("."):
                    continue
                if entry.flag_bits & 1:
                    raise Unreadable("locked")
                if name.suffix.lower() in SHAPEFILE | SINGLE:
                    by_name[name.with_suffix(""), name.suffix.lower()] = entry
                elif name.name == "[Content_Types].xml":
                    raise Unreadable("spreadsheet")
            layers = [(stem, ending) for stem, ending in by_name if ending == ".shp"]
            layers = layers or [(stem, ending) for stem, ending in by_name if ending in SINGLE - {".txt"}]
            if not layers:
                raise Unreadable("empty_zip")
            if len(layers) > 1:
                raise Unreadable(
                    "several_layers", ", ".join(f"{stem.name}{ending}" for stem, ending in layers)[:SHOWN_MAX]
                )
            stem, ending = layers[0]
            endings = SHAPEFILE if ending == ".shp" else {ending}
            left = UNPACKED_MAX
            for each in endings:
                if part := by_name.get((stem, each)):
                    left -= _extract(archive, part, folder / f"layer{each}", left)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError):
        raise Unreadable("damaged") from None
    target = folder / f"layer{ending}"
    if ending == ".shp":
        missing = [each for each in (".shx", ".dbf") if not (folder / f"layer{each}").exists()]
        if missing:
            raise Unreadable("shapefile_part", ", ".join(missing))
        if target.open("rb").read(4) != b"\x00\x00\x27\x0a":
            raise Unreadable("damaged")
        return target, "shp"
    return _recognized_inside(target, folder)


def _recognized_inside(target: Path, folder: Path) -> tuple[Path, str]:
    if target.open("rb").read(4).startswith((b"PK\x03\x04", b"\x1f\x8b")):
        # A ZIP in a ZIP: nobody makes one for us.
        raise Unreadable("bomb")
    return _recognized(target, folder)


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, most: int) -> int:
    """Counts what really comes out, since a ZIP may lie about its sizes. Returns the bytes written."""
    written = 0
    with archive.open(entry) as source, target.open("wb") as out:
        while chunk := source.read(1 << 18):
            written += len(chunk)
            if written > most or written > RATIO_MAX * max(entry.compress_size, 10_000):
                raise Unreadable("bomb")
            out.write(chunk)
    return written


# --- Map files ----------------------------------------------------------------------------------------------------------

DRIVERS = {"shp": ["ESRI Shapefile"], "gpkg": ["GPKG"], "geojson": ["GeoJSON"]}


def _map_features(path: Path, kind: str, srid: int | None) -> Iterator[Any]:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from requests_app.imports.map_files import ImportProblemError, features

    encoding = "utf-8"
    if kind == "shp" and not path.with_suffix(".cpg").exists():
        # Without a .cpg, ArcGIS means its own code page, and UTF-8 is read as such if it is valid.
        encoding = "utf-8" if _is_utf8(path.with_suffix(".dbf")) else "cp1252"
    try:
        yield from features(path, srid=srid, encoding=encoding, drivers=DRIVERS[kind])
    except ImportProblemError as error:
        raise Unreadable("damaged", str(error).partition(": ")[2][:SHOWN_MAX]) from None


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(1 << 18):
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
    return True


def _layer_count(path: Path, kind: str) -> tuple[int, str]:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from django.contrib.gis.gdal import GDALException

    from requests_app.imports.map_files import open_source

    try:
        source = open_source(str(path), encoding="utf-8", drivers=DRIVERS[kind])
        names = [source[index].name for index in range(len(source))]
        return len(names), ", ".join(names)[:SHOWN_MAX]
    except GDALException:
        raise Unreadable("damaged") from None


def _peek_map(path: Path, kind: str, chosen: dict[str, Any]) -> dict[str, Any]:
    if kind == "gpkg":
        count, names = _layer_count(path, kind)
        if count != 1:
            raise Unreadable("several_layers" if count else "no_rows", names)
    columns: dict[str, None] = {}
    rows: list[dict[str, str]] = []
    shapes: set[str] = set()
    extent = None
    for _number, properties, shape in _map_features(path, kind, None):
        if len(rows) >= PEEKED:
            break
        columns |= dict.fromkeys(list(properties)[:COLUMNS_MAX])
        readable = shape is not None and not isinstance(shape, Exception)
        if readable:
            shapes.add(shape.geom_type.name)
            extent = extent or shape.extent
        rows.append({name: _shown(value) for name, value in properties.items()})
    if not rows:
        raise Unreadable("no_rows")
    named = list(columns)[:COLUMNS_MAX]
    return {
        "format": kind,
        "columns": named,
        "rows": [[row.get(name, "") for name in named] for row in rows],
        "shapes": sorted(shapes),
        # A Shapefile without .prj doesn't say what its numbers mean. Others are in degrees, or say otherwise.
        "needs_srid": kind == "shp" and not path.with_suffix(".prj").exists(),
        "looks_like_degrees": extent is None or all(-180 <= one <= 180 for one in extent),
    }


def _read_map(path: Path, kind: str, chosen: dict[str, Any]) -> None:
    columns: dict[str, str] = chosen["columns"]
    for number, properties, shape in _map_features(path, kind, chosen.get("srid")):
        if number > ROWS_MAX:
            raise Unreadable("too_many_rows")
        values = {ours: _value(properties.get(theirs)) for ours, theirs in columns.items()}
        if shape is None:
            _say([number, values, None, "no_shape", ""])
        elif isinstance(shape, Exception):
            _say([number, values, None, "unreadable_shape", str(shape)[:SHOWN_MAX]])
        else:
            _say([number, values, *_checked(shape, chosen)])


def _checked(shape: Any, chosen: dict[str, Any]) -> list[Any]:
    """The shape as hex WKB, or what is wrong with it."""
    if shape.empty:
        return [None, "no_shape", ""]
    if chosen.get("swapped"):
        shape = type(shape)(SWAPPED.sub(r"\2 \1\3", shape.wkt))
    west, south, east, north = shape.extent
    # Also false for NaN.
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return [None, "not_degrees", f"{_short(west)}, {_short(south)}"]
    return [bytes(shape.wkb).hex(), "", ""]


def _short(number: float) -> str:
    """Enough to tell meters and feet from each other; swapped degrees to 10 meters."""
    return f"{number:.0f}" if abs(number) >= 1000 else f"{number:.4f}"


# --- Tables -------------------------------------------------------------------------------------------------------------


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    # UTF-16 without a mark: every other byte of plain letters is zero.
    if head[1::2].count(0) > len(head) / 4:
        return "utf-16-le"
    if head[::2].count(0) > len(head) / 4:
        return "utf-16-be"
    return "utf-8" if _is_utf8(path) else "cp1252"


def _table(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    try:
        with path.open(encoding=encoding, newline="", errors="replace" if encoding == "cp1252" else "strict") as file:
            yield from csv.reader((line.replace("\x00", "") for line in file), delimiter=delimiter)
    except (UnicodeError, csv.Error) as error:
        raise Unreadable("damaged", str(error)[:SHOWN_MAX]) from None


def _delimiter(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        first = file.readline(20_000)
    return max(",;\t|", key=first.count)


def _peek_table(path: Path) -> dict[str, Any]:
    encoding = _encoding(path)
    delimiter = _delimiter(path, encoding)
    rows = _table(path, encoding, delimiter)
    columns = [name.strip() for name in next(rows, [])]
    if len(columns) < 2 or len(columns) > COLUMNS_MAX or not all(map(str.isprintable, columns)):
        raise Unreadable("unknown_format" if len(columns) < 2 else "too_many_columns")
    names = [name or f"#{number}" for number, name in enumerate(columns, start=1)]
    if twice := {name for name in names if names.count(name) > 1}:
        raise Unreadable("column_twice", min(twice)[:SHOWN_MAX])
    first = []
    for row in rows:
        if any(row):
            first.append([_shown(value) for value in (row + [""] * len(names))[: len(names)]])
        if len(first) == PEEKED:
            break
    if not first:
        raise Unreadable("no_rows")
    return {
        "format": "csv",
        "columns": names,
        "rows": first,
        "shapes": [],
        "needs_srid": False,
        "looks_like_degrees": True,
        "encoding": encoding,
        "delimiter": delimiter,
    }


def _read_table(path: Path, chosen: dict[str, Any]) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from django.contrib.gis.gdal import CoordTransform, GDALException, OGRGeometry, SpatialReference

    columns: dict[str, str] = chosen["columns"]
    encoding = _encoding(path)
    rows = _table(path, encoding, _delimiter(path, encoding))
    names = [name.strip() or f"#{number}" for number, name in enumerate(next(rows, []), start=1)]
    places = {ours: names.index(theirs) for ours, theirs in columns.items() if theirs in names}
    srid = chosen.get("srid")
    transform = CoordTransform(SpatialReference(srid), SpatialReference(4326)) if srid and srid != 4326 else None
    # The heading is line 1, as in a spreadsheet.
    for number, row in enumerate(rows, start=2):
        if number > ROWS_MAX:
            raise Unreadable("too_many_rows")
        if not any(row):
            continue
        values = {ours: _value(row[place]) if place < len(row) else "" for ours, place in places.items()}
        longitude, latitude, wkt = (values.pop(name, "") for name in ("longitude", "latitude", "wkt"))
        try:
            if wkt:
                shape = OGRGeometry(wkt)
            else:
                x, y = float(longitude.replace(",", ".")), float(latitude.replace(",", "."))
                if (x, y) == (0, 0):
                    # How a file says "unknown".
                    raise ValueError
                shape = OGRGeometry(f"POINT ({x!r} {y!r})")
            if transform:
                shape.transform(transform)
        except (ValueError, GDALException, TypeError):
            _say([number, values, None, "no_shape", f"{longitude}, {latitude}"[:SHOWN_MAX] if not wkt else ""])
            continue
        _say([number, values, *_checked(shape, chosen)])


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").strip()[:2000]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)[:2000]


def _shown(value: Any) -> str:
    return _value(value)[:SHOWN_MAX]


if __name__ == "__main__":
    # The parent may stop listening once it has seen enough.
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", line_buffering=False)
    main(*sys.argv[1:5])
    sys.stdout.flush()
    shutil.rmtree(sys.argv[3], ignore_errors=True)
