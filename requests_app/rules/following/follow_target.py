"""What people can follow: an area, a service, a place or an asset, named by the list's filters."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.utils import timezone

from requests_app.core.localized import localized
from requests_app.models import SMALLEST_RADIUS_M, Area, Asset, Jurisdiction, Service
from requests_app.places import assets, named
from requests_app.places.address_card import part_of
from requests_app.places.public_filter import PublicFilter
from requests_app.places.public_place import LISTED

NAMES = ("area", "service", "asset", "near")
COLLECTION = "collection"
# Meters around a place.
RADII = [SMALLEST_RADIUS_M, 500, 1000]


@dataclass(frozen=True)
class FollowTarget:
    """What to follow: one of these, or a service within one of the others. label: its name for the reader."""

    label: str
    area: Area | None = None
    service: Service | None = None
    asset: Asset | None = None
    point: Point | None = None
    radius_m: int | None = None
    # The evening before the area's collection days, instead of what is reported.
    collection: bool = False


def follow_target(jurisdiction: Jurisdiction, query: Mapping[str, str]) -> FollowTarget | None:
    """The target of ?area=, ?service=, ?asset= and ?near=; None if the city doesn't have one of them.

    ?collection= is an area too, for the evening before its collection days.
    """
    if COLLECTION in query:
        return _collection_target(jurisdiction, query[COLLECTION])
    chosen = PublicFilter(jurisdiction, query)
    typed = chosen.chosen
    names: list[str] = []
    area: Area | None = None
    service: Service | None = None
    asset: Asset | None = None
    point, radius = None, None
    if "service" in typed:
        service = (
            Service.objects.filter(
                jurisdiction=jurisdiction, service_code=typed["service"], active=True, current__isnull=False
            )
            .select_related("current")
            .first()
        )
        if service is None or service.current is None or service.current.visibility not in LISTED:
            return None
        names.append(localized(service.current.name))
    if "area" in typed:
        area = _area(jurisdiction, typed["area"])
        if area is None:
            return None
        names.append(area.label)
    if "asset" in typed:
        asset = assets.by_number(jurisdiction, typed["asset"])
        if asset is None:
            return None
        names.append(assets.name_of(jurisdiction, asset))
    if "near" in typed:
        if chosen.near is None:
            return None
        point, radius = chosen.near
        names.append(named.words_at(jurisdiction, point))
    if not names:
        return None
    return FollowTarget(" · ".join(names), area=area, service=service, asset=asset, point=point, radius_m=radius)


def _area(jurisdiction: Jurisdiction, text: str) -> Area | None:
    layer, _colon, code = text.replace("\x00", "").partition(":")
    areas = Area.objects.filter(jurisdiction=jurisdiction, layer=layer, code=code, is_ours=True)
    return areas.defer("polygon").first()


def _collection_target(jurisdiction: Jurisdiction, text: str) -> FollowTarget | None:
    area = _area(jurisdiction, text)
    fields = part_of(jurisdiction, area, timezone.localdate()).collections if area is not None else []
    if area is None or not fields:
        return None
    return FollowTarget(" · ".join([*(one.label for one in fields), area.label]), area=area, collection=True)
