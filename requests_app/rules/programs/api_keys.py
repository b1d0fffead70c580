"""Whether an API key may be used, and what its terms may be."""

import datetime as dt
import ipaddress
import re
from collections.abc import Iterable

from requests_app.models import Jurisdiction
from requests_app.models.api_key import ApiKey, Scope

NETWORKS_MAX = 50
LIMIT_MOST = 1_000_000
REVOKED, REPLACED, EXPIRED, NETWORK = "revoked", "replaced", "expired", "network"


class UnknownScope(ValueError):
    """Its text is the name that is no scope."""


class BadNetwork(ValueError):
    """Its text is what is no network."""


def refusal(key: ApiKey, address: str) -> str:
    """Why this key, as found by api_keys.look_up(), opens nothing from this address; empty if it does."""
    if key.revoked_at is not None:
        return REVOKED
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
