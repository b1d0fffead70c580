"""Calls that really run at the same time, each with a connection of its own. For tests with django_db(transaction=True)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

PATIENCE_S = 20


def at_once(*calls: tuple[Any, ...], patience_s: float = PATIENCE_S) -> list[Any]:
    """calls: each a function and its arguments. Returns their results, in order; raises what one of them raised."""
    results: list[Any] = [None] * len(calls)
    failed: list[BaseException] = []

    def run(number: int, function: Callable[..., Any], *arguments: Any) -> None:
        try:
            results[number] = function(*arguments)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, *call)) for number, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience_s)
        assert not thread.is_alive()
    if failed:
        raise failed[0]
    return results


def meet_before(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, count: int = 2) -> None:
    """The first `count` calls of module.name wait for each other before they begin, so that they do begin at once."""
    real, barrier, calls = getattr(module, name), threading.Barrier(count), iter(range(count))

    def met(*args: Any, **kwargs: Any) -> Any:
        if next(calls, None) is not None:
            barrier.wait(PATIENCE_S)
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, met)
