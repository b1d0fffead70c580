"""What the Python client has from the OpenAPI document is what the document says."""

import asyncio
import copy
import inspect
from typing import Any

import pytest
from lamplighter_client import AsyncLamplighter, Lamplighter
from lamplighter_client.staff import Staff

from tests.clients import generate

pytestmark = pytest.mark.shows("15.8")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return generate.document()


def test_the_files_are_those_of_this_document(document: dict[str, Any]) -> None:
    for path, text in generate.files(document).items():
        assert path.read_text() == text, f"{path.name} is out of date: run `python -m tests.clients.generate`."


def test_a_new_field_is_in_the_types(document: dict[str, Any]) -> None:
    changed = copy.deepcopy(document)
    added = {"type": ["string", "null"], "description": "When."}
    codes = {"Request": {"x-extensible-enum": ["day", "night"]}, "NewFollow": {"enum": ["day", "night", None]}}
    for schema, values in codes.items():
        changed["components"]["schemas"][schema]["properties"]["shift"] = {**added, **values}
        changed["components"]["schemas"][schema].setdefault("required", []).append("shift")
    text = generate.Shapes(changed).written()
    # A code that the city sends may be a new one; what it takes is one of the listed.
    assert text.count("    shift: str | None\n") == 1
    assert text.count("    shift: Literal['day', 'night'] | None\n") == 1
    assert "shift" not in generate.Shapes(document).written()


def test_everything_is_there_for_coroutines_too() -> None:
    for blocking, other in ((Lamplighter, AsyncLamplighter), (Staff, AsyncLamplighter("city.example").staff.__class__)):
        for name, method in inspect.getmembers(blocking, inspect.isfunction):
            theirs = getattr(other, name)
            assert list(inspect.signature(theirs).parameters) == list(inspect.signature(method).parameters)
            if name not in generate.PLAIN_METHODS:
                assert asyncio.iscoroutinefunction(theirs) or inspect.isasyncgenfunction(theirs), name
