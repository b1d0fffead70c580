"""The units of the active city: feet and miles, or meters and kilometers. The middleware activates them."""

from collections.abc import Iterator
from contextlib import contextmanager

from asgiref.local import Local

US, METRIC = "us", "metric"

_active = Local()


def are_metric() -> bool:
    return getattr(_active, "units", US) == METRIC


@contextmanager
def override(units: str) -> Iterator[None]:
    before = getattr(_active, "units", US)
    _active.units = units
    try:
        yield
    finally:
        _active.units = before
