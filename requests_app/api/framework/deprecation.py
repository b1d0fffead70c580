"""What will go, an operation or a field, said where it is: the document marks it, and its answers announce it by headers.

    summary = TextField(source="description", help_text="…", deprecation=Deprecation(since, sunset, "summary"))

A field's answers are those that have it, or that answer a call which sent it.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.http import HttpResponseBase
from django.utils.http import http_date
from drf_spectacular.plumbing import force_instance
from rest_framework import serializers

AHEAD = dt.timedelta(days=365)
Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Deprecation:
    """since: from when on it should not be used. sunset: when it may stop to work, at least 12 months later. change: the slug of
    the entry in changelog.py that announces it and says what to use."""

    since: dt.datetime
    sunset: dt.datetime
    change: str

    def __post_init__(self) -> None:
        if self.sunset - self.since < AHEAD:
            raise ValueError(f"{self.change} has to be announced 12 months ahead")

    @property
    def address(self) -> str:
        return f"/developers/changes/#{self.change}"


def deprecated(since: dt.datetime, sunset: dt.datetime, change: str) -> Callable[[Handler], Handler]:
    """Announces the end of an operation."""

    def announce(handler: Handler) -> Handler:
        handler.deprecation = Deprecation(since, sunset, change)  # type: ignore[attr-defined]
        return handler

    return announce


def announce(response: HttpResponseBase, announced: Iterable[Deprecation]) -> None:
    """Adds the headers of RFC 9745 and RFC 8594, with the earliest days of several."""
    several = sorted(set(announced), key=lambda one: (one.since, one.change))
    if several:
        response["Deprecation"] = f"@{int(several[0].since.timestamp())}"
        response["Sunset"] = http_date(min(one.sunset for one in several).timestamp())
        links = [f'<{address}>; rel="deprecation"' for address in dict.fromkeys(one.address for one in several)]
        response["Link"] = ", ".join(filter(None, [response.get("Link"), *links]))


def fields_in(serializer: Any, data: Any) -> list[Deprecation]:
    """Those of the serializer's deprecated fields that the data has. serializer: a class, or one of several objects."""
    whole = force_instance(serializer)
    whole = whole.child if isinstance(whole, serializers.ListSerializer) else whole
    if not isinstance(whole, serializers.Serializer):
        return []
    kind: type[serializers.Serializer[Any]] = type(whole)
    return [deprecation for path, deprecation in _of_class(kind) if _has(data, path)]


@cache
def _of_class(serializer: type[serializers.Serializer[Any]]) -> tuple[tuple[tuple[str, ...], Deprecation], ...]:
    return tuple(_of_fields(serializer().fields))


def _of_fields(fields: Any) -> Iterator[tuple[tuple[str, ...], Deprecation]]:
    for name, field in fields.items():
        if deprecation := getattr(field, "deprecation", None):
            yield (name,), deprecation
        inner = getattr(field, "child", field)
        for path, deprecation in _of_fields(getattr(inner, "fields", {})):
            yield (name, *path), deprecation


def _has(data: Any, path: tuple[str, ...]) -> bool:
    if isinstance(data, list):
        return any(_has(one, path) for one in data)
    return not path or (hasattr(data, "keys") and path[0] in data and _has(data[path[0]], path[1:]))
