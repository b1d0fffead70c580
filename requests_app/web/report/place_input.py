"""A place as it was given (a point, a thing's number, a line of the address search), and as a draft keeps it."""

from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from requests_app.actions import submission
from requests_app.models import Asset, Jurisdiction
from requests_app.places import addresses, assets, ownership, signs

# An address search this sure needs no second look.
SURE = 0.9
# Chosen, where none of the places that fit is meant.
OWN_WORDS = "words"


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


def of_asset(jurisdiction: Jurisdiction, asset: Asset, address: str = "", note: str = "") -> dict[str, Any]:
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
        return of_asset(jurisdiction, sign.asset, sign.address)
    if sign.point is not None:
        return of_point(jurisdiction, sign.point, sign.address)
    return {"address": sign.address, "note": "", "source": "address", "confidence": 1.0} if sign.address else {}


def of_asset_number(
    jurisdiction: Jurisdiction, words: str, point: Point | None = None, note: str = ""
) -> dict[str, Any] | None:
    """The place of the thing whose number stands in the words, unless the pin says that another place is meant."""
    asset = assets.named_in(jurisdiction, words)
    if asset is None or (point is not None and not addresses.box_around(asset.point, assets.NEAR_M).covers(point)):
        return None
    return of_asset(jurisdiction, asset, note=note)


def given(
    jurisdiction: Jurisdiction,
    address: str,
    point: Point | None,
    note: str,
    *,
    shown_point: Point | None = None,
    shown_address: str = "",
) -> dict[str, Any] | None:
    """The place that was given: a thing by its number, a point, or words that mean one place. None: they may mean several.

    shown_point, shown_address: what the form held when it was shown. Only a script takes the old point out of it when somebody
    types another address.
    """
    is_old = point is not None and shown_point is not None and point.equals_exact(shown_point, 1e-6)
    if address == shown_address:
        is_old = False
    if thing := of_asset_number(jurisdiction, address, None if is_old else point, note):
        return thing
    if point is not None and not is_old:
        return of_point(jurisdiction, point, address, note)
    if match := _only_match(jurisdiction, address):
        return of_match(match, note)
    # The first words for a spot on the map.
    return of_point(jurisdiction, point, address, note) if point is not None and not shown_address else None


def matches(jurisdiction: Jurisdiction, words: str) -> dict[str, addresses.Match]:
    """The places that the words may mean, best first, by what a form calls them."""
    found = addresses.search(jurisdiction, words)
    return {f"{match.point.x:.6f},{match.point.y:.6f}": match for match in found}


def choices(found: dict[str, addresses.Match], words: str) -> list[tuple[str, str]]:
    """One of the places, or the words as they are."""
    own = _("None of these. Use what I typed: “%(words)s”") % {"words": words}
    return [*((key, match.label) for key, match in found.items()), (OWN_WORDS, own)]


def chosen(found: dict[str, addresses.Match], choice: str, words: str, note: str) -> dict[str, Any]:
    if match := found.get(choice):
        return of_match(match, note)
    return {"address": words, "note": note, "source": "address", "confidence": 0.0}


def _only_match(jurisdiction: Jurisdiction, words: str) -> addresses.Match | None:
    """The place that the words mean without a doubt: the only one by that name, or the only one at all."""
    found = addresses.search(jurisdiction, words)
    exact = [match for match in found if match.confidence >= 1.0]
    if len(exact) == 1:
        return exact[0]
    if len(found) == 1 and (found[0].confidence >= SURE or found[0].kind == "point"):
        return found[0]
    return None


def problem(jurisdiction: Jurisdiction, place: dict[str, Any]) -> str:
    """Why we cannot take a place: it lies outside, and we know nobody there to send the report to."""
    if "lat" not in place:
        return ""
    point = Point(place["long"], place["lat"], srid=4326)
    if ownership.inside(jurisdiction, point) or ownership.neighbor_at(jurisdiction, point) is not None:
        return ""
    return submission.outside_words(jurisdiction, point)
