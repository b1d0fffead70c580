"""Keyset pagination for pages and APIs: a page starts after the last row of the previous page, never at an OFFSET.

A cursor is opaque and signed. It holds the key of a row and a direction.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import IntegerField, Model, Q, QuerySet, Value

M = TypeVar("M", bound=Model)
# Columns with "asc" or "desc"; the last one must be unique. NULLs sort as in PostgreSQL: last ascending, first
# descending.
Order = Sequence[tuple[str, str]]
# Before a cursor; no signed text begins with it, since what is signed is a JSON list.
REVERSED = "-"
FIRST_SEGMENTS = 4
NO_ROWS = Q(pk__in=[])


class BadCursor(ValueError):
    """The cursor was tampered with or belongs to another order."""


@dataclass(frozen=True)
class Page(Generic[M]):
    rows: list[M]
    next_cursor: str | None
    previous_cursor: str | None
    order: Order = ()

    def cursor_of(self, row: M) -> str:
        """A cursor that starts after one of its rows; reversed_cursor() of it, before the row."""
        return _write(row, self.order, backward=False)

    def urls(self, address: Callable[[str], str] = "?cursor={}".format) -> dict[str, str]:
        """The context of _pager.html. address: builds a page's URL from a cursor."""
        return {
            "previous_url": address(self.previous_cursor) if self.previous_cursor else "",
            "next_url": address(self.next_cursor) if self.next_cursor else "",
        }


def reversed_cursor(cursor: str) -> str:
    """The same place, in the other direction."""
    return cursor.removeprefix(REVERSED) if cursor.startswith(REVERSED) else f"{REVERSED}{cursor}"


def page_or_first_page(queryset: QuerySet[M], order: Order, cursor: str | None, size: int = 50) -> Page[M]:
    """For HTML pages: an invalid cursor shows the first page."""
    try:
        return page(queryset, order, cursor, size)
    except BadCursor:
        return page(queryset, order, None, size)


def page(queryset: QuerySet[M], order: Order, cursor: str | None = None, size: int = 50) -> Page[M]:
    """One page of `queryset` in `order`, after (or before) the row that `cursor` names. Raises BadCursor."""
    backward, key = _read(cursor, order, queryset.model)
    rows_after = queryset if key is None else queryset.filter(_beyond(queryset.model, order, key, backward))
    rows = list(rows_after.order_by(*_columns(order, backward))[: size + 1])
    return _page(rows, order, size, backward=backward, came_from=key is not None)


def page_of_segments(
    segments: Sequence[QuerySet[M]], order: Order, cursor: str | None = None, size: int = 50, *, fetch: QuerySet[M]
) -> Page[M]:
    """One page of several segments, one after the other, each in `order`: urgent rows first, for example. Raises BadCursor.

    Segments must not overlap. Each reads at most one page by its own index; `fetch` then loads the rows. The first ones are read in
    one query, and the others in a second one unless the page is full: to plan a segment costs more than to read it.
    """
    model = fetch.model
    turns: Order = [("turn", "asc"), *order]
    backward, key = _read(cursor, turns, model)
    names = [name for name, _ in turns]
    numbered = [
        (turn, segment)
        for turn, segment in enumerate(segments)
        if key is None or ((turn <= key[0]) if backward else (turn >= key[0]))
    ]
    if backward:
        numbered.reverse()
    keys: dict[Any, dict[str, Any]] = {}
    for some in (numbered[:FIRST_SEGMENTS], numbered[FIRST_SEGMENTS:]):
        if len(keys) > size:
            break
        parts = []
        for turn, segment in some:
            if key is not None and turn == key[0]:
                segment = segment.filter(_beyond(model, order, key[1:], backward))  # noqa: PLW2901
            annotated = segment.annotate(turn=Value(turn, IntegerField())).order_by(*_columns(order, backward))
            parts.append(annotated.values(*names)[: size + 1])
        if parts:
            for row in _one_after_another(parts, _columns(turns, backward))[: size + 1 - len(keys)]:
                keys.setdefault(row[names[-1]], row)
    turn_of = {unique: row_key["turn"] for unique, row_key in keys.items()}
    return _page(_loaded(fetch, turns, turn_of), turns, size, backward=backward, came_from=key is not None)


def page_of_keys(
    keys: Iterable[Sequence[Any]], order: Order, cursor: str | None, size: int, *, fetch: QuerySet[M]
) -> Page[M]:
    """One page of rows whose keys are known: of each its turn, then its values in `order`. The pages and cursors are those of
    page_of_segments(), for rows that one statement has found and that are few enough to be sorted here. Raises BadCursor."""
    turns: Order = [("turn", "asc"), *order]
    backward, after = _read(cursor, turns, fetch.model)
    ordered = list(keys)
    if after is not None:
        ordered = [
            key for key in ordered if (_is_before(key, after, turns) if backward else _is_before(after, key, turns))
        ]
    # From the last column to the first, since sort() keeps the order of what is equal.
    for place, (_name, direction) in reversed(list(enumerate(turns))):
        ordered.sort(key=partial(_last_if_null, place=place), reverse=(direction == "desc") != backward)
    turn_of = {key[-1]: key[0] for key in ordered[: size + 1]}
    return _page(_loaded(fetch, turns, turn_of), turns, size, backward=backward, came_from=after is not None)


def _last_if_null(key: Sequence[Any], *, place: int) -> tuple[bool, Any]:
    return key[place] is None, key[place]


def _is_before(key: Sequence[Any], other: Sequence[Any], order: Order) -> bool:
    for own, others, (_name, direction) in zip(key, other, order, strict=True):
        if own != others:
            is_less = others is None or (own is not None and own < others)
            return is_less == (direction == "asc")
    return False


def _loaded(fetch: QuerySet[M], turns: Order, turn_of: Mapping[Any, int]) -> list[M]:
    """The rows with these unique values, in this order, each with its turn."""
    unique = turns[-1][0]
    found = {getattr(row, unique): row for row in fetch.filter(**{f"{unique}__in": list(turn_of)})} if turn_of else {}
    for value, row in found.items():
        row.turn = turn_of[value]  # type: ignore[attr-defined]
    return [found[value] for value in turn_of if value in found]


def _one_after_another(parts: list[QuerySet[M, dict[str, Any]]], columns: list[str]) -> QuerySet[M, dict[str, Any]]:
    first, *rest = parts
    return first.union(*rest, all=True).order_by(*columns) if rest else first


def _page(rows: list[M], order: Order, size: int, *, backward: bool, came_from: bool) -> Page[M]:
    more = len(rows) > size
    rows = rows[:size]
    if backward:
        rows.reverse()
    # There is always a page on the side we came from; on the other side, if an extra row was found.
    has_next, has_previous = (came_from, more) if backward else (more, came_from)
    return Page(
        rows,
        _write(rows[-1], order, backward=False) if rows and has_next else None,
        _write(rows[0], order, backward=True) if rows and has_previous else None,
        order,
    )


def _columns(order: Order, backward: bool) -> list[str]:
    return [name if (direction == "asc") != backward else f"-{name}" for name, direction in order]


def _nullable(model: type[Model], name: str) -> bool:
    """Also if a row that the name leads to may be missing: owner__name."""
    step, _, rest = name.partition("__")
    try:
        field = model._meta.get_field(step)
    except FieldDoesNotExist:
        return False
    related = field.related_model
    is_further = bool(rest) and isinstance(related, type) and issubclass(related, Model) and _nullable(related, rest)
    return bool(getattr(field, "null", False)) or is_further


def _value(row: Model, name: str) -> Any:
    """The column that the name sorts by: of a foreign key its id, not the row it leads to; of owner__name, the owner's name."""
    step, _, rest = name.partition("__")
    if rest:
        related = getattr(row, step)
        return None if related is None else _value(related, rest)
    try:
        return getattr(row, getattr(row._meta.get_field(step), "attname", step))
    except FieldDoesNotExist:
        # An annotation.
        return getattr(row, step)


def _beyond(model: type[Model], order: Order, key: Sequence[Any], backward: bool) -> Q:
    """Matches the rows after `key` (before it when going backward)."""
    beyond = NO_ROWS
    for (name, direction), value in reversed(list(zip(order, key, strict=True))):
        up = (direction == "asc") != backward
        if value is None:
            further = NO_ROWS if up else Q(**{f"{name}__isnull": False})
            same = Q(**{f"{name}__isnull": True})
        else:
            further = Q(**{f"{name}__{'gt' if up else 'lt'}": value})
            if up and _nullable(model, name):
                further |= Q(**{f"{name}__isnull": True})
            same = Q(**{name: value})
        beyond = further | (same & beyond)
    (name, direction), value = order[0], key[0]
    up = (direction == "asc") != backward
    if value is not None and not (up and _nullable(model, name)):
        # Redundant, but lets PostgreSQL start at the key in the index, which an OR alone would not.
        beyond &= Q(**{f"{name}__{'gte' if up else 'lte'}": value})
    return beyond


def _salt(order: Order, model: type[Model]) -> str:
    return f"paging:{model._meta.label_lower}:" + ",".join(f"{name} {direction}" for name, direction in order)


def _write(row: Model, order: Order, *, backward: bool) -> str:
    key = [_value(row, name) for name, _ in order]
    packed = [{"t": value.isoformat()} if isinstance(value, dt.date) else value for value in key]
    return signing.Signer(salt=_salt(order, type(row))).sign_object([int(backward), *packed])


def _read(cursor: str | None, order: Order, model: type[Model]) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    is_reversed = cursor.startswith(REVERSED)
    try:
        backward, *packed = signing.Signer(salt=_salt(order, model)).unsign_object(cursor.removeprefix(REVERSED))
    except signing.BadSignature as error:
        raise BadCursor from error
    return bool(backward) != is_reversed, [
        _moment(value["t"]) if isinstance(value, dict) else value for value in packed
    ]


def _moment(text: str) -> dt.date:
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
