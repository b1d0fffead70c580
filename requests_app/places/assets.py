"""The city's numbered assets (lights, hydrants, …): finding them by number or near a place, and naming them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models.functions import Upper

from requests_app.core.localized import localized
from requests_app.models import Asset, Jurisdiction
from requests_app.places import addresses
from requests_app.places.addresses import Match, box_around

# Largest distance of an asset from the place, and how many are offered.
NEAR_M, AT_MOST = 100, 8
# A number by itself, as read from a tag: "L00417", "l 417", "# 12".
ALONE = re.compile(r"\s*#?\s*([A-Za-z]{0,3})[\s-]*(\d[\w-]*)\s*")


def by_number(jurisdiction: Jurisdiction, number: str) -> Asset | None:
    """The asset with this number, in upper or lower case."""
    return _only(by_numbers(jurisdiction, [number.strip()]))


def by_numbers(jurisdiction: Jurisdiction, numbers: Iterable[str]) -> dict[str, Asset]:
    """Assets by their number in capitals; unknown numbers are left out."""
    wanted = {number.upper() for number in numbers if 0 < len(number) <= 60 and "\x00" not in number}
    if not wanted:
        return {}
    # The index ignores case.
    numbered = Asset.objects.filter(jurisdiction=jurisdiction).annotate(number=Upper("asset_id"))
    return {asset.number: asset for asset in numbered.filter(number__in=wanted)}


def named_in(jurisdiction: Jurisdiction, text: str) -> Asset | None:
    """The asset whose number is in the text: "L00417", "l 00417", "Street light L00417". None if there are two."""
    text = text[:200].replace("\x00", " ")
    numbers = [word.strip(".,;:()#") for word in text.split()]
    # Within a sentence, "12A" is a house; asset numbers are longer and have both letters and digits.
    found = [
        number for number in numbers if len(number) >= 4 and re.search(r"\d", number) and re.search(r"[A-Za-z]", number)
    ]
    if alone := ALONE.fullmatch(text):
        found += [alone[1] + alone[2], text.strip()]
    return _only(by_numbers(jurisdiction, found))


def named_at(jurisdiction: Jurisdiction, text: str, point: Point | None) -> Asset | None:
    """The asset whose number is in the text, unless the point is somewhere else."""
    asset = named_in(jurisdiction, text)
    if asset is None or (point is not None and not box_around(asset.point, NEAR_M).covers(point)):
        return None
    return asset


def near(jurisdiction: Jurisdiction, point: Point, kinds: Iterable[str], meters: float = NEAR_M) -> list[Asset]:
    """Assets of these kinds (all if empty) within that many meters, nearest first, each with its distance as `meters`."""
    assets = Asset.objects.filter(jurisdiction=jurisdiction, point__bboverlaps=box_around(point, meters))
    if wanted := list(kinds):
        assets = assets.filter(kind__in=wanted)
    nearest = assets.annotate(meters=Distance("point", point)).order_by("meters", "id")[:AT_MOST]
    return [asset for asset in nearest if asset.meters.m <= meters]


def search(jurisdiction: Jurisdiction, text: str) -> list[Match]:
    """Places that match the text: the asset whose number it has, otherwise the results of the address search."""
    asset = named_in(jurisdiction, text)
    if asset is not None:
        return [Match(name_of(jurisdiction, asset), asset.point, "asset", 1.0)]
    return addresses.search(jurisdiction, text)


def name_of(jurisdiction: Jurisdiction, asset: Asset) -> str:
    return called(jurisdiction, asset.kind, asset.asset_id, asset.label)


def called(jurisdiction: Jurisdiction, kind: str, number: str, label: str) -> str:
    """ "Street light L00417" in the reader's language; the label in the city's file if its kind has no name."""
    name = kind_name(jurisdiction, kind)
    return f"{name} {number}" if name else label or number


def called_in(jurisdiction: Jurisdiction, place: Mapping[str, Any]) -> str:
    """Name of the asset in a draft's place; empty if there is none."""
    asset = place.get("asset")
    return called(jurisdiction, asset["kind"], asset["number"], asset["label"]) if asset else ""


def kind_name(jurisdiction: Jurisdiction, kind: str) -> str:
    return localized((jurisdiction.branding.get("asset_kinds") or {}).get(kind))


def _only(assets: dict[str, Asset]) -> Asset | None:
    return next(iter(assets.values())) if len(assets) == 1 else None
