"""Parts of a report that each API reads: a place in words, a link to a photo, how long texts may be."""

from django.core import exceptions
from django.core.validators import URLValidator

from requests_app.actions.report.submission import Place
from requests_app.models import Asset, GazetteerEntry, Jurisdiction
from requests_app.places import addresses, assets
from requests_app.places.address_words import search_key

# Characters.
ADDRESS_MOST, NAME_MOST, EMAIL_MOST, PHONE_MOST = 300, 200, 254, 60
# How sure the address search must be, with no second place as likely, before a pin is set where nobody pointed.
SURE = 0.9
_check_link = URLValidator(schemes=["http", "https"])


def asset_place(city: Jurisdiction, asset: Asset, typed: str) -> Place:
    """The asset that the words name, at the nearest address. What else they say stays, for staff."""
    near = addresses.nearest(city, asset.point)
    note = "" if search_key(typed) == search_key(asset.asset_id) else typed
    return Place(asset.point, near.label if near else "", note, source="asset", confidence=1.0, asset=asset)


def searched_place(city: Jurisdiction, typed: str) -> Place:
    """A pin only where the words mean one place. Else they stay words, and staff find it."""
    if (asset := assets.named_in(city, typed)) is not None:
        return asset_place(city, asset, typed)
    exact = list(GazetteerEntry.objects.filter(jurisdiction=city, search_key=search_key(typed))[:2])
    if len(exact) == 1:
        return Place(point=exact[0].point, address=exact[0].label, source="api", confidence=1.0)
    found = addresses.search(city, typed, limit=2)
    about = [match for match in found if match.kind == addresses.ABOUT]
    is_sure = found and found[0].confidence >= SURE and (len(found) == 1 or found[1].confidence < found[0].confidence)
    if len(about) != 1 and (about or not is_sure):
        return Place(address=typed, source="api")
    best = found[0]
    # What the list does not know ("behind the blue gate") stays, for staff.
    same = search_key(typed) == search_key(best.label)
    return Place(
        point=best.point, address=best.label, note="" if same else typed, source="api", confidence=best.confidence
    )


def is_link(url: str) -> bool:
    try:
        _check_link(url)
    except exceptions.ValidationError:
        return False
    return True
