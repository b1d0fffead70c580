"""The forges' workflow files run .ci/run on a bare Debian, and nothing else."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GITHUB_LIKE = [".github/workflows/tests.yml", ".forgejo/workflows/tests.yml"]
SETUP = ("apt-get update && apt-get install",)


def read(name: str) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load((ROOT / name).read_text())
    return loaded


@pytest.mark.parametrize("name", GITHUB_LIKE)
def test_a_push_and_a_pull_request_run_the_tests(name: str) -> None:
    workflow = read(name)
    # YAML 1.1, which PyYAML reads, takes the word "on" for true.
    assert set(workflow[True]) == {"push", "pull_request"}
    (job,) = workflow["jobs"].values()
    assert job["container"] in ("debian:13", {"image": "debian:13"})
    assert job["timeout-minutes"] == 30
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands[-1] == ".ci/run"
    assert all(command.startswith(SETUP) for command in commands[:-1])
    # A token that can only read.
    assert workflow["permissions"] == {"contents": "read"}


def test_gitlab_runs_them_too() -> None:
    workflow = read(".gitlab-ci.yml")
    job = workflow["tests"]
    assert job["image"] == "debian:13"
    assert job["timeout"] == "30 minutes"
    assert job["script"] == [".ci/run"]
    assert all(command.startswith(SETUP) for command in job["before_script"])
    conditions = [rule["if"] for rule in workflow["workflow"]["rules"]]
    assert any("merge_request_event" in condition for condition in conditions)
    assert any("$CI_COMMIT_BRANCH" in condition for condition in conditions)
