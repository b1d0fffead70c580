"""The city's things with a number on them: found by that number or near a place, and called by what kind they are."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models.functions import Upper

from requests_app.localized import localized
from requests_app.models import Asset, Jurisdiction
from requests_app.places import addresses
from requests_app.places.addresses import Match, box_around

# How far from the place that was named a thing may stand, and how many are offered.
NEAR_M, AT_MOST = 100, 8
# A number by itself, as it is read from a plate: "L00417", "l 417", "# 12".
ALONE = re.compile(r"\s*#?\s*([A-Za-z]{0,3})[\s-]*(\d[\w-]*)\s*")


def by_number(jurisdiction: Jurisdiction, number: str) -> Asset | None:
    """The thing with this number on it, in whatever case it was typed."""
    return _only(by_numbers(jurisdiction, [number.strip()]))


def by_numbers(jurisdiction: Jurisdiction, numbers: Iterable[str]) -> dict[str, Asset]:
    """The things with these numbers, by the number in capitals; numbers that nothing has are left out."""
    wanted = {number.upper() for number in numbers if 0 < len(number) <= 60 and "\x00" not in number}
    if not wanted:
        return {}
    # As the index has it: a number is one thing in any case.
    numbered = Asset.objects.filter(jurisdiction=jurisdiction).annotate(number=Upper("asset_id"))
    return {asset.number: asset for asset in numbered.filter(number__in=wanted)}


def named_in(jurisdiction: Jurisdiction, words: str) -> Asset | None:
    """The thing that the words name by its number: "L00417", "l 00417", "Street light L00417". None if they name two."""
    words = words[:200].replace("\x00", " ")
    numbers = [word.strip(".,;:()#") for word in words.split()]
    # Within a sentence, "12A" is a house; a plate's number is longer, and has both letters and digits.
    found = [one for one in numbers if len(one) >= 4 and re.search(r"\d", one) and re.search(r"[A-Za-z]", one)]
    if alone := ALONE.fullmatch(words):
        found += [alone[1] + alone[2], words.strip()]
    return _only(by_numbers(jurisdiction, found))


def near(jurisdiction: Jurisdiction, point: Point, kinds: Iterable[str], metres: float = NEAR_M) -> list[Asset]:
    """The things of these kinds (none named: of any) within so many meters, the nearest first: each with its `metres`."""
    assets = Asset.objects.filter(jurisdiction=jurisdiction, point__bboverlaps=box_around(point, metres))
    if wanted := list(kinds):
        assets = assets.filter(kind__in=wanted)
    nearest = assets.annotate(metres=Distance("point", point)).order_by("metres", "id")[:AT_MOST]
    return [asset for asset in nearest if asset.metres.m <= metres]


def search(jurisdiction: Jurisdiction, words: str) -> list[Match]:
    """The places that the words may mean: the thing whose number they name, else what the address search finds."""
    asset = named_in(jurisdiction, words)
    if asset is not None:
        return [Match(name_of(jurisdiction, asset), asset.point, "asset", 1.0)]
    return addresses.search(jurisdiction, words)


def name_of(jurisdiction: Jurisdiction, asset: Asset) -> str:
    return called(jurisdiction, asset.kind, asset.asset_id, asset.label)


def called(jurisdiction: Jurisdiction, kind: str, number: str, label: str) -> str:
    """ "Street light L00417", in the reader's language; of a kind that the city gave no name, the label of its file."""
    name = kind_name(jurisdiction, kind)
    return f"{name} {number}" if name else label or number


def called_in(jurisdiction: Jurisdiction, place: Mapping[str, Any]) -> str:
    """The thing that a draft's place names; empty if it names none."""
    asset = place.get("asset")
    return called(jurisdiction, asset["kind"], asset["number"], asset["label"]) if asset else ""


def kind_name(jurisdiction: Jurisdiction, kind: str) -> str:
    return localized((jurisdiction.branding.get("asset_kinds") or {}).get(kind))


def _only(found: dict[str, Asset]) -> Asset | None:
    return next(iter(found.values())) if len(found) == 1 else None
