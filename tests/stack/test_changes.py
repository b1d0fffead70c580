"""bin/test --changed: the nearest tests first, until their time is used; what it chooses holds the tests that notice a mistake."""

import subprocess
from pathlib import Path

import pytest

from config.stack.changes import LIMIT_S, PROCESSES, Tree, changed_files, summary
from config.stack.folders import ROOT
from tests.regressions import REGRESSIONS, named_by_file

ONE_TEST = "def test_it() -> None:\n    pass\n"
FILES = {
    "requests_app/rules/work/usual.py": "",
    "requests_app/rules/work/other.py": "",
    "requests_app/actions/work/counting.py": "from requests_app.rules.work.usual import usual\n",
    "requests_app/web/track.py": "from requests_app.actions.work import counting\nTEMPLATE = 'requests_app/track.html'\n",
    "templates/requests_app/track.html": '{% include "requests_app/_map.html" %}',
    "templates/requests_app/_map.html": '<script src="js/map.js">',
    "static/js/map.js": "",
    "tests/conftest.py": "",
    "tests/walk.py": "",
    "tests/journeys/test_day.py": "# counting\n" + ONE_TEST,
    "tests/requests_app/rules/work/test_usual.py": ONE_TEST,
    "tests/requests_app/rules/work/test_other.py": "import requests_app.rules.work.other\n" + ONE_TEST,
    "tests/requests_app/test_counting.py": "from requests_app.actions.work.counting import fold\n" + ONE_TEST,
    "tests/requests_app/test_pages.py": "from requests_app.web import track\nfrom tests.walk import Walk\n" + ONE_TEST,
    "tests/staff_app/test_far.py": ONE_TEST,
}
USUAL, OTHER = "tests/requests_app/rules/work/test_usual.py", "tests/requests_app/rules/work/test_other.py"
PAGES, COUNTING = "tests/requests_app/test_pages.py", "tests/requests_app/test_counting.py"
DAY, FAR = "tests/journeys/test_day.py", "tests/staff_app/test_far.py"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        # By its name, then its subject, then through the action that imports it; the page is three imports away.
        ("requests_app/rules/work/usual.py", [USUAL, OTHER, COUNTING]),
        # By its name, then its subject, then the journey that speaks of it, then the page's.
        ("requests_app/actions/work/counting.py", [COUNTING, OTHER, USUAL, DAY, PAGES]),
        ("static/js/map.js", [PAGES]),
        ("templates/requests_app/track.html", [PAGES, COUNTING]),
        ("tests/walk.py", [PAGES]),
        (FAR, [FAR]),
        ("docs/nobody-reads-it.md", []),
    ],
)
def test_the_nearest_come_first(root: Path, changed: str, tests: list[str]) -> None:
    assert Tree(root).choose([changed]).tests == tests


def test_what_is_being_written_is_no_error(root: Path) -> None:
    (root / "requests_app/rules/work/usual.py").write_text("def usual(:")
    assert Tree(root).choose(["requests_app/rules/work/usual.py"]).tests == [USUAL, OTHER, COUNTING]


def test_tests_that_a_regression_names_come_after_those_named_like_the_file(root: Path) -> None:
    tree = Tree(root, regressions={"requests_app/rules/work/usual.py": [FAR]})
    assert tree.choose(["requests_app/rules/work/usual.py"]).tests == [USUAL, FAR, OTHER, COUNTING]
    assert FAR not in tree.choose(["requests_app/rules/work/other.py"]).tests


def test_what_walks_through_a_folder_is_as_near_as_its_subject(root: Path) -> None:
    walk = root / "tests/test_walk.py"
    walk.write_text(f'WALKED = ("requests_app/actions",)\n{ONE_TEST}')
    chosen = Tree(root).choose(["requests_app/actions/work/counting.py"]).tests
    assert chosen == [COUNTING, OTHER, USUAL, "tests/test_walk.py", DAY, PAGES]
    assert "tests/test_walk.py" not in Tree(root).choose(["requests_app/rules/work/usual.py"]).tests


@pytest.mark.parametrize("changed", ["tests/conftest.py", "config/settings.py", "requirements.txt", "pyproject.toml"])
def test_of_what_every_test_stands_on_each_folder_tries_the_shortest_first(root: Path, changed: str) -> None:
    choice = Tree(root, seconds={USUAL: 2, OTHER: 1, FAR: 3}).choose([changed])
    assert set(choice.tests) == {USUAL, OTHER, COUNTING, PAGES, DAY, FAR}
    assert choice.tests.index(FAR) < choice.tests.index(USUAL)
    assert choice.tests.index(OTHER) < choice.tests.index(USUAL)


def test_it_ends_when_the_time_is_used_and_says_what_it_left_out(root: Path) -> None:
    limit = dict.fromkeys([OTHER, USUAL, COUNTING, PAGES], LIMIT_S)
    choice = Tree(root, seconds={**limit, DAY: 0.1}).choose(["requests_app/actions/work/counting.py"])
    # One for each process, to the second; not even a short one after them.
    assert choice.tests == [COUNTING, OTHER, USUAL]
    assert len(choice.tests) == PROCESSES
    assert choice.left_out == [DAY, PAGES]
    assert choice.seconds == LIMIT_S
    said = summary(choice)
    assert "3 test files nearest to the change, about 65 s" in said
    assert "left out for bin/test: 2 more" in said
    assert "  tests/journeys/: 1" in said
    # A second less of one, and the short one fits behind it.
    choice = Tree(root, seconds={**limit, OTHER: LIMIT_S - 1, DAY: 0.1}).choose(
        ["requests_app/actions/work/counting.py"]
    )
    assert choice.tests == [COUNTING, OTHER, USUAL, DAY]
    assert choice.left_out == [PAGES]


def test_the_nearest_runs_however_long_it_takes(root: Path) -> None:
    choice = Tree(root, seconds={FAR: LIMIT_S + 30}).choose([FAR])
    assert choice.tests == [FAR]
    assert choice.left_out == []
    assert "left out" not in summary(choice)


# Eleven seconds for two figures that hardly move.
@pytest.mark.slow
def test_its_choice_holds_the_tests_that_notice_the_deliberate_regressions() -> None:
    """Most of them also for a file without one, by where the tests lie alone. docs/testing.md says both figures."""
    tree = Tree(ROOT)
    assert _caught(tree) >= 0.85
    tree.regressions = named_by_file()
    assert _caught(tree) >= 0.98


def _caught(tree: Tree) -> float:
    choices = {file: set(tree.choose([file]).tests) for file in named_by_file()}
    return sum(not choices[one.file].isdisjoint(one.tests) for one in REGRESSIONS) / len(REGRESSIONS)


def git(root: Path, *arguments: str) -> None:
    person = ["-c", "user.name=Ana", "-c", "user.email=ana@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *person, *arguments], cwd=root, check=True, capture_output=True)


def test_a_change_is_what_this_branch_did_committed_or_not(root: Path) -> None:
    git(root, "init", "--initial-branch=main")
    git(root, "add", ".")
    git(root, "commit", "-m", "Begin")
    assert changed_files(root) == []
    git(root, "switch", "-c", "branch")
    (root / "static/js/map.js").write_text("1")
    git(root, "commit", "-a", "-m", "Draw")
    (root / "tests/walk.py").write_text("1")
    (root / "new.txt").write_text("1")
    assert changed_files(root) == ["new.txt", "static/js/map.js", "tests/walk.py"]
