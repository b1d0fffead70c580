"""In which order to drive to several places, so that the whole way is short."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.gis.geos import Point

from requests_app.models import Jurisdiction
from requests_app.places import street_distances
from requests_app.places.street_distances import Ids, Numbers

# Up to so many places the order is the best there is (Held and Karp, 1962); beyond, it is improved until no swap helps.
EXACT_MAX = 11
# Of the greedy orders, one for each first place, so many are improved.
TRIED = 4


@dataclass(frozen=True)
class Drive:
    """order: indexes of the points; meters: in this order; meters_as_given: in the order they were given."""

    order: list[int]
    meters: float
    meters_as_given: float


def shortest(jurisdiction: Jurisdiction, points: Sequence[Point], *, start: Point | None = None) -> Drive:
    """From `start`, or else from whichever of the points is best, over all points, ending at any."""
    given = [*([start] if start is not None else []), *points]
    lengths = street_distances.between(jurisdiction, given)
    path = best_path(lengths, fixed_start=start is not None)
    as_given = list(range(len(given)))
    if length_of(lengths, path) > length_of(lengths, as_given) - 1:
        # Nothing to gain, as when all are at one address.
        path = as_given
    skipped = 1 if start is not None else 0
    return Drive([one - skipped for one in path[skipped:]], length_of(lengths, path), length_of(lengths, as_given))


def length_of(lengths: Numbers, path: Sequence[int]) -> float:
    return float(sum(lengths[one, other] for one, other in itertools.pairwise(path)))


def best_path(lengths: Numbers, *, fixed_start: bool) -> list[int]:
    """A short path over all places; the first is place 0 if fixed_start. The lengths are the same both ways."""
    size = len(lengths)
    if size < 2:
        return list(range(size))
    return exact_path(lengths, fixed_start) if size - fixed_start <= EXACT_MAX else _improved_path(lengths, fixed_start)


def exact_path(lengths: Numbers, fixed_start: bool) -> list[int]:
    """Held and Karp: for each set of places and each last one of it, the shortest path; larger sets from smaller ones."""
    size = len(lengths)
    bits = 1 << np.arange(size)
    best = np.full((1 << size, size), np.inf)
    before = np.zeros((1 << size, size), dtype=np.int8)
    firsts = [0] if fixed_start else range(size)
    for one in firsts:
        best[1 << one, one] = 0
    for places in range(1, (1 << size) - 1):
        paths = best[places]
        if not np.isfinite(paths).any():
            continue
        ways = paths[:, None] + lengths
        new = np.flatnonzero(bits & places == 0)
        best[places | bits[new], new] = ways[:, new].min(axis=0)
        before[places | bits[new], new] = ways[:, new].argmin(axis=0)
    places = (1 << size) - 1
    path = [int(best[places].argmin())]
    while len(path) < size:
        last = path[-1]
        path.append(int(before[places, last]))
        places ^= 1 << last
    return path[::-1]


def _improved_path(lengths: Numbers, fixed_start: bool) -> list[int]:
    size = len(lengths)
    greedy = np.array([_nearest_first(lengths, first) for first in ([0] if fixed_start else range(size))])
    changes = np.array(list(_changes(list(range(size)), first=int(fixed_start))))
    best = [_improved(lengths, path, changes) for path in greedy[np.argsort(_lengths(lengths, greedy))[:TRIED]]]
    chosen: list[int] = best[np.argmin(_lengths(lengths, np.array(best)))].tolist()
    return chosen


def _lengths(lengths: Numbers, paths: Ids) -> Numbers:
    """Of each path, a row of `paths`."""
    total: Numbers = lengths[paths[:, :-1], paths[:, 1:]].sum(axis=1)
    return total


def _nearest_first(lengths: Numbers, first: int) -> list[int]:
    path, left = [first], set(range(len(lengths))) - {first}
    while left:
        near = min(left, key=lengths[path[-1]].__getitem__)
        path.append(near)
        left.remove(near)
    return path


def _improved(lengths: Numbers, path: Ids, changes: Ids) -> Ids:
    """The path after the best of the changes, again and again, until none shortens it."""
    while True:
        changed = path[changes]
        new = _lengths(lengths, changed)
        if np.min(new) >= _lengths(lengths, path[None])[0] - 1e-6:
            return path
        path = changed[np.argmin(new)]


def _changes(path: list[int], *, first: int) -> Iterator[list[int]]:
    """With a part turned around (2-opt), or up to three places moved elsewhere (or-opt); those before `first` stay."""
    size = len(path)
    for start, end in itertools.combinations(range(first, size + 1), 2):
        if end - start > 1:
            yield path[:start] + path[start:end][::-1] + path[end:]
        if end - start <= 3:
            rest = path[:start] + path[end:]
            for at in range(first, len(rest) + 1):
                yield [*rest[:at], *path[start:end], *rest[at:]]
