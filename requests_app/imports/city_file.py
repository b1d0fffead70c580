"""What city.yaml may say, a class for each of its sections, and the seal that it names."""

import base64
from pathlib import Path
from typing import Annotated, Any, Self

from django.conf import settings
from pydantic import AfterValidator, ConfigDict, PlainValidator, model_validator

from requests_app.core.units import METRIC, US
from requests_app.drawing.colors import WHITE, contrast, parse
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.yaml_file import LooseText, Section, TimeZone, matching, of_type, one_of, whole_number, wrong
from requests_app.places.address_card import KINDS
from requests_app.rules.answers.collection_days import HOLIDAY_RULES, are_weeks

SEAL_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
SEAL_MAX_BYTES = 100_000
# WCAG 2.2, 1.4.3, level AA.
READABLE = 4.5
MONTHS = r"(?:[1-9]|1[0-2])-(?:[1-9]|1[0-2])"
Text = Annotated[Any, of_type((str, dict), "it should be text, or a table of `name: value` lines.")]
Paths = Annotated[Any, of_type((str, list), "it should be the name of a file, or a list of them.")]


def readable(what: str) -> Any:
    """A color on which white letters can be read. By night, pages lighten the city's color until they can."""

    def check(color: str) -> str:
        ratio = contrast(parse(color, "#000000"), WHITE)
        if ratio < READABLE:
            raise wrong(
                f"{color} against white #ffffff has a contrast of {ratio:.2f} to 1 and needs {READABLE} to 1 ({what})."
                " Choose a darker one."
            )
        return color

    return AfterValidator(check)


def with_columns(*needed: str) -> Any:
    def check(columns: dict[str, str]) -> dict[str, str]:
        if missing := sorted(set(needed) - set(columns)):
            raise wrong(f"it must name {', '.join(missing)}.")
        return columns

    return AfterValidator(check)


Color = Annotated[str, matching(r"#(?:[0-9a-fA-F]{3}){1,2}", 'it must be written as "#14476b".')]


class Numbers(Section):
    """Phone numbers, by our names; each is a column of the jurisdiction."""

    emergency: LooseText | None = None
    text_to_911: bool | None = None
    non_emergency: LooseText | None = None
    desk: LooseText | None = None
    desk_long: LooseText | None = None
    all_night: LooseText | None = None
    desk_night: LooseText | None = None


class Colors(Section):
    primary: Annotated[Color, readable("white letters on the buttons, and links on a white page")] | None = None
    header: Annotated[Color, readable("white letters on the bar at the top")] | None = None
    # Only ever a line.
    accent: Color | None = None


class Branding(Section):
    model_config = ConfigDict(extra="allow")

    seal: str | None = None
    colors: Colors | None = None


def _weeks(value: Any) -> str:
    if not isinstance(value, str) or not are_weeks(value):
        raise wrong('it should be even, odd, or a date in quotes like "2026-01-05".')
    return value


class CardField(Section):
    key: str
    label: Text
    kind: Annotated[str, one_of(KINDS)] = "text"
    # Of collection days alone.
    calendar: str | None = None
    holiday_rule: Annotated[str, one_of(HOLIDAY_RULES)] | None = None
    weeks: Annotated[str, PlainValidator(_weeks)] | None = None
    weeks_key: str | None = None
    months: Annotated[str, matching(MONTHS, 'it should be the first and last month, like "4-11".')] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.kind != "weekday":
            for name in ("holiday_rule", "weeks", "weeks_key", "months"):
                if getattr(self, name) is not None:
                    raise wrong(f"`{name}` goes with `kind: weekday` only.")
        if self.holiday_rule not in (None, "none") and self.calendar is None:
            raise wrong("`holiday_rule` needs a `calendar`, which has the holidays.")
        return self


class CardPart(Section):
    layer: str
    name: Text
    fields: list[CardField] = []


class Layers(Section):
    folder: str
    mapping: str
    attribution: str | None = None


class Gazetteer(Section):
    file: str
    columns: Annotated[dict[str, str], with_columns("label", "lat", "lon")]
    tidy: bool = False
    aliases: dict[str, str | list[str]] = {}


class Assets(Section):
    file: str
    columns: Annotated[dict[str, str], with_columns("asset_id", "lat", "lon")]


class StreetWorks(Section):
    file: str
    columns: dict[str, str] = {}


class Requests(Section):
    generate: bool = False
    file: str | None = None
    mapping: str | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.file and not self.mapping:
            raise wrong("it must name mapping.")
        return self


class CityFile(Section):
    name: str
    jurisdiction_id: str
    format: int = 1
    hosts: list[str] = []
    time_zone: TimeZone = "America/New_York"
    languages: list[Annotated[str, one_of([code for code, _ in settings.LANGUAGES])]] = []
    units: Annotated[str, one_of([US, METRIC])] = US
    demo: bool = False
    numbers: Numbers = Numbers()
    alarm_minutes: Annotated[int, whole_number(1, 240)] = 15
    urgent_acknowledge_minutes: Annotated[int, whole_number(1, 1440)] = 30
    urgent_resolve_minutes: Annotated[int, whole_number(1, 1440)] = 240
    view: dict[str, Any] = {}
    boundary: Text | None = None
    layers: Layers | None = None
    area_attributes: str | None = None
    owners: str | None = None
    gazetteer: Gazetteer | None = None
    assets: Assets | None = None
    street_works: StreetWorks | None = None
    population: str | None = None
    catalog: Paths = []
    requests: Requests = Requests()
    branding: Branding = Branding()
    address_card: list[CardPart] = []

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if not (self.name and self.jurisdiction_id):
            raise wrong("`name` or `jurisdiction_id` is empty.")
        if self.format != 1:
            raise wrong(f"format {self.format} is newer than this program knows.")
        return self


class Owner(Section):
    model_config = ConfigDict(extra="ignore")

    code: str
    name: str
    kind: str


class OwnersFile(Section):
    format: int = 1
    owners: list[Owner] = []


def seal(path: Path) -> str:
    """The picture as a data URI: it becomes part of the row, and a page then needs no file of the city's folder."""
    if path.suffix not in SEAL_TYPES or path.stat().st_size > SEAL_MAX_BYTES:
        raise ImportProblemError(f"{path.name}: the seal must be one of {', '.join(SEAL_TYPES)}, under 100 kB.")
    return f"data:{SEAL_TYPES[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"
