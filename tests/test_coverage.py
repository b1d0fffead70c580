"""docs/coverage.md matches the markers: each promise has a test or a picture, and each marker names a promise."""

import ast
import re
from pathlib import Path

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


def test_each_promise_is_a_sentence_that_a_test_or_a_picture_shows() -> None:
    shown = coverage.shown_by()
    for promise in PROMISES:
        assert re.fullmatch(r"[^|\n]+\.", promise.promise), promise.id
        assert [name for name in promise.see if not (ROOT / name).is_file()] == [], promise.id
        assert shown.get(promise.id) or any(name.endswith(".png") for name in promise.see), promise.id


def test_each_marker_names_a_promise() -> None:
    assert set(coverage.shown_by()) - {promise.id for promise in PROMISES} == set()


def test_each_marker_is_read() -> None:
    """A marker that is neither a decorator of a test nor part of pytestmark would be missing from the page."""
    for path in TESTS:
        source = path.read_text()
        written = [argument for call in coverage.markers(ast.parse(source)) for argument in call.args]
        shown = list(coverage.shown_in(source))
        assert len(shown) == len(written) == len(set(shown)), path
        assert [name for _, name in shown if name and not name.startswith(("test_", "Test"))] == [], path


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
