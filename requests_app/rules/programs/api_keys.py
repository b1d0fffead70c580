"""Whether an API key may be used, and what its terms may be."""

import datetime as dt
import ipaddress
import re
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower

from requests_app.models import Jurisdiction
from requests_app.models.api_key import ApiKey, Scope

NETWORKS_MAX = 50
LIMIT_MOST = 1_000_000
# What anyone may ask for. The other scopes reach what isn't public: the city gives them to its own contractors and systems.
OPEN_SCOPES = (Scope.READ, Scope.REPORT, Scope.UPDATES, Scope.WEBHOOKS)
# Of a test key that nobody at the city approved.
TEST_TERMS: dict[str, Any] = {
    "scopes": [scope.value for scope in OPEN_SCOPES],
    "calls_a_minute": 300,
    "reports_a_day": 200,
}
# A test key ends after so long without a call, and its contact is emailed before.
UNUSED_KEPT = dt.timedelta(days=90)
UNUSED_NOTICE = dt.timedelta(days=7)
# last_used_at is the beginning of an hour, in which it may have been used at the end.
USE_RECORDED_EVERY = dt.timedelta(hours=1)
# That one address may have at a time in one city.
TEST_KEYS_MOST = 5
REVOKED, ENDED, REPLACED, EXPIRED, NETWORK = "revoked", "ended", "replaced", "expired", "network"


class UnknownScope(ValueError):
    """Its text is the name that is no scope."""


class BadNetwork(ValueError):
    """Its text is what is no network."""


def refusal(key: ApiKey, address: str) -> str:
    """Why this key, as found by api_keys.look_up(), opens nothing from this address; empty if it does."""
    if key.revoked_at is not None:
        return ENDED if key.is_test else REVOKED
    if key.by_previous and not (key.previous_until and key.previous_until > key.now):
        return REPLACED
    if is_expired(key, key.now):
        return EXPIRED
    return "" if allows_address(key, address) else NETWORK


def is_expired(key: ApiKey, now: dt.datetime) -> bool:
    return key.expires_at is not None and key.expires_at <= now


def allows_address(key: ApiKey, address: str) -> bool:
    if not key.networks:
        return True
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return False
    # A server that listens for both kinds sees IPv4 clients as ::ffff:192.0.2.1.
    client = getattr(client, "ipv4_mapped", None) or client
    return any(client in ipaddress.ip_network(network) for network in key.networks)


def keys_of(jurisdiction: Jurisdiction, address: str) -> QuerySet[ApiKey]:
    """Keys whose contact is this address, which must be proved."""
    if not address.rpartition("@")[0].isascii():
        # Another mailbox, although its letters may become the same in lower case (K, the Kelvin sign).
        return ApiKey.objects.none()
    keys = ApiKey.objects.alias(address=Lower("contact")).exclude(contact="")
    return keys.filter(jurisdiction=jurisdiction, address=address.strip().lower())


def unused_end(key: ApiKey) -> dt.datetime | None:
    """When it ends if it isn't called before. None: never."""
    unused_since = key.last_used_at + USE_RECORDED_EVERY if key.last_used_at else key.created_at
    return unused_since + UNUSED_KEPT if key.is_test else None


def may_be_replaced_by_contact(key: ApiKey) -> bool:
    """A key that reaches what isn't public is replaced by staff: its contact's mailbox alone must not open that."""
    return set(key.scopes) <= set(OPEN_SCOPES)


def end_of(day: dt.date, jurisdiction: Jurisdiction) -> dt.datetime:
    """When the day is over in this city. Raises OverflowError for the last day of the calendar."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), jurisdiction.zone)


def read_scopes(names: Iterable[str]) -> list[str]:
    """In the order of Scope, each once. Raises UnknownScope."""
    wanted = {name.strip().lower() for name in names}
    for name in sorted(wanted - set(Scope.values)):
        raise UnknownScope(name)
    return [scope for scope in Scope.values if scope in wanted]


def read_networks(text: str) -> list[str]:
    """Networks or addresses, separated by blanks, commas or lines, in CIDR notation. Raises BadNetwork."""
    networks = []
    for word in re.split(r"[\s,;]+", text.strip()):
        try:
            networks += [str(ipaddress.ip_network(word, strict=False))] if word else []
        except ValueError:
            raise BadNetwork(word) from None
    return list(dict.fromkeys(networks))
