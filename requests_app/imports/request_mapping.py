"""The mapping file of import_requests: which column means what, which type is which service, how an ending is read."""

import datetime as dt
import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import PlainValidator

from requests_app.imports.yaml_file import LooseText, Section, TimeZone, one_of, read_yaml, wrong
from requests_app.models import Channel, Disposition, ServiceVersion, Status

SHIPPED = Path(__file__).parent / "mappings"
# "open": with a department it was sent there, without one it waits.
OPEN_AS = {"open": "", "received": Status.RECEIVED, "in_progress": Status.IN_PROGRESS, "on_hold": Status.ON_HOLD}


def _pattern(flags: int) -> Any:
    def compiled(value: Any) -> re.Pattern[str]:
        try:
            return re.compile(str(value), flags)
        except re.error as error:
            raise wrong(f"`{value}` is not a valid pattern: {error}.") from error

    return PlainValidator(compiled)


Pattern = Annotated[re.Pattern[str], _pattern(0)]
AnyCase = Annotated[re.Pattern[str], _pattern(re.IGNORECASE)]
Renamed = dict[LooseText, LooseText]


class Columns(Section):
    """Our name: the file's column."""

    external_id: str
    submitted_at: str
    status: str
    type: str
    due_at: str | None = None
    closed_at: str | None = None
    category: str | None = None
    department: str | None = None
    description: str | None = None
    channel: str | None = None
    address: str | None = None
    place_note: str | None = None
    longitude: str | None = None
    latitude: str | None = None
    closing_words: str | None = None
    language: str | None = None


class Csv(Section):
    encoding: str = "utf-8-sig"
    delimiter: str = ","


class Description(Section):
    unless_same_as: str = ""


class DefaultPlace(Section):
    column: str = ""
    values: list[LooseText] = []


class Place(Section):
    default: DefaultPlace = DefaultPlace()
    geocode: bool = False
    strip: list[AnyCase] = []


class Services(Section):
    map: Renamed = {}
    create: bool = False
    visibility: Annotated[str, one_of(ServiceVersion.Visibility.values)] = ServiceVersion.Visibility.PUBLIC


class Departments(Section):
    create: bool = False
    names: Renamed = {}


class Ending(Section):
    """How a case ended, by what its closing words begin with."""

    match: AnyCase | None = None
    disposition: Annotated[str, one_of(Disposition.values)]
    words: dict[str, str] = {}


class Endings(Section):
    skip: Pattern | None = None
    rules: list[Ending] = []
    default: Ending = Ending(disposition=Disposition.ANSWERED)


class DuplicateOf(Section):
    match: Pattern | None = None
    id: str = "{}"


class RequestMapping(Section):
    """A mapping file, checked. Every key is explained in docs/imports.md."""

    format: Literal[1] = 1
    source: LooseText = ""
    csv: Csv = Csv()
    time_zone: TimeZone | None = None
    time_format: str = "iso"
    language: str = ""
    columns: Columns
    status: dict[LooseText, Annotated[str, one_of([*OPEN_AS, "closed"])]] = {}
    channels: dict[LooseText, Annotated[str, one_of(Channel.values)]] = {}
    description: Description = Description()
    place: Place = Place()
    # Area layer: the file's column.
    areas: Renamed = {}
    services: Services = Services()
    departments: Departments = Departments()
    endings: Endings = Endings()
    duplicate_of: DuplicateOf = DuplicateOf()

    @cached_property
    def column_of(self) -> dict[str, str]:
        """By our names, the columns that the file has."""
        return self.columns.model_dump(exclude_none=True)

    @property
    def needed_columns(self) -> set[str]:
        default = self.place.default.column
        return {*self.column_of.values(), *self.areas.values(), *([default] if default else [])}

    def time(self, text: str, zone: ZoneInfo) -> dt.datetime:
        """The instant of a wall time in the file; raises ValueError. A time that clocks skipped is moved with them."""
        text, zone = text.strip(), self._zone(zone)
        iso = self.time_format == "iso"
        at = dt.datetime.fromisoformat(text) if iso else dt.datetime.strptime(text, self.time_format)
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone)
        # PostgreSQL's and Python's calendars agree from the year 1 on; a case before 1900 is a slip.
        if not 1900 <= at.year <= 2200:
            raise ValueError(f"the year {at.year}")
        return at.astimezone(dt.UTC)

    def closed_time(self, text: str, zone: ZoneInfo, opened: dt.datetime) -> dt.datetime:
        """As time(). In the hour that comes twice in autumn, the second one, if the first lies before the opening."""
        at = self.time(text, zone)
        if at < opened and opened - at <= dt.timedelta(hours=1):
            zone = self._zone(zone)
            naive = at.astimezone(zone).replace(tzinfo=None)
            second = naive.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)
            return second if second >= opened else at
        return at

    def _zone(self, of_city: ZoneInfo) -> ZoneInfo:
        return ZoneInfo(self.time_zone) if self.time_zone else of_city

    def address(self, text: str) -> str:
        for pattern in self.place.strip:
            text = pattern.sub("", text)
        return text.strip()

    def ending(self, closing_words: str) -> Ending:
        skip = self.endings.skip
        code = skip.sub("", closing_words).strip() if skip else closing_words
        matching = (one for one in self.endings.rules if one.match and one.match.match(code))
        return next(matching, self.endings.default)


def read_mapping(path: Path) -> RequestMapping:
    """Reads and checks a mapping file, or one that ships ("boston"). Raises ImportProblemError."""
    if not path.exists() and (SHIPPED / f"{path}.yml").exists():
        path = SHIPPED / f"{path}.yml"
    read = read_yaml(path)
    mapping: RequestMapping = read.check(RequestMapping)
    return mapping.model_copy(update={"source": (mapping.source or read.name.rpartition(".")[0])[:60]})
