"""Many reports and readings in one call: each is sent as if it came alone, with its own key, transaction, limits and result."""

from typing import Any, cast

import structlog
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework import idempotency
from requests_app.api.framework.errors import OUTAGES
from requests_app.api.framework.parsers import BatchParser
from requests_app.api.framework.permissions import HasOneScope
from requests_app.api.framework.problems import exception_handler, problem
from requests_app.api.framework.throttling import CallThrottle, ReadingThrottle, ReportThrottle, Throttle, WriteThrottle
from requests_app.api.v1 import readings, writing
from requests_app.api.v1.base import V1View
from requests_app.api.v1.batch_serializers import BatchSerializer, NewBatchReportSerializer, NewBatchSerializer
from requests_app.api.v1.reading_serializers import NewReadingSerializer
from requests_app.models.api_key import Scope

log = structlog.get_logger(__name__)


class Batches(V1View):
    """Nothing of a batch is stored but its reports, so it has no address of its own. Not below requests/, where it would take the
    place of a reference."""

    tag = "Reporting"
    parser_classes = [BatchParser]
    permission_classes = [HasOneScope]
    required_scopes = [Scope.REPORT, Scope.READINGS]
    # The call. What each item counts for, see _limited().
    throttle_classes = [CallThrottle]

    @extend_schema(
        operation_id="sendReports",
        summary="Send several reports",
        description="Sends up to 100 reports or readings of sensors, in order, each as `POST /api/v1/requests/` or "
        "`POST /api/v1/readings/` would: with its own `idempotency_key`, limits and result. One that is refused keeps none "
        "of the others back. If you got no answer, send the same batch again: none is taken twice.",
        request=NewBatchSerializer,
        responses=OpenApiResponse(BatchSerializer, "What became of each, in the order you sent them."),
    )
    def post(self, request: Request) -> Response:
        results = [self._result(request, sent) for sent in self.validated(request.data)["reports"]]
        # Of each limit, what the last report left.
        self.quotas = list({quota.name: quota for quota in self.quotas}.values())
        return self.answer({"results": results})

    def _result(self, request: Request, sent: Any) -> dict[str, Any]:
        result: dict[str, Any] = {"status": 200, "receipt": None, "reading": None, "problem": None}
        try:
            return result | self._taken(request, sent)
        except OUTAGES:
            # The others would fail, too. Sent again, the batch repeats none of those that are stored.
            raise
        except Exception as error:
            refusal = exception_handler(error, {"request": request, "view": self})
            if refusal is None:
                log.exception("batched_report_failed")
                message = _("Something went wrong on our side. Try again later.")
                refused = problem("server-error", message, cast(Any, request))
            else:
                refused = refusal.data
            return result | {"status": refused["status"], "problem": refused}

    def _taken(self, request: Request, sent: Any) -> dict[str, Any]:
        """What became of it, for its result."""
        is_reading = isinstance(sent, dict) and sent.get("reading") is not None
        self._limited(request, [ReadingThrottle()] if is_reading else [WriteThrottle(), ReportThrottle()])
        HasOneScope().check(request, self.key, Scope.READINGS if is_reading else Scope.REPORT)
        item = NewBatchReportSerializer(data=sent)
        item.is_valid(raise_exception=True)
        if is_reading:
            reading = NewReadingSerializer(data=item.validated_data["reading"])
            reading.is_valid(raise_exception=True)
            return {"reading": readings.take(self.key, reading.validated_data)}
        own_key, report = (item.validated_data[name] for name in ("idempotency_key", "report"))
        again = idempotency.of_body(self.key, own_key, writing.hash_of(self.jurisdiction, report))
        receipt, is_repeated = writing.report(self.jurisdiction, report, [], key=self.key, idempotency=again)
        return {"status": 200 if is_repeated else 201, "receipt": receipt}

    def _limited(self, request: Request, throttles: list[Throttle]) -> None:
        for throttle in throttles:
            if not throttle.allow_request(request, self):
                raise Throttled(throttle.wait())
