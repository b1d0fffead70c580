"""Small JSON files in which a command notes what it did, for `lampctl doctor` and the pages of health."""

import json
import os
from pathlib import Path
from typing import Any


def read(path: Path) -> dict[str, Any]:
    """{} if there is none, or if it was cut off."""
    try:
        noted = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def write(path: Path, noted: dict[str, Any]) -> None:
    """Replaces it as a whole. Everybody on the machine may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(noted, indent=1) + "\n")
    fresh.chmod(0o644)
    os.replace(fresh, path)
