"""The drawings that are the demo's photos: what is shipped, and what the command draws."""

from pathlib import Path

import pytest
from PIL import Image

from requests_app.demo import phrases
from requests_app.demo.drawings import draw
from requests_app.demo.drawings.kinds import FOLDER, HEIGHT, WIDTH, file_name, kinds

pytestmark = pytest.mark.shows("8.9")


def test_every_scene_is_shipped_in_both_sizes_and_nothing_else() -> None:
    scenes = list(draw.scenes())
    assert len(scenes) >= 150
    names = {file_name(kind, number, after=after, small=small) for kind, number, after in scenes for small in (0, 1)}
    assert {path.name for path in FOLDER.iterdir()} == names
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 6_000_000
    with Image.open(FOLDER / "pothole-00.jpg") as image:
        assert (image.size, image.format) == ((WIDTH, HEIGHT), "JPEG")


def test_they_fit_services_and_situations_that_there_are() -> None:
    for kind in kinds():
        for code in kind.fits:
            service, _, situation = code.partition("/")
            named = [one["name"] for one in phrases.bank(service)["situations"]]
            assert not situation or situation in named, code


def test_a_scene_is_the_same_each_time_and_its_place_stays_after_the_work(tmp_path: Path) -> None:
    pothole = next(kind for kind in kinds() if kind.draw == "pothole")
    before, again, after = (draw.picture_of(pothole, 0, after=mended) for mended in (False, False, True))
    assert before.svg() == again.svg()
    assert "Drawing" in before.svg()
    # Houses, street and cars come first.
    shared = next(n for n, (one, other) in enumerate(zip(before.parts, after.parts, strict=False)) if one != other)
    assert shared > 100
    assert draw.store(tmp_path, pothole, 0, after=False) > 5000
    with Image.open(tmp_path / "pothole-00-small.jpg") as small:
        assert small.size == (draw.SMALL_WIDTH, draw.SMALL_WIDTH * 3 // 4)
