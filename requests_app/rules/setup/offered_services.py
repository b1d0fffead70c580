"""The services that residents, programs and staff may ask for."""

from django.db.models import QuerySet

from requests_app.core.localized import localized
from requests_app.models import Jurisdiction, Service, ServiceVersion
from requests_app.rules.setup.offer_dates import offered_today


def offered(jurisdiction: Jurisdiction, *, to_staff: bool = False) -> QuerySet[Service]:
    """The services that anybody may ask for: neither retired nor, but to_staff, the staff's own."""
    services = Service.objects.filter(jurisdiction=jurisdiction, active=True, current__isnull=False)
    return services if to_staff else services.exclude(current__visibility=ServiceVersion.Visibility.STAFF)


def offered_versions(jurisdiction: Jurisdiction, *, to_staff: bool = False) -> list[ServiceVersion]:
    """The services that residents (to_staff: staff) may choose today, sorted as the city ordered its categories and services, then
    by name."""
    services = offered(jurisdiction, to_staff=to_staff).select_related("current__category", "current__service")
    versions = [service.current for service in services if service.current is not None]
    return sorted(
        offered_today(versions, jurisdiction.zone),
        key=lambda version: (
            version.category.order,
            version.category.code,
            version.service.order,
            localized(version.name).casefold(),
        ),
    )
