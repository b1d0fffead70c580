"""How many public requests came from each part of the city in each of the last months, from the map's cells."""

import datetime as dt
from typing import Any

from django.db import connection

from requests_app.models.map_cells import FINEST, MONTHS, MONTHS_GRID
from requests_app.places.public_filter import PublicFilter
from requests_app.places.statement_timeout import at_most
from requests_app.places.tiles import TILE_MS, Tile, unlisted_services

# The first month that the map plays.
FIRST_PLAYED = f"date_trunc('month', app_now() - interval '{MONTHS - 1} months', 'UTC')::date"
# As in the tiles, what is listed by no place says nothing about where in its cell it is.
BY_MONTH = f"""
SELECT cell, month, sum(requests)::bigint, sum(located * listed), sum(longitude * listed), sum(latitude * listed)
FROM (
  SELECT cell, service_id, month, requests, located, longitude, latitude FROM requests_app_mapcell
  WHERE jurisdiction_id = %(city)s AND grid = {MONTHS_GRID} AND is_open = ANY(%(states)s) AND month >= {FIRST_PLAYED} {{kinds}}
  UNION ALL
  SELECT cell >> {2 * (FINEST - MONTHS_GRID)}, service_id, month, requests, located, longitude, latitude
  FROM requests_app_mapcelldelta
  WHERE jurisdiction_id = %(city)s AND is_open = ANY(%(states)s) AND month >= {FIRST_PLAYED} {{kinds}}) counts
CROSS JOIN LATERAL (SELECT CASE WHEN service_id = ANY(%(unlisted)s) THEN 0 ELSE 1 END AS listed) may_be_listed
GROUP BY cell, month HAVING sum(requests) > 0
"""  # noqa: S608 (our own text)
STATES = {None: [True, False], "open": [True], "ended": [False]}


def has_months(chosen: PublicFilter) -> bool:
    """Whether the cells know these filters: the service and the state, of any age and in any order."""
    return not {"q", "area", "near", "asset"} & set(chosen.chosen)


def months_played() -> list[str]:
    """The first days of the months that the map plays; the last of them is this month's."""
    return _months_from(_first())


def by_month(chosen: PublicFilter) -> dict[str, Any]:
    """months: their first days, the last of them this month. cells: [longitude, latitude, a number for each month].

    The state is today's. Raises TimeUpError.
    """
    months = months_played()
    with at_most(TILE_MS), connection.cursor() as cursor:
        if chosen.unknown:
            return {"months": months, "cells": []}
        kinds = "AND service_id = ANY(%(services)s)" if chosen.service_ids is not None else ""
        parameters: dict[str, Any] = {
            "city": chosen.jurisdiction.pk,
            "states": STATES[chosen.chosen.get("status")],
            "services": chosen.service_ids,
            "unlisted": unlisted_services(chosen.jurisdiction),
        }
        cursor.execute(BY_MONTH.format(kinds=kinds), parameters)
        rows = cursor.fetchall()
    place = {month: at for at, month in enumerate(months)}
    cells: dict[int, list[int]] = {}
    sums: dict[int, list[int]] = {}
    for cell, month, number, *sums_of_month in rows:
        if month.isoformat() in place:
            cells.setdefault(cell, [0] * len(months))[place[month.isoformat()]] = number
            sums[cell] = [one + int(other) for one, other in zip(sums.get(cell, [0, 0, 0]), sums_of_month, strict=True)]
    return {"months": months, "cells": [[*_middle(cell, *sums[cell]), numbers] for cell, numbers in cells.items()]}


def _first() -> dt.date:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {FIRST_PLAYED}")
        first: dt.date = cursor.fetchone()[0]
        return first


def _months_from(first: dt.date) -> list[str]:
    months = (first.year * 12 + first.month - 1 + number for number in range(MONTHS))
    return [dt.date(month // 12, month % 12 + 1, 1).isoformat() for month in months]


def _middle(cell: int, located: int, longitude: int, latitude: int) -> tuple[float, float]:
    """Of those that may be located, in all months together; if there are none, of the cell."""
    if located > 0:
        return round(longitude / located / 1e6, 4), round(latitude / located / 1e6, 4)
    x = sum((cell >> 2 * bit & 1) << bit for bit in range(MONTHS_GRID))
    y = sum((cell >> 2 * bit + 1 & 1) << bit for bit in range(MONTHS_GRID))
    west, south, east, north = Tile(MONTHS_GRID, x, y).degrees
    return round((west + east) / 2, 4), round((south + north) / 2, 4)
