"""The addresses of the city itself and of its figures."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.v1 import statistics
from requests_app.api.v1.base import V1View
from requests_app.api.v1.city_serializers import CitySerializer, StatisticsQuerySerializer, StatisticsSerializer


class City(V1View):
    keep_s = 300

    @extend_schema(
        operation_id="getCity",
        tags=["City"],
        summary="Get the city",
        description="The city’s name, languages, time zone, phone numbers and limits.",
        request=None,
        responses=OpenApiResponse(CitySerializer, "The city."),
    )
    def get(self, request: Request) -> Response:
        return self.answer(self.jurisdiction)


class Statistics(V1View):
    @extend_schema(
        operation_id="getStatistics",
        tags=["City"],
        summary="Get figures",
        description="How many people said that it was fixed and that they were treated well, by service and month. "
        "Without parameters, the last six months.",
        parameters=[StatisticsQuerySerializer],
        request=None,
        responses=OpenApiResponse(StatisticsSerializer, "The figures."),
    )
    def get(self, request: Request) -> Response:
        return self.answer(statistics.statistics(self.jurisdiction, self.query["since"], self.query["until"]))
