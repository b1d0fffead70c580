"""Who is responsible at a point: the city boundary, areas, and other owners."""

from django.contrib.gis.db.models.functions import Area as SizeOf
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import BooleanField, ExpressionWrapper, Q

from requests_app.models import Area, Jurisdiction, Owner, OwnerArea, ServiceVersion
from requests_app.places.addresses import Match, box_around, nearest
from requests_app.places.boundary import BORDER, inside

# Largest distance of a pin from the centerline of its street.
STREET_M = 30
# Kind of owners that are neighboring towns, responsible beyond the boundary.
NEIGHBOR = "town"


def named_at(jurisdiction: Jurisdiction, point: Point) -> Match | None:
    """What to call a point: its nearest address or corner. Outside the boundary, not one inside, but the neighboring town.

    "You're at 659 Western Ave" and then "This belongs to Marlbury" would contradict each other.
    """
    near = nearest(jurisdiction, point)
    if inside(jurisdiction, point) or (near is not None and not inside(jurisdiction, near.point)):
        return near
    neighbor = neighbor_at(jurisdiction, point)
    return Match(neighbor.name, point, "town", 0.4) if neighbor else None


def areas_at(jurisdiction: Jurisdiction, point: Point) -> list[Area]:
    """The city's areas at the point. On the border between two areas of a layer, always the same one."""
    touched = (
        Area.objects.filter(jurisdiction=jurisdiction, is_ours=True, polygon__dwithin=(point, BORDER))
        .annotate(within=ExpressionWrapper(Q(polygon__contains=point), output_field=BooleanField()))
        .defer("polygon")
        .order_by("layer", "code")
    )
    by_layer: dict[str, list[Area]] = {}
    for area in touched:
        by_layer.setdefault(area.layer, []).append(area)
    # Areas of a layer may overlap (two programs on one street): then all that contain the point count.
    return [
        area
        for layer in by_layer.values()
        for area in [candidate for candidate in layer if candidate.within] or layer[:1]  # type: ignore[attr-defined]
    ]


def owner_at(jurisdiction: Jurisdiction, point: Point, version: ServiceVersion) -> Owner | None:
    """The owner responsible here for this service by the service's rule; None if it is the city."""
    ground = OwnerArea.objects.filter(jurisdiction=jurisdiction).select_related("owner").defer("shape")
    code = version.service.service_code
    if version.place_rule == "segment":
        street = (
            ground.filter(is_segment=True, shape__bboverlaps=box_around(point, STREET_M))
            .annotate(meters=Distance("shape", point))
            .order_by("meters", "id")
            .first()
        )
        if street is None or street.meters.m > STREET_M or street.owner is None:
            return None
        owner = street.owner
        return owner if owner.kind in version.owner_kinds or code in owner.takes else None
    if version.place_rule == "polygon":
        theirs = Q(owner__kind__in=version.owner_kinds) | Q(owner__takes__contains=[code])
        # The smallest is the most specific: a substation within a state park.
        piece = (
            ground.filter(theirs, is_segment=False, shape__intersects=point)
            .annotate(size=SizeOf("shape"))
            .order_by("size", "id")
            .first()
        )
        return piece.owner if piece else None
    return None


def owner_of(jurisdiction: Jurisdiction, point: Point | None, version: ServiceVersion) -> Owner | None:
    """The outside owner who gets a report from there. Private reports are never sent on automatically."""
    if point is None or version.visibility == ServiceVersion.Visibility.PRIVATE:
        return None
    return owner_at(jurisdiction, point, version)


def neighbor_at(jurisdiction: Jurisdiction, point: Point) -> Owner | None:
    """The neighboring town, with its contacts, for a point outside the boundary."""
    if inside(jurisdiction, point):
        return None
    theirs = OwnerArea.objects.filter(jurisdiction=jurisdiction, is_segment=False, owner__kind=NEIGHBOR)
    piece = theirs.filter(shape__dwithin=(point, BORDER)).select_related("owner").defer("shape").order_by("id").first()
    return piece.owner if piece else None
