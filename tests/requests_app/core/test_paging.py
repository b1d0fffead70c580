"""Keyset pagination: every row once, in both directions, even if rows are added meanwhile."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from requests_app.core.paging import BadCursor, Order, Page, page, page_of_keys, page_of_segments
from requests_app.models import Article, ContactPoint, Jurisdiction, Person, User

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 6, 3, 12, tzinfo=dt.UTC)
UP: Order = [("verified_at", "asc"), ("id", "asc")]
DOWN: Order = [("verified_at", "desc"), ("id", "desc")]


@pytest.fixture
def points() -> list[ContactPoint]:
    """Ten rows: three without a time, and two with the same time."""
    city = Jurisdiction.objects.create(name="Rivermark", jurisdiction_id="rivermark.example", languages=["en"])
    person = Person.objects.create(jurisdiction=city)
    hours = [3, None, 1, 2, None, 2, 5, 4, None, 6]
    return [
        ContactPoint.objects.create(
            person=person,
            kind="email",
            value=f"{number}@example.org",
            normalized=f"{number}@example.org",
            verified_at=None if hour is None else NOON + dt.timedelta(hours=hour, microseconds=number),
        )
        for number, hour in enumerate(hours)
    ]


def every() -> QuerySet[ContactPoint]:
    return ContactPoint.objects.all()


@pytest.mark.parametrize("order", [UP, DOWN, [("verified_at", "asc"), ("id", "desc")], [("id", "desc")]])
@pytest.mark.parametrize("size", [1, 3, 10, 11])
def test_forward_and_back_show_each_row_once_in_order(points: list[ContactPoint], order: Order, size: int) -> None:
    expected = list(every().order_by(*(name if way == "asc" else f"-{name}" for name, way in order)))
    seen: list[ContactPoint] = []
    pages: list[Page[ContactPoint]] = []
    cursor = None
    while True:
        pages.append(page(every(), order, cursor, size))
        seen += pages[-1].rows
        cursor = pages[-1].next_cursor
        if cursor is None:
            break
    assert seen == expected
    assert pages[0].previous_cursor is None
    back = pages[-1]
    for earlier in reversed(pages[:-1]):
        assert back.previous_cursor
        back = page(every(), order, back.previous_cursor, size)
        assert back.rows == earlier.rows
    assert back.previous_cursor is None


@pytest.mark.parametrize("way", ["asc", "desc"])
@pytest.mark.parametrize("name", ["owner", "owner__name"])
def test_an_order_by_a_foreign_key_or_by_what_it_leads_to(points: list[ContactPoint], name: str, way: str) -> None:
    city = points[0].person.jurisdiction
    owners = [User.objects.create(email=f"{name}@example.org", name=name) for name in ("Zoe", "Abe")]
    for number, owner in enumerate([owners[0], None, owners[1], owners[0], None]):
        Article.objects.create(jurisdiction=city, code=str(number), title={}, body={}, owner=owner)
    order: Order = [(name, way), ("id", way)]
    expected = list(Article.objects.order_by(*(name if way == "asc" else f"-{name}" for name, way in order)))
    pages = [page(Article.objects.all(), order, None, 2)]
    while pages[-1].next_cursor:
        pages.append(page(Article.objects.all(), order, pages[-1].next_cursor, 2))
    assert [row for one in pages for row in one.rows] == expected
    assert page(Article.objects.all(), order, pages[1].previous_cursor, 2).rows == pages[0].rows


def test_a_row_that_comes_in_meanwhile_repeats_none(points: list[ContactPoint]) -> None:
    first = page(every(), [("id", "desc")], None, 5)
    ContactPoint.objects.create(person=points[0].person, kind="phone", value="1", normalized="1")
    second = page(every(), [("id", "desc")], first.next_cursor, 5)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}
    assert len(second.rows) == 5


def test_a_cursor_of_another_order_or_a_changed_one_is_refused(points: list[ContactPoint]) -> None:
    cursor = page(every(), UP, None, 3).next_cursor
    assert cursor
    for wrong in (cursor[:-1] + ("A" if cursor[-1] != "A" else "B"), "nonsense", "1"):
        with pytest.raises(BadCursor):
            page(every(), UP, wrong, 3)
    with pytest.raises(BadCursor):
        page(every(), DOWN, cursor, 3)


def by_segments(
    segments: list[QuerySet[ContactPoint]], order: Order, cursor: str | None, size: int
) -> Page[ContactPoint]:
    return page_of_segments(segments, order, cursor, size, fetch=every())


def by_keys(segments: list[QuerySet[ContactPoint]], order: Order, cursor: str | None, size: int) -> Page[ContactPoint]:
    keys = [(turn, row.verified_at, row.pk) for turn, segment in enumerate(segments) for row in segment.order_by("?")]
    return page_of_keys(keys, order, cursor, size, fetch=every())


@pytest.mark.parametrize("paged", [by_segments, by_keys])
@pytest.mark.parametrize("order", [UP, DOWN])
@pytest.mark.parametrize("size", [1, 2, 4, 10])
def test_segments_follow_one_another_as_one_list(
    points: list[ContactPoint], size: int, order: Order, paged: Callable[..., Page[ContactPoint]]
) -> None:
    segments = [
        every().filter(pk__in=[points[6].pk, points[8].pk]),
        every().filter(verified_at=None, pk__lt=points[8].pk),
    ]
    taken = [row.pk for segment in segments for row in segment]
    segments += [every().none(), every().exclude(pk__in=taken)]
    columns = [name if way == "asc" else f"-{name}" for name, way in order]
    expected = [row.pk for segment in segments for row in segment.order_by(*columns)]
    seen: list[int] = []
    shown: list[list[int]] = []
    cursor = None
    for _ in range(2 * len(points)):
        found = paged(segments, order, cursor, size)
        shown.append([row.pk for row in found.rows])
        seen += shown[-1]
        if found.next_cursor is None:
            break
        cursor = found.next_cursor
    assert seen == expected
    for earlier in reversed(shown[:-1]):
        found = paged(segments, order, found.previous_cursor, size)
        assert [row.pk for row in found.rows] == earlier


def test_segments_cost_two_queries_however_many_rows(
    points: list[ContactPoint], django_assert_num_queries: pytest.FixtureRequest
) -> None:
    segments = [every().filter(verified_at=None), every().exclude(verified_at=None)]
    for size in (2, 20):
        with django_assert_num_queries(2):
            page_of_segments(segments, UP, None, size, fetch=every())
    # The last of many are read only if the first ones don't fill the page.
    nothing = every().filter(pk=0)
    many = [nothing, nothing, every().filter(verified_at=None), nothing, *segments[1:]]
    for size, queries in ((2, 2), (4, 3)):
        with django_assert_num_queries(queries):
            assert len(page_of_segments(many, UP, None, size, fetch=every()).rows) == size


def test_a_cursor_is_the_same_at_any_time(points: list[ContactPoint], monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a page's tag stays the same while its rows do."""
    first = page(every(), UP, None, 3).next_cursor
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert page(every(), UP, None, 3).next_cursor == first
