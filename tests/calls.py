"""Calls every function that asks for nothing but a city, a person, a report and the like, so that tests can compare its answers."""

import ast
import dataclasses
import datetime as dt
import importlib
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Model, Q

from requests_app.clock import app_now
from tests.assertions import ROOT
from tests.planted import Planted
from tests.twin import APART

# Those with a folder for each subject are walked by subject.
BY_SUBJECT = ("requests_app/rules", "requests_app/actions")
WHOLE = ("requests_app/messages", "staff_app/setup", "staff_app/queue", "staff_app/checks")
FOLDERS = [
    *(str(path.relative_to(ROOT)) for folder in BY_SUBJECT for path in sorted((ROOT / folder).glob("[a-z]*/"))),
    *WHOLE,
]
# The first answers with a new row each time; the second is of all cities; the third reads all words that ship, too, which takes 2
# seconds.
LEFT_OUT = {"city_switch.start", "unused_keys._unused", "word_search._phrases"}


@dataclasses.dataclass(frozen=True)
class Function:
    """takes: the types of its parameters."""

    module: str
    name: str
    takes: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"{self.module.rpartition('.')[2]}.{self.name}"


def given(planted: Planted) -> dict[str, list[Any]]:
    """What the functions are called with, by the type of the parameter."""
    cast, now = planted.cast, app_now()
    return {
        "Jurisdiction": [cast.city],
        "User": [planted.staff["sue"]],
        "Department": [cast.streets],
        "ServiceRequest": [planted.requests[kind] for kind in ("public", "ended")],
        "Service": [cast.pothole.service],
        "ServiceVersion": [cast.pothole],
        "Team": list(cast.streets.teams.filter(pk__lt=APART)),
        "Role": list(cast.city.roles.filter(code="supervisor", pk__lt=APART)),
        "Calendar": [cast.streets.calendar],
        "Article": list(cast.city.articles.filter(code="potholes", pk__lt=APART)),
        "dt.datetime": [now],
        "dt.date": [now.astimezone(cast.city.zone).date()],
    }


def functions(folder: str) -> Iterator[Function]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.decorator_list:
                takes = tuple(_needed(node.args))
                if takes and node.returns is not None and ast.unparse(node.returns) != "None":
                    yield Function(module, node.name, takes)


def _needed(arguments: ast.arguments) -> Iterator[str]:
    """The types of the parameters without a default."""
    if any(default is None for default in arguments.kw_defaults):
        yield "by name"
    for argument in arguments.args[: len(arguments.args) - len(arguments.defaults)]:
        yield ast.unparse(argument.annotation) if argument.annotation else "any"


def answers(planted: Planted, folder: str, only: Container[str] | None = None) -> dict[str, Any]:
    """By function and number of the call; what it wrote is rolled back. only: these functions."""
    cache.clear()
    values = given(planted)
    answered = {}
    for function in functions(folder):
        if not set(function.takes) <= set(values) or function.place in LEFT_OUT:
            continue
        if only is not None and function.place not in only:
            continue
        call = getattr(importlib.import_module(function.module), function.name)
        for number in range(max(len(values[kind]) for kind in function.takes)):
            arguments = [_fresh(values[kind][number % len(values[kind])]) for kind in function.takes]
            with transaction.atomic():
                try:
                    answered[f"{function.place} {number}"] = _plain(call(*arguments))
                except Exception as error:
                    # Some ask for a request in another state.
                    answered[f"{function.place} {number}"] = repr(error)
                transaction.set_rollback(True)
    return answered


def _fresh(value: Any) -> Any:
    """Read again: a row remembers what was read through it."""
    return type(value)._default_manager.get(pk=value.pk) if isinstance(value, Model) else value


def _plain(value: Any) -> Any:
    """What can be compared, with rows by their numbers."""
    if isinstance(value, Model):
        return value._meta.label, value.pk
    if isinstance(value, Mapping):
        return {repr(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(repr(_plain(item)) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Q):
        return [_plain(item) for item in value]
    return (
        value
        if isinstance(value, str | int | float | dt.date | dt.time | dt.timedelta | None)
        else type(value).__name__
    )
