"""Others' programs from the registries of Python and npm, for tests that run with --all. What can't be installed skips the test.

They stay in var/packages, so the next run has them at once.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "var/packages"
INSTALL_S = 300
NPM_INSTALL = ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")


def install(*command: str, folder: Path) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    if done.returncode != 0:
        pytest.skip(f"could not be installed here: {done.stderr.strip()[-300:]}")


def python_with(*packages: str) -> str:
    """The Python of an environment that has them."""
    folder = PACKAGES / packages[0]
    python = folder / "bin/python"
    if not python.exists():
        folder.mkdir(parents=True, exist_ok=True)
        install(sys.executable, "-m", "venv", str(folder), folder=ROOT)
    install(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages, folder=folder)
    return str(python)


def node_with(*packages: str) -> Path:
    """The folder of an npm project that has them."""
    folder = PACKAGES / packages[0].replace("/", "-").lstrip("@")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    install(*NPM_INSTALL, "--no-save", *packages, folder=folder)
    return folder
