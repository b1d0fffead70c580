"""A moment in a query: a time with its zone, or a day of the city, which stands for its beginning."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from requests_app.api.framework.parameters import Parameter, Unfit
from requests_app.api.v1.ogc_parameters import span


@dataclass(frozen=True)
class Moment(Parameter):
    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}

    def read(self, value: str) -> dt.datetime:
        try:
            at = span(value).since
        except (ValueError, OverflowError):
            at = None
        if at is None:
            raise Unfit(_("%(name)s must be a time like 2026-06-03T14:30:00Z, or a day.") % {"name": self.name})
        return at


@dataclass(frozen=True)
class MomentOrNow(Moment):
    """Or the word now."""

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "anyOf": [*super().schema["anyOf"], {"const": "now"}]}

    def read(self, value: str) -> Any:
        return value if value == "now" else super().read(value)
