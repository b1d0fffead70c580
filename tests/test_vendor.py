"""Vendored files are as bin/vendor wrote them, and can be served under hashed names."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

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


def test_the_static_files_can_be_collected_under_hashed_names(tmp_path: Path) -> None:
    # Without compression, which is slow and cannot fail in this way.
    storage = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storage):
        call_command("collectstatic", interactive=False, verbosity=0)
    hashed = {path.name for path in (tmp_path / "vendor").rglob("*.css")}
    assert any(re.fullmatch(r"uswds\.[0-9a-f]{12}\.css", name) for name in hashed)


@pytest.mark.parametrize("name", ["pmtiles.js", "htmx.min.js", "maplibre/maplibre-gl.mjs", "uswds/uswds.css"])
def test_no_file_asks_for_a_source_map_that_is_not_there(name: str) -> None:
    assert not re.search(r"^\s*(?://|/\*)[#@] sourceMappingURL", (VENDOR / name).read_text(), re.MULTILINE)
