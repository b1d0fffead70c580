"""How soon the map can be used with 0, 1 and 10,000 reports in view: bin/test tests/benchmarks/map_page.py -s.

In Chromium at 375 and 1280 pixels, in seconds from the address to: the list can be read (the page's own), the map can be moved, and
all of it is drawn. Three times each with an empty browser cache; the middle one counts. Tiles come from the cells.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.db import connection

from requests_app.actions.figures import map_cells
from requests_app.models import ServiceRequest
from tests import factories
from tests.requests_app.web.explore.test_map import drawn_city

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

__all__ = ["drawn_city"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

COUNTS, ROUNDS = (0, 1, 10_000), 3
MOST_S = 10


def plant(cast: factories.Rivermark, wanted: int) -> None:
    if wanted and not ServiceRequest.objects.exists():
        factories.report(cast.tree, point=factories.at(-69.0, 40.496))
    first = ServiceRequest.objects.first()
    more = wanted - ServiceRequest.objects.count()
    if first is None or more <= 0:
        return
    columns = [str(field.column) for field in ServiceRequest._meta.concrete_fields if not field.primary_key]
    own = {
        "reference": "lpad(number::text, 8, '0')",
        "public_point": "ST_SetSRID(ST_MakePoint(-69.0 + (mod(number * 79, 400) - 200) * 0.0001, "
        "40.496 + (mod(number * 101, 300) - 150) * 0.0001), 4326)",
        "submitted_at": "now() - number * interval '5 minutes'",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO requests_app_servicerequest ({", ".join(columns)})
            SELECT {", ".join(own.get(column, f"first.{column}") for column in columns)}
            FROM generate_series(1, %s) AS number CROSS JOIN requests_app_servicerequest AS first
            WHERE first.id = %s""",  # noqa: S608 (column names of our own)
            [more, first.pk],
        )
    map_cells.fold()


def seconds(new_page: "Callable[..., Page]", url: str, width: int) -> tuple[float, float, float]:
    page = new_page(viewport={"width": width, "height": 800})
    began = time.monotonic()
    page.goto(url, wait_until="domcontentloaded")
    took = [time.monotonic() - began]
    for state in ("ready", "drawn"):
        page.wait_for_selector(f"#map[data-{state}]")
        took.append(time.monotonic() - began)
    page.close()
    return took[0], took[1], took[2]


def test_the_map_can_soon_be_used(
    drawn_city: factories.Rivermark,
    live_site: "Site",
    new_page: "Callable[..., Page]",
    capsys: pytest.CaptureFixture[str],
) -> None:
    slow = []
    with capsys.disabled():
        print(f"\n{'reports':>8}{'zoom':>6}{'px':>6}{'list':>7}{'usable':>8}{'drawn':>7}")
        for count in COUNTS:
            plant(drawn_city, count)
            cache.clear()
            for zoom, view in (("city", ""), ("16", "#view=16/40.496/-69.0")):
                for width in (375, 1280):
                    rounds = [seconds(new_page, f"{live_site.url}/map/{view}", width) for _ in range(ROUNDS)]
                    read, usable, drawn = (sorted(one)[ROUNDS // 2] for one in zip(*rounds, strict=True))
                    print(f"{count:8,}{zoom:>6}{width:6}{read:7.1f}{usable:8.1f}{drawn:7.1f}")
                    if usable > MOST_S:
                        slow.append(f"{count} {zoom} {width}")
    assert not slow
