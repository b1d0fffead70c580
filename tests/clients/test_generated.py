"""Clients that others' generators make from the OpenAPI document compile, and send, read and list a test report."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from requests_app import api_keys
from requests_app.models import ServiceRequest
from tests import factories
from tests.clients import generate
from tests.live import Site
from tests.packages import node_with, python_with

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.shows("15.8")]
TYPESCRIPT = ("openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "typescript@5.9.3")
PYTHON = "openapi-python-client==0.29.1"
TSC = ("--strict", "--module", "nodenext", "--target", "es2022", "--outDir", "made")

TYPESCRIPT_PROGRAM = """\
import createClient from "openapi-fetch";
import type { paths } from "./city.js";

declare const process: { env: { SITE: string; KEY: string } };
const city = createClient<paths>({
  baseUrl: process.env.SITE,
  headers: { Authorization: `Bearer ${process.env.KEY}` },
});
const sent = await city.POST("/api/v1/requests/", {
  body: { service: "pothole", description: "A hole.", place: { lat: 40.5, long: -69 }, answers: { where: "lane" } },
});
if (!sent.data) throw new Error(JSON.stringify(sent.error));
const path = { reference: sent.data.reference };
const read = await city.GET("/api/v1/requests/{reference}/", { params: { path } });
const listed = await city.GET("/api/v1/sandbox/requests/");
if (!read.data || !listed.data) throw new Error(JSON.stringify([read.error, listed.error]));
// @ts-expect-error - a report needs its service
const refused = await city.POST("/api/v1/requests/", { body: { description: "A hole." } });
// @ts-expect-error - no such field
read.data.colour;
console.log(JSON.stringify({
  sent: sent.data.reference,
  read: [read.data.reference, read.data.description],
  listed: listed.data.results.map((row) => row.reference),
  refused: refused.error?.errors?.map((one) => one.field),
}));
"""

PYTHON_PROGRAM = """\
import importlib, json, os, pkgutil
import city
for module in pkgutil.walk_packages(city.__path__, "city."):
    importlib.import_module(module.name)
from city import AuthenticatedClient
from city.api.reporting import send_report
from city.api.requests import get_request
from city.api.sandbox import list_test_requests
from city.models import NewPlace, NewReport, NewReportAnswersType0 as Answers

client = AuthenticatedClient(base_url=os.environ["SITE"], token=os.environ["KEY"])
answers = Answers.from_dict({"where": "lane"})
place = NewPlace(lat=40.5, long=-69.0)
report = NewReport(service="pothole", description="A hole.", place=place, answers=answers)
sent = send_report.sync(client=client, body=report)
read = get_request.sync(sent.reference, client=client)
listed = list_test_requests.sync(client=client)
refused = send_report.sync(client=client, body=NewReport(service="nothing"))
print(json.dumps({
    "sent": sent.reference,
    "read": [read.reference, read.description],
    "listed": [row.reference for row in listed.results],
    "refused": [one.field for one in refused.errors],
}))
"""


@pytest.fixture
def key(live_site: Site) -> str:
    return api_keys.create(factories.rivermark().city, "A generated client", is_test=True)[1]


@pytest.fixture
def described(tmp_path: Path) -> Path:
    """The document in a file."""
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(generate.document()))
    return file


def run(command: Sequence[str | Path], folder: Path, **environment: str) -> str:
    done: Any = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return str(done.stdout)


def sends_reads_and_lists(printed: str, refused: list[str]) -> None:
    made = ServiceRequest.objects.get(is_test=True)
    number = made.display_reference
    assert json.loads(printed) == {"sent": number, "read": [number, "A hole."], "listed": [number], "refused": refused}


def test_openapi_typescript(live_site: Site, key: str, described: Path) -> None:
    folder = node_with(*TYPESCRIPT)
    programs = folder / "node_modules/.bin"
    run([programs / "openapi-typescript", described, "-o", "city.ts"], folder)
    (folder / "program.ts").write_text(TYPESCRIPT_PROGRAM)
    run([programs / "tsc", *TSC, "program.ts"], folder)
    printed = run(["node", "made/program.js"], folder, SITE=live_site.url, KEY=key)
    sends_reads_and_lists(printed, ["service"])


def test_openapi_python_client(live_site: Site, key: str, described: Path, tmp_path: Path) -> None:
    python = Path(python_with(PYTHON))
    (tmp_path / "settings.yaml").write_text("post_hooks: []")
    command: list[str | Path] = [
        python.with_name("openapi-python-client"),
        "generate",
        "--meta=none",
        "--config=settings.yaml",
    ]
    run([*command, f"--path={described}", "--output-path=city"], tmp_path)
    sends_reads_and_lists(run([python, "-c", PYTHON_PROGRAM], tmp_path, SITE=live_site.url, KEY=key), ["service"])
