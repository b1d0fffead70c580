"""docs/coverage.md matches the markers: each promise has a test or a picture, and each marker names a promise."""

import ast
import re
from pathlib import Path

import pytest

from tests import coverage

ROOT = Path(__file__).resolve().parent.parent
PROMISES = [promise for topic in coverage.topics() for promise in topic.promises]
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


def test_the_page_is_up_to_date() -> None:
    assert coverage.PAGE.read_text() == coverage.page(), "run .venv/bin/python -m tests.coverage"


def test_each_promise_has_its_own_number() -> None:
    ids = [promise.id for promise in PROMISES]
    assert len(set(ids)) == len(ids) > 200
    assert [id for id in ids if not re.fullmatch(r"A\d+|\d+\.\d+", id)] == []


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.id)
def test_each_promise_is_a_sentence_that_a_test_or_a_picture_shows(promise: coverage.Promise) -> None:
    assert re.fullmatch(r"[^|\n]+\.", promise.promise)
    assert [name for name in promise.see if not (ROOT / name).is_file()] == []
    assert coverage.shown_by().get(promise.id) or any(name.endswith(".png") for name in promise.see)


def test_each_marker_names_a_promise() -> None:
    assert set(coverage.shown_by()) - {promise.id for promise in PROMISES} == set()


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_marker_is_read(path: Path) -> None:
    """A marker that is neither a decorator of a test nor part of pytestmark would be missing from the page."""
    source = path.read_text()
    written = [argument for call in coverage.markers(ast.parse(source)) for argument in call.args]
    shown = list(coverage.shown_in(source))
    assert len(shown) == len(written) == len(set(shown))
    assert [name for _, name in shown if name and not name.startswith(("test_", "Test"))] == []


def test_markers_are_read_from_tests_and_files() -> None:
    source = """
pytestmark = [pytest.mark.django_db, pytest.mark.shows("1.1")]

@pytest.mark.shows("1.2", "A3")
@pytest.mark.parametrize("page", [])
def test_it(page):
    pass

def test_another():
    pass
"""
    assert sorted(coverage.shown_in(source)) == [("1.1", ""), ("1.2", "test_it"), ("A3", "test_it")]
