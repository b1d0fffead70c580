"""Places for the demo's requests: addresses, corners, lamp posts, parks, and land the city does not own."""

import csv
import gzip
import itertools
import json
import math
import random
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

# Meters per degree at the city's latitude, accurate enough to find the nearest house.
METRES_EAST, METRES_NORTH = 84_769.0, 111_041.0
LANDMARKS = {
    "city_hall", "hospital", "library", "community", "school", "station", "ferry", "fire_station", "park", "square",
}  # fmt: skip
FACILITIES = {"city_hall", "library", "fire_station", "works_yard", "police", "community"}
# Kinds that take "the": the Southgate Library, but Fire Station 3.
_WITH_THE = {"hospital", "library", "community", "station", "ferry", "works_yard", "port"}
OWNERS = {"state_road": "state-dot", "railroad": "rwrr", "utility": "clp", "state_park": "state-parks"}


class Spot(NamedTuple):
    """A named point from the gazetteer, the assets or an owner's land."""

    kind: str
    label: str
    street: str
    cross_street: str
    number: str
    neighborhood: str
    lon: float
    lat: float
    asset_id: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request is. `owner`: the code from owners.yaml, if the land is not the city's."""

    kind: str
    lon: float
    lat: float
    address: str
    street: str
    cross_street: str
    number: str
    neighborhood: str
    asset_id: str | None = None
    owner: str | None = None
    landmark: str = ""
    note: str = ""

    def with_note(self, note: str) -> "Place":
        return replace(self, note=note)


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        return list(csv.DictReader(file))


def _features(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        features: list[dict[str, Any]] = json.load(file)["features"]
    return features


def _inside(lon: float, lat: float, ring: list[list[float]]) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in itertools.pairwise(ring):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


class CityMap:
    """All spots of the city, by kind and neighborhood."""

    def __init__(self, folder: Path) -> None:
        self.by_kind: dict[str, dict[str, list[Spot]]] = defaultdict(lambda: defaultdict(list))
        self.addresses_of: dict[str, list[Spot]] = defaultdict(list)
        self._grid: dict[tuple[int, int], list[Spot]] = defaultdict(list)
        self._landmarks: list[Spot] = []
        with (folder / "neighbourhoods.csv").open(encoding="utf-8", newline="") as file:
            people = list(csv.DictReader(file))
        self.population = {row["name"]: int(row["population"]) for row in people}
        self.spanish_share = {row["name"]: float(row["spanish_share"]) for row in people}
        self._read_gazetteer(folder / "gazetteer.csv.gz")
        self._read_assets(folder / "assets.csv.gz")
        self._read_owners(folder / "layers")
        self._hoods = list(self.population)
        self._weights = list(self.population.values())

    def _read_gazetteer(self, path: Path) -> None:
        for row in _rows(path):
            spot = Spot(
                row["kind"],
                row["label"],
                row["street"],
                row["cross_street"],
                row["house_number"],
                row["neighbourhood"],
                float(row["lon"]),
                float(row["lat"]),
                "",
            )
            self.by_kind[spot.kind][spot.neighborhood].append(spot)
            if spot.kind == "address":
                self.addresses_of[spot.street].append(spot)
                self._grid[self._cell(spot.lon, spot.lat)].append(spot)
            elif spot.kind in LANDMARKS:
                self._landmarks.append(spot)
            if spot.kind in FACILITIES:
                self.by_kind["facility"][spot.neighborhood].append(spot)
        parks = self.by_kind["park"]
        for hood in parks:
            state = [spot._replace(kind="state_park") for spot in parks[hood] if "State Park" in spot.label]
            self.by_kind["state_park"][hood] = state
            parks[hood] = [spot for spot in parks[hood] if "State Park" not in spot.label]

    def _read_assets(self, path: Path) -> None:
        for row in _rows(path):
            _, _, place = row["label"].partition(f" {row['asset_id']} ")
            street = place.split(" ", 1)[1] if " " in place else ""
            lon, lat = float(row["lon"]), float(row["lat"])
            first, _, second = street.partition(" & ")
            near = self._near(lon, lat)
            hood = near.neighborhood if near else ""
            spot = Spot(row["kind"], street, first, second, "", hood, lon, lat, row["asset_id"])
            self.by_kind[spot.kind][spot.neighborhood].append(spot)

    def _read_owners(self, layers: Path) -> None:
        """Points on land the city does not own: on state road segments, and near the borders of other land."""
        for feature in _features(layers / "segments.geojson.gz"):
            if feature["properties"]["owner"] != "City":
                line = feature["geometry"]["coordinates"]
                for lon, lat in line[1:-1:3]:
                    self._add_owned("state_road", lon, lat)
        rng = random.Random(0)  # noqa: S311 - demo data
        for feature in _features(layers / "not_ours.geojson.gz"):
            kind = feature["properties"]["kind"]
            if kind in ("state_road", "state_park"):
                continue
            ring = feature["geometry"]["coordinates"][0]
            for lon, lat in ring[::5]:
                for _ in range(6):
                    x, y = lon + rng.uniform(-0.0003, 0.0003), lat + rng.uniform(-0.0003, 0.0003)
                    if _inside(x, y, ring):
                        self._add_owned(kind, round(x, 6), round(y, 6))

    def _add_owned(self, kind: str, lon: float, lat: float) -> None:
        near = self._near(lon, lat)
        if near:
            self.by_kind[kind][near.neighborhood].append(
                Spot(kind, near.label, near.street, "", "", near.neighborhood, lon, lat, "")
            )

    @staticmethod
    def _cell(lon: float, lat: float) -> tuple[int, int]:
        return int(lon * 1500), int(lat * 1500)

    @staticmethod
    def _meters(spot: Spot, lon: float, lat: float) -> float:
        return math.hypot((spot.lon - lon) * METRES_EAST, (spot.lat - lat) * METRES_NORTH)

    def _near(self, lon: float, lat: float) -> Spot | None:
        x, y = self._cell(lon, lat)
        for reach in (1, 3, 9, 20):
            around = [
                spot
                for cell_x in range(x - reach, x + reach + 1)
                for cell_y in range(y - reach, y + reach + 1)
                for spot in self._grid.get((cell_x, cell_y), ())
            ]
            if around:
                return min(around, key=lambda spot: self._meters(spot, lon, lat))
        return None

    def choose(self, kind: str, rng: random.Random) -> Place:
        """A random place of this kind, with neighborhoods weighted by population."""
        spots = self.by_kind[kind]
        for _ in range(12):
            found = spots.get(rng.choices(self._hoods, self._weights)[0])
            if found:
                return self._place(rng.choice(found))
        return self._place(rng.choice([spot for some in spots.values() for spot in some]))

    def another_address(self, place: Place, rng: random.Random) -> str:
        """A neighbor's address."""
        street = self.addresses_of.get(place.street)
        return rng.choice(street).label if street else place.address

    def _place(self, spot: Spot) -> Place:
        address, number = spot.label, spot.number
        owner = OWNERS.get(spot.kind)
        if spot.asset_id and not spot.cross_street and spot.kind != "park_tree":
            # A lamp or a tree is described by the nearest house.
            houses = self.addresses_of.get(spot.street)
            near = min(houses, key=lambda house: self._meters(house, spot.lon, spot.lat)) if houses else None
            if near:
                address, number = near.label, near.number
        elif spot.kind == "state_road":
            address = f"SR 9 near {spot.street}"
        elif spot.kind == "railroad":
            address = f"Railroad near {spot.label}"
        elif spot.kind == "utility":
            address = f"Power lines near {spot.label}"
        return Place(
            kind=spot.kind,
            lon=spot.lon,
            lat=spot.lat,
            address=address,
            street=spot.street,
            cross_street=spot.cross_street,
            number=number,
            neighborhood=spot.neighborhood,
            asset_id=spot.asset_id or None,
            owner=owner,
            landmark=self._landmark(spot),
        )

    def _landmark(self, spot: Spot) -> str:
        if spot.kind in LANDMARKS or spot.kind in FACILITIES or spot.kind == "state_park":
            return with_article(spot)
        near = min(self._landmarks, key=lambda landmark: self._meters(landmark, spot.lon, spot.lat))
        return with_article(near) if self._meters(near, spot.lon, spot.lat) < 220 else ""


def with_article(spot: Spot) -> str:
    if spot.kind == "city_hall":
        return "City Hall"
    return f"the {spot.label}" if spot.kind in _WITH_THE else spot.label


_SUFFIXES = {
    "Rd": "Road", "St": "Street", "Ave": "Avenue", "Ln": "Lane", "Pl": "Place", "Ct": "Court", "Blvd": "Boulevard",
}  # fmt: skip


def spoken_street(street: str, rng: random.Random) -> str:
    """Acorn Rd as people write it: usually like that, sometimes Acorn Road or just Acorn."""
    name, _, suffix = street.rpartition(" ")
    roll = rng.random()
    if name and suffix in _SUFFIXES:
        if roll < 0.12:
            return f"{name} {_SUFFIXES[suffix]}"
        if roll < 0.24:
            return name
    return street


_AT: dict[str, dict[str, list[str]]] = {
    "en": {
        "corner": [
            "at {a} and {b}", "at the corner of {a} and {b}", "on {a} at {b}", "where {a} meets {b}", "at {a} & {b}",
            "on {a} just before {b}", "on {a} right after {b}",
        ],
        "house": [
            "in front of {number} {street}", "near {number} {street}", "by {number} {street}",
            "outside {number} {street}", "across from {number} {street}", "on {street}", "on {street}",
            "on {street} near number {number}", "a few doors from {number} {street}", "at {number} {street}",
        ],
        "landmark": ["by {landmark}", "near {landmark}", "on {street} by {landmark}", "across from {landmark}"],
        "park": ["in {park}", "at {park}"],
        "transit": ["at the bus stop at {a} and {b}", "at the {a} and {b} bus stop", "by the bus stop on {a}"],
        "state_road": ["on SR 9 near {street}", "on the SR 9 ramp by {street}", "on Route 9 near {street}"],
        "railroad": ["along the tracks near {street}", "by the railroad near {street}"],
        "utility": ["under the power lines near {street}", "in the strip under the big towers by {street}"],
        "street": ["on {street}", "on our end of {street}", "here on {street}"],
    },
    "es": {
        "corner": [
            "en {a} y {b}", "en la esquina de {a} y {b}", "en {a} esquina con {b}", "en {a} llegando a {b}",
        ],
        "house": [
            "frente al {number} de {street}", "cerca del {number} de {street}", "en {street}", "en {street}",
            "al lado del {number} de {street}", "en {number} {street}",
        ],
        "landmark": ["cerca de {landmark}", "frente a {landmark}", "en {street} por {landmark}"],
        "park": ["en {park}", "en el parque {park_es}"],
        "transit": ["en la parada de {a} y {b}", "en la parada de {a}"],
        "state_road": ["en la SR 9 cerca de {street}", "en la rampa de la SR 9 por {street}"],
        "railroad": ["al lado de las vías cerca de {street}"],
        "utility": ["debajo de las torres de luz cerca de {street}"],
        "street": ["en {street}", "aquí en {street}"],
    },
}  # fmt: skip


def in_words(place: Place, language: str, rng: random.Random, *, exact: bool) -> str:
    """The place as a phrase in a sentence. exact: False to name only the street."""
    street = spoken_street(place.street, rng)
    phrases = _AT[language]
    landmark = place.landmark.removeprefix("the ") if language == "es" else place.landmark
    if not exact:
        options = phrases["street"]
    elif place.kind in ("state_road", "railroad", "utility"):
        options = phrases[place.kind]
    elif place.kind in ("park", "state_park", "park_tree"):
        options = phrases["park"]
    elif place.kind == "transit":
        options = phrases["transit"]
    elif place.cross_street:
        options = phrases["corner"]
    elif landmark and (place.kind in FACILITIES or rng.random() < 0.35):
        options = phrases["landmark"]
    else:
        options = phrases["house"] if place.number else phrases["street"]
    return rng.choice(options).format(
        a=street,
        b=spoken_street(place.cross_street, rng),
        street=street,
        number=place.number,
        landmark=landmark,
        park=place.address,
        park_es=place.address.removesuffix(" Park"),
    )
