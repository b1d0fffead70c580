"""What the documents name exists: files, links, sections, the functions of the walks, and the picture of the packages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import room_map

pytestmark = pytest.mark.shows("10.8")

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/clients/*/*.md"), *ROOT.glob("deploy/*.md")]
)
FOLDERS = "requests_app|staff_app|templates|static|config|deploy|docs|bin|frontend|tests"
# What CONTRIBUTING.md's examples would add.
EXAMPLES = {
    "requests_app/actions/setup/desk_numbers.py",
    "requests_app/models/desk_number.py",
    "staff_app/setup/city/desk_numbers.py",
    "requests_app/web/explore/departments.py",
    "templates/requests_app/explore/departments.html",
    "tests/requests_app/web/explore/test_departments.py",
}


def named_files(text: str) -> Iterator[str]:
    for name in re.findall(rf"`((?:{FOLDERS})/[\w./-]+)", text):
        yield name.rstrip("./")


def anchors(path: Path) -> set[str]:
    """The sections of a page, as forges name them in links."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def functions(path: Path) -> set[str]:
    """The functions of a file; methods as Class.method."""
    tree = ast.parse(path.read_text())
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef)}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    missing = {name for name in named_files(page.read_text()) if not (ROOT / name).exists()}
    assert missing - EXAMPLES == set()


def test_the_examples_are_not_there_already() -> None:
    assert {name for name in EXAMPLES if (ROOT / name).exists()} == set()
    assert set(named_files((ROOT / "CONTRIBUTING.md").read_text())) >= EXAMPLES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, section in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)", page.read_text()):
        if target.startswith(("http", "../../")):
            continue
        path = (page.parent / target) if target else page
        assert path.exists(), target
        if section:
            assert section in anchors(path), f"{target}#{section}"


def test_each_step_of_the_walks_is_a_function() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    steps = re.findall(r"^\| \d+ \| `([^`]+)` \| `([^`]+)` \|", text, re.MULTILINE)
    assert len(steps) > 20
    assert [(file, name) for file, name in steps if name not in functions(ROOT / file)] == []


def test_the_examples_call_what_the_files_define() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named = re.findall(rf"`((?:{FOLDERS})/[\w/]+\.(?:py|js))`,? in `([\w.]+)(?:\(\))?`", text)
    assert len(named) > 4
    for file, name in named:
        assert re.search(rf"\b{name.split('.')[-1]}\b", (ROOT / file).read_text()), f"{file}: {name}"
    steps = re.findall(r"^\d+\. .*?(?=^\d+\. |^## )", text, re.DOTALL | re.MULTILINE)
    for step in steps:
        code = "".join(re.findall(r"```python\n(.*?)```", step, re.DOTALL))
        # Those that the example itself defines aren't there yet.
        for helper in set(re.findall(r"\b(_[a-z]\w+)\(", code)) - set(re.findall(r"def (\w+)\(", code)):
            file = re.findall(r"`([\w/]+\.py)`", step)[0]
            assert file in EXAMPLES or re.search(
                rf"^(def {helper}\(|{helper} = )", (ROOT / file).read_text(), re.MULTILINE
            ), f"{file}: {helper}"


def test_packages_and_subjects_are_in_the_pictures_that_are_kept() -> None:
    assert room_map.PICTURE.read_text() == room_map.draw(), "run .venv/bin/python -m tests.room_map"
    assert room_map.SUBJECTS_PICTURE.read_text() == room_map.draw_subjects(), "run .venv/bin/python -m tests.room_map"
