"""Which tests bin/test --changed runs: those nearest to a change, until their time is used.

Near is, in this order: the changed test itself; the tests named like the file; those that its deliberate regressions name;
those that import it; those of its subject (`rules/work/` and `actions/work/` have one) and those that walk through its folder;
those named like a module that imports it; journeys that speak of it; those two imports away. Of equally near ones, a test
whose path shares more words with the file's comes first.
"""

import ast
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("config", "docs/clients", "requests_app", "staff_app", "templates", "static", "tests")
SUFFIXES = (".py", ".html", ".txt", ".js", ".css", ".yaml", ".sql")
# Every test needs these, so that some of each folder are run.
EVERYTHING = (
    "pyproject.toml",
    "requirements",
    "config/",
    "manage.py",
    "tests/conftest.py",
    "tests/factories.py",
    "tests/processes.py",
)
# What each process has for its tests. In the rest of two minutes the servers start and the linters run.
PROCESSES, LIMIT_S = 3, 65.0
# The tests that walk all pages or every way in, and the one that starts a demo, until a run has measured them.
LONG_S = {
    "tests/test_canary.py": 90.0, "tests/test_accessibility.py": 83.0, "tests/test_permissions.py": 80.0,
    "tests/stack/test_demo.py": 67.0, "tests/test_staff_accessibility.py": 40.0, "tests/test_headers.py": 40.0,
    "tests/test_query_budgets.py": 30.0, "tests/requests_app/test_ways_in.py": 15.0,
    "tests/staff_app/setup/go_live/test_gate_to_residents.py": 12.0,
}  # fmt: skip
# What a test is taken to need in a file that no run has measured.
PLAIN_S, BROWSER_S, START_S = 0.35, 4.0, 0.5
TEST = re.compile(r"^ *def test_\w+\((.*?)\)( ->|:)", re.MULTILINE | re.DOTALL)
BROWSER = re.compile(r"\b(browser|new_page|live_site|page|site|worker|window|phone)\b")
# How near, lower is nearer.
ITSELF, ALIKE, REGRESSION, IMPORTS, SUBJECT, IMPORTER_ALIKE, JOURNEY, FAR, SAMPLE = range(9)
# A word in a path that says only what kind of code it is, or that it is a test.
COMMON = {
    "tests",
    "test",
    "requests",
    "app",
    "staff",
    "rules",
    "actions",
    "web",
    "py",
    "html",
    "templates",
    "static",
    "js",
    "css",
}


@dataclass(frozen=True)
class Choice:
    """tests: nearest first. left_out: also near enough to count, but there was no time. Both are test files."""

    tests: list[str]
    left_out: list[str]
    seconds: float


def changed_files(root: Path) -> list[str]:
    """What differs from the point where this branch left main, whether committed or not; new files too."""
    base = _git(root, "merge-base", "main", "HEAD") or ["HEAD"]
    names = {*_git(root, "diff", "--name-only", base[0]), *_git(root, "ls-files", "--others", "--exclude-standard")}
    return sorted(names)


def _git(root: Path, *arguments: str) -> list[str]:
    """The lines that git prints; none where it fails, as for a clone without a main."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    return done.stdout.split("\n")[:-1] if done.returncode == 0 else []


class Tree:
    """The sources below a folder, and how near each test file is to a changed file.

    regressions: for each file the tests that its deliberate regressions name. seconds: what a run has measured, by test file.
    """

    def __init__(
        self, root: Path, *, regressions: Mapping[str, Iterable[str]] = {}, seconds: Mapping[str, float] = {}
    ) -> None:
        self.sources = {
            path.relative_to(root).as_posix(): path.read_text(errors="replace")
            for folder in FOLDERS
            for path in (root / folder).rglob("*")
            if path.suffix in SUFFIXES and "vendor" not in path.parts
        }
        self.tests = sorted(name for name in self.sources if _is_test(name))
        self.importers = _importers(self.sources)
        self.regressions = regressions
        known = LONG_S | dict(seconds)
        self.seconds = {name: known[name] if name in known else _guess(self.sources[name]) for name in self.tests}

    def choose(self, changed: Iterable[str]) -> Choice:
        """The nearest tests that PROCESSES processes finish within LIMIT_S, as they take the next file when they are free."""
        near: dict[str, tuple[int, int]] = {}
        for name in changed:
            for test, distance in self.distances(name).items():
                near[test] = min(near.get(test, distance), distance)
        free = [0.0] * PROCESSES
        chosen: list[str] = []
        left_out: list[str] = []
        for test in sorted(near, key=lambda test: (near[test], self.seconds[test])):
            ends = min(free) + self.seconds[test]
            # The first one is what somebody would run by hand.
            if chosen and ends > LIMIT_S:
                left_out.append(test)
            else:
                chosen.append(test)
                free[free.index(min(free))] = ends
        return Choice(chosen, left_out, max(free))

    def distances(self, name: str) -> dict[str, tuple[int, int]]:
        """For each test that the file may concern: how near it is, and less for more words in common."""
        nearest: dict[str, int] = {}

        def reach(tests: Iterable[str], distance: int) -> None:
            for test in tests:
                if test in self.seconds:
                    nearest.setdefault(test, distance)

        # A template, a script or a style sheet is what the modules that name it show.
        shown = [name, *self._who_names(name)]
        importers = self._importing(shown)
        reach(shown, ITSELF)
        for module in shown:
            reach(self._alike(module), ALIKE)
        reach(self.regressions.get(name, ()), REGRESSION)
        reach(importers, IMPORTS)
        reach([*self._of_the_subject(name), *self._walking(name)], SUBJECT)
        for module in importers:
            reach(self._alike(module), IMPORTER_ALIKE)
        reach(self._journeys(name), JOURNEY)
        for module in self._importing(importers):
            reach([module, *self._alike(module)], FAR)
        if name.startswith(EVERYTHING):
            reach(self.tests, SAMPLE)
        words = _words(name)
        return {
            test: (distance, self._place_in_its_folder(test) if distance == SAMPLE else -len(words & _words(test)))
            for test, distance in nearest.items()
        }

    def _alike(self, name: str) -> list[str]:
        """tests/requests_app/rules/test_usual.py for requests_app/rules/usual.py, also where the folder is another."""
        stem = name.rpartition("/")[2].partition(".")[0].lstrip("_")
        return [test for test in self.tests if test.rpartition("/")[2] == f"test_{stem}.py"]

    def _importing(self, names: Iterable[str]) -> set[str]:
        return {importer for name in names if not _is_test(name) for importer in self.importers[name]}

    def _of_the_subject(self, name: str) -> list[str]:
        """In the folders of the same name, wherever they are; a file of a half's root has the tests of that half's root."""
        half, _, folder = name.removeprefix("templates/").removeprefix("tests/").rpartition("/")[0].partition("/")
        if not folder:
            return [test for test in self.tests if test.rpartition("/")[0] == f"tests/{half}"]
        subject = f"/{folder.rpartition('/')[2]}/"
        return [test for test in self.tests if subject in test]

    def _walking(self, name: str) -> list[str]:
        """Those that have the path of a folder around the file in quotes: they look at all modules there."""
        folders = [f'"{folder}"' for folder in map(str, Path(name).parents) if "/" in folder]
        return [test for test in self.tests if any(folder in self.sources[test] for folder in folders)]

    def _journeys(self, name: str) -> list[str]:
        stem = name.rpartition("/")[2].partition(".")[0].strip("_").removesuffix("s").replace("_", "[ _]")
        spoken = re.compile(rf"\b{stem}", re.IGNORECASE) if len(stem) > 3 else None
        journeys = (test for test in self.tests if test.startswith("tests/journeys/"))
        return [test for test in journeys if spoken and spoken.search(self.sources[test])]

    def _place_in_its_folder(self, test: str) -> int:
        """How many of its folder are shorter, so that some of each folder come before all of one."""
        folder = test.rpartition("/")[0]
        return sum(
            (self.seconds[other], other) < (self.seconds[test], test)
            for other in self.tests
            if other.rpartition("/")[0] == folder
        )

    def _who_names(self, name: str) -> set[str]:
        """The files that name one that is no Python: a template by its path, a script, a style sheet or a page."""
        found: set[str] = set()
        waiting = [] if name.endswith(".py") else [name]
        while waiting:
            spoken = waiting.pop().removeprefix("templates/").removeprefix("static/")
            for other, text in self.sources.items():
                if spoken in text and other not in found:
                    found.add(other)
                    if not other.endswith(".py"):
                        waiting.append(other)
        return found


def summary(choice: Choice) -> str:
    """What is run, and how much of what is near is left out, by folder."""
    chosen = f"{len(choice.tests)} test files nearest to the change, about {choice.seconds:.0f} s"
    lines = [chosen, *(f"  {name}" for name in choice.tests)]
    if choice.left_out:
        folders: dict[str, int] = defaultdict(int)
        for name in choice.left_out:
            folders[name.rpartition("/")[0]] += 1
        lines.append(f"left out for bin/test: {len(choice.left_out)} more that the change may concern")
        lines += [f"  {folder}/: {count}" for folder, count in sorted(folders.items())]
    return "\n".join(lines)


def _is_test(name: str) -> bool:
    return name.startswith("tests/") and name.rpartition("/")[2].startswith("test_") and name.endswith(".py")


def _words(name: str) -> set[str]:
    """The words of a path, without an "s" at their end."""
    return {word.removesuffix("s") for word in re.split(r"[/_.]", name) if word} - COMMON


def _guess(text: str) -> float:
    return START_S + sum(BROWSER_S if BROWSER.search(fixtures) else PLAIN_S for fixtures, _ in TEST.findall(text))


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
    try:
        tree = ast.parse(text)
    except SyntaxError:  # what is being written; the tests will say so
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
