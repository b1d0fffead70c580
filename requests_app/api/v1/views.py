"""v1's addresses as views. Each method's description is what it checks by, and what the OpenAPI document says."""

from typing import Any

from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.v1 import service_requests
from requests_app.api.v1.base import V1View
from requests_app.api.v1.operations import GEOJSON, JSON, Answer, Operation, fields_of, operation
from requests_app.api.v1.parameters import Choice, Circle, Integer, Parameter
from requests_app.api.v1.schemas import REQUEST_FIELDS
from requests_app.places.public_filter import WORDS_MAX

REQUEST_EXAMPLE = {
    "reference": "7K3M-9QWT",
    "status": "in_progress",
    "status_text": "Scheduled for Tuesday, June 3",
    "description": "A hole as big as a plate.",
    "lat": 40.5,
    "long": -69.0,
}
FORMAT = Choice(
    "format", "`geojson` answers GeoJSON (RFC 7946).", example="json", values=("json", "geojson"), default="json"
)
CURSOR = Parameter("cursor", "Where the page starts: from `next` or `previous` of another page.", most=400)
LIMIT = Integer(
    "limit", "How many of them.", default=service_requests.LIMIT, low=1, high=service_requests.LIMIT_MAX, example=20
)
FILTERS = (
    Parameter("q", "Words of the description, the address or the service.", example="pothole", most=WORDS_MAX),
    Parameter("category", "The code of a category.", example="streets", most=WORDS_MAX),
    Parameter("service", "The code of a service.", example="pothole", most=WORDS_MAX),
    Choice("status", "Only those that are open, or that have ended.", example="open", values=("open", "ended")),
    Parameter("area", "An area as `layer:code`.", example="ward:5", most=WORDS_MAX),
    Circle("near", "Around a place: `latitude,longitude,meters`.", example="40.5,-69.0,500"),
    Parameter("asset", "The number of one of the city’s assets.", example="L00417", most=WORDS_MAX),
    Choice("older", "`1`: also those that ended more than three months ago.", example="1", values=("1",)),
    Choice(
        "sort",
        "`changed`: the most recently updated first; otherwise the newest.",
        example="changed",
        values=("changed",),
    ),
)


class Requests(V1View):
    @operation(
        Operation(
            id="listRequests",
            tag="Requests",
            summary="List requests",
            words="What was reported lately and everything that is open, newest first, with the filters of the website.",
            query=(*FILTERS, CURSOR, LIMIT, fields_of(list(REQUEST_FIELDS)), FORMAT),
            answer=Answer(
                "RequestPage",
                "One page.",
                {"results": [REQUEST_EXAMPLE], "next": None, "previous": None},
                also={GEOJSON: "RequestFeatures"},
                headers=("Link",),
            ),
            problems=("invalid-cursor",),
        )
    )
    def get(self, request: Request) -> Response:
        found = service_requests.page(self.jurisdiction, self.query)
        listed = service_requests.rows(self.jurisdiction, found.rows, self.query["fields"])
        next_url, previous_url = service_requests.page_links(found, self.with_cursor)
        content_type, body = JSON, dict[str, Any](results=listed)
        if self.query["format"] == "geojson":
            content_type, body = GEOJSON, service_requests.geojson(listed, found.rows)
        response = Response({**body, "next": next_url, "previous": previous_url}, content_type=content_type)
        named = [("next", next_url), ("prev", previous_url)]
        if links := ", ".join(f'<{url}>; rel="{rel}"' for rel, url in named if url):
            response["Link"] = links
        return response

    def with_cursor(self, cursor: str) -> str:
        query = QueryDict(mutable=True)
        query.update(self.request.query_params.dict())
        query["cursor"] = cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")


class OneRequest(V1View):
    @operation(
        Operation(
            id="getRequest",
            tag="Requests",
            summary="Get a request",
            words="One request with its timeline, areas and public answers. Of one that waits for review, only its status is "
            "public. A private request is the same 404 as one that doesn’t exist.",
            answer=Answer("Request", "The request."),
        )
    )
    def get(self, request: Request, reference: str) -> Response:
        found = service_requests.find(self.jurisdiction, reference)
        return Response(service_requests.one(self.jurisdiction, found))
