"""Counts of public requests by map cell: the drain folds in what changed, and a nightly recount corrects and prunes them."""

import structlog
from django.db import connection, transaction

from requests_app.models import OutboxRow
from requests_app.models.map_cells import ALL_MONTHS, FINEST, GRIDS, MONTHS_GRID
from requests_app.places.map_months import FIRST_PLAYED
from requests_app.places.public_filter import RECENT_SINCE

log = structlog.get_logger(__name__)

FOLDED_AT_ONCE = 10_000
KEY = "jurisdiction_id, grid, is_open, month, cell, service_id"
COUNTS = ("requests", "located", "longitude", "latitude")
SUMS = ", ".join(f"sum({name})::bigint AS {name}" for name in COUNTS)
IS_ANYTHING = " OR ".join(f"sum({name}) <> 0" for name in COUNTS)
# The first month that the map asks for by itself. Closed requests of earlier months are in the row of all months only.
FIRST_MONTH = f"({RECENT_SINCE} AT TIME ZONE 'UTC')::date"
# Which counts by month are kept; the others are in the row of all months only.
IS_BY_MONTH = (
    f"(NOT {{is_open}} AND {{month}} >= {FIRST_MONTH} OR {{grid}} = {MONTHS_GRID} AND {{month}} >= {FIRST_PLAYED})"
)
IS_KEPT_BY_MONTH = IS_BY_MONTH.format(is_open="is_open", month="month", grid="grid")
# A count of the finest grid, in every row of MapCell to which it belongs.
IN_ALL_ROWS = f"""
SELECT counted.jurisdiction_id, grids.grid, counted.is_open, periods.month,
       counted.cell >> (2 * ({FINEST} - grids.grid)) AS cell, counted.service_id, {{counts}}
FROM {{counted}} counted
CROSS JOIN (VALUES {", ".join(f"({grid})" for grid in GRIDS)}) grids (grid)
CROSS JOIN LATERAL (
  SELECT date '{ALL_MONTHS}' AS month UNION ALL
  SELECT counted.month
  WHERE {IS_BY_MONTH.format(is_open="counted.is_open", month="counted.month", grid="grids.grid")}) periods
"""  # noqa: S608 (our own text)


def in_all_rows(counted: str, sign: str = "") -> str:
    return IN_ALL_ROWS.format(counted=counted, counts=", ".join(f"{sign}counted.{name} AS {name}" for name in COUNTS))


# In the order of the key, so that two of them never wait for each other in a circle.
ADD = f"""
INSERT INTO requests_app_mapcell AS kept ({KEY}, {", ".join(COUNTS)})
SELECT {KEY}, {SUMS} FROM ({{changes}}) changes GROUP BY {KEY} HAVING {IS_ANYTHING} ORDER BY {KEY}
ON CONFLICT ({KEY}) DO UPDATE SET {", ".join(f"{name} = kept.{name} + excluded.{name}" for name in COUNTS)}
"""  # noqa: S608 (our own text)
FOLD = f"""
WITH taken AS (
  DELETE FROM requests_app_mapcelldelta WHERE id IN (
    SELECT id FROM requests_app_mapcelldelta ORDER BY id FOR UPDATE SKIP LOCKED LIMIT %s)
  RETURNING *),
added AS ({ADD.format(changes=in_all_rows("taken"))})
SELECT count(*) FROM taken
"""  # noqa: S608 (our own text)
# One statement sees one snapshot, in which a change and its delta are both visible or both not, so no writer is blocked.
TRUTH = """
SELECT r.jurisdiction_id, map_cell(r.public_point) AS cell, r.service_id, r.status NOT IN ('resolved', 'closed') AS is_open,
       date_trunc('month', r.submitted_at AT TIME ZONE 'UTC')::date AS month, count(*) AS requests,
       count(*) FILTER (WHERE v.listed_by_place) AS located,
       coalesce(sum(round(ST_X(r.public_point) * 1000000)::bigint) FILTER (WHERE v.listed_by_place), 0) AS longitude,
       coalesce(sum(round(ST_Y(r.public_point) * 1000000)::bigint) FILTER (WHERE v.listed_by_place), 0) AS latitude
FROM requests_app_servicerequest r JOIN requests_app_serviceversion v ON v.id = r.service_version_id
WHERE r.public_state = 'public' AND r.public_point IS NOT NULL GROUP BY 1, 2, 3, 4, 5
"""
KEPT = f"""
SELECT {KEY}, {", ".join(f"-{name} AS {name}" for name in COUNTS)} FROM requests_app_mapcell
WHERE month = date '{ALL_MONTHS}' OR {IS_KEPT_BY_MONTH}
"""  # noqa: S608 (our own text)
RECOUNT = ADD.format(
    changes=" UNION ALL ".join(
        [in_all_rows(f"({TRUTH})"), KEPT, in_all_rows("(SELECT * FROM requests_app_mapcelldelta)", sign="-")]
    )
)
PRUNE = f"""
DELETE FROM requests_app_mapcell WHERE id IN (
  SELECT id FROM requests_app_mapcell
  WHERE requests = 0 AND located = 0 OR month > date '{ALL_MONTHS}' AND NOT {IS_KEPT_BY_MONTH}
  FOR UPDATE SKIP LOCKED)
"""  # noqa: S608 (our own text)


def fold() -> None:
    """Folds in all that is committed, in transactions of bounded size: an import leaves as many as requests."""
    taken = FOLDED_AT_ONCE
    while taken == FOLDED_AT_ONCE:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FOLD, [FOLDED_AT_ONCE])
            taken = cursor.fetchone()[0]


@transaction.atomic
def recount() -> int:
    """Recounts everything, corrects the cells and logs how many were wrong (which should be none)."""
    wrong = _correct()
    if wrong:
        log.error("map_cells_differed", cells=wrong)
    return wrong


def recount_row(_row: OutboxRow) -> None:
    """The first count, after the migration that made the table."""
    _correct()


def _correct() -> int:
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT)
        wrong = int(cursor.rowcount)
        cursor.execute(PRUNE)
    return wrong
