"""Subscriptions that match a public request by area, service, place or asset."""

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from requests_app.models import Participation, ServiceRequest, Subscription
from requests_app.places.public_place import listed_by_place, shows_asset

# The largest radius of a subscription (see places/public_filter.py), in degrees, for the index.
REACH_DEGREES = 0.1
# Compares the subscription's place and radius (meters) with the request's public place.
WITHIN_RADIUS = """
ST_DWithin(requests_app_subscription.point::geography, ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography,
    requests_app_subscription.radius_m)
"""


def matching(service_request: ServiceRequest) -> QuerySet[Subscription]:
    """The confirmed subscriptions that match this request, one per address.

    Leaves out people who are notified anyway, as its reporter or followers.
    """
    if not service_request.is_public:
        return Subscription.objects.none()
    areas = service_request.request_areas.values_list("area_id", flat=True)
    fits = (
        (Q(area=None) | Q(area_id__in=list(areas)))
        & (Q(service=None) | Q(service_id=service_request.service_id))
        & _place_fits(service_request)
    )
    notified_anyway = (
        Participation.objects.filter(service_request=service_request, unsubscribed_at=None, contact_point__kind="email")
        .order_by()
        .values_list("contact_point__normalized", flat=True)
    )
    return (
        Subscription.objects.filter(
            jurisdiction_id=service_request.jurisdiction_id,
            collection=False,
            unsubscribed_at=None,
            contact_point__bounced_at=None,
        )
        .exclude(confirmed_at=None)
        .filter(fits)
        .exclude(contact_point__normalized__in=list(notified_anyway))
        .order_by("contact_point__normalized", "id")
        .distinct("contact_point__normalized")
    )


def _place_fits(service_request: ServiceRequest) -> Q:
    nowhere = Q(point=None, asset=None)
    version, point = service_request.service_version, service_request.public_point
    if not listed_by_place(service_request):
        return nowhere
    fits = nowhere
    if point is not None:
        near = RawSQL(WITHIN_RADIUS, [point.x, point.y], output_field=BooleanField())  # noqa: S611 (its parameters are our numbers)
        box = point.buffer(REACH_DEGREES).envelope
        fits |= Q(point__bboverlaps=box) & Q(near)
    if service_request.asset_id is not None and shows_asset(version.visibility):
        fits |= Q(asset_id=service_request.asset_id)
    return fits
