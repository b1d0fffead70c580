"""A real city's open data for the tests that need it. Only this file knows where it is."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = (ROOT / os.environ.get("LAMPLIGHTER_REAL_DATA", "../shared/data")).resolve()


def real_data(path: str) -> Path:
    """A file or folder of the real data. Skips the test, with a message, if it does not exist."""
    full_path = FOLDER / path
    if not full_path.exists():
        pytest.skip(
            f"no real data: {full_path} does not exist (set LAMPLIGHTER_REAL_DATA to the folder that holds {path})"
        )
    return full_path
