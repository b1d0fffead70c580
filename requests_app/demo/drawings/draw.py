"""Draws every scene and stores it as a photo and its thumbnail."""

import io
from collections.abc import Iterator
from pathlib import Path

import resvg_py
from PIL import Image

from requests_app.demo.drawings import roadway, surroundings
from requests_app.demo.drawings.kinds import HEIGHT, WIDTH, Kind, file_name, kinds
from requests_app.demo.drawings.picture import Picture

# With these, all pictures take less than 6 MB.
QUALITY, SMALL_WIDTH = 50, 320
# For the words on signs. Any sans-serif font will do.
FONT = "DejaVu Sans"


def scenes() -> Iterator[tuple[Kind, int, bool]]:
    """Each scene, and the same place after the work."""
    for kind in kinds():
        for number in range(kind.scenes):
            yield kind, number, False
            if number < kind.mended:
                yield kind, number, True


def picture_of(kind: Kind, number: int, *, after: bool) -> Picture:
    draw = getattr(roadway, kind.draw, None) or getattr(surroundings, kind.draw)
    picture: Picture = draw(number, after)
    return picture


def image_of(picture: Picture) -> Image.Image:
    png = bytes(resvg_py.svg_to_bytes(svg_string=picture.svg(), font_family=FONT, sans_serif_family=FONT))
    return Image.open(io.BytesIO(png)).convert("RGB")


def store(folder: Path, kind: Kind, number: int, *, after: bool) -> int:
    """Returns the bytes of both files."""
    image = image_of(picture_of(kind, number, after=after))
    size = 0
    for small, width in ((False, WIDTH), (True, SMALL_WIDTH)):
        path = folder / file_name(kind, number, after=after, small=small)
        scaled = image.resize((width, width * HEIGHT // WIDTH), Image.Resampling.LANCZOS)
        scaled.save(path, "JPEG", quality=QUALITY, optimize=True, progressive=True)
        size += path.stat().st_size
    return size
