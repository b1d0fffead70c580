"""Turns a typed place (a point, an asset number, an address) into the dictionary that a draft stores."""

from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from requests_app.actions.report import submission
from requests_app.models import Asset, Jurisdiction
from requests_app.places import addresses, assets, ownership, place_mentions, signs, water
from requests_app.rules.report.path import Path

# A match with this confidence is taken without asking.
SURE = 0.9
# The choice for an address that none of the matches fits.
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


def of_point(jurisdiction: Jurisdiction, point: Point, text: str = "", note: str = "") -> dict[str, Any]:
    """A point from the map, the browser or the suggestions, with the typed address or else the nearest one."""
    near = None if text else ownership.named_at(jurisdiction, point)
    return {
        "address": text or (near.label if near else ""),
        "note": note,
        "lat": round(point.y, 6),
        "long": round(point.x, 6),
        "source": "address" if text else "pin",
        "confidence": near.confidence if near else 1.0 if text else None,
    }


def of_asset(jurisdiction: Jurisdiction, asset: Asset, address: str = "", note: str = "") -> dict[str, Any]:
    """The asset's location, with the typed address or else the nearest one."""
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


def of_mention(jurisdiction: Jurisdiction, mention: place_mentions.Mention, note: str = "") -> dict[str, Any]:
    """A place that the words named, and that was confirmed."""
    if mention.asset is not None:
        return of_asset(jurisdiction, mention.asset, note=note)
    return of_match(mention.match, note)


def proposals(path: Path) -> dict[str, place_mentions.Mention]:
    """The places that the words name, by their form values; without those that were given already."""
    asset_kinds = path.version.asset_kinds if path.version else []
    given = [Point(float(place["long"]), float(place["lat"]), srid=4326) for place in path.places_on_map]
    mentions = place_mentions.mentioned(path.jurisdiction, path.text, asset_kinds)
    return {one.key: one for one in mentions if not any(one.point.equals_exact(point, 1e-6) for point in given)}


def of_sign(jurisdiction: Jurisdiction, sign: signs.Sign) -> dict[str, Any]:
    """The sign's location; empty if the sign is only about a service."""
    if sign.asset is not None:
        return of_asset(jurisdiction, sign.asset, sign.address)
    if sign.point is not None:
        return of_point(jurisdiction, sign.point, sign.address)
    return {"address": sign.address, "note": "", "source": "address", "confidence": 1.0} if sign.address else {}


def of_asset_number(
    jurisdiction: Jurisdiction, text: str, point: Point | None = None, note: str = ""
) -> dict[str, Any] | None:
    """The location of the asset whose number is in the text, unless the pin is somewhere else."""
    asset = assets.named_at(jurisdiction, text, point)
    return of_asset(jurisdiction, asset, note=note) if asset else None


def place_for(
    jurisdiction: Jurisdiction,
    address: str,
    point: Point | None,
    note: str,
    *,
    shown_point: Point | None = None,
    shown_address: str = "",
) -> dict[str, Any] | None:
    """The place for an asset number, a point, or an address with a single match. None if the address is ambiguous or unknown.

    shown_point, shown_address: what the form was shown with. Without a script, an old point stays in the form when somebody
    types another address.
    """
    is_old = point is not None and shown_point is not None and point.equals_exact(shown_point, 1e-6)
    if address == shown_address:
        is_old = False
    if asset_place := of_asset_number(jurisdiction, address, None if is_old else point, note):
        return asset_place
    if point is not None and not is_old:
        return of_point(jurisdiction, point, address, note)
    if match := _only_match(jurisdiction, address):
        return of_match(match, note)
    # A first address for a point that had none.
    return of_point(jurisdiction, point, address, note) if point is not None and not shown_address else None


def matches(jurisdiction: Jurisdiction, text: str) -> dict[str, addresses.Match]:
    """The places that match the text, best first, by their form values."""
    found = addresses.search(jurisdiction, text)
    return {f"{match.point.x:.6f},{match.point.y:.6f}": match for match in found}


def choices(matches: dict[str, addresses.Match], text: str) -> list[tuple[str, str]]:
    """The matches, and the text as it was typed, as form choices."""
    own = _("None of these. Use what I typed: “%(words)s”") % {"words": text}
    return [*((key, match.choice) for key, match in matches.items()), (OWN_WORDS, own)]


def chosen(matches: dict[str, addresses.Match], choice: str, text: str, note: str) -> dict[str, Any]:
    if match := matches.get(choice):
        return of_match(match, note)
    return {"address": text, "note": note, "source": "address", "confidence": 0.0}


def _only_match(jurisdiction: Jurisdiction, text: str) -> addresses.Match | None:
    """The one certain match: the only exact match, or the only match at all."""
    found = addresses.search(jurisdiction, text)
    exact = [match for match in found if match.confidence >= 1.0]
    if len(exact) == 1:
        return exact[0]
    if len(found) == 1 and (found[0].confidence >= SURE or found[0].kind == "point"):
        return found[0]
    return None


def marked_on_water(jurisdiction: Jurisdiction, place: dict[str, Any]) -> dict[str, Any]:
    """The place, marked if it is on the water, so that its page asks whether that is right. Assets stand where they are."""
    if "lat" not in place or "asset" in place:
        return place
    point = Point(place["long"], place["lat"], srid=4326)
    return {**place, "on_water": True} if water.is_at(jurisdiction, point) else place


def problem(jurisdiction: Jurisdiction, place: dict[str, Any]) -> str:
    """Why the place cannot be used: it is outside the city and no neighboring owner is known. Empty if it can."""
    if "lat" not in place:
        return ""
    point = Point(place["long"], place["lat"], srid=4326)
    if ownership.inside(jurisdiction, point) or ownership.neighbor_at(jurisdiction, point) is not None:
        return ""
    return submission.outside_message(jurisdiction, point)
