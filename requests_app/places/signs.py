"""Printed signs: where a short URL (/q/<code>) leads, by the code of a sign or the number of an asset."""

from dataclasses import dataclass

from django.contrib.gis.geos import Point

from requests_app import references
from requests_app.models import Asset, Jurisdiction, ShortLink
from requests_app.places import assets

CODE_LENGTH = 5


@dataclass(frozen=True)
class Sign:
    """service_code and address may be empty; without point and asset it has no place."""

    service_code: str
    address: str
    point: Point | None
    asset: Asset | None


def find(jurisdiction: Jurisdiction, typed: str) -> Sign | None:
    """Resolves a code in upper or lower case, forgiving letters people confuse. None if the sign doesn't exist or was removed."""
    code = typed.strip()[:60]
    if not code or "\x00" in code:
        return None
    spellings = {code.upper(), references.normalized(code)}
    rows = ShortLink.objects.filter(jurisdiction=jurisdiction, code__in=spellings, ended_at=None)
    row = rows.select_related("service").order_by("id").first()
    asset = assets.by_number(jurisdiction, row.code if row else code)
    if row is None:
        return Sign("", "", None, asset) if asset else None
    return Sign(row.service.service_code if row.service else "", row.address, row.point, asset)


def new_code(jurisdiction: Jurisdiction) -> str:
    """A new code that no sign and no asset has."""
    while True:
        code = references.random_symbols(CODE_LENGTH)
        taken = ShortLink.objects.filter(jurisdiction=jurisdiction, code=code).exists()
        if not taken and assets.by_number(jurisdiction, code) is None:
            return code
