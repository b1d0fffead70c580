"""What this web request has read already, so that it isn't read again. Outside a web request, everything is read each time."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class _Kept:
    """only_reads: a page, which has one time throughout. A write reads the time of its own transaction."""

    only_reads: bool
    values: dict[Hashable, Any] = field(default_factory=dict)


_current: ContextVar[_Kept | None] = ContextVar("once", default=None)


@contextmanager
def web_request(*, only_reads: bool) -> Iterator[None]:
    token = _current.set(_Kept(only_reads))
    try:
        yield
    finally:
        _current.reset(token)


def read(key: Hashable, compute: Callable[[], T]) -> T:
    """For what doesn't change while a request is answered, such as the city's lists of words."""
    kept = _current.get()
    return compute() if kept is None else _value(kept, key, compute)


def read_on_page(key: Hashable, compute: Callable[[], T]) -> T:
    """As read(), but only in requests that write nothing."""
    kept = _current.get()
    return compute() if kept is None or not kept.only_reads else _value(kept, key, compute)


def _value(kept: _Kept, key: Hashable, compute: Callable[[], T]) -> T:
    if key not in kept.values:
        kept.values[key] = compute()
    found: T = kept.values[key]
    return found
