"""How often one address or key may do what costs us something. Counted in Redis, and open without it."""

import hashlib
import ipaddress
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

HOUR = 3600


def allow(request: HttpRequest, name: str, per_hour: int) -> bool:
    """Counts one more; False once this address did `name` more than `per_hour` times in this hour."""
    # A hash, so that Redis holds no addresses.
    who = hashlib.sha256(f"{settings.SECRET_KEY}:{_network(client_address(request))}".encode()).hexdigest()[:24]
    return within(f"{name}:{who}", most=per_hour, per_s=HOUR)


def within(what: str, *, most: int, per_s: int) -> bool:
    """Counts one more; False once there were more than `most` of it in this stretch of so many seconds."""
    if not settings.RATE_LIMITS:
        return True
    # The stretch is in the key, so that nothing must be reset.
    key = f"limit:{what}:{int(time.time()) // per_s}"
    cache.add(key, 0, timeout=per_s)
    try:
        return cache.incr(key) <= most
    except ValueError:
        # Redis lost the key between the two calls: nobody is kept out because of that.
        return True


def client_address(request: HttpRequest) -> str:
    """The address that the last proxy we trust saw. Without a trusted proxy, X-Forwarded-For is anybody's invention."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    while hops and is_trusted_proxy(address):
        address = hops.pop()
    return address


def is_trusted_proxy(address: str) -> bool:
    """Whether what this peer says in X-Forwarded-… is believed."""
    if not settings.TRUSTED_PROXIES:
        return False
    # A proxy on this machine's own socket has no address.
    if address == "":
        return True
    try:
        return any(
            ipaddress.ip_address(address) in ipaddress.ip_network(proxy, strict=False)
            for proxy in settings.TRUSTED_PROXIES
        )
    except ValueError:
        return False


def _network(address: str) -> str:
    """A household has one IPv4 address but billions of IPv6 ones: those count by their network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)
