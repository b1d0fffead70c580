"""The child process that decodes one upload: python photo_decoder.py SOURCE LARGE SMALL [--taken].

It prints {"width", "height"} or {"error"}; with --taken, which only the sender's consent brings, also what the camera wrote:
{"taken": "2026-06-03T16:12:00", "offset": "-04:00", "lat", "long"}.
It stands alone (no Django): what it imports is what a hostile file could reach.
"""

import json
import math
import resource
import sys
from typing import Any

MEMORY_BYTES = 1536 * 1024 * 1024
CPU_S = 15
PIXELS_MAX = 40_000_000
LARGE_PX, SMALL_PX = 2048, 480
FORMATS = ["JPEG", "PNG", "WEBP", "HEIF"]
# Where EXIF keeps when (its own folder) and where (another one).
EXIF_FOLDER, GPS_FOLDER = 0x8769, 0x8825
TAKEN, OFFSET = 0x9003, 0x9011
GPS_SIGNS = {"N": 1, "S": -1, "E": 1, "W": -1}


def main(source: str, large: str, small: str, wanted: str = "") -> dict[str, object]:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    from PIL import Image, ImageOps
    from pillow_heif import register_heif_opener

    register_heif_opener()
    # We count the pixels ourselves, before anything is decoded.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(source, formats=FORMATS)
    except Exception:
        # Whatever a decoder chokes on is to us the same: not a photo.
        return {"error": "not_a_photo"}
    with image:
        if image.width * image.height > PIXELS_MAX:
            return {"error": "too_many_pixels"}
        try:
            # JPEG decodes straight to about the size we need.
            image.draft("RGB", (LARGE_PX * 2, LARGE_PX * 2))
            # Of a moving picture, its first one.
            plain = _on_paper(ImageOps.exif_transpose(image))
        except Exception:
            # It began as a photo: the rest is missing or damaged.
            return {"error": "damaged"}
        said = _taken(image) if wanted == "--taken" else {}
    plain.info.clear()
    plain.thumbnail((LARGE_PX, LARGE_PX), Image.Resampling.LANCZOS)
    plain.save(large, "JPEG", quality=85, progressive=True, exif=b"", icc_profile=None)
    size = plain.size
    plain.thumbnail((SMALL_PX, SMALL_PX), Image.Resampling.LANCZOS)
    plain.save(small, "JPEG", quality=80, exif=b"", icc_profile=None)
    return {"width": size[0], "height": size[1], **said}


def _on_paper(image: Any) -> Any:
    """In three colors of 8 bits; what is transparent lies on white."""
    from PIL import Image

    if image.mode.startswith("I"):
        # 16 bits of gray: convert() would cut off instead of scaling.
        return image.convert("I").point(lambda gray: gray * (1 / 256)).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        paper = Image.new("RGB", image.size, "white")
        alpha = image.convert("RGBA")
        paper.paste(alpha, mask=alpha.getchannel("A"))
        return paper
    return image.convert("RGB")


def _taken(image: Any) -> dict[str, object]:
    """When and where, as the camera wrote it and unchecked; what cannot be read is left out."""
    said: dict[str, object] = {}
    try:
        exif = image.getexif()
        when, place = exif.get_ifd(EXIF_FOLDER), exif.get_ifd(GPS_FOLDER)
    except Exception:
        return said
    if isinstance(when.get(TAKEN), str):
        # "2026:06:03 16:12:00"
        day, _, time = when[TAKEN].strip("\0 ").partition(" ")
        said["taken"] = f"{day.replace(':', '-')}T{time}"
        if isinstance(when.get(OFFSET), str):
            said["offset"] = when[OFFSET].strip("\0 ")
    try:
        found = {"lat": _degrees(place[1], place[2]), "long": _degrees(place[3], place[4])}
    except Exception:
        return said
    return {**said, **found} if all(map(math.isfinite, found.values())) else said


def _degrees(sign: str, parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return GPS_SIGNS[sign.strip("\0 ").upper()] * (degrees + minutes / 60 + seconds / 3600)


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:5])))
