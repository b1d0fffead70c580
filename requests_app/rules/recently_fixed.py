"""What was fixed recently, those with a photo from before and one from after the work first."""

from dataclasses import dataclass

from django.core.cache import cache

from requests_app.models import Disposition, Jurisdiction, Photo, ServiceRequest

SHOWN = 3
# The newest, among which those with photos are looked for.
LOOKED_AT = 60
# Hidden reports and photos are gone this soon.
CACHED_S = 30


@dataclass(frozen=True)
class Fixed:
    """before, after: the names of photos that everybody may see, or empty."""

    service_request: ServiceRequest
    before: str = ""
    after: str = ""


def recently_fixed(jurisdiction: Jurisdiction) -> list[Fixed]:
    key = f"recently_fixed:{jurisdiction.pk}"
    found: list[Fixed] | None = cache.get(key)
    if found is None:
        found = _recently_fixed(jurisdiction)
        cache.set(key, found, timeout=CACHED_S)
    return found


def _recently_fixed(jurisdiction: Jurisdiction) -> list[Fixed]:
    # Resolved, not closed: closed requests are at least two weeks old.
    newest = list(
        ServiceRequest.objects.public()
        .filter(jurisdiction=jurisdiction, status="resolved", disposition=Disposition.FIXED)
        .select_related("service_version")
        .defer("description")
        .order_by("-resolved_at")[:LOOKED_AT]
    )
    pairs: dict[int, dict[str, str]] = {}
    photos = Photo.objects.filter(service_request__in=newest, is_private=False, hidden_at=None).order_by("id")
    for request_id, kind, stage, name in photos.values_list("service_request", "kind", "stage", "name"):
        is_before = kind == Photo.Kind.REPORT or stage == Photo.Stage.BEFORE
        names = pairs.setdefault(request_id, {})
        if is_before:
            names.setdefault("before", name)
        elif kind == Photo.Kind.WORK:
            names["after"] = name
    both = [
        Fixed(one, names["before"], names["after"])
        for one in newest
        if "before" in (names := pairs.get(one.pk, {})) and "after" in names
    ][:SHOWN]
    shown = {one.service_request.pk for one in both}
    return (both + [Fixed(one) for one in newest if one.pk not in shown])[:SHOWN]
