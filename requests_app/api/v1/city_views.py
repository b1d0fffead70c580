"""The addresses of the city itself and of its figures."""

from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.parameters import Month
from requests_app.api.v1 import city, examples
from requests_app.api.v1.base import V1View
from requests_app.api.v1.operations import Answer, Operation, operation


class City(V1View):
    keep_s = 300

    @operation(
        Operation(
            id="getCity",
            tag="City",
            summary="Get the city",
            description="The city’s name, languages, time zone, phone numbers and limits.",
            answer=Answer("City", "The city.", examples.CITY),
        )
    )
    def get(self, request: Request) -> Response:
        return Response(city.city(self.jurisdiction))


class Statistics(V1View):
    @operation(
        Operation(
            id="getStatistics",
            tag="City",
            summary="Get figures",
            description="How many people said that it was fixed and that they were treated well, by service and month. "
            "Without parameters, the last six months.",
            query=(
                Month("since", "The first month.", example="2026-01"),
                Month("until", "The last month, at most 24 months later.", example="2026-06"),
            ),
            answer=Answer("Statistics", "The figures.", examples.STATISTICS),
        )
    )
    def get(self, request: Request) -> Response:
        return Response(city.statistics(self.jurisdiction, self.query["since"], self.query["until"]))
