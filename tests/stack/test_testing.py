"""bin/test says what fails as it fails; a few tests that fail among others are run once more alone, and named either way."""

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from config.stack import testing
from config.stack.testing import kept, run
from tests.as_it_runs import SECONDS

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


def outcome(
    folder: Path, text: str, capfd: pytest.CaptureFixture[str], *options: str
) -> tuple[tuple[int, list[str]], str]:
    (folder / "pytest.ini").write_text("[pytest]")
    (folder / "test_some.py").write_text(text)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO"))}
    # Most of the time would go into importing other plugins, in each process.
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    result = run(AMONG, ["-p", "xdist", "-p", "tests.as_it_runs", *options], folder, environment)
    return result, capfd.readouterr().out


def test_what_passes_by_itself_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    result, said = outcome(tmp_path, AMONG_OTHERS, capfd)
    assert result == (0, ["test_some.py::test_unsteady"])
    assert "1 failed, 1 passed" in said


def test_what_fails_again_fails(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    result, said = outcome(tmp_path, BROKEN, capfd)
    assert result == (1, [])
    assert "once more alone: test_some.py::test_broken, test_some.py::test_unsteady" in said


def test_without_a_list_of_what_failed_nothing_is_run_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    result, said = outcome(tmp_path, AMONG_OTHERS, capfd, "-p", "no:cacheprovider")
    assert result == (1, [])
    assert "1 failed, 1 passed" in said
    assert "once more" not in said
    assert "Error:" not in said.replace("AssertionError:", "")


def test_many_that_fail_are_not_run_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    result, said = outcome(tmp_path, FOUR_BROKEN, capfd)
    assert result == (1, [])
    assert "4 failed" in said
    assert "\nFAILED test_some.py::test_broken[0]\n" in said.partition("= FAILURES =")[0]
    assert "once more" not in said


def test_a_failure_is_said_with_its_place_before_the_tests_after_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _, said = outcome(tmp_path, "def test_a():\n    assert 1 == 2\n\ndef test_b():\n    pass\n", capfd, "-v")
    lines = said.splitlines()
    at = lines.index("FAILED test_some.py::test_a")
    assert lines[at + 1].endswith("test_some.py:2: assert 1 == 2")
    assert any("test_some.py::test_b" in line for line in lines[at + 2 :])
    assert "= FAILURES =" in "\n".join(lines[at + 2 :])


def test_the_seconds_of_whole_files_are_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    slow = "import time\n\ndef test_a():\n    time.sleep(0.3)\n\ndef test_b():\n    assert False\n"
    outcome(tmp_path, slow, capfd, "-k", "test_a")
    assert kept(tmp_path, SECONDS) == {}
    outcome(tmp_path, slow, capfd)
    seconds = kept(tmp_path, SECONDS)
    assert seconds["test_some.py"] >= 0.3
    # Another file's, and half of this one's, change nothing.
    (tmp_path / "test_more.py").write_text("def test_c():\n    pass\n")
    outcome(tmp_path, slow, capfd, "test_more.py")
    outcome(tmp_path, slow, capfd, "test_some.py::test_b")
    assert kept(tmp_path, SECONDS) == {**seconds, "test_more.py": 0.0}


class Lint:
    """Stands for the linters, which say their part after the tests."""

    def __enter__(self) -> Callable[[], int]:
        return lambda: print("ok mypy") or 0

    def __exit__(self, *error: object) -> None:
        pass


@pytest.mark.parametrize(
    ("options", "failed", "code"),
    [((), (0, ["a"]), 0), (("--strict",), (0, ["a"]), 1), (("--strict",), (0, []), 0), ((), (1, []), 1)],
)
def test_unsteady_tests_are_the_last_line_and_an_error_if_that_is_wanted(
    options: tuple[str, ...],
    failed: tuple[int, list[str]],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    given: list[Sequence[str]] = []
    monkeypatch.setattr(testing, "linting_beside", lambda wanted: Lint())
    monkeypatch.setattr(testing, "servers", lambda folders: nullcontext())
    monkeypatch.setattr(testing, "prepare", lambda folders: None)
    monkeypatch.setattr(testing.signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(
        testing, "run", lambda processes, arguments, folder, environment: given.append(arguments) or failed
    )
    assert testing.test(options) == code
    assert given == [["-m", "not slow"]]
    last = capfd.readouterr().out.splitlines()[-1]
    assert last == ("bin/test: UNSTEADY, failed among others and passed alone: a" if failed[1] else "ok mypy")
