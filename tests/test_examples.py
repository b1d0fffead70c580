"""The worked examples of CONTRIBUTING.md are patches: each applies, touches few files, and is whole."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.shows("10.1")

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "docs/examples"
# By its patch: the heading in CONTRIBUTING.md, and how many files it may touch, with its migration.
HEADINGS = {
    "question_kind": ("a new type of question", 5),
    "page": ("a new page for residents", 6),
    "event_kind": ("a new kind of event", 6),
    # Its row with its test and migration, then its page as above.
    "setup_row": ("something new that administrators set up", 11),
}
NAMES = pytest.mark.parametrize("name", sorted(HEADINGS))


def patch(name: str) -> str:
    return (EXAMPLES / f"{name}.patch").read_text()


def section(name: str) -> str:
    heading, _most = HEADINGS[name]
    text = (ROOT / "CONTRIBUTING.md").read_text()
    return re.split(r"^## ", text.split(f"## Example: {heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


def bare(code: str) -> str:
    return re.sub(r"[\s,]", "", code)


def run(tree: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    # Without the servers of this run.
    environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


def copied(tree: Path) -> Path:
    """What git knows or could know of."""
    listed = run(ROOT, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout.split("\0")
    for file in filter(None, listed):
        if (ROOT / file).is_file():
            (tree / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, tree / file)
    if not (tree / ".venv").exists():
        (tree / ".venv").symlink_to((ROOT / ".venv").resolve())
    return tree


def test_each_example_is_a_patch_that_is_explained() -> None:
    assert sorted(path.stem for path in EXAMPLES.glob("*.patch")) == sorted(HEADINGS)
    assert sorted(path.stem for path in EXAMPLES.glob("*.po")) == sorted(HEADINGS)
    for name in HEADINGS:
        assert f"docs/examples/{name}.patch" in section(name)


@NAMES
def test_it_applies(name: str) -> None:
    done = run(ROOT, "git", "apply", "--check", str(EXAMPLES / f"{name}.patch"))
    assert done.returncode == 0, f"docs/examples/{name}.patch: {done.stderr}"


def test_a_patch_whose_place_has_moved_is_named(tmp_path: Path) -> None:
    moved = tmp_path / "moved.patch"
    text = patch("event_kind")
    assert "requests_app/rules/shared/lifecycle.py" in text
    moved.write_text(text.replace("requests_app/rules/shared/lifecycle.py", "requests_app/rules/lifecycle.py"))
    done = run(ROOT, "git", "apply", "--check", str(moved))
    assert done.returncode != 0
    assert "requests_app/rules/lifecycle.py" in done.stderr


@NAMES
def test_it_touches_few_files(name: str) -> None:
    files = re.findall(r"^diff --git a/(\S+) ", patch(name), re.MULTILINE)
    migrations = re.findall(r"^Migration: ", patch(name), re.MULTILINE)
    # The Spanish sentences (.po) and the line in CHANGELOG.md come on top.
    assert 1 < len(files) + len(migrations) <= HEADINGS[name][1], files


@NAMES
def test_what_is_quoted_is_in_the_patch(name: str) -> None:
    # However the lines are broken.
    added = bare("\n".join(line[1:] for line in patch(name).splitlines() if line.startswith("+")))
    quoted = re.findall(r"^ *```\w+\n(.*?)^ *```", section(name), re.DOTALL | re.MULTILINE)
    assert quoted
    for line in "".join(quoted).splitlines():
        assert bare(line) in added, line


@pytest.mark.slow
@NAMES
def test_applied_to_a_copy_it_passes_the_tests_that_it_names(name: str, tmp_path: Path) -> None:
    tree = copied(tmp_path)
    applied = run(tree, "git", "apply", str(EXAMPLES / f"{name}.patch"))
    assert applied.returncode == 0, applied.stderr
    with (tree / "locale/es/LC_MESSAGES/django.po").open("a") as po:
        po.write("\n" + (EXAMPLES / f"{name}.po").read_text())
    for migration in re.findall(r"^Migration: (\w+)$", patch(name), re.MULTILINE):
        made = run(tree, "bin/manage", "makemigrations", "requests_app", "-n", migration)
        assert made.returncode == 0, made.stderr
    tests = re.findall(r"^Test: (\S+)$", patch(name), re.MULTILINE)
    done = run(tree, "bin/test", "-q", *tests)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
