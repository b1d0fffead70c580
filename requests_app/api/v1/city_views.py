"""The addresses of the city itself and of its figures."""

from typing import Any

from requests_app.api.v1 import statistics
from requests_app.api.v1.city_serializers import CitySerializer, StatisticsQuerySerializer, StatisticsSerializer
from requests_app.api.v1.generics import DetailView
from requests_app.models import Jurisdiction

TAG = "City"


class City(DetailView):
    """The city’s name, languages, time zone, phone numbers and limits."""

    tag, operation_id, summary, response_text = TAG, "getCity", "Get the city", "The city."
    serializer_class, keep_s = CitySerializer, 300

    def get_object(self) -> Jurisdiction:
        return self.jurisdiction


class Statistics(DetailView):
    """How many people said that it was fixed and that they were treated well, by service and month. Without parameters, the
    last six months."""

    tag, operation_id, summary, response_text = TAG, "getStatistics", "Get figures", "The figures."
    query_class, serializer_class = StatisticsQuerySerializer, StatisticsSerializer

    def get_object(self) -> dict[str, Any]:
        return statistics.statistics(self.jurisdiction, self.query["since"], self.query["until"])
