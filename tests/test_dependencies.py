"""docs/dependencies.md and requirements*.in name the same packages, and those are what the program imports."""

import re
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/dependencies.md"
# The tables of the page, and the files that say what is in them.
RUN, DEVELOP = "At run time", "For tests and linters"
FILES = {RUN: ("requirements.in", "requirements-train.in"), DEVELOP: ("requirements-dev.in", "requirements-uv.in")}
# Imported by a name of their own, but only there because of the package that is named.
PARTS = {
    "asgiref": "django",
    "kombu": "celery",
    "pydantic-core": "pydantic",
    "drf-spectacular-sidecar": "drf-spectacular",
    # Only training imports it.
    "scipy": "scikit-learn",
}


def plain(name: str) -> str:
    """As packaging compares names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def rows(table: str) -> dict[str, str]:
    """The packages in the first column, each with its extras: "binary,pool"."""
    section = PAGE.read_text().partition(f"## {table}\n")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")][1:]
    packages = re.findall(r"([A-Za-z][\w.-]+)(?: [\d.]+ LTS)?(?: `\[([\w,-]+)\]`)?", " , ".join(cells))
    return {plain(name): extras for name, extras in packages}


def required(table: str) -> dict[str, str]:
    lines = [line for name in FILES[table] for line in (ROOT / name).read_text().splitlines()]
    packages = [re.match(r"([\w.-]+)(?:\[([\w,-]+)\])?", line) for line in lines if not line.startswith(("#", "-r"))]
    return {plain(package[1]): package[2] or "" for package in packages if package}


@cache
def source() -> str:
    """All of the program's own code and settings."""
    folders = ("requests_app", "staff_app", "config")
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    # It runs in an environment of its own.
    return "\n".join(path.read_text() for path in files if path.name != "word_vectors.py")


def test_every_package_that_a_file_names_has_a_row_with_its_extras_and_every_row_is_in_a_file() -> None:
    assert len(required(RUN)) > 30
    assert rows(RUN) == required(RUN)
    # Its extra pins mypy.
    assert rows(DEVELOP) == {**required(DEVELOP), "django-stubs": ""}


def test_what_the_program_imports_is_named() -> None:
    imported = set(re.findall(r"^ *(?:from|import) (\w+)", source(), re.MULTILINE))
    of_module = packages_distributions()
    packages = {plain(name) for module in imported for name in of_module.get(module, [])}
    assert len(packages) > 30
    assert {PARTS.get(name, name) for name in packages} - set(required(RUN)) == set()


def test_every_package_is_imported_or_set() -> None:
    modules: dict[str, set[str]] = {}
    for module, names in packages_distributions().items():
        for name in names:
            modules.setdefault(plain(name), set()).add(module)
    unused = {
        name
        for name in required(RUN)
        if not any(re.search(rf"\b{module}", source(), re.IGNORECASE) for module in modules[name])
    }
    assert unused == set()
