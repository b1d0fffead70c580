"""The child process that decodes one upload: python photo_decoder.py SOURCE LARGE SMALL [--taken | --png | --pages].

Prints {"width", "height"} or {"error"}. With --png, LARGE becomes a PNG that keeps its transparency, and SMALL is not written.
With --pages, SOURCE is a PDF, LARGE a folder and SMALL the number of a page, from 0: it and the next ones become <number>.jpg and
<number>-small.jpg in the folder. Prints {"count": of all pages, "pages": [[width, height]] of these}.
With --taken, also what the camera recorded: {"taken": "2026-06-03T16:12:00", "offset": "-04:00", "lat", "long", "off_m"}.
off_m: how many meters the place may be off.
It does not import Django: a malicious file could reach whatever this process imports.
"""

import json
import math
import resource
import sys
from typing import Any

# Of address space. Two children are less than 1 GB (10⁹ bytes) together; photos.py starts no third one.
MEMORY_BYTES = 476 * 1024 * 1024
CPU_S = 15
PIXELS_MAX = 40_000_000
LARGE_PX, SMALL_PX = 2048, 480
PNG_PX = 1200
# A letter of 8.5 × 11 inches at 150 dots per inch.
PAGE_PX = 1650
# More are drawn by another child, so that photos of residents wait for one second at most.
PAGES_AT_ONCE = 10
PAGES_MAX = 40
# Of pdfium, for a PDF that needs a password to be opened.
PASSWORD_ERROR = 4
UNMIXED = {"1": "L", "P": "RGBA", "PA": "RGBA"}
FORMATS = ["JPEG", "PNG", "WEBP", "HEIF"]
# EXIF has one directory for the time and another for the place.
EXIF_FOLDER, GPS_FOLDER = 0x8769, 0x8825
TAKEN, OFFSET = 0x9003, 0x9011
GPS_ERROR = 0x1F
FARTHEST_M = 1e7
GPS_SIGNS = {"N": 1, "S": -1, "E": 1, "W": -1}


def main(source: str, large: str, small: str, option: str = "") -> dict[str, object]:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    if option == "--pages":
        return _pages(source, large, int(small))
    from PIL import Image, ImageOps
    from pillow_heif import register_heif_opener

    # Each thread would take address space of its own, and work on its own copy of a tile.
    register_heif_opener(decode_threads=1)
    # We check the number of pixels ourselves, before decoding.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(source, formats=FORMATS)
    except Exception:
        # Any decoder error here means the same: not a photo.
        return {"error": "not_a_photo"}
    with image:
        if image.width * image.height > PIXELS_MAX:
            return {"error": "too_many_pixels"}
        if option == "--png":
            return _png(image, large)
        try:
            # Shrink first, since each later step needs a copy. JPEG is already decoded at about the size that we need.
            image.draft("RGB", _inside(image.size, LARGE_PX))
            plain = _on_paper(ImageOps.exif_transpose(_shrunk(image, LARGE_PX)))
        except MemoryError:
            return {"error": "too_many_pixels"}
        except Exception:
            # The header is a photo's; the rest is missing or damaged.
            return {"error": "damaged"}
        metadata = _taken(image) if option == "--taken" else {}
    plain.info.clear()
    plain.thumbnail((LARGE_PX, LARGE_PX), Image.Resampling.LANCZOS)
    plain.save(large, "JPEG", quality=85, progressive=True, exif=b"", icc_profile=None)
    size = plain.size
    plain.thumbnail((SMALL_PX, SMALL_PX), Image.Resampling.LANCZOS)
    plain.save(small, "JPEG", quality=80, exif=b"", icc_profile=None)
    return {"width": size[0], "height": size[1], **metadata}


def _png(image: Any, large: str) -> dict[str, object]:
    from PIL import Image

    try:
        plain = _shrunk(image, PNG_PX).convert("RGBA")
    except MemoryError:
        return {"error": "too_many_pixels"}
    except Exception:
        return {"error": "damaged"}
    plain.info.clear()
    plain.thumbnail((PNG_PX, PNG_PX), Image.Resampling.LANCZOS)
    plain.save(large, "PNG", optimize=True)
    return {"width": plain.width, "height": plain.height}


def _pages(source: str, folder: str, first: int) -> dict[str, object]:
    """pdfium without JavaScript and forms. Each page is at most PAGE_PX high and wide, whatever size it says to have."""
    import pypdfium2
    from PIL import Image

    try:
        pdf = pypdfium2.PdfDocument(source)
        count = len(pdf)
    except pypdfium2.PdfiumError as error:
        return {"error": "encrypted" if error.err_code == PASSWORD_ERROR else "damaged_pdf"}
    if count > PAGES_MAX:
        return {"error": "too_many_pages"}
    sizes = []
    for number in range(first, min(first + PAGES_AT_ONCE, count)):
        try:
            page = pdf[number]
            image = page.render(scale=PAGE_PX / max(1.0, *page.get_size())).to_pil().convert("RGB")
            page.close()
        except Exception:
            # Nothing of a page can be read, or it needs more memory than there is.
            return {"error": "damaged_pdf"}
        image.save(f"{folder}/{number}.jpg", "JPEG", quality=80)
        sizes.append(image.size)
        image.thumbnail((SMALL_PX, SMALL_PX), Image.Resampling.LANCZOS)
        image.save(f"{folder}/{number}-small.jpg", "JPEG", quality=80)
    return {"count": count, "pages": sizes} if count else {"error": "damaged_pdf"}


def _inside(size: tuple[int, int], most: int) -> tuple[int, int]:
    """The size of the same picture with sides of at most `most` pixels; the same size if they are."""
    factor = max(1, max(size) / most)
    return max(1, round(size[0] / factor)), max(1, round(size[1] / factor))


def _shrunk(image: Any, most: int) -> Any:
    """The first frame, less than twice as wide as it will be, so that what follows needs a fraction of the memory."""
    from PIL import Image

    image.load()
    factor = max(image.size) // most
    if factor < 2:
        return image
    if image.mode == "I;16":
        return image.resize(_inside(image.size, most), Image.Resampling.LANCZOS)
    if image.mode in UNMIXED:
        # What a pixel says is no color, so an average of several would be a wrong one.
        image = image.convert(UNMIXED[image.mode])
    return image.reduce(factor)


def _on_paper(image: Any) -> Any:
    """Converts to 8-bit RGB, with transparent areas on white."""
    from PIL import Image

    if image.mode.startswith("I"):
        # 16-bit grayscale: convert() would clip instead of scale.
        return image.convert("I").point(lambda gray: gray * (1 / 256)).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        paper = Image.new("RGB", image.size, "white")
        alpha = image.convert("RGBA")
        paper.paste(alpha, mask=alpha.getchannel("A"))
        return paper
    return image.convert("RGB")


def _taken(image: Any) -> dict[str, object]:
    """When and where the photo was taken according to EXIF, unchecked. Unreadable values are left out."""
    metadata: dict[str, object] = {}
    try:
        exif = image.getexif()
        when, place = exif.get_ifd(EXIF_FOLDER), exif.get_ifd(GPS_FOLDER)
    except Exception:
        return metadata
    if isinstance(when.get(TAKEN), str):
        # "2026:06:03 16:12:00"
        day, _, time = when[TAKEN].strip("\0 ").partition(" ")
        metadata["taken"] = f"{day.replace(':', '-')}T{time}"
        if isinstance(when.get(OFFSET), str):
            metadata["offset"] = when[OFFSET].strip("\0 ")
    try:
        position = {"lat": _degrees(place[1], place[2]), "long": _degrees(place[3], place[4])}
    except Exception:
        return metadata
    if not all(map(math.isfinite, position.values())):
        return metadata
    try:
        position["off_m"] = min(float(place[GPS_ERROR]), FARTHEST_M)
    except Exception:
        # Most cameras don't say.
        return {**metadata, **position}
    return {**metadata, **position}


def _degrees(sign: str, parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return GPS_SIGNS[sign.strip("\0 ").upper()] * (degrees + minutes / 60 + seconds / 3600)


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:5])))
