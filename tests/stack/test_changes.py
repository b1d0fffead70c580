"""bin/test --changed: a change runs the tests that import it, that name it and that are named like it, and nothing far away."""

import subprocess
from pathlib import Path

import pytest

from config.stack.changes import changed_files, summary, touched_tests

FILES = {
    "requests_app/rules/usual.py": "",
    "requests_app/rules/other.py": "",
    "requests_app/actions/counting.py": "from requests_app.rules.usual import usual\n",
    "requests_app/web/track.py": "from requests_app.actions import counting\nTEMPLATE = 'requests_app/track.html'\n",
    "templates/requests_app/track.html": '{% include "requests_app/_map.html" %}',
    "templates/requests_app/_map.html": '<script src="js/map.js">',
    "static/js/map.js": "",
    "tests/conftest.py": "",
    "tests/walk.py": "",
    "tests/requests_app/rules/test_usual.py": "",
    "tests/requests_app/rules/test_other.py": "import requests_app.rules.other\n",
    "tests/requests_app/test_counting.py": "from requests_app.actions.counting import fold\n",
    "tests/requests_app/test_pages.py": "from requests_app.web import track\nfrom tests.walk import Walk\n",
}
PAGES, COUNTING = "tests/requests_app/test_pages.py", "tests/requests_app/test_counting.py"


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
        # By its name, through the action that imports it; the page is three imports away.
        ("requests_app/rules/usual.py", ["tests/requests_app/rules/test_usual.py", COUNTING]),
        ("requests_app/actions/counting.py", [COUNTING, PAGES]),
        ("static/js/map.js", [PAGES]),
        ("templates/requests_app/track.html", [PAGES]),
        ("tests/walk.py", [PAGES]),
        (PAGES, [PAGES]),
        ("requests_app/rules/gone.py", []),
        ("docs/nobody-reads-it.md", []),
    ],
)
def test_a_change_touches_what_imports_names_or_mirrors_it(root: Path, changed: str, tests: list[str]) -> None:
    assert touched_tests(root, [changed]) == tests


@pytest.mark.parametrize("changed", ["tests/conftest.py", "config/settings.py", "requirements.txt", "pyproject.toml"])
def test_what_every_test_stands_on_touches_all(root: Path, changed: str) -> None:
    assert touched_tests(root, ["static/js/map.js", changed]) is None
    assert "all tests" in summary(None)


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
