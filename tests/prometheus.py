"""A real Prometheus on loopback that watches a site with our rules, for tests. Debian has it in the package prometheus."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3
import yaml

from tests.live import ROOT, TIED_TO_US
from tests.mail_server import _free_port

RULES = ROOT / "deploy/prometheus/rules.yml"
START_S = 60


class Prometheus:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """The series that an expression has now."""
        answer = urllib3.request("GET", f"{self.url}/api/v1/query", fields={"query": expression}, timeout=30).json()
        assert answer["status"] == "success"
        return [(row["metric"], float(row["value"][1])) for row in answer["data"]["result"]]

    def firing(self) -> set[str]:
        return {labels["alertname"] for labels, _one in self.query('ALERTS{alertstate="firing"}')}


@contextmanager
def watching(folder: Path, *, port: int, token: str) -> Iterator[Prometheus]:
    """Asks each second. An alert rings at once instead of after minutes, and looks back for seconds; the bounds are our rules'."""
    rules = yaml.safe_load(RULES.read_text())
    for rule in rules["groups"][0]["rules"]:
        rule.pop("for", None)
        rule["expr"] = re.sub(r"\[\d+[mh]\]", "[20s]", rule["expr"])
    (folder / "rules.yml").write_text(yaml.safe_dump(rules))
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(folder / "rules.yml")],
        "scrape_configs": [
            {
                "job_name": "lamplighter",
                "authorization": {"credentials": token},
                "static_configs": [{"targets": [f"127.0.0.1:{port}"]}],
            }
        ],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    own = Prometheus(_free_port())
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={own.url.removeprefix('http://')}",
    ]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen([*TIED_TO_US, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_S
        while True:
            try:
                if urllib3.request("GET", f"{own.url}/-/ready", timeout=5, retries=False).status == 200:
                    break
            except urllib3.exceptions.HTTPError:
                assert process.poll() is None, (folder / "prometheus.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield own
    finally:
        process.terminate()
        process.wait()
