"""What a newcomer and the build server find in the repository: required documents, commands, and one set of linters."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.shows("10.8")

ROOT = Path(__file__).resolve().parent.parent
# A word that each must contain.
PAGES = {
    "LICENSE": "BSD 3-Clause License",
    "README.md": "bin/demo",
    "CONTRIBUTING.md": "bin/test",
    "SECURITY.md": "report",
    "CHANGELOG.md": "## [0.1.0] - ",
    "docs/architecture.md": "outbox",
    "docs/operating.md": "DATABASE_URL",
}


@pytest.mark.parametrize("page", PAGES)
def test_a_newcomer_finds_it(page: str) -> None:
    assert PAGES[page] in (ROOT / page).read_text()


def test_the_front_page_leads_to_pages_that_exist_and_shows_the_city() -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / "README.md").read_text())
    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (ROOT / link).exists()] == []
    assert any(link.endswith(".png") for link in local)


@pytest.mark.shows("1.12")
@pytest.mark.parametrize("command", ["bin/demo", "bin/test"])
def test_the_front_page_says_how_long_it_takes_and_how_that_was_measured(command: str) -> None:
    """Each of the two commands with a time right before the words that say how it was taken."""
    measured = (ROOT / "README.md").read_text().partition("Measured")[2].partition("##")[0]
    took = re.search(rf"([\d,]+) (s|seconds|min|minutes)\s+\(`time {command}\b", measured)
    assert took is not None
    seconds = int(took[1].replace(",", "")) * (60 if took[2].startswith("min") else 1)
    # A start takes longer than ten seconds and all tests longer than a minute: less would be another number.
    assert {"bin/demo": 10, "bin/test": 60}[command] < seconds < 3600


@pytest.mark.shows("1.11")
@pytest.mark.parametrize("command", ["bin/demo", "bin/test", "bin/lint", "bin/manage", "bin/lock", ".ci/run"])
def test_a_command_can_be_run(command: str) -> None:
    path = ROOT / command
    assert os.access(path, os.X_OK)
    assert subprocess.run(["bash", "-n", str(path)], capture_output=True).returncode == 0


@pytest.mark.shows("1.11")
def test_the_build_server_runs_what_bin_test_runs() -> None:
    assert (ROOT / ".ci/run").read_text().rstrip().endswith('exec bin/test "$@" </dev/null')


@pytest.mark.shows("1.11")
def test_a_commit_is_held_to_the_linters_of_the_whole() -> None:
    before_a_commit = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    hooks = {hook["name"] for repo in before_a_commit["repos"] for hook in repo["hooks"]}
    linting = (ROOT / "config/stack/linting.py").read_text()
    linters = set(re.findall(r'^        \("([^"]+)", \[', linting, re.MULTILINE))
    assert hooks
    # Deployment settings are not checked before each commit.
    assert hooks == linters - {"check --deploy"}
