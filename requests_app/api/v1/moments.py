"""A moment in a query: a time with its zone, or a day of the city, which stands for its beginning."""

import datetime as dt
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field

from requests_app.api.framework.query_fields import Parameter
from requests_app.api.v1.ogc_parameters import span

# Each with its type, so that generators of clients know it.
KINDS = [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]


@extend_schema_field({"anyOf": KINDS})
class MomentParameter(Parameter):
    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("%(name)s must be a time like 2026-06-03T14:30:00Z, or a day.")
    }

    def to_internal_value(self, data: str) -> dt.datetime:
        try:
            at = span(data).since
        except (ValueError, OverflowError):
            at = None
        if at is None:
            self.fail("invalid")
        return at


@extend_schema_field({"anyOf": [*KINDS, {"type": "string", "const": "now"}]})
class MomentOrNowParameter(MomentParameter):
    """Or the word now."""

    def to_internal_value(self, data: str) -> Any:
        return data if data == "now" else super().to_internal_value(data)
