"""Lists and details whose shape is plain: the document and the answers are made from the attributes of their views.

    class Categories(ListView):
        "Lists the groups of services, in the city’s order."

        tag, operation_id, summary = "Catalog", "listCategories", "List categories"
        serializer_class = CategoriesSerializer

        def get_queryset(self):
            return catalog.categories(self.jurisdiction)

The docstring is the operation's description. `query_class` checks the query, whose values are in `self.query`; the names in the
address are in `self.kwargs`. What else a view answers to, such as a POST, it says by @extend_schema.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.v1.base import PageQuerySerializer, V1View
from requests_app.core import paging
from requests_app.core.paging import Order, Page


class DetailView(V1View):
    """One object, or a 404 problem that get_object() raises."""

    def get_object(self) -> Any:
        raise NotImplementedError

    def get(self, request: Request, **names: Any) -> Response:
        return self.answer(self.get_object())


class ListView(V1View):
    """All of them, as `results`."""

    response_text = "The whole list."

    def get_queryset(self) -> Iterable[Any]:
        raise NotImplementedError

    def get(self, request: Request, **names: Any) -> Response:
        return self.answer({"results": self.get_queryset()})


class PageView(V1View):
    """One page of them by its cursor, with the addresses of the next and the previous one."""

    query_class = PageQuerySerializer
    response_text = "One page."
    problem_codes = ("invalid-cursor",)
    ordering: Order = [("id", "asc")]

    def get_queryset(self) -> Any:
        raise NotImplementedError

    def get_page(self) -> Page[Any]:
        return paging.page(self.get_queryset(), self.ordering, self.query["cursor"], self.query["limit"])

    def shown(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """Through the serializer. A long list, which costs too much that way, makes dictionaries of its own."""
        page = self.serializer_class(context={"view": self, "request": self.request})  # type: ignore[misc]
        listed: list[dict[str, Any]] = page.fields["results"].to_representation(rows)
        return listed

    def get(self, request: Request, **names: Any) -> Response:
        page = self.get_page()
        return self.paged({"results": self.shown(page.rows)}, page)
