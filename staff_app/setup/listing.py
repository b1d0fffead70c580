"""The list that every setup page uses: search, sort by column, key paging, empty states. Rendered by setup/_list.html."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

from requests_app.core.paging import Order, page_or_first_page

WORDS_MAX = 120
Text = str | Promise


@dataclass(frozen=True)
class Column:
    """label: its heading. sort: the database columns it sorts by, the last one unique; none: it can't be sorted by."""

    label: Text
    sort: Sequence[str] = ()
    is_number: bool = False


@dataclass(frozen=True)
class Listing:
    """rows: what `row_template` shows as `row`, one <tr> each, after describe() if given."""

    caption: Text
    columns: Sequence[dict[str, Any]]
    rows: Sequence[Any]
    row_template: str
    query: str
    has_search: bool
    pager: dict[str, str]
    empty: Text
    # The rest of the address, kept by the search form.
    kept: dict[str, str] = field(default_factory=dict)


def listing(
    request: HttpRequest,
    queryset: QuerySet[Any],
    *,
    caption: Text,
    columns: dict[str, Column],
    row_template: str,
    empty: Text,
    search: Sequence[str] = (),
    order: str = "",
    kept: dict[str, str] | None = None,
    describe: Callable[[list[Any]], Sequence[Any]] | None = None,
    size: int = 50,
) -> Listing:
    """One page of `queryset` as the address asks: ?q= words, ?sort= a column's name (with - from the end), ?cursor=.

    columns: by their name in the address. search: lookups without operator ("name", "email"); a row is found if one of them
    contains the words. order: the column to sort by at first, the first one if not given. describe: adds to the rows of the page
    what they show, in one query for all of them.
    """
    query = request.GET.get("q", "").replace("\x00", "").strip()[:WORDS_MAX]
    if query and search:
        condition = Q()
        for lookup in search:
            condition |= Q(**{f"{lookup}__icontains": query})
        queryset = queryset.filter(condition)
    sortable = {name: column for name, column in columns.items() if column.sort}
    chosen = request.GET.get("sort", "") or order or next(iter(sortable))
    if chosen.removeprefix("-") not in sortable:
        chosen = order or next(iter(sortable))
    name, direction = chosen.removeprefix("-"), "desc" if chosen.startswith("-") else "asc"
    keys: Order = [(key, direction) for key in sortable[name].sort]
    kept = kept or {}
    page = page_or_first_page(queryset, keys, request.GET.get("cursor"), size)

    def address(**changed: str) -> str:
        parameters = {"q": query, "sort": request.GET.get("sort", "") and chosen, **kept, **changed}
        return f"?{urlencode({key: value for key, value in parameters.items() if value})}"

    return Listing(
        caption=caption,
        columns=[
            {
                "label": column.label,
                "is_number": column.is_number,
                "sorted": {"asc": "ascending", "desc": "descending"}[direction] if code == name else "",
                "url": address(sort=f"-{code}" if code == name and direction == "asc" else code) if column.sort else "",
            }
            for code, column in columns.items()
        ],
        rows=describe(page.rows) if describe else page.rows,
        row_template=row_template,
        query=query,
        has_search=bool(search) and bool(query or page.rows),
        pager=page.urls(lambda cursor: address(cursor=cursor)),
        empty=empty,
        kept={**kept, **({"sort": chosen} if request.GET.get("sort") else {})},
    )
