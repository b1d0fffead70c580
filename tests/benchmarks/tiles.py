"""How long a tile takes on 60,000 public requests, by zoom: bin/test tests/benchmarks/tiles.py -s.

Times the fullest tile of each zoom level, made again for each measurement, in milliseconds. Run with nothing else on the machine.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from requests_app.actions.figures import map_cells
from requests_app.imports.city import City
from requests_app.imports.layers import import_layers
from requests_app.imports.progress import Silent
from requests_app.models import Jurisdiction, ServiceRequest
from requests_app.places import tiles
from requests_app.places.public_filter import PublicFilter
from tests import factories

REQUESTS = 60_000
# What a reader does not notice; a whole screen asks for about six tiles.
MOST_MS = 250
FOLDER = Path(__file__).resolve().parents[2] / "requests_app/demo/rivermark"


@pytest.fixture
def city(db: None) -> Jurisdiction:
    """Rivermark's map and addresses, with requests at them."""
    made = City(FOLDER, Silent())
    city = made.jurisdiction()
    import_layers(city, FOLDER / "layers", FOLDER / "layers.yml", progress=Silent())
    made.boundary(city)
    made.gazetteer(city)
    first = factories.report(factories.service(city, place_required=False))
    columns = [field.column for field in ServiceRequest._meta.concrete_fields if not field.primary_key]
    own = {
        "reference": "lpad(number::text, 8, '0')",
        "public_point": "place.point",
        "submitted_at": "now() - number * interval '17 minutes'",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH place AS (SELECT row_number() OVER (ORDER BY random()) AS row, point FROM requests_app_gazetteerentry)
            INSERT INTO requests_app_servicerequest ({", ".join(columns)})
            SELECT {", ".join(own.get(column, f"first.{column}") for column in columns)}
            FROM generate_series(1, %s) AS number
            JOIN place ON place.row = 1 + number %% (SELECT count(*) FROM place)
            CROSS JOIN requests_app_servicerequest AS first WHERE first.id = %s""",  # noqa: S608 (column names of our own)
            [REQUESTS, first.pk],
        )
        cursor.execute("ANALYZE")
    return city


def fullest(city: Jurisdiction, z: int) -> tiles.Tile:
    """The tile of this zoom with the most requests in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT floor((ST_X(public_point) + 180) / 360 * 2 ^ %s)::int,
                   floor((1 - asinh(tan(radians(ST_Y(public_point)))) / pi()) / 2 * 2 ^ %s)::int
            FROM requests_app_servicerequest WHERE public_point IS NOT NULL GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 1""",
            [z, z],
        )
        x, y = cursor.fetchone()
    return tiles.Tile(z, x, y)


def milliseconds(make: Callable[[], bytes]) -> tuple[float, int]:
    """The median of five, and the bytes."""
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        size = len(make())
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), size


def test_the_fullest_tiles_are_quick(city: Jurisdiction, capsys: pytest.CaptureFixture[str]) -> None:
    assert PublicFilter(city, {"older": "1"}).requests().count() > REQUESTS
    map_cells.fold()
    lines, slowest = [], 0.0
    for z in range(8, 18):
        tile = fullest(city, z)
        ground, ground_size = milliseconds(lambda tile=tile: tiles.basemap_tile(city, tile))  # type: ignore[misc]
        dots, dots_size = milliseconds(
            lambda tile=tile: tiles.request_tile(PublicFilter(city, {"older": "1"}), tile, "en", "UTC")
        )  # type: ignore[misc]
        lines.append(f"{z:4} {ground:12.1f} {ground_size / 1024:9.1f} {dots:12.1f} {dots_size / 1024:9.1f}")
        slowest = max(slowest, ground, dots)
    with capsys.disabled():
        print("\nzoom   basemap ms        kB  requests ms        kB")
        print("\n".join(lines))
    assert slowest < MOST_MS
