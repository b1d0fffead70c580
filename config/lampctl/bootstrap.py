"""Runs a module of this package with Debian's own Python, before there is a .venv: bootstrap.py MODULE ARGUMENT…"""

import sys
import types
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(module: str, *arguments: str) -> int:
    # The package without its __init__.py, which imports Celery.
    package = types.ModuleType("config")
    package.__path__ = [str(ROOT / "config")]
    sys.modules["config"] = package
    sys.path[0] = str(ROOT)
    return int(import_module(f"config.lampctl.{module}").run(list(arguments)) or 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
