"""Redis in web requests: a short timeout, and a circuit breaker that reports a miss while Redis is down.

Values are signed with SECRET_KEY: anyone who can write to Redis could run code in the web server through a pickle of their own.
"""

import hmac
import pickle
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import redis
import structlog
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from requests_app.core import metrics

T = TypeVar("T")
TIMEOUT_S = 0.25
OPEN_FOR_S = 5.0
log = structlog.get_logger(__name__)


class Breaker:
    """A circuit breaker: opens at the first failure and lets one call through every few seconds."""

    def __init__(self) -> None:
        self.open_until = 0.0

    def call(self, function: Callable[[], T], default: T) -> T:
        if time.monotonic() < self.open_until:
            return default
        try:
            return function()
        except (redis.RedisError, OSError) as error:
            self.open_until = time.monotonic() + OPEN_FOR_S
            log.warning("redis_unreachable", error=type(error).__name__)
            metrics.count(metrics.REDIS_FAILURES, type(error).__name__)
            return default


breaker = Breaker()


SIGNATURE_BYTES = 32


class NotOurs(Exception):
    """A value that isn't signed with our key: from before, from another installation, or forged."""


class SignedSerializer:
    """Pickles behind a signature, which is checked before anything is unpickled. Integers are plain, so that Redis can count."""

    def dumps(self, value: Any) -> int | bytes:
        if type(value) is int:
            return value
        content = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        return _signature(content) + content

    def loads(self, stored: bytes) -> Any:
        """Raises NotOurs."""
        try:
            return int(stored)
        except ValueError:
            pass
        signature, content = stored[:SIGNATURE_BYTES], stored[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, _signature(content)):
            raise NotOurs
        return pickle.loads(content)  # noqa: S301  (only what we have signed)


def _signature(content: bytes) -> bytes:
    return hmac.digest(f"requests_app.core.cache:{settings.SECRET_KEY}".encode(), content, "sha256")


class OneClient(RedisCacheClient):
    """With one redis-py client for good, which threads may share: making one for each command took longer than the command.

    What isn't signed is a miss.
    """

    _serializer: SignedSerializer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client: redis.Redis | None = None

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        if self.client is None:
            self.client = super().get_client(key, write=write)
        return self.client

    def get(self, key: Any, default: Any) -> Any:
        return self._read(self.get_client(key).get(key), default)

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        missing = object()
        values = self.get_client(None).mget(names := list(keys))
        found = {name: self._read(value, missing) for name, value in zip(names, values, strict=True)}
        return {name: value for name, value in found.items() if value is not missing}

    def _read(self, stored: bytes | None, default: Any) -> Any:
        try:
            return default if stored is None else self._serializer.loads(stored)
        except NotOurs:
            return default


class BreakerRedisCache(RedisCache):
    """Django's Redis cache behind the breaker. While open, get() misses, set() does nothing and incr() returns 0."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = params.setdefault("OPTIONS", {})
        options.setdefault("socket_timeout", TIMEOUT_S)
        options.setdefault("socket_connect_timeout", TIMEOUT_S)
        # No retry: a second attempt would double the resident's wait.
        options.setdefault("retry", None)
        options["serializer"] = SignedSerializer
        super().__init__(server, params)
        self._class = OneClient

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return breaker.call(lambda: super(BreakerRedisCache, self).add(*args, **kwargs), True)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return breaker.call(lambda: super(BreakerRedisCache, self).get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        breaker.call(lambda: super(BreakerRedisCache, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return breaker.call(lambda: super(BreakerRedisCache, self).touch(*args, **kwargs), False)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return breaker.call(lambda: super(BreakerRedisCache, self).delete(*args, **kwargs), False)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return breaker.call(lambda: super(BreakerRedisCache, self).get_many(*args, **kwargs), {})

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return breaker.call(lambda: super(BreakerRedisCache, self).has_key(*args, **kwargs), False)

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return breaker.call(lambda: super(BreakerRedisCache, self).incr(*args, **kwargs), 0)

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        return breaker.call(lambda: super(BreakerRedisCache, self).set_many(*args, **kwargs), [])

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        breaker.call(lambda: super(BreakerRedisCache, self).delete_many(*args, **kwargs), None)

    def clear(self) -> None:
        breaker.call(lambda: super(BreakerRedisCache, self).clear(), None)

    def run(self, commands: Callable[[redis.client.Pipeline], object]) -> list[Any]:
        """Redis's own commands, on names without our prefix, in one transaction and one round trip. [] without Redis."""

        def execute() -> list[Any]:
            with self._cache.get_client(None, write=True).pipeline() as pipeline:
                commands(pipeline)
                return list(pipeline.execute())

        return breaker.call(execute, [])


def run(commands: Callable[[redis.client.Pipeline], object]) -> list[Any]:
    """See BreakerRedisCache.run()."""
    backend: BreakerRedisCache = caches["default"]  # type: ignore[assignment]
    return backend.run(commands)
