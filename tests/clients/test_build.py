"""What `python -m tests.clients.build` writes can be installed and used, as the README of the TypeScript client says."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from requests_app import api_keys
from requests_app.models import ServiceRequest
from tests import factories
from tests.clients import build, generate
from tests.live import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shows("15.8")]
README = build.CLIENTS / "typescript/README.md"
TYPED = """\
import { Lamplighter, type Shapes } from "lamplighter-client";

const city = new Lamplighter({ site: "https://311.example.org" });
export async function open(): Promise<string[]> {
  const rows: string[] = [];
  for await (const row of city.requests({ status: "open" })) rows.push(row.reference);
  const request: Shapes["Request"] = await city.request(rows[0] ?? "");
  // A later version may send another code.
  const status: string = request.status === "tomorrow" ? "new" : request.status;
  // @ts-expect-error - what is sent is one of those that the city takes
  await city.follow("ana@example.org", { cadence: "hourly" });
  // @ts-expect-error - a batch has a key for each
  await city.reportBatch([{ report: { service: "pothole" } }]);
  // @ts-expect-error - no such field
  return [...rows, status, request.colour];
}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files by what they end with."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    try:
        files = build.build(tmp_path_factory.mktemp("clients"), generate.document())
    except build.NotBuilt as error:
        if "ENOTFOUND" in str(error) or "No matching distribution" in str(error):
            pytest.skip(f"A registry doesn't answer: {str(error)[-300:]}")
        raise
    return {"mcp" if "mcp" in file.name else file.suffix: file for file in files}


@pytest.mark.slow
def test_the_wheel_has_the_command(built: dict[str, Path], tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path], check=True)
    build.run(tmp_path / "bin/python", "-m", "pip", "install", "--no-index", built[".whl"], folder=tmp_path)
    command = [tmp_path / "bin/lamplighter", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.strip() in {f"lamplighter {built['.whl'].name.split('-')[1]}"}


@pytest.mark.slow
def test_the_npm_package_is_typed_and_its_readme_runs(built: dict[str, Path], live_site: Site, tmp_path: Path) -> None:
    city = factories.city_with_the_demo_catalog()
    factories.address(city, "8 Elm Rd", -69.0, 40.496)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    build.run("npm", "install", "--no-audit", "--no-fund", built[".tgz"], "typescript@5.9.3", folder=tmp_path)
    lock = json.loads((tmp_path / "package-lock.json").read_text())
    assert not lock["packages"]["node_modules/lamplighter-client"].get("dependencies")
    (tmp_path / "typed.ts").write_text(TYPED)
    build.run(
        "npx", "tsc", "--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "typed.ts", folder=tmp_path
    )
    key = api_keys.create(city, "npm", scopes=["read", "report", "webhooks"])[1]
    environment = {**os.environ, "LAMPLIGHTER_SITE": live_site.url, "LAMPLIGHTER_KEY": key}
    blocks = re.findall(r"^```javascript\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    printed = []
    for number, block in enumerate(blocks):
        (tmp_path / f"block{number}.js").write_text(block)
        command = ["node", f"block{number}.js"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        printed.append(done.stdout)
    first, edited, in_batch = ServiceRequest.objects.order_by("pk")
    assert "/l/" in printed[0]
    assert first.display_reference in printed[1]
    assert "answers.where" in printed[1]
    assert edited.description == "A hole, three feet wide."
    assert f"reference: '{in_batch.display_reference}'" in printed[2]
    assert "webhook.test" in printed[3]
