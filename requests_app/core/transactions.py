"""What one action already read and wrote in its transaction, so that it isn't read again.

staff_actions.perform() and submission.in_transaction() open a scope. Without one, everything here does nothing.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class Scope:
    """now: the start of the transaction, once it was read. locked: rows that it locked and that nothing changed since, by id.
    calm: ids of locked requests without a ringing alarm. clocks: of a locked request, by its id, until one of them is changed.
    recorded: the events it recorded, in order."""

    now: dt.datetime | None = None
    locked: dict[int, Any] = field(default_factory=dict)
    calm: set[int] = field(default_factory=set)
    clocks: dict[int, list[Any]] = field(default_factory=dict)
    recorded: list[Any] = field(default_factory=list)


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current() -> Scope | None:
    return _current.get()


@contextmanager
def scope() -> Iterator[Scope]:
    """For one transaction: open it inside, and close it before the transaction ends."""
    opened = Scope()
    token = _current.set(opened)
    try:
        yield opened
    finally:
        _current.reset(token)


def atomic_action(write: Callable[P, R]) -> Callable[P, R]:
    """Like transaction.atomic, without a savepoint inside a scope: there, any error ends the whole transaction."""

    @wraps(write)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(savepoint=current() is None):
            return write(*args, **kwargs)

    return wrapped
