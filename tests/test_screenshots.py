"""The pictures in the repository, no more than 30. `python -m tests.screenshots` makes the others, which are not committed."""

import re
from pathlib import Path

import pytest

from tests import screenshots

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs/screenshots"


def test_the_repository_keeps_these_and_no_others() -> None:
    assert sorted(path.name for path in KEPT.iterdir()) == sorted(f"{name}.png" for name in screenshots.KEPT)
    assert len(screenshots.KEPT) <= 30


@pytest.mark.parametrize("name", screenshots.KEPT)
def test_the_command_can_take_it_again(name: str) -> None:
    page, language, dark, width = re.fullmatch(r"(.+?)(-es)?(-dark)?-(\d+)", name).groups()  # type: ignore[union-attr]
    assert page in screenshots.EVERY
    assert page in screenshots.SPANISH or not language
    assert page in screenshots.DARK or not dark
    assert int(width) in screenshots.HEIGHTS


def test_a_picture_that_was_not_taken_is_told_and_the_others_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs/screenshots").mkdir(parents=True)
    (tmp_path / "map-1280.png").write_bytes(b"map")
    monkeypatch.setattr(screenshots, "ROOT", tmp_path)
    monkeypatch.setattr(screenshots, "KEPT", ("map-1280", "home-1280"))

    assert list(screenshots.keep(tmp_path)) == ["home-1280: not kept, since it was not taken"]
    assert [path.name for path in (tmp_path / "docs/screenshots").iterdir()] == ["map-1280.png"]


def test_the_pages_show_only_pictures_that_are_kept() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {name for page in pages for name in re.findall(r"screenshots/([\w-]+)\.png", page.read_text())}
    assert shown
    assert shown <= set(screenshots.KEPT)
