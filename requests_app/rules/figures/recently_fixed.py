"""What was fixed recently, those with a photo from before and one from after the work first."""

from dataclasses import dataclass

from django.core.cache import cache

from requests_app.models import Disposition, Jurisdiction, Photo, ServiceRequest
from requests_app.rules.work.before_after import before_and_after

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
        # What the page shows: nothing else of a report is kept in the cache.
        .only("reference", "public_address", "resolved_at", "service_version")
        .order_by("-resolved_at")[:LOOKED_AT]
    )
    photos: dict[int | None, list[Photo]] = {}
    seen = Photo.objects.filter(service_request__in=newest, is_private=False, hidden_at=None).order_by("id")
    for photo in seen.only("service_request", "kind", "stage", "name"):
        photos.setdefault(photo.service_request_id, []).append(photo)
    both = [
        Fixed(one, pair[0].name, pair[1].name)
        for one in newest
        if (pair := before_and_after(photos.get(one.pk, ()), is_fixed=True)) is not None
    ][:SHOWN]
    shown = {one.service_request.pk for one in both}
    return (both + [Fixed(one) for one in newest if one.pk not in shown])[:SHOWN]
