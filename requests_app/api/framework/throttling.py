"""How often one client may call, counted in limits.py like everything else, and the headers that say so.

The headers follow the IETF's draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy: "calls";q=300;w=60` is the policy (300 in 60
seconds), `RateLimit: "calls";r=299;t=42` says what is left (299) and until when (42 seconds). What is left is this client's own,
so it is never in an answer that a shared cache may keep: the cache would tell it to others.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from requests_app.core import limits
from requests_app.models import ApiKey

# Calls a minute from one network without a key.
WITHOUT_KEY_A_MINUTE = 300


class Throttle(BaseThrottle):
    """Counts a call under its `name` in a window of `per_s` seconds. view.quotas collects what is left, for the headers."""

    name: str
    per_s: int

    def limit(self, request: Request, key: ApiKey | None) -> tuple[str, int] | None:
        """Who is counted, and the most for them. None: this call isn't counted."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        counted = self.limit(request, request.auth if isinstance(request.auth, ApiKey) else None)
        if counted is None or request.method == "OPTIONS" or not settings.RATE_LIMITS:
            return True
        who, most = counted
        quota = limits.count(self.name, f"api-{self.name}:{who}", most=most, per_s=self.per_s)
        view.quotas.append(quota)
        return not quota.is_over

    def wait(self) -> float:
        return limits.retry_after_s(self.per_s)


class CallThrottle(Throttle):
    """Every call, by key or else by network."""

    name, per_s = "calls", 60

    def limit(self, request: Request, key: ApiKey | None) -> tuple[str, int]:
        if key is not None:
            return f"key:{key.pk}", key.calls_a_minute
        return without_key(request._request)


class WriteThrottle(Throttle):
    """Writes with one key, which cost much more."""

    name, per_s, most = "writes", 60, 120

    def limit(self, request: Request, key: ApiKey | None) -> tuple[str, int] | None:
        return (str(key.pk), self.most) if key is not None and request.method not in ("GET", "HEAD") else None


class ReadingThrottle(Throttle):
    """Readings of a key's sensors, by themselves or in a batch."""

    name, per_s, most = "readings", 60, 3000

    def limit(self, request: Request, key: ApiKey | None) -> tuple[str, int] | None:
        return (str(key.pk), self.most) if key is not None else None


class ReportThrottle(Throttle):
    """Reports a day, where the key has such a limit. Refused ones count, too."""

    name, per_s = "reports", limits.DAY

    def limit(self, request: Request, key: ApiKey | None) -> tuple[str, int] | None:
        if key is None or key.reports_a_day is None or request.method != "POST":
            return None
        return str(key.pk), key.reports_a_day


def without_key(request: HttpRequest) -> tuple[str, int]:
    return limits.network_key(request), WITHOUT_KEY_A_MINUTE


def counted(request: HttpRequest, answer: Callable[[HttpRequest, int], HttpResponse], status: int) -> HttpResponse:
    """The answer of an address without a view, or a 429. It counts as a call without a key, and says what is left of these."""
    if request.method == "OPTIONS" or not settings.RATE_LIMITS:
        return answer(request, status)
    who, most = without_key(request)
    calls = CallThrottle
    quota = limits.count(calls.name, f"api-{calls.name}:{who}", most=most, per_s=calls.per_s)
    response = answer(request, 429 if quota.is_over else status)
    if quota.is_over:
        response["Retry-After"] = str(quota.reset_s)
    return with_headers(response, [quota])


def with_headers(response: HttpResponse, quotas: Iterable[limits.Quota]) -> HttpResponse:
    """Call it once the response has its Cache-Control."""
    if quotas:
        response["RateLimit-Policy"] = ", ".join(f'"{quota.name}";q={quota.most};w={quota.per_s}' for quota in quotas)
        if not is_shared(response):
            response["RateLimit"] = ", ".join(f'"{quota.name}";r={quota.left};t={quota.reset_s}' for quota in quotas)
    return response


def is_shared(response: HttpResponse) -> bool:
    """Whether a cache may give it to others."""
    return response.get("Cache-Control", "").startswith("public")
