"""Without Redis, or with one that never responds, every page works and nobody waits."""

import time

import pytest

from requests_app.cache import BreakerRedisCache, breaker


@pytest.fixture(autouse=True)
def _closed_breaker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "open_until", 0.0)


@pytest.mark.shows("2.9")
@pytest.mark.parametrize("how", ["gone", "stopped but accepting"])
def test_a_dead_redis_is_a_miss_and_costs_its_time_out_once(how: str, stopped_redis: str) -> None:
    socket = stopped_redis if how != "gone" else "/nowhere/redis.sock"
    cache = BreakerRedisCache(f"unix://{socket}?db=0", {})
    began = time.monotonic()
    assert cache.get("page", "miss") == "miss"
    first = time.monotonic() - began
    assert first < 1.5
    began = time.monotonic()
    for _ in range(50):
        assert cache.get("page", "miss") == "miss"
        cache.set("page", 1)
        assert cache.incr("limit") == 0, "limits fail open"
        assert cache.add("once", 1)
    assert time.monotonic() - began < 0.5
