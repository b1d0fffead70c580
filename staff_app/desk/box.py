"""The desk's one box: knows a report number, a contact's, a phone number, an email address, an asset and a place from words."""

import re
from dataclasses import dataclass
from typing import Any

from requests_app import access, references
from requests_app.forms import place_input
from requests_app.models import Asset, Contact, Jurisdiction, ServiceRequest, User
from requests_app.places import addresses
from requests_app.rules.contacts import contacts
from requests_app.rules.people.permissions import INVISIBLE
from staff_app.queue.search import EMAIL, as_contact

# A longer text tells of a problem.
PLACE_MAX = 80
# A house number and a word. It's an address if one of the city's is this close to it; "2 street lights out" isn't.
HOUSE = re.compile(r"\d{1,6}[a-z]? +[^\W\d]", re.IGNORECASE)
LIKE_AN_ADDRESS = 0.6


@dataclass(frozen=True)
class Typed:
    """Only one of them is set, and none for plain words. is_private: a report that this taker may not open has the number."""

    contact: Contact | None = None
    service_request: ServiceRequest | None = None
    is_private: bool = False
    phone: str = ""
    email: str = ""
    place: dict[str, Any] | None = None


def read(user: User, jurisdiction: Jurisdiction, typed: str) -> Typed:
    if (contact := contacts.find(jurisdiction, typed)) is not None:
        return Typed(contact=contact)
    if (reference := references.parse(typed)) is not None:
        there = ServiceRequest.objects.in_jurisdiction(jurisdiction).exclude(public_state__in=INVISIBLE)
        numbered = there.filter(reference=reference).first()
        if numbered is not None:
            own = access.find(user, reference, jurisdiction=jurisdiction)
            return Typed(service_request=own or numbered, is_private=own is None)
    if EMAIL.match(typed):
        return Typed(email=typed)
    if as_contact(typed):
        return Typed(phone=typed)
    return Typed(place=place(jurisdiction, typed))


def is_address(jurisdiction: Jurisdiction, typed: str) -> bool:
    """Whether the text can only be an address, though it may not be sure which place it names."""
    if len(typed) > PLACE_MAX or not HOUSE.match(typed):
        return False
    return any(match.confidence >= LIKE_AN_ADDRESS for match in addresses.search(jurisdiction, typed, limit=1))


def place(jurisdiction: Jurisdiction, typed: str) -> dict[str, Any] | None:
    """The place, if the text is an asset's number or surely names a place, and nothing more."""
    if len(typed) > PLACE_MAX or "\n" in typed:
        return None
    asset = Asset.objects.filter(jurisdiction=jurisdiction, asset_id__iexact=typed).first()
    if asset is not None:
        return place_input.of_asset(jurisdiction, asset)
    match = addresses.sure(addresses.search(jurisdiction, typed, limit=2))
    return place_input.of_match(match, "") if match is not None else None
