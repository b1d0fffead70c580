"""Counts by map cell: right as soon as a change is committed, no matter who made it, and about public requests only."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from requests_app.actions.figures import map_cells
from requests_app.actions.privacy import erasures
from requests_app.actions.publication import moderation
from requests_app.actions.routing import place_corrections
from requests_app.actions.work import assignment, endings, reopenings
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, MapCell, MapCellDelta, OutboxRow, Person, PublicState, ServiceRequest
from requests_app.models.map_cells import ALL_MONTHS, GRIDS, MONTHS_GRID
from requests_app.places import tiles
from requests_app.places.public_filter import PublicFilter
from requests_app.worker import tasks
from tests import factories, vector_tile
from tests.pages import tile_at

pytestmark = pytest.mark.django_db
FAR = (-68.9, 40.6)


def counted(city: Jurisdiction, place: tuple[float, float] = factories.ELM_ST, z: int = 12, **query: str) -> int:
    tile = tiles.Tile(z, *tile_at(z, *place))
    mvt = tiles.request_tile(PublicFilter(city, query), tile, "en", "UTC")
    return sum(cell["n"] for cell in vector_tile.read(mvt).get("cells", []))


def pothole(cast: factories.Rivermark, **options: Any) -> ServiceRequest:
    return factories.routed(cast.pothole, answers={"where": "lane"}, **options)


@pytest.fixture(params=["not folded", "folded"])
def fold(request: pytest.FixtureRequest) -> Any:
    """Counts are the same before and after the worker folded them in."""
    return map_cells.fold if request.param == "folded" else lambda: None


def test_every_action_moves_its_request(cast: factories.Rivermark, fold: Any) -> None:
    city, made = cast.city, pothole(cast)
    pothole(cast)

    def states(place: tuple[float, float] = factories.ELM_ST) -> tuple[int, ...]:
        fold()
        assert map_cells.recount() == 0
        return (
            counted(city, place),
            counted(city, place, status="open"),
            counted(city, place, service="pothole"),
            counted(city, place, service="tree"),
        )

    assert states() == (2, 2, 2, 0)
    moderation.hide(made.pk, reason="abuse", actor=cast.pia)
    assert states() == (1, 1, 1, 0)
    moderation.publish(made.pk, actor=cast.pia)
    assert states() == (2, 2, 2, 0)
    moderation.send_to_review(made.pk, reason="link")
    assert states() == (1, 1, 1, 0)
    moderation.approve(made.pk, actor=cast.pia)
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=cast.tom)
    assert states() == (2, 1, 2, 0)
    reopenings.reopen(made.pk, text="Still there.", actor=cast.tom)
    assert states() == (2, 2, 2, 0)
    assignment.change_service(made.pk, version=cast.tree, actor=cast.tom)
    assert states() == (2, 2, 1, 1)
    place_corrections.correct_place(made.pk, point=factories.at(*FAR), address="", note="", actor=cast.tom)
    assert states() == (1, 1, 1, 0)
    assert states(FAR) == (1, 1, 0, 1)
    assignment.change_service(made.pk, version=cast.outreach, actor=cast.tom)
    assert states(FAR) == (0, 0, 0, 0)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("state", [state for state in PublicState if state != PublicState.PUBLIC])
@pytest.mark.parametrize("z", [8, 11, 14])
def test_what_is_not_public_is_in_no_count(cast: factories.Rivermark, fold: Any, state: PublicState, z: int) -> None:
    made = pothole(cast)
    fold()
    ServiceRequest.objects.filter(pk=made.pk).update(public_state=state, is_test=state == "test")
    fold()
    assert counted(cast.city, z=z, older="1") == 0


def test_what_is_deleted_is_in_no_count(cast: factories.Rivermark, fold: Any) -> None:
    made = pothole(cast)
    fold()
    copy = ServiceRequest.objects.get(pk=made.pk)
    copy.pk, copy.reference = None, "00000001"
    copy.save(force_insert=True)
    fold()
    assert counted(cast.city) == 2
    copy.delete()
    fold()
    assert counted(cast.city) == 1


@pytest.mark.sampled(3)
@pytest.mark.parametrize("z", range(8, 15))
def test_every_zoom_counts_all_of_a_tile_and_nothing_else(cast: factories.Rivermark, fold: Any, z: int) -> None:
    tile = tiles.Tile(z, *tile_at(z, *factories.ELM_ST))
    west, south, east, north = tile.degrees
    inside = [(west, north), (west, south + 1e-7), (east - 1e-7, north), ((west + east) / 2, (south + north) / 2)]
    outside = [(east, north), (west, south), (west - 1e-7, north), (east + 1, north + 1)]
    made = pothole(cast)
    copies = []
    for number, place in enumerate([*inside, *outside]):
        copy = ServiceRequest.objects.get(pk=made.pk)
        copy.pk, copy.reference, copy.public_point = None, f"{number:08d}", factories.at(*place)
        copies.append(copy)
    ServiceRequest.objects.bulk_create(copies)
    ServiceRequest.objects.filter(pk=made.pk).update(public_point=None)
    fold()
    assert counted(cast.city, z=z) == len(inside)


def test_closed_requests_of_earlier_months_are_counted_with_older(cast: factories.Rivermark, fold: Any) -> None:
    made = pothole(cast)
    ServiceRequest.objects.filter(pk=made.pk).update(submitted_at=dt.datetime(2011, 8, 28, tzinfo=dt.UTC))
    fold()
    assert counted(cast.city) == 1, "open ones whatever their age"
    ServiceRequest.objects.filter(pk=made.pk).update(status="closed", disposition="fixed")
    fold()
    assert [counted(cast.city), counted(cast.city, older="1")] == [0, 1]
    assert [counted(cast.city, status="ended"), counted(cast.city, status="ended", older="1")] == [0, 1]
    assert counted(cast.city, status="open", older="1") == 0


def test_a_drain_folds_them_in(cast: factories.Rivermark) -> None:
    pothole(cast)
    assert MapCellDelta.objects.exists()
    tasks.drain("database")
    assert not MapCellDelta.objects.exists()
    rows = MapCell.objects.filter(requests__gt=0)
    of_all = {(grid, ALL_MONTHS, True) for grid in GRIDS}
    this_month = app_now().date().replace(day=1)
    assert {(row.grid, row.month, row.is_open) for row in rows} == of_all | {(MONTHS_GRID, this_month, True)}


def test_more_than_one_batch_is_folded(cast: factories.Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_cells, "FOLDED_AT_ONCE", 2)
    for _ in range(5):
        pothole(cast)
    map_cells.fold()
    assert not MapCellDelta.objects.exists()
    assert counted(cast.city) == 5


def test_a_recount_corrects_what_a_lost_change_left_wrong(cast: factories.Rivermark) -> None:
    pothole(cast)
    endings.resolve(pothole(cast).pk, disposition="fixed", text="Done.", actor=cast.tom)
    map_cells.fold()
    MapCell.objects.filter(grid=15).update(requests=7)
    MapCell.objects.filter(grid=13).delete()
    MapCellDelta.objects.create(
        jurisdiction=cast.city, service_id=cast.tree.service_id, is_open=True, month=ALL_MONTHS, cell=5, requests=3
    )
    assert map_cells.recount() > 0
    map_cells.fold()
    assert map_cells.recount() == 0
    assert [counted(cast.city, z=z) for z in (8, 11, 14)] == [2, 2, 2]
    assert MapCell.objects.filter(cell=5).aggregate(n=Sum("requests"))["n"] in (None, 0)


def test_the_first_count_after_the_migration_is_the_workers(cast: factories.Rivermark) -> None:
    pothole(cast)
    MapCellDelta.objects.all().delete()
    assert counted(cast.city) == 0
    OutboxRow.objects.create(kind="recount_map", lane="database", dedupe_key="recount_map")
    tasks.drain("database")
    assert counted(cast.city) == 1


def test_months_that_nobody_asks_for_any_more_are_pruned(cast: factories.Rivermark) -> None:
    endings.resolve(pothole(cast).pk, disposition="fixed", text="Done.", actor=cast.tom)
    map_cells.fold()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_mapcell SET month = month - interval '1 year' WHERE month > '1970-01-01'")
    map_cells.recount()
    long_ago = MapCell.objects.filter(month__gt=ALL_MONTHS, month__lt=dt.date.today() - dt.timedelta(days=150))
    assert not long_ago.exclude(grid=MONTHS_GRID).exists()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE requests_app_mapcell SET month = month - interval '2 years' WHERE month > '1970-01-01'")
    map_cells.recount()
    assert not MapCell.objects.filter(month__gt=ALL_MONTHS, month__lt=dt.date.today() - dt.timedelta(days=760)).exists()
    assert not MapCell.objects.filter(requests=0).exists()


def test_what_one_erases_leaves_the_map(cast: factories.Rivermark, fold: Any) -> None:
    made = pothole(cast)
    fold()
    person = made.participations.get().person
    Person.objects.filter(pk=person.pk).update(erased_at=app_now())
    erasures.erase_request(made.pk, person_id=person.pk)
    fold()
    assert counted(cast.city, older="1") == 0
    assert map_cells.recount() == 0


def test_a_report_needs_no_right_on_the_counts(cast: factories.Rivermark) -> None:
    """Between migrate and create_roles the web role has none, and no report may fail."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosecdef FROM pg_proc WHERE proname LIKE 'map_cells_%'")
        assert dict(cursor.fetchall()) == {
            "map_cells_added": True,
            "map_cells_changed": True,
            "map_cells_removed": True,
        }
