"""Services by what residents may do with them: use them, not yet, or no more."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from requests_app.models import Jurisdiction, Retirement, Service

LIVE, WAITING, RETIRED = "live", "waiting", "retired"
STATES = {WAITING: _("Not live yet"), LIVE: _("Live"), RETIRED: _("Retired")}
SERVICES = Service.objects.select_related(
    "jurisdiction", "current__category", "current__department", "current__service"
)


def name_of(service: Service) -> str:
    return str(service.current or service.service_code)


def services_in(city: Jurisdiction, state: str) -> QuerySet[Service]:
    """state: one of STATES."""
    return SERVICES.filter(_conditions()[state], jurisdiction=city)


def counts(city: Jurisdiction) -> dict[str, int]:
    """How many services are in each of STATES."""
    numbers = {state: Count("pk", filter=condition) for state, condition in _conditions().items()}
    return Service.objects.filter(jurisdiction=city).aggregate(**numbers)


def _conditions() -> dict[str, Q]:
    is_retired = Exists(Retirement.objects.filter(service=OuterRef("pk")))
    return {
        WAITING: Q(~is_retired, active=False),
        LIVE: Q(active=True),
        RETIRED: Q(is_retired, active=False),
    }
