""".env.example lists exactly the variables that the settings read."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.shows("9.2")

ROOT = Path(__file__).resolve().parent.parent


def test_it_lists_every_variable_that_the_settings_read() -> None:
    settings = (ROOT / "config/settings.py").read_text()
    read = set(re.findall(r"env(?:\.[a-z_]+)?\(\s*\"([A-Z][A-Z0-9_]+)\"", settings))
    listed = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read
    assert listed == read


def test_the_operators_page_explains_every_variable() -> None:
    listed = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    page = (ROOT / "docs/operating.md").read_text()
    assert not {name for name in listed if name not in page}
