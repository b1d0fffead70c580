"""How many public requests are in each cell of the map, so that a tile of a whole city reads a few hundred rows.

A trigger on ServiceRequest appends a MapCellDelta for each change (migrations/_initial_sql.py), and actions/figures/map_cells.py
folds them in.
"""

import datetime as dt

from django.db import models

from requests_app.models.jurisdiction import Jurisdiction

# A cell is a tile of the Web Mercator grid at one of these zooms, numbered along a Z-curve. So the cells of any larger tile are
# a range of numbers, and the number of the cell around it is its own, shifted.
GRIDS = (13, 15, 17)
FINEST = GRIDS[-1]
# Of this grid, all requests are also counted by month, for as many months: the map plays them (places/map_months.py).
MONTHS_GRID, MONTHS = 15, 24
# The "month" of the row for all months together.
ALL_MONTHS = dt.date(1970, 1, 1)


class MapCellKey(models.Model):
    # Without constraints in the database: a trigger writes these rows, also while a city is being deleted.
    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    service = models.ForeignKey(
        "requests_app.Service", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    is_open = models.BooleanField()
    # The first day of the month (UTC) in which the requests were submitted.
    month = models.DateField()
    cell = models.BigIntegerField()

    class Meta:
        abstract = True


class MapCellCounts(models.Model):
    """The sums are of the located requests, in millionths of a degree: whole numbers add up exactly."""

    requests = models.BigIntegerField(default=0)
    # Those whose version is listed by place. The others say nothing about where in the cell they are.
    located = models.BigIntegerField(default=0)
    longitude = models.BigIntegerField(default=0)
    latitude = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class MapCell(MapCellKey, MapCellCounts):
    """The counts of a cell of one grid. Open requests have a row for all months only; recent closed ones a row by month too.

    Of MONTHS_GRID, both have a row by month, for the last MONTHS.
    """

    grid = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "grid", "is_open", "month", "cell", "service"], name="map_cell_unique"
            ),
        ]


class MapCellDelta(MapCellKey, MapCellCounts):
    """A change of the counts, in a cell of the finest grid and the month itself."""
