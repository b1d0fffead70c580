"""The locked requirements: hashed, agreeing with one another, and bound to no index."""

import re

import pytest

from config.stack.folders import ROOT

LOCKS = ["requirements.txt", "requirements-train.txt", "requirements-dev.txt", "requirements-uv.txt"]


def pins(name: str) -> dict[str, list[str]]:
    """A package may have another version for another Python."""
    found: dict[str, list[str]] = {}
    for package, version in re.findall(
        r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE
    ):
        found.setdefault(package, []).append(version)
    return found


@pytest.mark.shows("1.2")
@pytest.mark.parametrize("name", LOCKS)
def test_every_version_has_a_hash(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"^(?=[\w.-]+(?:\[[\w,-]+\])?==)", text, flags=re.MULTILINE)[1:]

    assert len(entries) == sum(map(len, pins(name).values())) > 0
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_index_is_named(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()


def test_the_tests_run_on_the_versions_that_the_city_runs_on() -> None:
    city, tests = pins("requirements.txt") | pins("requirements-train.txt"), pins("requirements-dev.txt")

    assert {name: (version, tests.get(name)) for name, version in city.items() if tests.get(name) != version} == {}


def test_web_and_worker_need_nothing_that_only_training_needs() -> None:
    assert "scikit-learn" in pins("requirements-train.txt")
    # SciPy comes with ImageHash, too.
    assert "scikit-learn" not in pins("requirements.txt")


def test_django_stays_on_its_long_term_release() -> None:
    assert [version[:4] for version in pins("requirements.txt")["django"]] == ["5.2."]
