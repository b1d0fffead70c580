"""A place as it was given (a point, a thing's number, a line of the address search), and as a draft keeps it."""

from typing import Any

from django.contrib.gis.geos import Point

from requests_app.actions import submission
from requests_app.models import Asset, Jurisdiction
from requests_app.places import addresses, assets, ground, signs


def of_match(match: addresses.Match, note: str) -> dict[str, Any]:
    return {
        "address": match.label,
        "note": note,
        "lat": round(match.point.y, 6),
        "long": round(match.point.x, 6),
        "source": "address",
        "confidence": match.confidence,
    }


def of_point(jurisdiction: Jurisdiction, point: Point, words: str = "", note: str = "") -> dict[str, Any]:
    """A point from the map, the browser or the suggestions. Words that came with it stay; without any, its address."""
    near = None if words else addresses.nearest(jurisdiction, point)
    return {
        "address": words or (near.label if near else ""),
        "note": note,
        "lat": round(point.y, 6),
        "long": round(point.x, 6),
        "source": "address" if words else "pin",
        "confidence": near.confidence if near else 1.0 if words else None,
    }


def of_thing(jurisdiction: Jurisdiction, asset: Asset, address: str = "", note: str = "") -> dict[str, Any]:
    """Where the city's thing stands, with the address that was given or that is nearest to it."""
    near = None if address else addresses.nearest(jurisdiction, asset.point)
    return {
        "address": address or (near.label if near else ""),
        "note": note,
        "lat": round(asset.point.y, 6),
        "long": round(asset.point.x, 6),
        "source": "asset",
        "confidence": 1.0,
        "asset": {"number": asset.asset_id, "kind": asset.kind, "label": asset.label},
    }


def of_sign(jurisdiction: Jurisdiction, sign: signs.Sign) -> dict[str, Any]:
    """Where the sign hangs; empty if it is about a service alone."""
    if sign.asset is not None:
        return of_thing(jurisdiction, sign.asset, sign.address)
    if sign.point is not None:
        return of_point(jurisdiction, sign.point, sign.address)
    return {"address": sign.address, "note": "", "source": "address", "confidence": 1.0} if sign.address else {}


def of_thing_named(
    jurisdiction: Jurisdiction, words: str, point: Point | None = None, note: str = ""
) -> dict[str, Any] | None:
    """The place of the thing whose number stands in the words, unless the pin says that another place is meant."""
    asset = assets.named_in(jurisdiction, words)
    if asset is None or (point is not None and not addresses.box_around(asset.point, assets.NEAR_M).covers(point)):
        return None
    return of_thing(jurisdiction, asset, note=note)


def problem(jurisdiction: Jurisdiction, place: dict[str, Any]) -> str:
    """Why we cannot take a place: it lies outside, and we know nobody there to send the report to."""
    if "lat" not in place:
        return ""
    point = Point(place["long"], place["lat"], srid=4326)
    if ground.inside(jurisdiction, point) or ground.neighbor_at(jurisdiction, point) is not None:
        return ""
    return submission.outside_words(jurisdiction, point)
