"""Without Redis, or with one that never responds, every page works and nobody waits. What others wrote into it isn't read."""

import datetime as dt
import pickle
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.cache import cache, caches
from pytest_django.fixtures import Settings

from requests_app.core.cache import BreakerRedisCache, breaker
from requests_app.photos import Taken


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


# --- Values are signed ------------------------------------------------------------------------------------------------


class Bomb:
    """Runs code in the process that unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


def read(name: str) -> bytes:
    content: bytes = redis().get(cache.make_key(name))
    return content


def write(name: str, content: bytes) -> None:
    redis().set(cache.make_key(name), content)


def redis() -> Any:
    return caches["default"]._cache.get_client(None)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "value",
    [
        7,
        True,
        "7",
        b"\x00png",
        None,
        (b"tile", 1.5),
        {"at": dt.datetime(2026, 6, 3, tzinfo=dt.UTC)},
        [Taken(point=Point(1, 2, srid=4326))],
    ],
    ids=["int", "bool", "str", "bytes", "none", "tuple", "time", "dataclass with a point"],
)
def test_each_kind_of_value_comes_back_as_it_was(value: Any) -> None:
    cache.set("kept", value)
    assert (cache.get("kept", "miss"), cache.get_many(["kept", "other"])) == (value, {"kept": value})


def test_a_value_that_somebody_else_wrote_is_a_miss_and_never_unpickled(tmp_path: Path) -> None:
    exploded = tmp_path / "exploded"
    bomb = pickle.dumps(Bomb(exploded))
    for forged in (bomb, b"\0" * 32 + bomb, b"x", b""):
        write("forged", forged)
        assert cache.get("forged", "miss") == "miss"
        assert cache.get_many(["forged"]) == {}
        assert cache.get_or_set("forged", "new") == "new"
    assert not exploded.exists()
    # It would have gone off.
    pickle.loads(bomb)  # noqa: S301
    assert exploded.exists()


def test_one_changed_byte_or_another_key_is_a_miss(settings: Settings) -> None:
    cache.set("kept", ["page"])
    stored = read("kept")
    write("kept", stored[:-2] + bytes([stored[-2] ^ 1]) + stored[-1:])
    assert cache.get("kept", "miss") == "miss"
    write("kept", stored)
    assert cache.get("kept", "miss") == ["page"]
    settings.SECRET_KEY = "of another installation"
    assert cache.get("kept", "miss") == "miss"


def test_counters_stay_numbers_that_redis_itself_adds_up() -> None:
    cache.set("counted", 1)
    assert (cache.incr("counted"), read("counted")) == (2, b"2")
