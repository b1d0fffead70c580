"""The address of the change feed."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.problems import FieldError, invalid_parameter
from requests_app.api.framework.schema import problems
from requests_app.api.v1 import changes
from requests_app.api.v1.base import V1View
from requests_app.api.v1.change_serializers import CHANGES, ChangePageSerializer, ChangesQuerySerializer
from requests_app.models.public_change import FOLLOWED


class ChangeFeed(V1View):
    """Lists what became public, changed, or isn’t public anymore, oldest first, so that a copy of the city’s requests stays
    exact. Store `cursor` and send it with the next call."""

    tag, operation_id, summary = "Requests", "listChanges", "List changes"
    query_class = ChangesQuerySerializer
    responses = {
        200: OpenApiResponse(ChangePageSerializer, "One page.", examples=[OpenApiExample("changes", value=CHANGES)]),
        **problems("invalid-cursor", "changes-expired"),
    }

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
        next_url = self.with_cursor(page.cursor, without=["since"]) if page.has_more else None
        response = Response({"results": page.results, "cursor": page.cursor, "next": next_url})
        if next_url:
            response["Link"] = f'<{next_url}>; rel="next"'
        return response
