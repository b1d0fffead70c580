"""What people can follow: an area, a service, a place or an asset, named by the list's filters, and the page that shows it."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils import timezone

from requests_app.actions.following.subscriptions import FollowTarget
from requests_app.core.localized import localized
from requests_app.models import Area, Asset, Jurisdiction, Service
from requests_app.places import assets, named
from requests_app.places.address_card import part_of
from requests_app.places.public_filter import PublicFilter
from requests_app.places.public_place import LISTED

NAMES = ("area", "service", "asset", "near")
COLLECTION = "collection"


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


def _area(jurisdiction: Jurisdiction, written: str) -> Area | None:
    layer, _colon, code = written.replace("\x00", "").partition(":")
    areas = Area.objects.filter(jurisdiction=jurisdiction, layer=layer, code=code, is_ours=True)
    return areas.defer("polygon").first()


def _collection_target(jurisdiction: Jurisdiction, written: str) -> FollowTarget | None:
    area = _area(jurisdiction, written)
    fields = part_of(jurisdiction, area, timezone.localdate()).collections if area is not None else []
    if area is None or not fields:
        return None
    return FollowTarget(" · ".join([*(one.label for one in fields), area.label]), area=area, collection=True)


def page_of(what: FollowTarget, chosen: str) -> str:
    """The target's own page; for combinations such as a service within an area, the list filtered by `chosen`."""
    only = [one for one in (what.area, what.service, what.asset, what.point) if one is not None]
    if len(only) == 1:
        if what.area is not None:
            return reverse("requests_app:area", args=[what.area.layer, what.area.code])
        if what.service is not None:
            return reverse("requests_app:about_service", args=[what.service.service_code])
        if what.asset is not None:
            return reverse("requests_app:asset", args=[what.asset.asset_id])
    return f"{reverse('requests_app:public_list')}?{chosen}"
