"""The address of the change feed."""

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.parameters import Integer
from requests_app.api.framework.problems import FieldError, invalid_parameter
from requests_app.api.v1 import changes, examples
from requests_app.api.v1.base import CURSOR, LIMIT_MAX, V1View
from requests_app.api.v1.moments import MomentOrNow
from requests_app.api.v1.operations import Answer, Operation, fields_of, operation
from requests_app.models.public_change import FOLLOWED

SINCE = MomentOrNow(
    "since",
    "Changes from this moment on, at most 90 days ago: a time, a day, or `now` for a cursor without changes. Defaults to "
    "all that are kept.",
    example="now",
)
LIMIT = Integer("limit", "How many changes to read.", default=100, low=1, high=LIMIT_MAX, example=100)


class ChangeFeed(V1View):
    @operation(
        Operation(
            id="listChanges",
            tag="Requests",
            summary="List changes",
            description="Lists what became public, changed, or isn’t public anymore, oldest first, so that a copy of the "
            "city’s requests stays exact. Store `cursor` and send it with the next call.",
            query=(SINCE, CURSOR, LIMIT, fields_of(list(FOLLOWED))),
            answer=Answer("ChangePage", "One page.", examples.CHANGES, headers=("Link",)),
            problems=("invalid-cursor", "changes-expired"),
        )
    )
    def get(self, request: Request) -> Response:
        if self.query["cursor"] and self.query["since"]:
            raise invalid_parameter([FieldError("since", "invalid", _("Send either since or cursor."))])
        page = changes.page(
            self.jurisdiction,
            cursor=self.query["cursor"],
            since=self.query["since"],
            limit=self.query["limit"],
            fields=self.query["fields"] or list(FOLLOWED),
        )
        next_url = self._next(page.cursor) if page.has_more else None
        response = Response({"results": page.results, "cursor": page.cursor, "next": next_url})
        if next_url:
            response["Link"] = f'<{next_url}>; rel="next"'
        return response

    def _next(self, cursor: str) -> str:
        query = QueryDict(mutable=True)
        query.update({**self.request.query_params.dict(), "cursor": cursor})
        query.pop("since", None)
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")
