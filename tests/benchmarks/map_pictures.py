"""What map pictures cost on Rivermark's own layers: bin/test tests/benchmarks/map_pictures.py -s.

In milliseconds of CPU of a quiet core (quiet.py), application and database: SVGs as pages show them, PNGs of a report as emails
show them, and cards for social media. Each is drawn again each time, from layers in memory; "kept" is from the cache.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from requests_app.imports.layers import import_layers
from requests_app.imports.progress import Silent
from requests_app.management.commands.load_demo import RIVERMARK
from requests_app.models import Area, Jurisdiction
from requests_app.places import map_picture_links
from requests_app.web.explore.map_pictures import SUBJECTS, drawn
from tests import factories
from tests.benchmarks.quiet import Sample, median, sample

ROUNDS = 15
# For a picture; and for a card, which has four times as many pixels and a photo or numbers besides its map.
MOST_MS, MOST_CARD_MS = 60, 250


@dataclass
class Picture:
    name: str
    draw: Callable[[], Any]
    size: int
    most: int
    path: str
    samples: list[Sample] = field(default_factory=list)
    kept: list[Sample] = field(default_factory=list)


@pytest.fixture
def city(db: None) -> Jurisdiction:
    cast = factories.mapped_rivermark()
    import_layers(cast.city, RIVERMARK / "layers", RIVERMARK / "layers.yml", progress=Silent())
    for n in range(30):
        factories.report(cast.tree, point=factories.at(-69.0 + n % 6 * 0.0005, 40.496 + n // 6 * 0.0004))
    return Jurisdiction.objects.get(pk=cast.city.pk)


def test_pictures_are_quick(city: Jurisdiction, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = list(_pictures(city, client))
    for _ in range(ROUNDS):
        for one in pictures:
            one.samples.append(sample(one.draw))
    for one in pictures:
        client.get(one.path)
        one.kept = [sample(partial(client.get, one.path)) for _ in range(ROUNDS)]
    slow = []
    with capsys.disabled():
        print(f"\n{'':24}{'database':>9}{'app':>7}{'sum':>7}{'kept':>7}{'kB':>6}{'counted':>9}")
        for one in pictures:
            database, application, counted = median(one.samples)
            total, kept = database + application, sum(median(one.kept)[:2])
            print(
                f"{one.name:24}{database:9.0f}{application:7.0f}{total:7.0f}{kept:7.0f}{one.size / 1000:6.0f}{counted:9}"
            )
            if total > one.most:
                slow.append(f"{one.name}: {total:.0f} ms")
    assert not slow


def _pictures(city: Jurisdiction, client: Client) -> Any:
    report = factories.report(factories.service(city, "bench"), point=factories.at(-69.0, 40.496))
    area = Area.objects.filter(is_ours=True).first()
    assert area is not None
    here = map_picture_links.of_report(report)
    on_pages = {
        here: ("small", "medium"),
        map_picture_links.of_report(report, with_neighbors=True): ("small", "medium"),
        map_picture_links.of_place(factories.at(-69.0, 40.496)): ("small", "medium"),
        map_picture_links.of_area(area): ("small", "medium"),
        map_picture_links.of_service(report.service): ("small", "medium"),
        map_picture_links.NEWEST: ("small", "medium"),
        map_picture_links.CITY: ("small", "wide"),
        map_picture_links.BACKDROP: ("wide",),
    }
    for subject, sizes in on_pages.items():
        for size in sizes:
            yield _picture(city, subject, size, "svg")
    for size in ("small", "medium"):
        yield _picture(city, here, size, "png")
    period = f"{report.submitted_at:%Y-%m}"
    for name, path in {
        "card of a report": reverse("requests_app:share_card", args=[report.reference]),
        "card of an area": reverse("requests_app:area_year_card", args=[area.layer, area.code, period]),
    }.items():
        yield Picture(name, partial(_asked_anew, client, path), len(client.get(path).content), MOST_CARD_MS, path)


def _picture(city: Jurisdiction, subject: str, size: str, ending: str) -> Picture:
    kind, _slash, which = subject.partition("/")
    found = SUBJECTS[kind](city, which, *map_picture_links.SIZES[size])
    assert found is not None

    def draw() -> bytes:
        cache.clear()
        return drawn(city, *found, ending=ending, dark=False, is_plain=kind == map_picture_links.BACKDROP)

    path = map_picture_links.path(subject, size, ending)
    return Picture(f"{kind}, {size}, {ending}", draw, len(draw()), MOST_MS, path)


def _asked_anew(client: Client, path: str) -> None:
    cache.clear()
    assert client.get(path).status_code == 200
