"""Places that have a page: the block of an address, never the house itself; a corner; a landmark. Found by the words in its path.

The path is what is searched by (places/addresses.py), with hyphens: 100-block-of-elm-st, elm-st-and-oak-ave. Where a city has
the same name twice, a ZIP code or a number follows: 100-block-of-main-st,02118.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from requests_app.models import Area, GazetteerEntry, Jurisdiction
from requests_app.places.addresses import METRES_PER_DEGREE, Match, nearest, search_key
from requests_app.places.public_place import NUMBER_FIRST, block_address

# Addresses of one block lie no farther from one another; what does is another street of that name.
APART_M = 600
# No street has more on a block, and no city more corners of one name.
MOST_ENTRIES = 400
BLOCK = re.compile(r"^(?P<hundred>1[-–]99|\d+00)[ -]block[ -]of[ -](?P<street>.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class NamedPlace:
    """path: what stands behind /places/. name: in the reader's language. zip_code tells apart what has one name."""

    path: str
    name: str
    kind: str
    point: Point
    zip_code: str = ""


def path_of(label: str) -> str:
    """The path of the page that tells of this address, corner or landmark; empty where a number could be a house's."""
    block = label if BLOCK.match(label) else block_address(label)
    return search_key(block).replace(" ", "-")


def block_words(label: str) -> str:
    """100 block of Elm St, for "112 Elm St" or the block itself, in the reader's language; a corner stays as it is."""
    found = BLOCK.match(label if BLOCK.match(label) else block_address(label))
    if found is None:
        return label if not NUMBER_FIRST.match(label) else ""
    return _("%(hundred)s block of %(street)s") % {
        "hundred": found["hundred"].replace("-", "–"),
        "street": found["street"],
    }


def words_at(jurisdiction: Jurisdiction, point: Point) -> str:
    """What people call this place: by its block, never by the house that somebody looked from."""
    near = nearest(jurisdiction, point)
    return (block_words(near.label) if near else "") or f"{point.y:.3f}, {point.x:.3f}"


def at_path(jurisdiction: Jurisdiction, path: str) -> list[NamedPlace]:
    """The place with this path; several, if the name alone does not tell which; none, if the city has no such place."""
    name, one_of_several, _which = path[:200].replace("\x00", "").partition(",")
    found = list(_told_apart(name, _groups(_entries(jurisdiction, name))))
    return [one for one in found if one.path == path] if one_of_several else found


def of_match(jurisdiction: Jurisdiction, match: Match) -> NamedPlace | None:
    """The place of what the address search found; None for what has no page, a street say."""
    may_be_house = match.kind in ("address", "point", "street")
    places = at_path(jurisdiction, path_of(match.label) if may_be_house else search_key(match.label).replace(" ", "-"))
    return min(places, key=lambda one: one.point.distance(match.point), default=None)


def park_of(jurisdiction: Jurisdiction, match: Match) -> Area | None:
    """The city's own area of a park that the search found: its page says more."""
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
    digits = r"\d{1,2}" if block["hundred"].startswith("1-") else block["hundred"][:-2] + r"\d\d"
    houses = entries.filter(
        kind="address", search_key__contains=f" {street}", house_number__regex=rf"^{digits}([^\d]|$)"
    )
    # "Elm St" is within "N Elm St" too: the label says which it is.
    return [one for one in houses[:MOST_ENTRIES] if path_of(one.label) == name]


def _groups(entries: list[GazetteerEntry]) -> list[list[GazetteerEntry]]:
    """Those that lie together, each group with the ones near it."""
    groups: list[list[GazetteerEntry]] = []
    for entry in entries:
        near = [group for group in groups if any(_metres(entry.point, one.point) <= APART_M for one in group)]
        groups = [group for group in groups if group not in near]
        groups.append([entry, *(one for group in near for one in group)])
    return sorted(groups, key=lambda group: min(one.pk for one in group))


def _told_apart(name: str, groups: list[list[GazetteerEntry]]) -> Iterator[NamedPlace]:
    codes = [max(group, key=lambda one: one.pk).zip_code for group in groups]
    for number, (group, code) in enumerate(zip(groups, codes, strict=True), 1):
        which = code if code and codes.count(code) == 1 else str(number)
        yield NamedPlace(
            path=name if len(groups) == 1 else f"{name},{which}",
            name=block_words(group[0].label),
            kind="block" if group[0].kind == "address" else group[0].kind,
            # Of all its houses alike: which of them somebody asked for is not in it.
            point=Point(
                round(sum(one.point.x for one in group) / len(group), 5),
                round(sum(one.point.y for one in group) / len(group), 5),
                srid=4326,
            ),
            zip_code=code if len(groups) > 1 else "",
        )


def _metres(one: Point, other: Point) -> float:
    """Near enough within a city."""
    return float(one.distance(other)) * METRES_PER_DEGREE
