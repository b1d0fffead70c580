"""A few tests that fail among others are run once more alone, and named either way."""

import os
from pathlib import Path

import pytest

from config.stack.testing import run

AMONG_OTHERS = """
import os

def test_one():
    pass

def test_unsteady():
    assert "PYTEST_XDIST_WORKER" not in os.environ
"""
BROKEN = (
    AMONG_OTHERS
    + """
def test_broken():
    assert False
"""
)
FOUR_BROKEN = """
import pytest

@pytest.mark.parametrize("number", range(4))
def test_broken(number):
    assert False
"""
AMONG = ("-n", "1")


def outcome(folder: Path, text: str, capfd: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    (folder / "pytest.ini").write_text("[pytest]")
    (folder / "test_some.py").write_text(text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO"))}
    # Most of the time would go into importing other plugins, in each process.
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    failed = run(AMONG, ["-p", "xdist", *options], folder, environment)
    return failed, capfd.readouterr().out


def test_what_passes_by_itself_passes_and_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    failed, said = outcome(tmp_path, AMONG_OTHERS, capfd)
    assert failed == 0
    assert "UNSTEADY, failed among others and passed alone: test_some.py::test_unsteady" in said
    assert "1 failed, 1 passed" in said


def test_what_fails_again_fails(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    failed, said = outcome(tmp_path, BROKEN, capfd)
    assert failed == 1
    assert "once more alone: test_some.py::test_broken, test_some.py::test_unsteady" in said
    assert "UNSTEADY" not in said


def test_without_a_list_of_what_failed_nothing_is_run_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    failed, said = outcome(tmp_path, AMONG_OTHERS, capfd, "-p", "no:cacheprovider")
    assert failed == 1
    assert "once more" not in said


def test_many_that_fail_are_not_run_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    failed, said = outcome(tmp_path, FOUR_BROKEN, capfd)
    assert failed == 1
    assert "4 failed" in said
    assert "once more" not in said
