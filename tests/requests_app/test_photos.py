"""Photos: only our own re-encoding ever leaves the child process, without what the camera wrote into it."""

import io
import zlib
from pathlib import Path

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from requests_app import photos

register_heif_opener()


def decode(folder: Path, content: bytes) -> tuple[int, int]:
    source = folder / "upload"
    source.write_bytes(content)
    return photos._decode(source, folder / "large.jpg", folder / "small.jpg")


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def with_position(image: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "CANARY-CAMERA"
    exif[0x0112] = 6  # turned by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (40.0, 30.0, 1.0)
    return encoded(image, "JPEG", exif=exif, comment=b"CANARY-COMMENT")


def test_it_is_turned_and_stripped_of_position_and_camera(tmp_path: Path) -> None:
    image = Image.new("RGB", (400, 200), "white")
    image.paste("red", (0, 0, 100, 200))
    width, height = decode(tmp_path, with_position(image))
    assert (width, height) == (200, 400)
    for name in ("large.jpg", "small.jpg"):
        content = (tmp_path / name).read_bytes()
        assert b"CANARY" not in content
        assert b"Exif" not in content
        with Image.open(tmp_path / name) as stored:
            assert not stored.getexif()
    with Image.open(tmp_path / "large.jpg") as stored:
        red = stored.getpixel((100, 20))
        assert isinstance(red, tuple)
        assert red[0] > 200
        assert red[1] < 60, "what was left is on top now"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_phones_send_is_taken_and_comes_out_as_jpeg(tmp_path: Path, kind: str) -> None:
    decode(tmp_path, encoded(Image.new("RGB", (3000, 1500), "green"), kind))
    with Image.open(tmp_path / "large.jpg") as large, Image.open(tmp_path / "small.jpg") as small:
        assert (large.format, large.size) == ("JPEG", (2048, 1024))
        assert (small.format, small.size) == ("JPEG", (480, 240))


def test_a_transparent_picture_gets_white_paper(tmp_path: Path) -> None:
    decode(tmp_path, encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "PNG"))
    with Image.open(tmp_path / "large.jpg") as large:
        assert large.getpixel((25, 25)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 50,
        b"%PDF-1.7",
        encoded(Image.new("RGB", (400, 400), "blue"), "JPEG")[:500],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    ],
    ids=["empty", "svg", "gif", "pdf", "truncated", "broken png"],
)
def test_what_is_no_photo_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(photos.PhotoRefused) as told:
        decode(tmp_path, content)
    assert "JPEG, PNG, WebP or HEIC" in str(told.value)
    assert not (tmp_path / "large.jpg").exists()


def test_a_decompression_bomb_is_refused_by_its_size_before_it_is_decoded(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (50_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(photos.PhotoRefused, match="too many pixels"):
        decode(tmp_path, bomb)


def test_a_polyglot_keeps_only_its_picture(tmp_path: Path) -> None:
    payload = encoded(Image.new("RGB", (40, 40), "blue"), "JPEG") + b"<script>CANARY()</script>"
    decode(tmp_path, payload)
    assert b"CANARY" not in (tmp_path / "large.jpg").read_bytes()
