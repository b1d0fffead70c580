"""Photos: decoded, rotated, stripped of metadata and resized in a limited child process; only the re-encoded file is stored."""

import datetime as dt
import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import structlog
from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from requests_app import outbox
from requests_app.clock import app_now
from requests_app.core import metrics, photo_slots
from requests_app.models import Draft, Jurisdiction, OutboxRow, Photo, ServiceRequest

log = structlog.get_logger(__name__)

# The folder of Photo.path.
FOLDER = "photos"
DECODE_TIMEOUT_S = 20
# One heap: each further one would take 64 MB of the address space that the child may have.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "1"}
PHOTOS_MAX = 5
# An upload, and when in the work it was taken (Photo.Stage).
WorkPhoto = tuple[UploadedFile, str]
# Earlier dates come from a clock that was never set, such as 1970 or 2000: no phone had a camera yet.
FIRST_YEAR = 2001


@dataclass(frozen=True)
class Taken:
    """When and where a photo was taken, as its file says. off_m: how many meters the place may be off, if it says."""

    at: dt.datetime | None = None
    point: Point | None = None
    off_m: float = 0.0


class PhotoRefused(Exception):
    """str() says why and what to do, in the reader's language."""


class StorageFailed(Exception):
    """The disk is full, or the bucket can't be reached. Nothing was stored; the same upload may work later."""


class Busy(StorageFailed):
    """Other photos are being decoded, and were all the time that we waited."""


def refused(code: str, message_of: Callable[[str], str] | None = None) -> PhotoRefused:
    """Counts it, too. Only our own codes are, since the child process has read the file."""
    metrics.count(metrics.PHOTO_REFUSALS, code if code in _refusal_messages() else "broken")
    return PhotoRefused((message_of or refusal_message)(code))


def refusal_message(code: str) -> str:
    return _refusal_messages().get(code, _("We couldn’t read this photo. Try another one."))


def _refusal_messages() -> dict[str, str]:
    return {
        "too_big": _("This photo is larger than 12 MB. Choose a smaller one."),
        "too_many_pixels": _("This photo has too many pixels. Choose a smaller one."),
        "not_a_photo": _("We can’t read this file. Use a JPEG, PNG, WebP or HEIC photo."),
        "damaged": _("This photo is damaged or incomplete. Add it again or choose another one."),
        "late": _("Your report was sent before this photo arrived."),
        "ended": _("This report is closed, so you can’t add photos to it."),
        "too_many": _("You can add up to %(most)s photos.") % {"most": PHOTOS_MAX},
    }


def store_upload(
    upload: IO[bytes],
    *,
    size: int,
    jurisdiction: Jurisdiction,
    draft: Draft | None = None,
    service_request: ServiceRequest | None = None,
    kind: str = Photo.Kind.REPORT,
    stage: str = "",
    alt: str = "",
    name: str = "",
    keep_taken: bool = False,
    tell: Callable[[Taken], None] | None = None,
    is_private: bool = False,
) -> Photo:
    """Stores an upload as a JPEG of at most 2048 px and a thumbnail, both re-encoded. Raises PhotoRefused.

    Raises StorageFailed if there's no room, and Busy while others are decoded. Without a draft or a request, nobody owns it
    yet; the hourly sweep removes it if that does not change.
    keep_taken: whether the sender agreed to keep the time and place it was taken. tell: is called with both, which
    aren't stored otherwise. name: random by default.

    The files are written before the row: a crash in between leaves files with random names, which the sweep removes, and never
    a row without its files.
    """
    if size > settings.PHOTO_MAX_BYTES:
        raise refused("too_big")
    with tempfile.TemporaryDirectory(prefix="lamplighter-photo-") as folder:
        source = Path(folder, "upload")
        with source.open("wb") as file:
            while chunk := upload.read(1 << 20):
                file.write(chunk)
        large, small = Path(folder, "large.jpg"), Path(folder, "small.jpg")
        decoded = _decode(source, large, small, option="--taken" if keep_taken or tell else "")
        photo = Photo(
            jurisdiction=jurisdiction,
            draft=draft,
            service_request=service_request,
            kind=kind,
            stage=stage,
            name=name or secrets.token_hex(16),
            width=int(decoded["width"]),
            height=int(decoded["height"]),
            alt=alt[:300],
            is_private=is_private,
            taken_at=_taken_at(decoded, jurisdiction) if keep_taken else None,
            taken_point=_taken_point(decoded) if keep_taken else None,
        )
        _save_files(photo, large, small)
    # A savepoint, so that the caller's transaction survives if the name is taken.
    with transaction.atomic():
        photo.save()
        outbox.enqueue(
            "hash_photo",
            lane=OutboxRow.Lane.DATABASE,
            jurisdiction_id=photo.jurisdiction_id,
            dedupe_key=f"hash_photo:{photo.name}",
        )
    if tell is not None:
        tell(taken(decoded, jurisdiction))
    return photo


def decode_png(upload: IO[bytes], *, size: int) -> bytes:
    """A picture of at most 1200 px, re-encoded as PNG with its transparency. Raises PhotoRefused and Busy."""
    if size > settings.PHOTO_MAX_BYTES:
        raise refused("too_big")
    with tempfile.TemporaryDirectory(prefix="lamplighter-picture-") as folder:
        source, large = Path(folder, "upload"), Path(folder, "large.png")
        source.write_bytes(upload.read())
        _decode(source, large, large, option="--png")
        return large.read_bytes()


def _save_files(photo: Photo, large: Path, small: Path) -> None:
    try:
        default_storage.save(photo.path, ContentFile(large.read_bytes()))
        default_storage.save(photo.small_path, ContentFile(small.read_bytes()))
    except Exception as error:
        # A disk, a bucket and a client library each have their own exceptions.
        # What there may be of the first file is removed by the sweep, like any file without a row.
        log.error("photo_not_stored", error=type(error).__name__)
        metrics.count(metrics.PHOTO_REFUSALS, "not_stored")
        raise StorageFailed from error


def _decode(source: Path, large: Path, small: Path, *, option: str = "") -> dict[str, Any]:
    return run_decoder(str(source), str(large), str(small), option)


def run_decoder(*arguments: str, message_of: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Decodes in a child process, so that a bomb or a crash spares the web server. Returns photo_decoder's JSON.

    Raises PhotoRefused, and Busy if too many others are being decoded on this machine. message_of: what to say of an error, by its
    code; refusal_message().
    """
    command = [sys.executable, "-I", str(Path(__file__).with_name("core") / "photo_decoder.py"), *arguments]
    try:
        with photo_slots.slot() as held:
            process = subprocess.run(
                command,
                capture_output=True,
                timeout=DECODE_TIMEOUT_S,
                check=False,
                env=ENVIRONMENT,
                pass_fds=[held],
            )
    except photo_slots.NoneFree:
        metrics.count(metrics.PHOTO_REFUSALS, "busy")
        raise Busy from None
    except OSError as error:
        log.error("photo_not_decoded", error=type(error).__name__)
        metrics.count(metrics.PHOTO_REFUSALS, "not_stored")
        raise StorageFailed from error
    except subprocess.TimeoutExpired:
        raise refused("broken", message_of) from None
    try:
        answer: dict[str, Any] = json.loads(process.stdout)
    except ValueError:
        answer = {"error": "broken"}
    if "error" in answer:
        raise refused(answer["error"], message_of)
    return answer


def taken(decoded: dict[str, Any], jurisdiction: Jurisdiction) -> Taken:
    """Unlike what is stored, with times that can't be true, so that somebody can be asked about them."""
    return Taken(_camera_time(decoded, jurisdiction), _taken_point(decoded), float(decoded.get("off_m") or 0))


def _camera_time(decoded: dict[str, Any], jurisdiction: Jurisdiction) -> dt.datetime | None:
    """The camera's time, in the city's time zone if it has none of its own."""
    try:
        at = dt.datetime.fromisoformat(f"{decoded['taken']}{decoded.get('offset', '')}")
    except (KeyError, ValueError):
        return None
    if not 1900 < at.year < 3000:
        # Too close to where Python's calendar ends to be moved to another time zone.
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=jurisdiction.zone)


def _taken_at(decoded: dict[str, Any], jurisdiction: Jurisdiction) -> dt.datetime | None:
    """The camera's time; None if it is not plausible."""
    at = _camera_time(decoded, jurisdiction)
    is_possible = at is not None and at.year >= FIRST_YEAR and at <= app_now() + dt.timedelta(days=1)
    return at if is_possible else None


def _taken_point(decoded: dict[str, Any]) -> Point | None:
    """The camera's location; None if it is invalid. A GPS receiver without a signal writes 0, 0."""
    lat, long = decoded.get("lat"), decoded.get("long")
    if lat is None or long is None or (lat, long) == (0, 0) or not (-90 <= lat <= 90 and -180 <= long <= 180):
        return None
    return Point(round(long, 6), round(lat, 6), srid=4326)


@contextmanager
def stored_photos(
    jurisdiction: Jurisdiction, files: list[UploadedFile], refused: Callable[[str], Exception]
) -> Iterator[list[Photo]]:
    """The photos, stored before the report is, so that no transaction waits for their decoding. refused: makes the error of one
    that is no photo.

    What the report did not take is removed again; if this process dies first, the sweep removes it.
    """
    stored: list[Photo] = []
    try:
        for file in files:
            stored.append(store_upload(file, size=file.size or 0, jurisdiction=jurisdiction))
        yield stored
    except PhotoRefused as error:
        raise refused(str(error)) from None
    finally:
        for photo in Photo.objects.filter(pk__in=[photo.pk for photo in stored], service_request=None):
            delete(photo)


def file_response(photo: Photo, *, small: bool = False) -> FileResponse:
    """For who may see it. Raises Http404 if its file is gone."""
    try:
        content = default_storage.open(photo.small_path if small else photo.path)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(content, content_type="image/jpeg", headers={"Content-Disposition": "inline"})


def delete(photo: Photo) -> None:
    delete_files(photo)
    photo.delete()


def delete_files(photo: Photo) -> None:
    for path in (photo.path, photo.small_path):
        default_storage.delete(path)
