"""The telephone system's counts, as a file of them is uploaded in setup: all are stored, or none."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.actions.contacts import call_counts
from requests_app.actions.shared.csv_rows import BadRows
from requests_app.api.framework.parsers import BatchParser
from requests_app.api.framework.problems import FieldError, invalid_body
from requests_app.api.v1.base import V1View
from requests_app.api.v1.call_count_serializers import (
    CallCountsReceiptSerializer,
    NewCallCountSerializer,
    NewCallCountsSerializer,
)
from requests_app.models.api_key import Scope

# So many are named; correcting them shows the next ones.
MISTAKES_SHOWN = 100


class CallCounts(V1View):
    tag = "Reporting"
    parser_classes = [BatchParser]
    required_scopes = [Scope.CALL_COUNTS]

    @extend_schema(
        operation_id="sendCallCounts",
        summary="Send the telephone system’s counts",
        description="How many calls the desk’s lines had, by half hour. A half hour that was sent before is replaced, so a "
        "running one can be sent every few minutes; while it’s fresh, the site says how long callers wait. All are stored, or "
        "none. With a test key they’re checked and not stored.",
        request=NewCallCountsSerializer,
        responses=OpenApiResponse(CallCountsReceiptSerializer, "The counts were stored."),
    )
    def post(self, request: Request) -> Response:
        sent = self.validated(request.data)["counts"]
        names = NewCallCountSerializer().fields.keys()
        errors = [
            FieldError(f"counts.{at}.{name[:60]}", "unknown", _("Unknown field: %(name)s.") % {"name": name[:60]})
            for at, row in enumerate(sent)
            for name in row.keys() - names
        ]
        city = self.key.jurisdiction
        try:
            counts = call_counts.read(city, sent)
        except BadRows as bad:
            errors += [FieldError(f"counts.{one.at}.{one.field}", "invalid", one.message) for one in bad.mistakes]
        if errors:
            raise invalid_body(errors[:MISTAKES_SHOWN])
        if self.key.is_test:
            return self.answer({"added": 0, "replaced": 0, "gaps": []})
        return self.answer(_receipt(call_counts.store(city, counts)))


def _receipt(stored: call_counts.Stored) -> dict[str, Any]:
    gaps = [{"line": gap.line.number, "begins": gap.begins, "ends": gap.ends} for gap in stored.gaps]
    return {"added": stored.added, "replaced": stored.replaced, "gaps": gaps}
