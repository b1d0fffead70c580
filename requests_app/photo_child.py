"""The child process that decodes one upload: python photo_child.py SOURCE LARGE SMALL; prints {"width", "height"} or {"error"}.

It stands alone (no Django): what it imports is what a hostile file could reach.
"""

import json
import resource
import sys

MEMORY_BYTES = 1536 * 1024 * 1024
CPU_S = 15
PIXELS_MAX = 40_000_000
LARGE_PX, SMALL_PX = 2048, 480
FORMATS = ["JPEG", "PNG", "WEBP", "HEIF"]


def main(source: str, large: str, small: str) -> dict[str, object]:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    from PIL import Image, ImageOps
    from pillow_heif import register_heif_opener

    register_heif_opener()
    # We count the pixels ourselves, before anything is decoded.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(source, formats=FORMATS) as image:
            if image.width * image.height > PIXELS_MAX:
                return {"error": "too_many_pixels"}
            # JPEG decodes straight to about the size we need.
            image.draft("RGB", (LARGE_PX * 2, LARGE_PX * 2))
            turned = ImageOps.exif_transpose(image)
            if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
                paper = Image.new("RGB", turned.size, "white")
                alpha = turned.convert("RGBA")
                paper.paste(alpha, mask=alpha.getchannel("A"))
                plain = paper
            else:
                plain = turned.convert("RGB")
    except Exception:
        # Whatever a decoder chokes on is to us the same: not a photo.
        return {"error": "not_a_photo"}
    plain.info.clear()
    plain.thumbnail((LARGE_PX, LARGE_PX), Image.Resampling.LANCZOS)
    plain.save(large, "JPEG", quality=85, progressive=True, exif=b"", icc_profile=None)
    size = plain.size
    plain.thumbnail((SMALL_PX, SMALL_PX), Image.Resampling.LANCZOS)
    plain.save(small, "JPEG", quality=80, exif=b"", icc_profile=None)
    return {"width": size[0], "height": size[1]}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:4])))
