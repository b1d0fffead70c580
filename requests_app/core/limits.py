"""Rate limits by client network or by key, counted in Redis.

Without Redis they let everybody pass, except those on sign-ins, which then count in PostgreSQL; wrong passwords of a day always do.
"""

import hashlib
import ipaddress
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.http import HttpRequest

from requests_app.core import metrics
from requests_app.models import LimitCount

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
    """Counts one use of `name`. Returns False after more than `most` uses in the current window of `per_s` seconds."""
    return not settings.RATE_LIMITS or _is_within(name, _count_in_redis(name, per_s), most)


def _is_within(name: str, used: int, most: int) -> bool:
    if used <= most:
        return True
    metrics.count_refusal(name)
    return False


@dataclass(frozen=True)
class Quota:
    """name: of the limit, for the client. used: in the current window of per_s seconds; 0 if Redis can't be reached."""

    name: str
    most: int
    per_s: int
    used: int

    @property
    def is_over(self) -> bool:
        return self.used > self.most

    @property
    def left(self) -> int:
        return max(0, self.most - self.used)

    @property
    def reset_s(self) -> int:
        return retry_after_s(self.per_s)


def count(name: str, counter: str, *, most: int, per_s: int) -> Quota:
    """Counts one use of `counter` and says what is left of it."""
    quota = Quota(name, most, per_s, _count_in_redis(counter, per_s))
    if quota.is_over:
        metrics.count_refusal(counter)
    return quota


def allow_sign_in(name: str, *, most: int, per_s: int) -> bool:
    """As allow_key(), and still counted while Redis is down: otherwise that would be the time to guess passwords."""
    if not settings.RATE_LIMITS:
        return True
    return _is_within(name, _count_in_redis(name, per_s) or _count_in_database(name, per_s), most)


def allow_lasting(name: str, *, most: int, per_s: int) -> bool:
    """As allow_key(), counted in PostgreSQL alone: for long windows, whose count no restart of Redis may forget."""
    return not settings.RATE_LIMITS or _is_within(name, _count_in_database(name, per_s), most)


def take_back(name: str, *, per_s: int) -> None:
    """Undoes one allow_lasting() of this window."""
    LimitCount.objects.filter(key=_database_key(name, per_s), value__gt=0).update(value=F("value") - 1)


def is_used_up(name: str, *, most: int, per_s: int) -> bool:
    """Whether allow_sign_in() would say no. Counts nothing."""
    if not settings.RATE_LIMITS:
        return False
    counted = cache.get(_redis_key(name, per_s))
    if counted is None:
        rows = LimitCount.objects.filter(key=_database_key(name, per_s))
        counted = rows.values_list("value", flat=True).first() or 0
    return int(counted) >= most


def _count_in_redis(name: str, per_s: int) -> int:
    """0 if Redis can't be reached."""
    key = _redis_key(name, per_s)
    cache.add(key, 0, timeout=per_s)
    try:
        return cache.incr(key)
    except ValueError:
        # Redis evicted the key between the two calls. Nobody is blocked because of that.
        return 0


def _redis_key(name: str, per_s: int) -> str:
    # The window is part of the key, so counters never need resetting.
    return f"limit:{name}:{int(time.time()) // per_s}"


def _database_key(name: str, per_s: int) -> str:
    return hashed(f"{name}:{int(time.time()) // per_s}")


COUNT = """
INSERT INTO requests_app_limitcount AS counted (key, value, expires_at)
VALUES (%s, 1, app_now() + make_interval(secs => %s))
ON CONFLICT (key) DO UPDATE SET value = counted.value + 1 RETURNING value
"""


def _count_in_database(name: str, per_s: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [_database_key(name, per_s), per_s])
        return int(cursor.fetchone()[0])


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
