"""The mapping file of import_requests: which column means what, which type is which service, how an ending is read."""

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from requests_app.imports.map_files import ImportProblemError, first_line
from requests_app.models import Channel, Disposition, ServiceVersion, Status

SHIPPED = Path(__file__).parent / "mappings"
NEEDED = {"external_id", "submitted_at", "status", "type"}
COLUMNS = NEEDED | {
    "due_at", "closed_at", "category", "department", "description", "channel", "address", "place_note", "longitude",
    "latitude", "closing_words", "language",
}  # fmt: skip
KEYS = {
    "format", "source", "csv", "time_zone", "time_format", "columns", "status", "channels", "description", "place",
    "areas", "services", "departments", "endings", "duplicate_of", "language",
}  # fmt: skip
# "open": with a department it was sent there, without one it waits.
OPEN_AS = {"open": "", "received": Status.RECEIVED, "in_progress": Status.IN_PROGRESS, "on_hold": Status.ON_HOLD}


@dataclass(frozen=True)
class Ending:
    """How a case ended, by what its closing words begin with."""

    match: re.Pattern[str] | None
    disposition: str
    words: dict[str, str]


@dataclass(frozen=True)
class RequestMapping:
    """A mapping file, checked. Every key is explained in docs/imports.md."""

    source: str
    columns: dict[str, str]
    status: dict[str, str]
    zone: ZoneInfo | None
    time_format: str
    encoding: str
    delimiter: str
    language: str
    channels: dict[str, str]
    description_unless: str
    default_column: str
    default_values: frozenset[str]
    geocode: bool
    strip: tuple[re.Pattern[str], ...]
    areas: dict[str, str]
    services: dict[str, str]
    create_services: bool
    visibility: str
    create_departments: bool
    department_names: dict[str, str]
    endings: tuple[Ending, ...]
    endings_skip: re.Pattern[str] | None
    default_ending: Ending
    duplicate_match: re.Pattern[str] | None
    duplicate_id: str
    needed_columns: frozenset[str] = field(default_factory=frozenset)

    def time(self, text: str, zone: ZoneInfo) -> dt.datetime:
        """The instant of a wall time in the file; raises ValueError. A time that clocks skipped is moved with them."""
        text = text.strip()
        iso = self.time_format == "iso"
        at = dt.datetime.fromisoformat(text) if iso else dt.datetime.strptime(text, self.time_format)
        if at.tzinfo is None:
            at = at.replace(tzinfo=self.zone or zone)
        # PostgreSQL's and Python's calendars agree from the year 1 on; a case before 1900 is a slip.
        if not 1900 <= at.year <= 2200:
            raise ValueError(f"the year {at.year}")
        return at.astimezone(dt.UTC)

    def closed_time(self, text: str, zone: ZoneInfo, opened: dt.datetime) -> dt.datetime:
        """As time(). In the hour that comes twice in autumn, the second one, if the first lies before the opening."""
        at = self.time(text, zone)
        if at < opened and opened - at <= dt.timedelta(hours=1):
            naive = at.astimezone(self.zone or zone).replace(tzinfo=None)
            second = naive.replace(tzinfo=self.zone or zone, fold=1).astimezone(dt.UTC)
            return second if second >= opened else at
        return at

    def address(self, text: str) -> str:
        for pattern in self.strip:
            text = pattern.sub("", text)
        return text.strip()

    def ending(self, closing_words: str) -> Ending:
        code = closing_words
        if self.endings_skip is not None:
            code = self.endings_skip.sub("", code).strip()
        for ending in self.endings:
            if ending.match is not None and ending.match.match(code):
                return ending
        return self.default_ending


def read_mapping(path: Path) -> RequestMapping:
    """Reads and checks a mapping file, or one that ships ("boston"). Raises ImportProblemError."""
    if not path.exists() and (SHIPPED / f"{path}.yml").exists():
        path = SHIPPED / f"{path}.yml"
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ImportProblemError(f"{path.name} cannot be read: {first_line(error)}") from error
    if not isinstance(said, dict):
        raise ImportProblemError(f"{path.name} must be a list of `name: value` lines.")
    try:
        return _checked(path.name, said)
    except (AttributeError, TypeError, KeyError, re.error) as error:
        raise ImportProblemError(f"{path.name} is not built as docs/imports.md says: {first_line(error)}") from error


def _checked(name: str, said: dict[str, Any]) -> RequestMapping:
    _known(name, "", said, KEYS)
    columns = {str(ours): str(theirs) for ours, theirs in (said.get("columns") or {}).items()}
    _known(name, "columns: ", columns, COLUMNS)
    if missing := NEEDED - set(columns):
        raise ImportProblemError(f"{name}: `columns` must name {', '.join(sorted(missing))}.")
    status = {str(theirs): str(ours) for theirs, ours in (said.get("status") or {}).items()}
    if bad := set(status.values()) - set(OPEN_AS) - {"closed"}:
        raise ImportProblemError(f"{name}: status: `{min(bad)}` is not one of {', '.join(OPEN_AS)}, closed.")
    channels = {str(theirs): str(ours) for theirs, ours in (said.get("channels") or {}).items()}
    if bad := set(channels.values()) - set(Channel.values):
        raise ImportProblemError(f"{name}: channels: `{min(bad)}` is not one of {', '.join(Channel.values)}.")
    place, services = said.get("place") or {}, said.get("services") or {}
    departments, endings = said.get("departments") or {}, said.get("endings") or {}
    default_place = place.get("default") or {}
    visibility = services.get("visibility", ServiceVersion.Visibility.PUBLIC)
    if visibility not in ServiceVersion.Visibility.values:
        raise ImportProblemError(f"{name}: services: there is no visibility `{visibility}`.")
    csv = said.get("csv") or {}
    areas = {str(layer): str(column) for layer, column in (said.get("areas") or {}).items()}
    duplicates = said.get("duplicate_of") or {}
    needed = set(columns.values()) | set(areas.values()) | ({default_place["column"]} if default_place else set())
    return RequestMapping(
        source=str(said.get("source") or name.rpartition(".")[0])[:60],
        columns=columns,
        status=status,
        zone=_zone(name, said.get("time_zone")),
        time_format=str(said.get("time_format", "iso")),
        encoding=str(csv.get("encoding", "utf-8-sig")),
        delimiter=str(csv.get("delimiter", ",")),
        language=str(said.get("language", "")),
        channels=channels,
        description_unless=str((said.get("description") or {}).get("unless_same_as", "")),
        default_column=str(default_place.get("column", "")),
        default_values=frozenset(str(value) for value in default_place.get("values", [])),
        geocode=bool(place.get("geocode", False)),
        strip=tuple(re.compile(pattern, re.IGNORECASE) for pattern in place.get("strip", [])),
        areas=areas,
        services={str(theirs): str(ours) for theirs, ours in (services.get("map") or {}).items()},
        create_services=bool(services.get("create", False)),
        visibility=str(visibility),
        create_departments=bool(departments.get("create", False)),
        department_names={str(code): str(words) for code, words in (departments.get("names") or {}).items()},
        endings=tuple(_ending(name, one) for one in endings.get("rules", [])),
        endings_skip=re.compile(endings["skip"]) if endings.get("skip") else None,
        default_ending=_ending(name, endings.get("default") or {"disposition": Disposition.ANSWERED}),
        duplicate_match=re.compile(duplicates["match"]) if duplicates.get("match") else None,
        duplicate_id=str(duplicates.get("id", "{}")),
        needed_columns=frozenset(needed),
    )


def _known(name: str, where: str, said: dict[str, Any], known: set[str]) -> None:
    if unknown := set(said) - known:
        raise ImportProblemError(f"{name}: {where}unknown key `{min(unknown)}`. Known: {', '.join(sorted(known))}.")


def _zone(name: str, said: Any) -> ZoneInfo | None:
    if said is None:
        return None
    try:
        return ZoneInfo(str(said))
    except (KeyError, ValueError, OSError) as error:
        raise ImportProblemError(f"{name}: there is no time zone `{said}`.") from error


def _ending(name: str, said: dict[str, Any]) -> Ending:
    if said["disposition"] not in Disposition.values:
        raise ImportProblemError(f"{name}: endings: there is no disposition `{said['disposition']}`.")
    match = re.compile(said["match"], re.IGNORECASE) if said.get("match") else None
    return Ending(match, str(said["disposition"]), dict(said.get("words") or {}))
