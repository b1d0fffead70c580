"""Photos: decoded, turned, stripped, shrunk in a child process with limits; only our own re-encoding is ever stored."""

import datetime as dt
import json
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from requests_app.clock import app_now
from requests_app.models import Draft, Jurisdiction, Photo, ServiceRequest

# Where Photo.path lies.
FOLDER = "photos"
DECODE_TIMEOUT_S = 20
PHOTOS_MAX = 5
# Before these no telephone took photos: a clock that was never set says 1970 or 2000.
FIRST_YEAR = 2001


class PhotoRefused(Exception):
    """str() says why, and what to do, in the reader's language."""


def refusal(code: str) -> str:
    return {
        "too_big": _("This photo is larger than 12 MB. Choose a smaller one."),
        "too_many_pixels": _("This photo has too many pixels. Choose a smaller one."),
        "not_a_photo": _("This file is not a photo we can read. Use a JPEG, PNG, WebP or HEIC photo."),
        "damaged": _("This photo is damaged, or a part of it is missing. Add it again, or choose another one."),
        "late": _("The report was sent before this photo was here."),
        "ended": _("The report has ended, so we take no more photos for it."),
        "too_many": _("You can add up to %(most)s photos.") % {"most": PHOTOS_MAX},
    }.get(code, _("We could not read this photo. Try another one."))


def take(
    upload: IO[bytes],
    *,
    size: int,
    jurisdiction: Jurisdiction,
    draft: Draft | None = None,
    service_request: ServiceRequest | None = None,
    kind: str = Photo.Kind.REPORT,
    alt: str = "",
    name: str = "",
    keep_taken: bool = False,
    is_private: bool = False,
) -> Photo:
    """Stores one upload as a re-encoded JPEG of at most 2048 px and a thumbnail. Raises PhotoRefused.

    Without a draft or a request it belongs to nobody yet: housekeeping removes it if it stays so.
    keep_taken: whether the sender agreed that we keep when and where it was taken. name: random, if the caller has none.

    The files are written under a random name before the row: a crash in between leaves a file that nobody can find, and that
    the sweep removes, never a row without its file.
    """
    if size > settings.PHOTO_MAX_BYTES:
        raise PhotoRefused(refusal("too_big"))
    with tempfile.TemporaryDirectory(prefix="lamplighter-photo-") as folder:
        source = Path(folder, "upload")
        with source.open("wb") as file:
            while chunk := upload.read(1 << 20):
                file.write(chunk)
        large, small = Path(folder, "large.jpg"), Path(folder, "small.jpg")
        said = _decode(source, large, small, keep_taken=keep_taken)
        photo = Photo(
            jurisdiction=jurisdiction,
            draft=draft,
            service_request=service_request,
            kind=kind,
            name=name or secrets.token_hex(16),
            width=int(said["width"]),
            height=int(said["height"]),
            alt=alt[:300],
            is_private=is_private,
            taken_at=_taken_at(said, jurisdiction),
            taken_point=_taken_point(said),
        )
        default_storage.save(photo.path, ContentFile(large.read_bytes()))
        default_storage.save(photo.small_path, ContentFile(small.read_bytes()))
    # A transaction of its own: a caller's must live on if the name is taken.
    with transaction.atomic():
        photo.save()
    return photo


def _decode(source: Path, large: Path, small: Path, *, keep_taken: bool = False) -> dict[str, Any]:
    """In a child process: a bomb or a broken decoder takes the child, not the web server. The answer: see photo_decoder."""
    command = [
        sys.executable,
        "-I",
        str(Path(__file__).with_name("photo_decoder.py")),
        str(source),
        str(large),
        str(small),
        *(["--taken"] if keep_taken else []),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=DECODE_TIMEOUT_S, check=False, env={"PATH": "/usr/bin:/bin"}
        )
    except subprocess.TimeoutExpired:
        raise PhotoRefused(refusal("broken")) from None
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        answer = {"error": "broken"}
    if "error" in answer:
        raise PhotoRefused(refusal(answer["error"]))
    return answer


def _taken_at(said: dict[str, Any], jurisdiction: Jurisdiction) -> dt.datetime | None:
    """The camera's time, in the city's zone if it names none; nothing, if it cannot be true."""
    try:
        taken = dt.datetime.fromisoformat(f"{said['taken']}{said.get('offset', '')}")
    except (KeyError, ValueError):
        return None
    if taken.tzinfo is None:
        taken = taken.replace(tzinfo=jurisdiction.zone)
    is_possible = taken.year >= FIRST_YEAR and taken <= app_now() + dt.timedelta(days=1)
    return taken if is_possible else None


def _taken_point(said: dict[str, Any]) -> Point | None:
    """The camera's place; nothing, if it is none. A receiver without a signal writes 0, 0."""
    lat, long = said.get("lat"), said.get("long")
    if lat is None or long is None or (lat, long) == (0, 0) or not (-90 <= lat <= 90 and -180 <= long <= 180):
        return None
    return Point(round(long, 6), round(lat, 6), srid=4326)


def remove(photo: Photo) -> None:
    remove_files(photo)
    photo.delete()


def remove_files(photo: Photo) -> None:
    for path in (photo.path, photo.small_path):
        default_storage.delete(path)
