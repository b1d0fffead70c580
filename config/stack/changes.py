"""Which tests a change touches, for bin/test --changed: by what imports what, by who names a file, and by like names."""

import ast
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

FOLDERS = ("config", "requests_app", "staff_app", "templates", "static", "tests")
# Shared by every test, so a change here runs all of them.
EVERYTHING = (
    "pyproject.toml",
    "requirements",
    "config/",
    "manage.py",
    "tests/conftest.py",
    "tests/factories.py",
    "tests/processes.py",
    "tests/saved.py",
)
# Modules that import the changed one, and what imports those.
HOPS = 2


def changed_files(root: Path) -> list[str]:
    """What differs from the point where this branch left main, whether committed or not; new files too."""
    base = _git(root, "merge-base", "main", "HEAD") or ["HEAD"]
    names = {*_git(root, "diff", "--name-only", base[0]), *_git(root, "ls-files", "--others", "--exclude-standard")}
    return sorted(names)


def _git(root: Path, *arguments: str) -> list[str]:
    """The lines that git prints; none where it fails, as for a clone without a main."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    return done.stdout.split("\n")[:-1] if done.returncode == 0 else []


def touched_tests(root: Path, changed: Iterable[str]) -> list[str] | None:
    """The test files for a change, or None for all of them."""
    changed = list(changed)
    if any(name.startswith(EVERYTHING) for name in changed):
        return None
    sources = {
        path.relative_to(root).as_posix(): path.read_text(errors="replace")
        for folder in FOLDERS
        for path in (root / folder).rglob("*")
        if path.suffix in (".py", ".html", ".txt", ".js", ".css") and "vendor" not in path.parts
    }
    reached = {*changed, *_who_names(changed, sources)}
    importers = _importers(sources)
    tests = {name for name in reached if _is_test(name)}
    for name in reached:
        tests |= {other for other in sources if _is_test(other) and _is_alike(other, name)}
    for _hop in range(HOPS):
        reached = {other for name in reached for other in importers[name] if not _is_test(name)}
        tests |= {name for name in reached if _is_test(name)}
    return sorted(name for name in tests if name in sources)


def summary(tests: list[str] | None) -> str:
    if tests is None:
        return "the change touches files that every test needs: all tests"
    return f"the change touches {len(tests)} test files" + "".join(f"\n  {name}" for name in tests)


def _is_test(name: str) -> bool:
    return name.startswith("tests/") and name.rpartition("/")[2].startswith("test_")


def _is_alike(test: str, name: str) -> bool:
    """tests/requests_app/rules/test_usual.py and requests_app/rules/usual.py, also where the folder is another."""
    return name.endswith(".py") and test.rpartition("/")[2] == f"test_{name.rpartition('/')[2]}"


def _who_names(changed: Iterable[str], sources: dict[str, str]) -> set[str]:
    """The files that name a changed file that is no Python: a template by its path, a script, a style sheet or a page."""
    found: set[str] = set()
    waiting = [name for name in changed if not name.endswith(".py")]
    while waiting:
        name = waiting.pop()
        spoken = name.removeprefix("templates/").removeprefix("static/")
        for other, text in sources.items():
            if spoken in text and other not in found:
                found.add(other)
                if not other.endswith(".py"):
                    waiting.append(other)
    return found


def _importers(sources: dict[str, str]) -> dict[str, set[str]]:
    """For each Python file the files that import it."""
    importers: dict[str, set[str]] = defaultdict(set)
    for name, text in sources.items():
        if name.endswith(".py"):
            for module in _imported(text):
                path = module.replace(".", "/")
                for imported in (f"{path}.py", f"{path}/__init__.py"):
                    if imported in sources:
                        importers[imported].add(name)
    return importers


def _imported(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)
