"""Photos: only our own re-encoding leaves the child process, without the camera's metadata."""

import datetime as dt
import io
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from requests_app import photos
from requests_app.models import Jurisdiction
from tests import factories

register_heif_opener()


def decode(folder: Path, content: bytes, *, keep_taken: bool = False) -> dict[str, Any]:
    source = folder / "upload"
    source.write_bytes(content)
    return photos._decode(source, folder / "large.jpg", folder / "small.jpg", option="--taken" if keep_taken else "")


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def with_position(image: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "CANARY-CAMERA"
    exif[0x0112] = 6  # # rotated by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (40.0, 30.0, 1.0)
    return encoded(image, "JPEG", exif=exif, comment=b"CANARY-COMMENT")


@pytest.mark.shows("3.12", "A22")
def test_it_is_turned_and_stripped_of_position_and_camera(tmp_path: Path) -> None:
    image = Image.new("RGB", (400, 200), "white")
    image.paste("red", (0, 0, 100, 200))
    assert decode(tmp_path, with_position(image)) == {"width": 200, "height": 400}
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
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        encoded(Image.new("RGB", (40, 40), "blue"), "TIFF"),
    ],
    ids=["empty", "svg", "gif", "pdf", "broken png", "tiff"],
)
def test_what_is_no_photo_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(photos.PhotoRefused) as told:
        decode(tmp_path, content)
    assert "JPEG, PNG, WebP or HEIC" in str(told.value)
    assert not (tmp_path / "large.jpg").exists()


@pytest.mark.shows("3.12")
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


def picture(kind: str = "JPEG") -> bytes:
    """With enough detail that half of the file is not the whole picture."""
    return encoded(Image.effect_noise((400, 400), 80).convert("RGB"), kind)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_half_a_file_is_refused_as_damaged(tmp_path: Path, kind: str) -> None:
    whole = picture(kind)
    with pytest.raises(photos.PhotoRefused, match="damaged or incomplete"):
        decode(tmp_path, whole[: len(whole) // 2])
    assert not (tmp_path / "large.jpg").exists()


def color_of(path: Path) -> tuple[int, ...]:
    with Image.open(path) as stored:
        assert stored.mode == "RGB"
        found = stored.getpixel((5, 5))
    assert isinstance(found, tuple)
    return found


def test_sixteen_bits_of_gray_are_scaled_and_not_cut_off(tmp_path: Path) -> None:
    decode(tmp_path, encoded(Image.new("I;16", (40, 40), 128 * 256), "PNG"))
    assert all(abs(one - 128) <= 2 for one in color_of(tmp_path / "large.jpg"))


def test_a_printers_four_colors_come_out_as_what_one_sees(tmp_path: Path) -> None:
    decode(tmp_path, encoded(Image.new("RGB", (40, 40), (200, 30, 30)).convert("CMYK"), "JPEG"))
    red, green, blue = color_of(tmp_path / "large.jpg")
    assert red > 180
    assert max(green, blue) < 60


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_is_kept(tmp_path: Path, kind: str) -> None:
    first, second = Image.new("RGB", (40, 40), (200, 30, 30)), Image.new("RGB", (40, 40), (30, 30, 200))
    decode(tmp_path, encoded(first, kind, save_all=True, append_images=[second], duration=100))
    assert color_of(tmp_path / "large.jpg")[0] > 180


# --- When and where it was taken, if the sender agrees ----------------------------------------------------------------


def taken(
    kind: str = "JPEG", *, at: str = "2026:05:03 16:12:00", offset: str = "", lat: Any = (40.0, 30.0, 36.0)
) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8769)[0x9003] = at
    if offset:
        exif.get_ifd(0x8769)[0x9011] = offset
    exif.get_ifd(0x8825).update({1: "N", 2: lat, 3: "W", 4: (69.0, 0.0, 36.0)})
    return encoded(Image.new("RGB", (40, 40), "green"), kind, exif=exif)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_time_and_place_are_read_only_if_asked_for(tmp_path: Path, kind: str) -> None:
    assert set(decode(tmp_path, taken(kind))) == {"width", "height"}
    said = decode(tmp_path, taken(kind, offset="-04:00"), keep_taken=True)
    assert (said["taken"], said["offset"]) == ("2026-05-03T16:12:00", "-04:00")
    assert (round(said["lat"], 5), round(said["long"], 5)) == (40.51, -69.01)
    assert b"Exif" not in (tmp_path / "large.jpg").read_bytes()


@pytest.fixture
def city(db: None) -> Jurisdiction:
    return factories.jurisdiction(time_zone="America/New_York")


def test_a_time_without_a_zone_is_the_citys(city: Jurisdiction) -> None:
    read = photos._taken_at
    assert read({"taken": "2026-05-03T16:12:00"}, city) == dt.datetime(2026, 5, 3, 20, 12, tzinfo=dt.UTC)
    assert read({"taken": "2026-05-03T16:12:00", "offset": "+02:00"}, city) == dt.datetime(
        2026, 5, 3, 14, 12, tzinfo=dt.UTC
    )


@pytest.mark.parametrize(
    "taken",
    ["0000-00-00T00:00:00", "1970-01-01T00:00:00", "2999-01-01T00:00:00", "2026-13-45T99:99:99", "yesterday", ""],
)
def test_a_time_that_cannot_be_true_is_left_out(city: Jurisdiction, taken: str) -> None:
    assert photos._taken_at({"taken": taken}, city) is None


@pytest.mark.parametrize(("lat", "long"), [(900.0, 1.0), (1.0, -181.0), (0.0, 0.0), (None, 1.0)])
def test_a_place_that_is_none_is_left_out(lat: float | None, long: float) -> None:
    assert photos._taken_point({"lat": lat, "long": long}) is None


def test_what_the_camera_wrote_wrong_costs_nobody_the_photo(tmp_path: Path) -> None:
    said = decode(tmp_path, taken(at="????", lat=(900.0, 0.0, 0.0)), keep_taken=True)
    assert (said["width"], said["lat"]) == (40, 900)
    assert set(decode(tmp_path, taken(at="", lat=(1.0,)), keep_taken=True)) == {"width", "height", "taken"}
