"""The filters that the public list, the map beside it and its tiles share: category, service, status, area, older."""

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlencode

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, Q, QuerySet, Value

from requests_app.clock import AppNow
from requests_app.models import OPEN, Area, Jurisdiction, ServiceRequest, Status

NAMES = ("category", "service", "status", "area", "older")
# To the public, closed looks like resolved.
STATES = {"open": OPEN, "ended": [Status.RESOLVED, Status.CLOSED]}
# What is open, and what was reported lately; the rest by choice (older=1), or ten years would bury the present.
LATELY = dt.timedelta(days=90)


class PublicFilter:
    """What a reader chose, from an address's query. A value that the city does not have finds nothing."""

    def __init__(self, jurisdiction: Jurisdiction, query: Mapping[str, str]) -> None:
        self.jurisdiction = jurisdiction
        self.chosen = {name: query[name].replace("\x00", "\ufffd")[:140] for name in NAMES if query.get(name)}

    @property
    def with_older(self) -> bool:
        return self.chosen.get("older") == "1"

    @property
    def query(self) -> str:
        """The same choice as an address's query: "category=streets&area=ward:5"."""
        return urlencode(self.chosen)

    def requests(self) -> QuerySet[ServiceRequest]:
        found = ServiceRequest.objects.public().in_jurisdiction(self.jurisdiction)
        if not self.with_older:
            lately = ExpressionWrapper(
                AppNow() - Value(LATELY, output_field=DurationField()), output_field=DateTimeField()
            )
            found = found.filter(Q(submitted_at__gte=lately) | Q(status__in=OPEN))
        if code := self.chosen.get("category"):
            found = found.filter(service__current__category__code=code)
        if code := self.chosen.get("service"):
            found = found.filter(service__service_code=code)
        if state := self.chosen.get("status"):
            found = found.filter(status__in=STATES.get(state, []))
        if named := self.chosen.get("area"):
            layer, _, code = named.partition(":")
            areas = Area.objects.filter(jurisdiction=self.jurisdiction, layer=layer, code=code)
            found = found.filter(request_areas__area__in=areas)
        return found
