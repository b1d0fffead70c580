"""What map pictures cost on Rivermark's own layers: bin/test tests/benchmarks/map_pictures.py -s.

For each subject and size, in milliseconds of CPU: the SVG (of it, the database), the PNG, and the PNG from the cache; and how many
kB they have. "SVG" and "PNG" are drawn again each time, from layers that are in memory.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client

from requests_app.imports.layers import import_layers
from requests_app.imports.progress import Silent
from requests_app.management.commands.load_demo import RIVERMARK
from requests_app.models import Area, Jurisdiction
from requests_app.places import map_picture_links
from requests_app.places.map_picture import Mark, View, density_of, png, svg
from requests_app.web.explore.map_pictures import SUBJECTS
from tests import factories
from tests.benchmarks.addresses import cpu_ms

ROUNDS = 5
CENTER = Point(-69.0, 40.496, srid=4326)
# A PNG for an email, in milliseconds of CPU of this process and the database together.
MOST_MS = 125


@pytest.fixture
def city(db: None) -> Jurisdiction:
    cast = factories.mapped_rivermark()
    import_layers(cast.city, RIVERMARK / "layers", RIVERMARK / "layers.yml", progress=Silent())
    for n in range(30):
        factories.report(cast.tree, point=factories.at(-69.0 + n % 6 * 0.0005, 40.496 + n // 6 * 0.0004))
    return Jurisdiction.objects.get(pk=cast.city.pk)


def spent(backend: int, ask: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds of CPU in all and of the database alone; the middle one of some rounds."""
    ask()
    costs = []
    for _ in range(ROUNDS):
        both, own = cpu_ms(backend), time.process_time_ns() / 1e6
        ask()
        own = time.process_time_ns() / 1e6 - own
        costs.append((cpu_ms(backend) - both, own))
    both, own = sorted(costs)[ROUNDS // 2]
    return both, both - own


def drawn(city: Jurisdiction, kind: str, view: View, marks: list[Mark]) -> str:
    return svg(
        city, view, marks, title="Map", attribution="City of Rivermark", is_plain=kind == map_picture_links.BACKDROP
    )


def test_pictures_are_quick(city: Jurisdiction, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    report = factories.report(factories.service(city, "bench"), point=CENTER)
    subjects = [
        map_picture_links.of_report(report),
        map_picture_links.of_report(report, with_neighbors=True),
        map_picture_links.of_place(CENTER),
        *([map_picture_links.of_area(area)] if (area := Area.objects.filter(is_ours=True).first()) else []),
        map_picture_links.of_service(report.service),
        map_picture_links.CITY,
        map_picture_links.BACKDROP,
    ]
    slow = []
    with capsys.disabled():
        print(
            f"\n{'':10}{'size':>8}{'SVG':>6}{'of it DB':>10}{'PNG':>6}{'both':>6}{'kept':>6}{'SVG kB':>8}{'PNG kB':>8}"
        )
        for subject in subjects:
            for size in map_picture_links.SIZES:
                both = measured(client, city, backend, subject, size)
                if size == "medium" and both > MOST_MS:
                    slow.append(f"{subject} {size}")
    assert not slow


def measured(client: Client, city: Jurisdiction, backend: int, subject: str, size: str) -> float:
    """Prints a row; the milliseconds of SVG and PNG."""
    width, height = map_picture_links.SIZES[size]
    kind, _slash, which = subject.partition("/")
    found = SUBJECTS[kind](city, which, width, height)
    assert found is not None
    drawing = drawn(city, kind, *found)
    image = png(drawing, density=density_of(width))
    path = map_picture_links.path(subject, size, "png")
    svg_ms, database_ms = spent(backend, lambda: drawn(city, kind, *found))
    png_ms, _none = spent(backend, lambda: png(drawing, density=density_of(width)))
    kept_ms, _none = spent(backend, lambda: client.get(path))
    print(
        f"{kind:10}{size:>8}{svg_ms:6.0f}{database_ms:10.0f}{png_ms:6.0f}{svg_ms + png_ms:6.0f}{kept_ms:6.0f}"
        f"{len(drawing) / 1000:8.0f}{len(image) / 1000:8.0f}"
    )
    return svg_ms + png_ms
