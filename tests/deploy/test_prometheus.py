"""The alerts and the dashboard name metrics that there are; a real Prometheus takes both."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import urllib3
import yaml
from django.conf import settings

from requests_app.core import metrics
from requests_app.models import OutboxRow
from requests_app.web.site.metrics import GAUGES
from requests_app.worker import clock
from tests import factories
from tests.factories import Rivermark
from tests.live import ROOT, Site, wait_for
from tests.prometheus import RULES, watching

pytestmark = pytest.mark.shows("9.1")
ALERTS: list[dict[str, Any]] = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((ROOT / "deploy/grafana/lamplighter.json").read_text())
EXPRESSIONS = {panel["title"]: panel["targets"][0]["expr"] for panel in DASHBOARD["panels"]}
# What visitors do wrong, in a process that counts with the others.
WRONGS = """
import django, io
django.setup()
from requests_app import photos
from requests_app.core import limits, metrics
from requests_app.models import Jurisdiction
from django.conf import settings
settings.RATE_LIMITS = True
for _ in range(3):
    limits.allow_lasting("photo:somebody", most=1, per_s=3600)
try:
    photos.store_upload(io.BytesIO(b"no photo"), size=8, jurisdiction=Jurisdiction.objects.first())
except photos.PhotoRefused:
    pass
"""


def labels_of_metrics() -> dict[str, set[str]]:
    """The labels of each name that /metrics may have."""
    names = {name: set(label.split(", ")) - {""} for name, (_meaning, label) in GAUGES.items()}
    for collector in metrics.REGISTRY._collector_to_names:
        for ending in {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(collector._type, ("",)):
            more = {"le"} if ending == "_bucket" else set()
            names[f"{collector._name}{ending}"] = {*collector._labelnames, *more}
    return names


def test_alerts_and_panels_name_what_there_is() -> None:
    known = labels_of_metrics()
    used = set()
    for expression in [*(alert["expr"] for alert in ALERTS), *EXPRESSIONS.values()]:
        for name, matchers in re.findall(r"(lamplighter_\w+)(?:\{([^}]*)\})?", expression):
            assert set(re.findall(r"(\w+)\s*[=!]", matchers)) <= known[name], expression
            used.add(name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count"))
    # Only the numbers behind checks are left to each installation.
    shown = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in known}
    assert shown - used == {"lamplighter_check_measure"}


def test_each_alert_says_what_is_wrong_and_where_to_read_on() -> None:
    page = (ROOT / "docs/alerts.md").read_text()
    assert re.findall(r"^## (\w+)$", page, re.MULTILINE) == [alert["alert"] for alert in ALERTS]
    for alert in ALERTS:
        assert alert["labels"]["severity"] in ("page", "ticket")
        assert f"\n({alert['labels']['severity']}) " in page.partition(f"## {alert['alert']}\n")[2][:12]
        assert alert["annotations"]["runbook_url"] == f"docs/alerts.md#{alert['alert'].lower()}"
        assert alert["annotations"]["summary"].endswith((".", "}}"))
    tested = yaml.safe_load((ROOT / "deploy/prometheus/rules_test.yml").read_text())["tests"]
    assert [test["name"] for test in tested] == [alert["alert"] for alert in ALERTS]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs Debian's package prometheus")
@pytest.mark.parametrize("command", [["check", "rules", "rules.yml"], ["test", "rules", "rules_test.yml"]])
def test_promtool_takes_the_rules_and_each_alert_rings_beyond_its_bound(command: list[str]) -> None:
    done = subprocess.run(["promtool", *command], cwd=RULES.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("prometheus") is None, reason="needs Debian's package prometheus")
@pytest.mark.django_db(transaction=True)
def test_each_panel_shows_something_in_a_real_prometheus(town: Rivermark, tmp_path: Path) -> None:
    site = Site(demo=False)
    (tmp_path / "var").mkdir()
    # Nobody listens for email, so that some work fails.
    shared = {
        "METRICS_TOKEN": "the-token",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"),
        "EMAIL_URL": "smtp://127.0.0.1:1",
    }
    site.environment |= shared | {"LAMPLIGHTER_VAR": str(tmp_path / "var"), "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
    run = {"at": "2026-12-01T02:10:00+00:00", "ok": True, "seconds": 61.5}
    for name in ("backup", "drill"):
        (tmp_path / "var" / f"{name}.json").write_text(json.dumps(run))
    health = {"at": run["at"], "findings": [{"code": "certificate", "color": "green", "measures": {}}]}
    (tmp_path / "var/health.json").write_text(json.dumps(health))
    try:
        site.start("web")
        site.start("worker")
        with watching(tmp_path, port=site.port, token="the-token") as prometheus:
            wait_for(lambda: prometheus.query("up == 1"))
            factories.report(town.pothole, answers={"where": "lane"}, reporter=factories.ANA)
            clock.enqueue_due()
            OutboxRow.objects.filter(lane="clock").exclude(kind__in=["escalate", "sweep"]).delete()
            environment = {**os.environ, **site.environment}
            subprocess.run([sys.executable, "-c", WRONGS], cwd=ROOT, env=environment, check=True, timeout=300)

            def empty() -> list[str]:
                urllib3.request("GET", f"{site.url}/report/", timeout=30)
                return [title for title, expression in EXPRESSIONS.items() if not prometheus.query(expression)]

            with suppress(AssertionError):
                wait_for(lambda: not empty(), seconds=45)
            assert empty() == []
    finally:
        site.stop()
