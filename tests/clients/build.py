"""Builds the clients: `python -m tests.clients.build` writes two wheels and an npm package to var/clients/.

Needs Node 20 and the registries of Python and npm. The types of the TypeScript client are made here, from this tree's document.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.clients import generate

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = ROOT / "docs/clients"
OUT = ROOT / "var/clients"
MADE = shutil.ignore_patterns("build", "dist", "node_modules", "*.egg-info", "__pycache__")


class NotBuilt(Exception):
    """With what the command printed."""


def run(*command: str | Path, folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise NotBuilt(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


def wheels(folder: Path, out: Path) -> None:
    for name in ("python", "mcp"):
        source = shutil.copytree(CLIENTS / name, folder / name, ignore=MADE)
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", out, source, folder=folder)


def package(folder: Path, out: Path, document: dict[str, Any]) -> None:
    """The npm package, if its own tests pass."""
    source = shutil.copytree(CLIENTS / "typescript", folder / "typescript", ignore=MADE)
    (source / "openapi.json").write_text(json.dumps(shapes_alone(document)))
    run("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", folder=source)
    run("npm", "run", "build", folder=source)
    run("npm", "test", folder=source)
    run("npm", "pack", "--pack-destination", out, folder=source)


def shapes_alone(document: dict[str, Any]) -> dict[str, Any]:
    """The bodies and answers of API v1."""
    shapes = generate.Shapes(document)
    schemas = {name: schema for name, schema in shapes.schemas.items() if name in shapes.sent | shapes.received}
    return {"openapi": "3.1.0", "info": document["info"], "paths": {}, "components": {"schemas": schemas}}


def build(out: Path, document: dict[str, Any]) -> Sequence[Path]:
    """Returns the files. Raises NotBuilt."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = folder / "made"
        made.mkdir()
        wheels(folder, made)
        package(folder, made, document)
        return [Path(shutil.copy(file, out)) for file in sorted(made.iterdir())]


if __name__ == "__main__":
    for file in build(OUT, generate.document()):
        print(file.relative_to(ROOT))
