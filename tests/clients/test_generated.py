"""Clients that others' generators make from the OpenAPI document compile, and send, read and list a test report.

They do so with a later version of v1, too, which answers with fields and codes that they don't know.
"""

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
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
const query = { submitted_after: "2020-01-01", status: ["open" as const] };
const open = await city.GET("/api/v1/requests/", { params: { query } });
const events = await city.GET("/api/v1/webhook-events/");
if (!read.data || !listed.data || !open.data || !events.data) throw new Error(JSON.stringify([read, listed, open, events]));
// @ts-expect-error - a report needs its service
const refused = await city.POST("/api/v1/requests/", { body: { description: "A hole." } });
// @ts-expect-error - no such field
read.data.colour;
console.log(JSON.stringify({
  sent: sent.data.reference,
  read: [read.data.reference, read.data.description],
  listed: listed.data.results.map((row) => row.reference),
  refused: refused.error?.errors?.map((one) => one.field),
  codes: [sent.data.state, read.data.status, ...events.data.results.map((one) => one.type).slice(-1)],
}));
"""

PYTHON_PROGRAM = """\
import datetime, importlib, json, os, pkgutil
import city
for module in pkgutil.walk_packages(city.__path__, "city."):
    importlib.import_module(module.name)
from city import AuthenticatedClient
from city.api.reporting import send_report
from city.api.requests import get_request, list_requests
from city.api.sandbox import list_test_requests
from city.api.webhooks import list_webhook_events
from city.models import NewPlace, NewReport, NewReportAnswersType0 as Answers

client = AuthenticatedClient(base_url=os.environ["SITE"], token=os.environ["KEY"])
answers = Answers.from_dict({"where": "lane"})
place = NewPlace(lat=40.5, long=-69.0)
report = NewReport(service="pothole", description="A hole.", place=place, answers=answers)
sent = send_report.sync(client=client, body=report)
read = get_request.sync(sent.reference, client=client)
listed = list_test_requests.sync(client=client)
since = datetime.datetime(2020, 1, 1, 8, tzinfo=datetime.UTC)
assert list_requests.sync(client=client, submitted_after=datetime.date(2020, 1, 1), updated_after=since).results == []
events = list_webhook_events.sync(client=client).results
refused = send_report.sync(client=client, body=NewReport(service="nothing"))
print(json.dumps({
    "sent": sent.reference,
    "read": [read.reference, read.description],
    "listed": [row.reference for row in listed.results],
    "refused": [one.field for one in refused.errors],
    "codes": [sent.state, read.status, events[-1].type_],
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


# Of the next version: what each object also has, each code, and a type of event.
LATER_FIELD, LATER_CODE, LATER_EVENT = {"height": 3, "by": None}, "levitating", "request.levitated"


@contextmanager
def next_version(site: str, document: dict[str, Any]) -> Iterator[str]:
    """The address of a server that asks the site and answers as a later version of v1 may."""
    codes = set(coded(document["components"]["schemas"]))

    def later(part: Any, name: str = "") -> Any:
        if isinstance(part, list):
            return [later(value, name) for value in part]
        if isinstance(part, dict):
            return {key: later(value, key) for key, value in part.items()} | {"tide": LATER_FIELD}
        return LATER_CODE if name in codes and isinstance(part, str) else part

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
            sent = {name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers}
            request = urllib.request.Request(site + self.path, body, sent, method=self.command)  # noqa: S310 - our own site
            try:
                answer = urllib.request.urlopen(request)  # noqa: S310
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                content = later(json.loads(answer.read()))
                if self.path.endswith("/webhook-events/"):
                    content["results"].append({**content["results"][0], "type": LATER_EVENT})
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

        do_POST = do_GET  # noqa: N815 - the library looks for this name

        def log_message(self, *_arguments: Any) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=httpd.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}"
    finally:
        httpd.shutdown()
        httpd.server_close()


def coded(schemas: dict[str, Any]) -> Iterator[str]:
    """The names of the fields whose values may become more."""
    for schema in schemas.values():
        for name, field in schema.get("properties", {}).items():
            # A page about a problem, and a type of event, have this name, too.
            if "x-extensible-enum" in str(field) and name != "type":
                yield name


def works_now_and_later(command: Sequence[str | Path], folder: Path, site: str, key: str, described: Path) -> None:
    """The program sends, reads, lists and is refused: at this site, and at one of the next version."""
    now = ["test", "received", "webhook.test"]
    with next_version(site, json.loads(described.read_text())) as later:
        for address, codes in ((site, now), (later, [LATER_CODE, LATER_CODE, LATER_EVENT])):
            printed = json.loads(run(command, folder, SITE=address, KEY=key))
            numbers = [one.display_reference for one in ServiceRequest.objects.filter(is_test=True).order_by("-pk")]
            expected = {"sent": numbers[0], "read": [numbers[0], "A hole."], "listed": numbers, "refused": ["service"]}
            assert printed == expected | {"codes": codes}


def test_openapi_typescript(live_site: Site, key: str, described: Path) -> None:
    folder = node_with(*TYPESCRIPT)
    programs = folder / "node_modules/.bin"
    run([programs / "openapi-typescript", described, "-o", "city.ts"], folder)
    (folder / "program.ts").write_text(TYPESCRIPT_PROGRAM)
    run([programs / "tsc", *TSC, "program.ts"], folder)
    works_now_and_later(["node", "made/program.js"], folder, live_site.url, key, described)


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
    made = (tmp_path / "city/api/requests/list_requests.py").read_text()
    assert "submitted_after: datetime.date | datetime.datetime | Unset" in made
    works_now_and_later([python, "-c", PYTHON_PROGRAM], tmp_path, live_site.url, key, described)
