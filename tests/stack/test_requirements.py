"""The locked requirements: hashed, agreeing with one another, and bound to no index."""

import re

import pytest

from config.stack.folders import ROOT

LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-uv.txt"]


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_every_version_has_a_hash(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"^(?=[\w.-]+(?:\[[\w,-]+\])?==)", text, flags=re.MULTILINE)[1:]

    assert len(entries) == len(pins(name)) > 0
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_index_is_named(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()


def test_the_tests_run_on_the_versions_that_the_city_runs_on() -> None:
    city, tests = pins("requirements.txt"), pins("requirements-dev.txt")

    assert {name: (version, tests.get(name)) for name, version in city.items() if tests.get(name) != version} == {}


def test_django_stays_on_its_long_term_release() -> None:
    assert pins("requirements.txt")["django"].startswith("5.2.")
