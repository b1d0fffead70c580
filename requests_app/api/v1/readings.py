"""Readings of sensors: each is added up on its sensor's request, or opens it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.actions.programs import readings
from requests_app.actions.programs.readings import Taken
from requests_app.actions.report.submission import Refused
from requests_app.api.framework.parsers import JSONParser
from requests_app.api.framework.problems import FieldError, Problem, invalid_body
from requests_app.api.framework.throttling import CallThrottle, ReadingThrottle
from requests_app.api.v1.base import V1View
from requests_app.api.v1.reading_serializers import ALARM, NORMAL, NewReadingSerializer, ReadingSerializer
from requests_app.models import ApiKey
from requests_app.models.api_key import Scope


class Readings(V1View):
    tag = "Reporting"
    parser_classes = [JSONParser]
    required_scopes = [Scope.READINGS]
    throttle_classes = [CallThrottle, ReadingThrottle]

    @extend_schema(
        operation_id="sendReading",
        summary="Send a sensor’s reading",
        description="The first reading outside the sensor’s limits opens a request; further ones are added up on it. A "
        "person closes it. The key’s sensors and their limits are set up by the city. Send several readings with "
        "`POST /api/v1/batches/`.",
        request=NewReadingSerializer,
        responses=OpenApiResponse(ReadingSerializer, "The reading was taken."),
    )
    def post(self, request: Request) -> Response:
        return self.answer(take(self.key, self.validated(request.data)))


def take(key: ApiKey, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What became of a reading. Raises a 422 problem."""
    try:
        taken = readings.take(key, **sent)
    except readings.UnknownSensor:
        message = _("This key has no sensor for %(measure)s at %(asset)s.") % {
            "measure": sent["measure"],
            "asset": sent["asset"],
        }
        raise invalid_body([FieldError("asset", "unknown-value", message)]) from None
    except readings.OutOfTime:
        message = _("at must be within the last day, and not in the future. Check the device’s clock.")
        raise invalid_body([FieldError("at", "invalid", message)]) from None
    except Refused as error:
        # The service isn't offered anymore, or the asset lies outside of the city.
        raise Problem("conflict", _("The city can’t take this sensor’s reports: %(why)s") % {"why": error}) from None
    return _answer(taken)


def _answer(taken: Taken) -> dict[str, Any]:
    service_request = taken.service_request
    return {
        "state": ALARM if taken.is_alarm else NORMAL,
        "reference": service_request.display_reference if service_request is not None else None,
        "is_new": taken.is_new,
        "is_counted": taken.is_counted,
    }
