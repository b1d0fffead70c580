"""Vendored files are as bin/vendor wrote them."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "static/vendor"


def test_no_file_differs_from_its_checksum() -> None:
    checked = subprocess.run(["bin/vendor", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_file_has_a_checksum() -> None:
    locked = {line.split(maxsplit=1)[1].lstrip("*") for line in (VENDOR / "vendor.lock").read_text().splitlines()}
    shipped = {
        str(path.relative_to(ROOT))
        for folder in (VENDOR, ROOT / "tests/vendor")
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("vendor.lock", "README.md")
    }
    assert shipped == locked


def test_the_style_sheet_stays_small() -> None:
    import brotli

    assert len(brotli.compress((VENDOR / "uswds/uswds.css").read_bytes())) < 25_000


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (VENDOR / "uswds/icons.svg").read_text()
    names = {
        name
        for template in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'icons\.svg" %}#([a-z_]+)', template.read_text())
    }
    assert names
    assert {name for name in names if f'<symbol id="{name}"' not in sprite} == set()


@pytest.mark.parametrize("name", ["pmtiles.js", "htmx.min.js", "maplibre/maplibre-gl.js", "uswds/uswds.css"])
def test_no_file_asks_for_a_source_map_that_is_not_there(name: str) -> None:
    assert not re.search(r"^\s*(?://|/\*)[#@] sourceMappingURL", (VENDOR / name).read_text(), re.MULTILINE)
