"""How often one address or key may do what costs us something. Counted in Redis, and open without it."""

import hashlib
import ipaddress
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

HOUR, DAY = 3600, 24 * 3600


def allow(request: HttpRequest, name: str, per_hour: int) -> bool:
    """Counts one more; False once this address did `name` more than `per_hour` times in this hour."""
    return within(f"{name}:{network_of(request)}", most=per_hour, per_s=HOUR)


def network_of(request: HttpRequest) -> str:
    """Where this comes from, as it is counted."""
    return hidden(_network(client_address(request)))


def hidden(value: str) -> str:
    """A hash, so that Redis holds no addresses."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:{value}".encode()).hexdigest()[:24]


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


def may_mail(request: HttpRequest, name: str, email: str, *, an_hour: int, to_one: int, per_s: int) -> bool:
    """Whether one more mail may go to an address that anybody may have typed: from this network, and to this address."""
    # A hash, so that Redis holds no addresses.
    address = hashlib.sha256(email.lower().encode()).hexdigest()[:24]
    return allow(request, name, an_hour) and within(f"{name}-to:{address}", most=to_one, per_s=per_s)


def again_in_s(per_s: int = HOUR) -> int:
    """When the next stretch of so many seconds begins, in which all may be done again."""
    return per_s - int(time.time()) % per_s


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
