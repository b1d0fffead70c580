"""Places with a page: the block of an address (never the house itself), a corner, a landmark. Found by their path.

The path is the search key (places/addresses.py) with hyphens: 100-block-of-elm-st, elm-st-and-oak-ave. Where a city has
the same name twice, a ZIP code or a number follows: 100-block-of-main-st,02118.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from requests_app.models import Area, GazetteerEntry, Jurisdiction
from requests_app.places.address_words import search_key
from requests_app.places.addresses import METRES_PER_DEGREE, Match, nearest
from requests_app.places.public_place import NUMBER_FIRST, block_address

# Addresses farther apart than this are on another street of the same name.
APART_M = 600
# More than any block has addresses, or any city corners of one name.
MOST_ENTRIES = 400
# A street's name is in thousands of rows, but one index range for each of a block's hundred numbers finds few.
OF_BLOCK = """
SELECT house.* FROM unnest(%s::text[], %s::text[]) AS numbers(low, high)
CROSS JOIN LATERAL (
    SELECT * FROM requests_app_gazetteerentry AS entry
    WHERE entry.search_key ~>=~ numbers.low AND entry.search_key ~<~ numbers.high
      AND entry.jurisdiction_id = %s AND entry.kind = 'address' AND strpos(entry.search_key, %s) > 0
    LIMIT %s) AS house
ORDER BY house.id LIMIT %s"""
# What may follow a number, as first and last: the street; a fraction or a second number; a mark, as in 12-14; a letter, as in 12a.
AFTER_NUMBER = ((" {street}", " {street}{{"), (" 0", " :"), ("!", "0"), (":", "{{"))
BLOCK = re.compile(r"^(?P<hundred>1[-–]99|\d+00)[ -]block[ -]of[ -](?P<street>.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class NamedPlace:
    """path: what follows /places/. name: in the reader's language. zip_code: tells places of one name apart."""

    path: str
    name: str
    kind: str
    point: Point
    zip_code: str = ""


def path_of(label: str) -> str:
    """Path of the page for this address, corner or landmark; empty if it has a number that could be a house's."""
    block = label if BLOCK.match(label) else block_address(label)
    return search_key(block).replace(" ", "-")


def block_words(label: str) -> str:
    """100 block of Elm St, for "112 Elm St" or the block itself, in the reader's language. Corners are unchanged."""
    found = BLOCK.match(label if BLOCK.match(label) else block_address(label))
    if found is None:
        return label if not NUMBER_FIRST.match(label) else ""
    return _("%(hundred)s block of %(street)s") % {
        "hundred": found["hundred"].replace("-", "–"),
        "street": found["street"],
    }


def public_words(address: str) -> str:
    """A public address in the reader's language: only the words of a block are translated."""
    return block_words(address) if BLOCK.match(address) else address


def words_at(jurisdiction: Jurisdiction, point: Point) -> str:
    """Name of a point for the public: its block, never its house."""
    near = nearest(jurisdiction, point)
    return (block_words(near.label) if near else "") or f"{point.y:.3f}, {point.x:.3f}"


def at_path(jurisdiction: Jurisdiction, path: str) -> list[NamedPlace]:
    """Places with this path; several if the name is ambiguous, none if the city has no such place."""
    name, one_of_several, _which = path[:200].replace("\x00", "").partition(",")
    found = list(_told_apart(name, _groups(_entries(jurisdiction, name))))
    return [place for place in found if place.path == path] if one_of_several else found


def of_match(jurisdiction: Jurisdiction, match: Match) -> NamedPlace | None:
    """The place of a match of the address search; None if it has no page, such as a street."""
    may_be_house = match.kind in ("address", "point", "street")
    places = at_path(jurisdiction, path_of(match.label) if may_be_house else search_key(match.label).replace(" ", "-"))
    return min(places, key=lambda place: place.point.distance(match.point), default=None)


def park_of(jurisdiction: Jurisdiction, match: Match) -> Area | None:
    """The city's area of a park that the search found, since the area's page says more."""
    if match.kind != "park":
        return None
    parks = Area.objects.filter(jurisdiction=jurisdiction, layer="park", is_ours=True, name__iexact=match.label)
    return parks.defer("polygon").first()


def _entries(jurisdiction: Jurisdiction, name: str) -> list[GazetteerEntry]:
    words = name.replace("-", " ")
    entries = GazetteerEntry.objects.filter(jurisdiction=jurisdiction).order_by("id")
    block = BLOCK.match(name)
    if block is None:
        return list(entries.filter(search_key=words).exclude(kind="address")[:MOST_ENTRIES])
    street = block["street"].replace("-", " ")
    first = 0 if block["hundred"].startswith("1-") else int(block["hundred"])
    low, high = (
        [f"{number}{ends[side].format(street=street)}" for number in range(first, first + 100) for ends in AFTER_NUMBER]
        for side in (0, 1)
    )
    houses = GazetteerEntry.objects.raw(
        OF_BLOCK, [low, high, jurisdiction.pk, f" {street}", MOST_ENTRIES, MOST_ENTRIES]
    )
    # "N Elm St" contains "Elm St" too, so compare the label.
    return [house for house in houses if path_of(house.label) == name]


def _groups(entries: list[GazetteerEntry]) -> list[list[GazetteerEntry]]:
    """Groups of entries that lie near each other."""
    groups: list[list[GazetteerEntry]] = []
    for entry in entries:
        near = [group for group in groups if any(_meters(entry.point, other.point) <= APART_M for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([entry, *(other for group in near for other in group)])
    return sorted(groups, key=lambda group: min(entry.pk for entry in group))


def _told_apart(name: str, groups: list[list[GazetteerEntry]]) -> Iterator[NamedPlace]:
    codes = [max(group, key=lambda entry: entry.pk).zip_code for group in groups]
    for number, (group, code) in enumerate(zip(groups, codes, strict=True), 1):
        which = code if code and codes.count(code) == 1 else str(number)
        yield NamedPlace(
            path=name if len(groups) == 1 else f"{name},{which}",
            name=block_words(group[0].label),
            kind="block" if group[0].kind == "address" else group[0].kind,
            # The average of all houses doesn't tell which one someone asked about.
            point=Point(
                round(sum(entry.point.x for entry in group) / len(group), 5),
                round(sum(entry.point.y for entry in group) / len(group), 5),
                srid=4326,
            ),
            zip_code=code if len(groups) > 1 else "",
        )


def _meters(point: Point, other: Point) -> float:
    """Accurate enough within a city."""
    return float(point.distance(other)) * METRES_PER_DEGREE
