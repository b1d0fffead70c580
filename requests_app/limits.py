"""Rate limits by client network or by key, counted in Redis. They fail open without Redis."""

import hashlib
import ipaddress
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

HOUR, DAY = 3600, 24 * 3600


def allow(request: HttpRequest, name: str, per_hour: int) -> bool:
    """Counts one use. Returns False once this client has used `name` more than `per_hour` times this hour."""
    return allow_key(f"{name}:{network_key(request)}", most=per_hour, per_s=HOUR)


def network_key(request: HttpRequest) -> str:
    """A hash of the client's network, for counting."""
    return hashed(_network(client_address(request)))


def hashed(value: str) -> str:
    """A keyed hash, so that Redis holds no addresses."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:{value}".encode()).hexdigest()[:24]


def allow_key(name: str, *, most: int, per_s: int) -> bool:
    """Counts one use of `what`. Returns False after more than `most` uses in the current window of `per_s` seconds."""
    if not settings.RATE_LIMITS:
        return True
    # The window is part of the key, so counters never need resetting.
    key = f"limit:{name}:{int(time.time()) // per_s}"
    cache.add(key, 0, timeout=per_s)
    try:
        return cache.incr(key) <= most
    except ValueError:
        # Redis evicted the key between the two calls. Nobody is blocked because of that.
        return True


def allow_email(request: HttpRequest, name: str, email: str, *, an_hour: int, to_one: int, per_s: int) -> bool:
    """Whether another email may go to an unverified address: limited by client network and by recipient."""
    # A hash, so that Redis holds no addresses.
    address = hashlib.sha256(email.lower().encode()).hexdigest()[:24]
    return allow(request, name, an_hour) and allow_key(f"{name}-to:{address}", most=to_one, per_s=per_s)


def retry_after_s(per_s: int = HOUR) -> int:
    """Seconds until the next window begins."""
    return per_s - int(time.time()) % per_s


def client_address(request: HttpRequest) -> str:
    """The client's address as seen by the last trusted proxy. Clients can forge X-Forwarded-For, so other hops are ignored."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    while hops and is_trusted_proxy(address):
        address = hops.pop()
    return address


def is_trusted_proxy(address: str) -> bool:
    """Whether this peer's X-Forwarded-… headers are trusted."""
    if not settings.TRUSTED_PROXIES:
        return False
    # A proxy that connects over a Unix socket has no address.
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
    """The address for IPv4 and the /64 network for IPv6, where a household has billions of addresses."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)
